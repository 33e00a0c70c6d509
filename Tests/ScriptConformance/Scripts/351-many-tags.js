// about: more values of a VU's tag than are remembered, while other VUs are inside groups and requests
// args: --summary-mode legacy
// outputs: no
// order: any
import http from 'k6/http';
import { check, group, sleep } from 'k6';
import { Counter } from 'k6/metrics';
import exec from 'k6/execution';

const steps = new Counter('steps');

export const options = {
  scenarios: {
    maker: { executor: 'per-vu-iterations', vus: 1, iterations: 2, exec: 'maker' },
    keeper: { executor: 'per-vu-iterations', vus: 3, iterations: 4, exec: 'keeper' },
  },
  thresholds: {
    'steps{step:0}': ['count==2'],
    'steps{step:8999}': ['count==2'],
    'checks{who:keeper}': ['rate==1'],
    'http_reqs{group:::outer::inner}': ['count==12'],
    'steps{group:::made}': ['count==18000'],
  },
};

export function maker() {
  for (let i = 0; i < 9000; i++) {
    exec.vu.metrics.tags.step = i;
    steps.add(1);
    group('made', () => steps.add(1, { step: 'none' }));
  }
}

export function keeper() {
  exec.vu.metrics.tags.who = 'keeper';
  group('outer', () => {
    group('inner', () => {
      http.get(`${__ENV.BASE}/delay/60`);
      sleep(0.05);
      check(exec.vu.metrics.tags, {
        inner: (tags) => tags.group === '::outer::inner' && tags.who === 'keeper',
      });
    });
    sleep(0.02);
    if (exec.vu.metrics.tags.group !== '::outer') throw new Error(exec.vu.metrics.tags.group);
  });
  if (exec.vu.metrics.tags.group !== '') throw new Error(exec.vu.metrics.tags.group);
}

export function handleSummary(data) {
  const lines = [];
  for (const name of Object.keys(data.metrics).sort()) {
    const metric = data.metrics[name];
    if (!metric.thresholds) continue;
    const ok = Object.entries(metric.thresholds).map(([text, { ok }]) => `${text} ${ok}`);
    lines.push(`${name} ${ok.join(', ')}`);
  }
  lines.push(`steps ${data.metrics.steps.values.count}`);
  lines.push(`iterations ${data.metrics.iterations.values.count}`);
  lines.push(`checks ${data.metrics.checks.values.passes} of ${data.metrics.checks.values.passes + data.metrics.checks.values.fails}`);
  return { stdout: lines.join('\n') + '\n' };
}
