// about: cookies put into a jar: values of any kind, every option, names and values that would break the header
// differs: log /net\/http: invalid byte/ a cookie value with bytes that may not stand there
// part: log /: parsing time .*(?=" source)/ an `expires` that is no date
import http from 'k6/http';
export const options = { userAgent: 'moving/1' };
export default function () {
  const jar = http.cookieJar(), B = __ENV.BASE;
  const t = (n, v, o) => { try { const j = new http.CookieJar(); const r = j.set(B, n, v, o); console.log(JSON.stringify([n, v, o]), r, JSON.stringify(j.cookiesForURL(B + '/a/b')), http.get(B + '/a/b', { jar: j }).request.headers['Cookie'], http.get(B + '/headers', { jar: j }).json('headers.Cookie')); } catch (e) { console.log(JSON.stringify([n, v, o]), e.name, e.message); } };
  t('a', 'b;c'); t('a', 'x; Path=/zzz'); t('a', '"q"'); t('', 'v'); t('n;x', 'v'); t('n=m', 'v'); t('a', ''); t('a', ' sp '); t('a', 'ü'); t('a', 'c,d'); t('a', 'l\r\nX: y'); t('a\r\nX', 'y');
  t('a', '1', { expires: '' }); t('a', '1', { expires: 'Thu, 01 Jan 2099 00:00:00 GMT' }); t('a', '1', { expires: 'Thu, 01 Jan 2099 00:00:00 UTC' }); t('a', '1', { expires: 'Thu, 01-Jan-2099 00:00:00 GMT' }); t('a', '1', { expires: 'Thursday, 01-Jan-99 00:00:00 GMT' }); t('a', '1', { expires: new Date(4e12).toUTCString() }); t('a', '1', { expires: 5 });
  t('a', '1', { max_age: '5' }); t('a', '1', { max_age: -1 }); t('a', '1', { max_age: 0 }); t('a', '1', { max_age: 0.5 }); t('a', '1', { max_age: 'x' }); t('a', '1', { max_age: null }); t('a', '1', { max_age: -1, expires: 'Thu, 01 Jan 2099 00:00:00 GMT' });
  t('a', '1', { path: '' }); t('a', '1', { path: 'rel' }); t('a', '1', { path: '/a' }); t('a', '1', { path: '/a; Secure' }); t('a', '1', { path: null }); t('a', '1', { path: undefined });
  t('a', '1', { domain: '' }); t('a', '1', { domain: null }); t('a', '1', { domain: '127.0.0.1' }); t('a', '1', { domain: '.127.0.0.1' }); t('a', '1', { domain: 'x.y' }); t('a', '1', { secure: 'false' }); t('a', '1', { secure: 0, http_only: 1, unknown: {} }); t('a', '1', { domain: '0.0.1' });
  t(null, null); t(undefined, undefined); t(5, {}); t('a', [1, 2]); t('a', '1', 'str'); t('a', '1', 5); t('a', '1', []); t('a', '1', null);
}
