// about: teardown that takes too long
import { sleep } from 'k6';

export const options = { teardownTimeout: 300 };

export default function () {}

export function teardown() {
  sleep(10);
}
