// about: handleSummary that writes text, JUnit, markdown and JSON with helpers of a team
// measured: load_time
// files: report.txt junit.xml report.md checks.json
import http from 'k6/http';
import { check, group } from 'k6';
import { Trend, Gauge, Counter, Rate } from 'k6/metrics';
import { textSummary, jUnit, markdown } from './fixtures/mv-team/mv-summary.js';
const load = new Trend('load_time', true), size = new Trend('size'), g = new Gauge('depth', false), c = new Counter('things', true), r = new Rate('rated');
const sorted = (x) => JSON.stringify(x, (k, v) => (v && typeof v === 'object' && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).sort()) : v));
export const options = {
  iterations: 3, summaryTrendStats: ['avg', 'count', 'p(99.9)', 'med', 'min'],
  thresholds: { size: ['avg<100', 'p(99.9)<20'], 'size{big:yes}': ['max<5'], rated: ['rate>0.9'], depth: ['value<10'], checks: ['rate>0.5'], "things{a:b}": ["count<1"], 'http_req_duration{name:"x"}': ['avg>=0'] },
};
export default function () {
  group('outer & co', () => {
    group("in'ner", () => {
      const res = http.get(`${__ENV.BASE}/json`);
      check(res, { 'is <200>': (x) => x.status === 200, 'is "404"': (x) => x.status === 404 });
      load.add(res.timings.duration);
    });
    size.add(2 ** __ITER, { big: __ITER == 2 ? 'yes' : 'no' });
    g.add(2 ** __ITER); c.add(1.5); r.add(__ITER > 0);
  });
  check(__ITER, { even: (n) => n % 2 === 0 }, { extra: 'tag' });
}
export function handleSummary(data) {
  const walk = (g, d = 0) => [[g.name, g.path, g.id.length, d], ...g.groups.flatMap((x) => walk(x, d + 1))];
  return {
    stdout: textSummary(data, { indent: '  ' }) + textSummary({ metrics: {things: data.metrics.things}, root_group: data.root_group }, { enableColors: true }),
    'report.txt': textSummary(data),
    './junit.xml': jUnit(data, { classname: '<a & "b">' }),
    'report.md': markdown(data),
    'checks.json': sorted({ tree: walk(data.root_group), checks: data.root_group.groups[0].groups[0].checks.map(({ id, ...x }) => x), state: { ...data.state, testRunDurationMs: typeof data.state.testRunDurationMs }, opts: data.options, rated: data.metrics.rated, size: data.metrics.size.thresholds, depth: data.metrics.depth, things: { ...data.metrics.things, values: { count: data.metrics.things.values.count } } }),
  };
}
