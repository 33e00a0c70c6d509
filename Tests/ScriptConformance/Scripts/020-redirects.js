// about: chains of redirects: each a request, what becomes of method, body, cookies and final URL
import http from 'k6/http';

function show(name, res) {
  console.log(name, res.status, res.url.replace(__ENV.BASE, ''), res.request && res.request.method, res.error_code);
}

export default function () {
  const base = __ENV.BASE;
  show('three', http.get(`${base}/redirect/3`));
  show('to echo', http.get(`${base}/redirect/1?to=/echo`));
  for (const status of [301, 302, 303, 307, 308]) {
    const res = http.post(`${base}/redirect/1?status=${status}&to=/echo`, 'body', { headers: { 'X-Kept': 'yes' } });
    show(`post ${status}`, res);
    const got = res.json();
    console.log(got.method, got.body, got.headers['X-Kept'], got.headers['Content-Type'], got.headers.Referer !== undefined);
  }
  const put = http.put(`${base}/redirect/2?status=302&to=/echo`, 'body');
  console.log(put.json('method'), put.json('bodyBytes'));
  show('head', http.head(`${base}/redirect/1`));
  show('cookies on the way', http.get(`${base}/cookies/set?on=way`));
  show('named', http.get(`${base}/redirect/1`, { tags: { name: 'hop' } }));
  show('304', http.get(`${base}/status/304`));
  show('300', http.get(`${base}/redirect/1?status=300`));
}
