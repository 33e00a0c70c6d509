// about: the option maxRedirects says nothing when it is reached
import http from 'k6/http';

export const options = { maxRedirects: 2 };

export default function () {
  const res = http.get(`${__ENV.BASE}/redirect/4`);
  console.log(res.status, res.url.replace(__ENV.BASE, ''));
  console.log(http.get(`${__ENV.BASE}/redirect/4`, { redirects: 4 }).status);
}
