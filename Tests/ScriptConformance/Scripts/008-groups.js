// about: nested groups, what they return, their tag on samples and metrics
// args: -i 2
import { check, group } from 'k6';
import http from 'k6/http';
import { Counter } from 'k6/metrics';

const steps = new Counter('steps');

export const options = {
  thresholds: {
    'group_duration{group:::outer}': ['max<60000'],
    'steps{group:::outer::inner}': ['count==2'],
    'steps{group:::outer}': ['count==4'],
  },
};

export default function () {
  const result = group('outer', () => {
    steps.add(1);
    http.get(`${__ENV.BASE}/status/204`);
    group('inner', function () {
      steps.add(1);
      check(1, { 'in inner': true });
      return 'ignored';
    });
    steps.add(1);
    check(1, { 'in outer': true });
    return { answer: 42 };
  });
  console.log(JSON.stringify(result));
  console.log(group('', () => 'an empty name'));
  group('outer', () => check(1, { 'in outer': true }));
  steps.add(1);
  check(1, { 'at the root': true });
}
