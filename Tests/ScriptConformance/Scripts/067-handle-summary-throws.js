// about: handleSummary that throws: the usual summary after all
import { Counter } from 'k6/metrics';

const done = new Counter('done');

export default function () {
  done.add(3);
}

export function handleSummary() {
  throw new Error('no summary');
}
