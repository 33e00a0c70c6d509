// about: cookies of one request beside those of the jar
// args: -i 2
import http from 'k6/http';

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}

const text = (value) => JSON.stringify(sorted(value));

function sent(params) {
  const res = http.get(`${__ENV.BASE}/cookies`, params);
  return `${(res.request.headers.Cookie || [])[0]} ${text(res.request.cookies)} ${res.body.trim()}`;
}

export default function () {
  console.log('fresh', sent());
  http.get(`${__ENV.BASE}/cookies/set?mine=jar&other=1`);
  console.log('jar', sent());
  console.log('added', sent({ cookies: { extra: 'x' } }));
  console.log('same name', sent({ cookies: { mine: 'param' } }));
  console.log('replaced', sent({ cookies: { mine: { value: 'param', replace: true } } }));
  console.log('not replaced', sent({ cookies: { mine: { value: 'param', replace: false } } }));
  console.log('jar again', sent());
  const res = http.get(`${__ENV.BASE}/cookies`, { cookies: { a: 'b c', n: 5 } });
  console.log(text(res.json()), text(res.request.cookies));
}
