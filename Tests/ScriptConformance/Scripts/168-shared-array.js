// about: SharedArray: made once, read as a frozen list
// workers: each
// order: any
import { SharedArray } from 'k6/data';

const data = new SharedArray('numbers', function () {
  console.log('made in VU', __VU);
  return [{ n: 1, list: [1, 2] }, { n: 2, nothing: undefined, when: new Date(0) }, 'text', 4, null, [5, 6]];
});
const again = new SharedArray('numbers', () => ['never made']);
const empty = new SharedArray('empty', () => []);

export const options = { vus: 2, iterations: 2 };

export default function () {
  if (__VU !== 1 && __VU !== 2) return;
  const parts = [data.length, again.length, empty.length, Array.isArray(data), data instanceof Array];
  parts.push(JSON.stringify(data[0]), JSON.stringify(data[1]), data[2], data[3], data[4], JSON.stringify(data[5]), data[6]);
  parts.push(data.map((one) => typeof one).join(), data.filter((one) => one && one.n).length, [...data].length);
  parts.push(JSON.stringify(Object.keys(data)), 2 in data, 9 in data, data.indexOf('text'), data[0] === data[0]);
  let sum = 0;
  for (const one of data) if (one && one.n) sum += one.n;
  parts.push(sum, JSON.stringify(data.slice(2, 4)), data.find((one) => one === 4), data['0'].n, data[-1], data.at ? data.at(-1).length : 2);
  console.log(parts.join(' | '));
}
