// about: batches that cannot be sent
// messages: exact
import http from 'k6/http';

function attempt(name, action) {
  try {
    const result = action();
    console.log(name, JSON.stringify(result && result.map ? result.map((r) => r && [r.status, r.error_code]) : result));
  } catch (error) {
    console.log(name, 'threw', error.name, error.message);
  }
}

export default function () {
  const base = __ENV.BASE;
  attempt('nothing', () => http.batch());
  attempt('a text', () => http.batch('http://127.0.0.1:1/'));
  attempt('a bad URL', () => http.batch([`${base}/`, 'http://[::1']));
  attempt('a number', () => http.batch([`${base}/`, 5]));
  attempt('no URL', () => http.batch([{ method: 'GET' }]));
  attempt('a bad body', () => http.batch([['POST', `${base}/echo`, 5]]));
}
