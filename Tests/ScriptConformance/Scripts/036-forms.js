// about: objects as form bodies
import http from 'k6/http';

function show(name, body, params) {
  const res = http.post(`${__ENV.BASE}/echo`, body, params);
  console.log(name, res.status, res.status ? res.json('body') : res.error, res.status ? res.json('headers.Content-Type') : '');
}

export default function () {
  show('sorted', { b: '2', a: '1', c: '3' });
  show('kinds', { number: 1.5, yes: true, no: false, null: null, undefined: undefined, big: 12345678901 });
  show('lists', { tag: ['x', 'y', 'z'], empty: [] });
  show('escapes', { 'a b': 'c&d=e', ä: 'ö+ü%', slash: '/?#', star: "*-._~'()!" });
  show('empty', {});
  show('type kept', { a: 1 }, { headers: { 'Content-Type': 'application/x-mine' } });
  show('text with type', 'a=1', { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
  show('JSON text', JSON.stringify({ a: [1] }), { headers: { 'Content-Type': 'application/json' } });
  show('nested', { a: { b: 1 } });
}
