// about: handleSummary that changes its data: the exported summary shows it
// args: -i 3
import http from 'k6/http';
import { check, group } from 'k6';
import { Rate } from 'k6/metrics';

const rate = new Rate('my_rate');

export const options = {
  thresholds: { my_rate: ['rate>0.5', 'rate<0.6'], http_reqs: ['count>100'] },
};

export function setup() { return { a: [1, { b: 'ü "q" \n' }] }; }

export default function () {
  group('outer', () => group('inner', () => check(http.get(`${__ENV.BASE}/`), { ok: (r) => r.status === 200 })));
  rate.add(__ITER === 1);
}

export function handleSummary(data) {
  for (const name of Object.keys(data.metrics)) if (name.startsWith('http_req_') || name.startsWith('data_')) delete data.metrics[name];
  data.metrics.iterations.values.count = 77;
  data.metrics.extra = { type: 'counter', contains: 'default', values: { count: 5, rate: 1 } };
  data.root_group.groups[0].groups[0].checks[0].name = 'renamed';
  data.setup_data.c = 'new';
  return { stdout: Object.keys(data.metrics).filter((name) => !name.startsWith('vus')).sort().join() + '\n' };
}
