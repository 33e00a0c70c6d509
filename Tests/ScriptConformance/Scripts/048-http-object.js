// about: what the module offers
// differs: log /namespace/ `import * as m` of a module of k6's
import * as everything from 'k6/http';
import http, { CookieJar, get, url } from 'k6/http';

export default function () {
  console.log(Object.keys(http).sort().join());
  console.log('namespace', Object.keys(everything).sort().join());
  console.log(Object.keys(http).every((name) => everything[name] === http[name]));
  console.log(get === http.get, typeof url, typeof CookieJar);
  console.log('namespace', 'default' in everything);
  for (const name of Object.keys(http).sort()) if (typeof http[name] === 'string') console.log(name, http[name]);
  console.log(typeof http.cookieJar(), http.cookieJar() instanceof http.CookieJar);
}
