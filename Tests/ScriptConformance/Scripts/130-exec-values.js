// about: what k6/execution says of VU, scenario, instance
// workers: each
// order: any
import exec, { scenario, vu } from 'k6/execution';

export const options = {
  scenarios: {
    one: { executor: 'per-vu-iterations', vus: 2, iterations: 2 },
    two: { executor: 'shared-iterations', vus: 1, iterations: 2, startTime: '500ms', exec: 'two' },
  },
};

function values() {
  const s = exec.scenario;
  return [
    s.name, s.executor, typeof s.startTime, s.progress >= 0 && s.progress <= 1, s.name === scenario.name,
    vu.idInInstance === vu.idInTest, vu.iterationInScenario, vu.idInTest === exec.vu.idInTest,
    exec.instance.vusInitialized, typeof exec.instance.currentTestRunDuration, exec.instance.iterationsInterrupted,
  ].join(' ');
}

export default function () {
  console.log('one', vu.idInTest, vu.iterationInInstance, values());
  console.log('in test', exec.scenario.iterationInTest === exec.scenario.iterationInInstance);
}

export function two() {
  console.log('two', values(), exec.scenario.iterationInTest, exec.instance.iterationsCompleted >= 4);
}

export function setup() {
  console.log('setup', vu.idInTest, vu.idInInstance, exec.instance.iterationsCompleted, __VU);
  try {
    console.log(exec.scenario.name);
  } catch (error) {
    console.log('no scenario in setup', error.message);
  }
}

export function teardown() {
  console.log('teardown', vu.idInTest);
  try {
    console.log(exec.instance.iterationsCompleted);
  } catch (error) {
    console.log('no instance in teardown', error.message);
  }
}
