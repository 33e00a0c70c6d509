// about: the data handleSummary gets, printed
import { check, group } from 'k6';
import http from 'k6/http';
import { Counter, Gauge, Rate, Trend } from 'k6/metrics';

const metrics = [new Counter('a_counter'), new Gauge('a_gauge'), new Rate('a_rate'), new Trend('a_trend'), new Trend('a_time', true)];

export const options = {
  iterations: 2,
  summaryTrendStats: ['avg', 'min', 'max', 'count', 'p(99.9)'],
  thresholds: { a_counter: ['count>=12', 'rate>0'], 'a_trend{x:y}': ['max<100'], a_rate: ['rate>0.9'] },
};

export function setup() {
  return { of: 'setup' };
}

export default function () {
  for (const metric of metrics) metric.add(6, { x: 'y' });
  metrics[2].add(false);
  group('g', () => check(http.get(`${__ENV.BASE}/`), { ok: (r) => r.status === 200, bad: () => false }));
}

const measured = /^(http_req_(?!failed)|iteration_duration|group_duration|data_|vus)/;

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}

export function handleSummary(summary) {
  const data = JSON.parse(JSON.stringify(summary));
  for (const [name, metric] of Object.entries(data.metrics)) {
    if (measured.test(name)) for (const key of Object.keys(metric.values)) metric.values[key] = typeof metric.values[key];
    if (metric.type === 'counter') metric.values.rate = typeof metric.values.rate;
  }
  delete data.metrics.vus;
  delete data.metrics.vus_max;
  data.state.testRunDurationMs = typeof data.state.testRunDurationMs;
  const lines = Object.entries(sorted(data)).flatMap(([key, value]) =>
    key === 'metrics' ? Object.entries(value).map((pair) => JSON.stringify(pair)) : [`${key} ${JSON.stringify(value)}`],
  );
  return { stdout: `${lines.join('\n')}\n` };
}
