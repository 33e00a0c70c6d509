// about: objects of http.file and http.url whose fields are assigned to; jars of odd URLs
// args: -i 1
import http from 'k6/http';

const B = __ENV.BASE;

function sent(f) {
  const body = http.post(`${B}/echo`, { f }).json('body');
  return body && body.replace(/[0-9a-f]{60}/g, 'B').split('\r\n').slice(1).join('|');
}

export default function () {
  const f = http.file('data', 'n.txt', 'text/plain');
  console.log(f.data, f.filename, f.content_type, sent(f));
  f.filename = 5;
  f.content_type = 'a/b';
  f.data = 'new';
  console.log(f.data, f.filename, f.content_type, sent(f));
  f.data = new Uint8Array([65, 66]);
  console.log(sent(f));
  f.data = new Uint8Array([67, 68]).buffer;
  console.log(sent(f));
  f.data = 7;
  console.log(sent(f));
  f.data = null;
  console.log(f.data, sent(f));
  f.filename = null;
  f.content_type = undefined;
  console.log(JSON.stringify([f.filename, f.content_type]));
  const u = http.url`${B}/echo?id=${5}`;
  u.name = 'mine';
  u.url = 'elsewhere';
  u.clean_url = 'c';
  console.log(http.get(u).url.replace(B, ''), u.name, u.url, u.clean_url, Object.keys(u).join());
  const jar = http.cookieJar();
  console.log(jar.set('nope', 'a', 'b'), JSON.stringify(jar.cookiesForURL('nope')), jar.set(B, 'a b', 'c'), JSON.stringify(jar.cookiesForURL(B)));
}
