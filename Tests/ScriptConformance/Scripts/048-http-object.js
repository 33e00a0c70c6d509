// about: what the module offers
import * as everything from 'k6/http';
import http, { CookieJar, get, url } from 'k6/http';

export default function () {
  console.log(Object.keys(http).sort().join());
  console.log(Object.keys(everything).sort().join());
  console.log(get === http.get, typeof url, typeof CookieJar, everything.default === http);
  for (const name of Object.keys(http).sort()) if (typeof http[name] === 'string') console.log(name, http[name]);
  console.log(typeof http.cookieJar(), http.cookieJar() instanceof http.CookieJar);
}
