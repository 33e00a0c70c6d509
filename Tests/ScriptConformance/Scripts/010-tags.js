// about: tags of the run, the scenario, the VU, the request, the check and the sample, and who wins
import { check, group } from 'k6';
import exec from 'k6/execution';
import http from 'k6/http';
import { Counter } from 'k6/metrics';

const hits = new Counter('hits');

export const options = {
  tags: { run: 'script', level: 'run', kept: 'run' },
  scenarios: {
    only: { executor: 'per-vu-iterations', vus: 1, iterations: 2, tags: { level: 'scenario', of: 'scenario' } },
  },
  thresholds: { 'http_reqs{level:request}': ['count==2'], 'hits{mine:7}': ['count==6'] },
};

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}

const text = (value) => JSON.stringify(sorted(value));

export default function () {
  hits.add(1);
  exec.vu.tags.level = 'vu';
  exec.vu.tags['mine'] = 7;
  exec.vu.tags.flag = true;
  hits.add(1, { extra: 'sample' });
  http.get(`${__ENV.BASE}/status/200`, { tags: { level: 'request', count: 3 } });
  check(1, { tagged: true }, { level: 'check' });
  group('g', () => hits.add(2, { level: 'sample', group: 'replaced' }));
  delete exec.vu.tags.mine;
  delete exec.vu.tags.flag;
  console.log(text(exec.vu.tags));
}
