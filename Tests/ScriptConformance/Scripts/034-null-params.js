// about: null and nothing where parameters could be
import http from 'k6/http';

export default function () {
  const url = `${__ENV.BASE}/echo`;
  console.log(http.get(url, null).status, http.get(url, undefined).status, http.get(url, {}).status);
  console.log(http.post(url, 'x', null).json('body'), http.request('GET', url, null, null).status);
  console.log(http.get(url, { headers: null, tags: null, cookies: null, timeout: null, redirects: null }).status);
  console.log(http.get(url, { tags: { empty: '' }, headers: {} }).status);
}
