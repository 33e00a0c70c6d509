// about: grouping by the name tag and by http.url
import http from 'k6/http';

export const options = {
  thresholds: {
    'http_reqs{name:item}': ['count==2'],
    'http_reqs{name:PostsItemURL}': ['count==1'],
  },
};

export default function () {
  for (const id of [1, 2]) {
    http.get(`${__ENV.BASE}/shop/item/${id}`, { tags: { name: 'item' } });
    http.get(http.url`${__ENV.BASE}/shop/item/${id}`);
  }
  http.post(http.url`${__ENV.BASE}/echo?id=${3}&x=${'y'}`, 'body', { tags: { name: 'PostsItemURL' } });
  http.batch([
    http.url`${__ENV.BASE}/status/${200}`,
    ['GET', http.url`${__ENV.BASE}/status/${201}`],
    { method: 'GET', url: http.url`${__ENV.BASE}/status/${202}` },
  ]);
  const url = http.url`${__ENV.BASE}/bytes/${10}`;
  console.log(typeof url, Object.keys(url).sort().join());
  http.request('GET', url);
  http.get(`${__ENV.BASE.replace('//', '//user:pass@')}/basic-auth/user/pass`);
  http.get(`${__ENV.BASE}/status/200#fragment`);
  http.get(`${__ENV.BASE}/status/200?q=ä`);
}
