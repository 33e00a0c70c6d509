// about: files and fields as multipart bodies
import http from 'k6/http';

const text = open('./fixtures/text.txt');
const binary = open('./fixtures/bytes.bin', 'b');

function parts(res) {
  const type = res.json('headers.Content-Type');
  const boundary = type.replace(/^multipart\/form-data; boundary=/, '');
  const body = res.json('body');
  if (typeof body !== 'string') return `${type.slice(0, 19)} ${res.json('bodyBytes') > 0}`;
  return body.split(`--${boundary}`).map((part) => JSON.stringify(part)).sort().join('\n');
}

export default function () {
  const file = http.file(text, 'note.txt', 'text/x-note');
  console.log(JSON.stringify(file), Object.keys(file).join());
  console.log(parts(http.post(`${__ENV.BASE}/echo`, { file, field: 'value', number: 7 })));
  console.log(parts(http.post(`${__ENV.BASE}/echo`, { file: http.file('inline', 'a "quoted" näme.txt') })));
  console.log(parts(http.post(`${__ENV.BASE}/echo`, { file: http.file(binary, 'bytes.bin') })));
  const unnamed = http.file('x');
  console.log(typeof unnamed.filename, unnamed.filename.length > 0, unnamed.content_type);
  console.log(parts(http.post(`${__ENV.BASE}/echo`, { a: http.file(new Uint8Array([97, 98, 99]).buffer, 'abc') })));
}
