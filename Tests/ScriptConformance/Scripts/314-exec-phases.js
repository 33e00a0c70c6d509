// about: what exec shows in setup, teardown, handleSummary and their init code
import exec from 'k6/execution';
import { sleep } from 'k6';

export const options = {
  scenarios: {
    a: { executor: 'per-vu-iterations', vus: 3, iterations: 1 },
    b: { executor: 'constant-arrival-rate', rate: 1, timeUnit: '2s', duration: '1s', preAllocatedVUs: 2, maxVUs: 4 },
  },
};

const fields = {
  instance: ['currentTestRunDuration', 'iterationsCompleted', 'iterationsInterrupted', 'vusActive', 'vusInitialized'],
  scenario: ['name', 'progress', 'iterationInTest'],
  vu: ['idInInstance', 'idInTest', 'iterationInInstance', 'iterationInScenario', 'tags', 'metrics'],
};

function shown(value) {
  if (value === null || typeof value !== 'object') return String(value);
  return JSON.stringify(Object.fromEntries(Object.keys(value).sort().map((key) => [key, shown(value[key])])));
}

function show(where) {
  for (const group of Object.keys(fields)) {
    for (const field of fields[group]) {
      let text;
      try {
        const value = exec[group][field];
        text = field === 'currentTestRunDuration' ? `positive ${value > 0}` : shown(value);
      } catch (error) {
        text = String(error);
      }
      console.log(where, group, field, text);
    }
  }
  try { console.log(where, typeof exec.test.options.scenarios); } catch (error) { console.log(where, String(error)); }
}

if (__VU === 0) show('init');

export function setup() {
  show('setup');
  sleep(0.3);
  console.log(exec.instance.currentTestRunDuration >= 300, exec.instance.currentTestRunDuration < 3000);
}

export default function () {}

export function teardown() {
  show('teardown');
}

export function handleSummary() {
  show('summary');
  return {};
}
