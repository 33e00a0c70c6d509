// about: a VU that never ends its iteration is stopped with the scenario, its neighbours are not harmed
// counts: any
import { sleep } from 'k6';
import { Counter } from 'k6/metrics';

const good = new Counter('good');

export const options = {
  scenarios: {
    endless: { executor: 'per-vu-iterations', vus: 1, iterations: 1, maxDuration: '1s', gracefulStop: '0s', exec: 'endless' },
    neighbour: { executor: 'constant-vus', vus: 1, duration: '1s', exec: 'neighbour', gracefulStop: '5s' },
  },
};

export function endless() {
  try {
    while (true);
  } finally {
    console.log('never: nothing runs after an interruption');
  }
}

export function neighbour() {
  good.add(1);
  sleep(0.1);
}
