// about: every method, with and without body
import http from 'k6/http';

function show(name, res) {
  const got = res.body && res.status === 200 ? res.json() : {};
  console.log(name, res.status, got.method, got.body, got.bodyBytes, got.headers && got.headers['Content-Type']);
}

export default function () {
  const url = `${__ENV.BASE}/echo`;
  show('get', http.get(url));
  show('head', http.head(url));
  show('post', http.post(url, 'text'));
  show('put', http.put(url, 'text', { headers: { 'Content-Type': 'text/plain' } }));
  show('patch', http.patch(url, '{"a":1}', { headers: { 'content-type': 'application/json' } }));
  show('del', http.del(url));
  show('del with body', http.del(url, 'gone'));
  show('options', http.options(url));
  show('options with body', http.options(url, { a: 1 }));
  show('request', http.request('POST', url, 'r'));
  show('request lower case', http.request('put', url, 'r'));
  show('own method', http.request('PURGE', url));
  show('get with body', http.request('GET', url, 'in a get'));
  show('post null', http.post(url, null));
  show('post nothing', http.post(url));
  show('post undefined', http.post(url, undefined, { headers: { 'X-A': 'b' } }));
}
