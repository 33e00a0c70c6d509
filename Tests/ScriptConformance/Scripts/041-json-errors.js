// about: bodies that are no JSON
// messages: exact
import http from 'k6/http';

function attempt(name, action) {
  try {
    console.log(name, JSON.stringify(action()));
  } catch (error) {
    console.log(name, 'threw', error.name, error.message, String(error) === error.toString());
  }
}

export default function () {
  const text = http.get(`${__ENV.BASE}/`);
  attempt('text', () => text.json());
  attempt('text, path', () => text.json('a'));
  attempt('no body', () => http.get(`${__ENV.BASE}/status/204`).json());
  attempt('no body, path', () => http.get(`${__ENV.BASE}/status/204`).json('a'));
  attempt('empty', () => http.get(`${__ENV.BASE}/bytes/0`).json());
  attempt('number', () => http.get(`${__ENV.BASE}/status/200`).json());
  attempt('binary', () => http.get(`${__ENV.BASE}/json`, { responseType: 'binary' }).json('name'));
  attempt('failed', () => http.get('http://127.0.0.1:1/').json());
  const echoed = http.post(`${__ENV.BASE}/echo`, '{"a": [1, 2,}');
  try {
    JSON.parse(echoed.json('body'));
  } catch (error) {
    console.log('inner', error.name);
  }
}
