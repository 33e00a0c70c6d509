// about: jars: the VU's, new ones, what they hold, clearing, deleting
import http from 'k6/http';

function sorted(cookies) {
  return JSON.stringify(Object.keys(cookies).sort().map((name) => [name, cookies[name]]));
}

export default function () {
  const base = __ENV.BASE;
  const jar = http.cookieJar();
  console.log(jar.set(base, 'plain', 'one'));
  console.log(jar.set(base, 'path', 'two', { path: '/shop' }));
  console.log(jar.set(base, 'gone', 'three', { max_age: -1 }));
  console.log(jar.set(base, 'late', 'four', { expires: 'Mon, 02 Jan 2006 15:04:05 MST', path: '/' }));
  console.log(jar.set(base, 'future', 'five', { expires: 'Mon, 02 Jan 2040 15:04:05 GMT', http_only: true }));
  console.log(jar.set(base, 'secure', 'six', { secure: true }));
  console.log(jar.set('http://other.test/', 'domain', 'seven', { domain: 'other.test' }));
  console.log(sorted(jar.cookiesForURL(base)));
  console.log(sorted(jar.cookiesForURL(`${base}/shop/x`)));
  console.log(sorted(jar.cookiesForURL(base.replace('http:', 'https:'))));
  console.log(sorted(jar.cookiesForURL('http://sub.other.test/')));
  console.log(sorted(http.get(`${base}/cookies`).json('cookies')));
  jar.delete(base, 'plain');
  console.log(sorted(jar.cookiesForURL(base)));
  jar.clear(base);
  console.log(sorted(jar.cookiesForURL(base)), sorted(jar.cookiesForURL('http://other.test/')));

  const own = new http.CookieJar();
  own.set(base, 'own', 'yes');
  console.log(sorted(http.get(`${base}/cookies`, { jar: own }).json('cookies')));
  http.get(`${base}/cookies/set?from=server`, { jar: own });
  console.log(sorted(own.cookiesForURL(base)), sorted(http.cookieJar().cookiesForURL(base)));
}
