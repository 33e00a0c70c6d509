// about: bodies compressed before they are sent
// messages: exact
import http from 'k6/http';

function show(name, compression, body, headers) {
  const res = http.post(`${__ENV.BASE}/echo`, body, { compression, headers });
  if (res.status !== 200) return console.log(name, res.status, res.error, res.error_code);
  const got = res.json();
  console.log(name, got.headers['Content-Encoding'], got.headers['Content-Type'], got.bodyBytes > 0, got.bodyBytes < 300);
}

export default function () {
  const text = 'again and again '.repeat(100);
  show('gzip', 'gzip', text);
  show('deflate', 'deflate', text);
  show('zstd', 'zstd', text);
  show('br', 'br', text);
  show('two', 'gzip, deflate', text);
  show('form', 'gzip', { a: text });
  show('unknown', 'lzma', text);
  show('own header', 'gzip', text, { 'Content-Encoding': 'gzip' });
  show('other header', 'gzip', text, { 'Content-Encoding': 'br' });
  show('no body', 'gzip', null);
}
