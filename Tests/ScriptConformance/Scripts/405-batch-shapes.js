// about: batches as lists and objects, with names, tags, callbacks and what is wrong in them
import http from 'k6/http';
import { check } from 'k6';
export const options = { batch: 4, batchPerHost: 2, iterations: 1 };
const names = (o) => Object.keys(o).sort();
export default function () {
  const B = __ENV.BASE;
  const list = http.batch([B + '/status/200', http.url`${B}/bytes/${5}`, ['GET', B + '/json', null, { tags: { kind: 'list', n: 1, b: true }, headers: { A: 'b' } }], ['POST', B + '/echo', { a: 1 }, { tags: { name: 'posted' } }], { url: B + '/echo', method: 'put', body: 'x' }, { url: B + '/echo' }, ['DELETE', B + '/echo'], ['HEAD', B + '/json'], { method: 'GET', url: B + '/echo', body: 'dropped', params: { headers: { 'X-Y': 'z' }, responseType: 'binary' } }]);
  console.log(Array.isArray(list), list.length, list.map((r) => r.status), list[2].json('name'), list[3].json('body'), list[4].json('method'), list[5].json('method'), list[6].json('method'), list[7].body, list[8].body.byteLength > 100, list.map((r) => r.request.method));
  const o = http.batch({ front: { method: 'GET', url: B + '/' }, api: B + '/json', 'with space': ['GET', B + '/status/404', null, { responseCallback: http.expectedStatuses(404) }], 5: B + '/status/500' });
  console.log(names(o), o.front.status, o['with space'].status, o[5].error_code, o.api.html === undefined);
  check(o, { 'all here': (x) => names(x).length === 4, 'api ok': ({ api }) => api.status === 200 });
  console.log(http.batch([]).length, names(http.batch({})));
  for (const bad of [undefined, null, 5, 'str', [5], [null], [[]], [{}], [['GET']], [['GET', 5]], [[1, B]], [{ method: 'GET' }], { a: null }, { a: [] }, [B + '/status/200', 'not a url'], ['http://[::1'], [['BAD METHOD', B]], [B, ['GET', B, null, { timeout: 'x' }]], [[undefined, B + '/status/200']], [{ url: B + '/status/201', method: null }], new Map([['a', B]])])
    try { const r = http.batch(bad); console.log(JSON.stringify(bad), Array.isArray(r), r && Object.values(r).map((x) => [x.status, x.error, x.error_code])); } catch (e) { console.log(JSON.stringify(bad), e.name, e.message); }
  const many = http.batch(Array.from({ length: 12 }, (_, i) => ({ method: 'GET', url: `${B}/echo?i=${i}`, params: { tags: { name: 'many', odd: i % 2 } } })));
  console.log(many.map((r) => r.json('query.i')).join());
  const res = http.batch([['GET', B + '/delay/200', null, { timeout: 20 }], B + '/status/200', 'http://127.0.0.1:1/']); console.log(res.map((r) => [r.status, r.error_code, r.error.replace(/127[^ ]*/, ''), typeof r.body]));
}
