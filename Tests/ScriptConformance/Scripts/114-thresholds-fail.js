// about: crossed thresholds: exit code 99, the marks in the summary
import { check } from 'k6';
import { Counter, Rate, Trend } from 'k6/metrics';

const counter = new Counter('a_counter');
const rate = new Rate('a_rate');
const trend = new Trend('a_trend', true);

export const options = {
  iterations: 4,
  thresholds: {
    a_counter: ['count>100', 'count<100'],
    a_rate: ['rate>0.5'],
    a_trend: ['p(95)<5', 'avg<50'],
    'a_trend{part:one}': ['max<5'],
    checks: ['rate>0.9'],
  },
};

export default function () {
  counter.add(1);
  rate.add(__ITER === 0);
  trend.add(10 * (__ITER + 1), { part: __ITER === 0 ? 'one' : 'two' });
  check(__ITER, { even: (i) => i % 2 === 0, 'is a number': (i) => typeof i === 'number' });
}
