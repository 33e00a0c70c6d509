// Names that begin like built-in ones, case and punctuation in the order, tags with unusual text, empty sub-metrics.
import { check } from 'k6';
import { Counter, Gauge, Rate, Trend } from 'k6/metrics';
import { dumpAndFail } from './common.js';

const counters = ['http_reqs_mine', 'http_request', 'httpx', 'vus_mine', 'vusx', 'iterations_mine', 'iteration_x', 'data_sent_mine',
  'data_x', 'checks_mine', 'checkered', 'group_duration_mine', 'group_x', 'ws_mine', 'wsx', 'grpc_mine', 'grpcx', 'browser_mine',
  'browser_web_vital_lcp_mine', 'browserx', 'dropped_iterations_mine', 'http_req_blocked_mine', 'http_req_mine', 'Zed', 'zed',
  '_under', 'a_b', 'aB', 'ab', 'Ab', 'a1', 'a10', 'a2', 'aa'].map((name) => new Counter(name));
const gauge = new Gauge('the_gauge', true);
const rate = new Rate('the_rate');
const trend = new Trend('the_trend_with_quite_a_long_name_indeed', true);
new Trend('never_sampled', true);
const unsampled = { trend: new Trend('empty_trend', true), plain: new Trend('empty_plain'), rate: new Rate('empty_rate'),
  gauge: new Gauge('empty_gauge'), counter: new Counter('empty_counter') };

export const options = {
  thresholds: {
    'the_rate{b:2}': [], 'the_rate{a:1}': ['rate>=0'], 'the_rate{B:1}': ['rate<0'], 'the_rate{name:日本}': ['rate>0'],
    'the_rate{name:éa}': [], 'the_rate{name: spaced }': ['rate>0'], 'the_rate{a:1,b:2}': ['rate>0'],
    'aa{x:1}': ['count>0'], 'the_gauge{x:never}': ['value>1'], 'the_trend_with_quite_a_long_name_indeed{url:http://h:1/a?b=c}': [],
    empty_trend: ['avg<1', 'p(95)<1', 'max>1'], empty_plain: ['min<1'], empty_rate: ['rate>0.5'], empty_gauge: ['value<1'],
    empty_counter: ['count>0', 'rate>0'], 'empty_rate{a:b}': ['rate<1'], 'checks_mine{q:1}': ['count>0'],
    'group_duration{group:::x}': ['avg<1'], 'vus{scenario:x}': ['value>1'],
  },
};

export default function () {
  for (const c of counters) c.add(1, { x: '1', q: '1' });
  for (const tags of [{ a: '1' }, { b: '2' }, { B: '1' }, { name: '日本' }, { name: 'éa' }, { name: 'spaced' }, { a: '1', b: '2' }]) rate.add(1, tags);
  rate.add(0);
  gauge.add(1500);
  trend.add(3.5, { url: 'http://h:1/a?b=c' });
  check(1, { 'a name with 日本 and é': () => true, 'a % of $x': () => false }, { extra: 'tag' });
}

export function handleSummary(data) { dumpAndFail(data); }
