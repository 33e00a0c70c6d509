// about: requests that cannot be built: a warning, a response without status, no samples
// messages: exact
import http from 'k6/http';

function show(name, action) {
  try {
    const res = action();
    console.log(name, res.status, res.error_code, res.error, JSON.stringify(res.body && res.body.slice(0, 12)), typeof res.request);
  } catch (error) {
    console.log(name, 'threw', error.name, error.message);
  }
}

export default function () {
  const url = `${__ENV.BASE}/`;
  show('empty', () => http.get(''));
  show('no scheme', () => http.get('example.test/path'));
  show('relative', () => http.get('/path'));
  show('bad host', () => http.get('http://[::1'));
  show('bad escape', () => http.get('http://a.test/%zz'));
  show('bad port', () => http.get('http://a.test:port/'));
  show('other scheme', () => http.get('ftp://a.test/'));
  show('number', () => http.get(5));
  show('null', () => http.get(null));
  show('undefined', () => http.get(undefined));
  show('response type', () => http.get(url, { responseType: 'stream' }));
  show('timeout', () => http.get(url, { timeout: 'soon' }));
  show('negative timeout', () => http.get(url, { timeout: -5 }));
  show('tag value', () => http.get(url, { tags: { a: {} } }));
  show('tags', () => http.get(url, { tags: 5 }));
  show('compression', () => http.post(url, 'x', { compression: 5 }));
  show('jar', () => http.get(url, { jar: {} }));
  show('auth', () => http.get(url, { auth: 'unknown' }));
  show('unknown param', () => http.get(url, { surprise: 1 }));
  show('method', () => http.request('BAD METHOD', url));
  show('callback', () => http.get(url, { responseCallback: 5 }));
}
