// about: options from the environment, above the script's and below the flags'
// env: K6_ITERATIONS=4 K6_VUS=2 K6_USER_AGENT=env/1 K6_TAGS=e:1,f:2 K6_MAX_REDIRECTS=1
// args: --user-agent flag/1
import http from 'k6/http';

export const options = { iterations: 1, userAgent: 'script/1', maxRedirects: 5, tags: { s: 'cript' } };

export default function () {
  const res = http.get(`${__ENV.BASE}/headers`);
  console.log(res.json('headers.User-Agent'), http.get(`${__ENV.BASE}/redirect/3`).url.replace(__ENV.BASE, ''));
}
