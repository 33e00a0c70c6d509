// about: rows of a CSV read by a library in a SharedArray, typed, with quotes, BOM and CRLF
import http from 'k6/http';
import { SharedArray } from 'k6/data';
import exec from 'k6/execution';
import csv from './fixtures/mv-team/mv-csv.js';
const raw = open('./fixtures/mv-team/mv-people.csv');
const bytes = open('./fixtures/mv-team/mv-people.csv', 'b');
const people = new SharedArray('people', () => csv.parse(raw, { header: true, dynamicTyping: true, skipEmptyLines: true }).data);
const lists = new SharedArray('lists', function () { return csv.parse(raw).data; });
console.log(raw.length, bytes.byteLength, raw.charCodeAt(0), people.length, csv.IS_WORKER, typeof csv.BYTE_ORDER_MARK);
export const options = { scenarios: { each: { executor: 'per-vu-iterations', vus: 1, iterations: 5 } } };
export default function () {
  const i = exec.scenario.iterationInTest % people.length;
  const p = people[i];
  console.log(p, Object.keys(p), typeof p.signup, p.balance, p.note);
  const res = http.post(`${__ENV.BASE}/echo`, { ...p, plan: `${p.plan}` });
  console.log(res.json('body'), res.json('headers.Content-Type'));
  if (i === 0) {
    console.log(csv.unparse(people.map((x) => ({ ...x, signup: x.signup && new Date(x.signup) }))));
    console.log(lists.length, lists.map((l) => l.length), lists.at(-1), lists.slice(1, 2), lists.indexOf(lists[0]));
    console.log(people.filter((x) => x.balance > 0).map((x) => x.name).sort(), people.find((x) => x.id === 3)?.name, people.some((x) => x.id > 3), people.reduce((a, x) => a + x.id, 0));
    console.log(csv.parse('a;b\n1;"x', {}).errors, csv.parse('a|b|c\r1|2|3').meta, csv.parse('\t\t\n').data);
    for (const [k, v] of people.entries()) console.log(k, v.id);
    console.log([...people].length, JSON.stringify(people).length, Object.keys(people), 2 in people, 9 in people, people[9], people['1'].name, people.length);
    try { people[0].id = 5; } catch (e) { console.log(e.name); }
    try { people.push({}); } catch (e) { console.log(e.name, e.message); }
    try { people.sort((a, b) => b.id - a.id); } catch (e) { console.log(e.name, e.message); }
    console.log(people.toString(), String(lists[0]), people + '');
    console.log(people);
    const { 0: first, length } = people; console.log(first.id, length);
    console.log(people.concat([1]).length, people.flatMap((x) => [x.id]), people.join('|'), people.includes(1), Array.from(people, (x) => x.plan));
    console.log(bytes, new Uint8Array(bytes.slice(0, 4)), String.fromCharCode(...new Uint8Array(bytes, 3, 2)));
  }
}
