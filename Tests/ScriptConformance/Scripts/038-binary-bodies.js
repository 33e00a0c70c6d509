// about: bytes as bodies: buffers, views of them, those that are refused
// messages: exact
import http from 'k6/http';

function show(name, body) {
  try {
    const res = http.post(`${__ENV.BASE}/echo`, body);
    if (res.status === 0) return console.log(name, res.error, res.error_code);
    const got = res.json();
    console.log(name, got.bodyBytes, got.body || got.bodyBase64, got.headers['Content-Type']);
  } catch (error) {
    console.log(name, 'threw', error.name, error.message);
  }
}

export default function () {
  const bytes = new Uint8Array([0, 255, 1, 254, 2, 253]);
  show('buffer', bytes.buffer);
  show('view', bytes);
  show('part', bytes.subarray(2, 4));
  show('slice', bytes.slice(1, 3));
  show('file', open2);
  show('empty buffer', new ArrayBuffer(0));
  show('words', new Uint16Array([1, 2]));
  show('data view', new DataView(new ArrayBuffer(2)));
  show('number', 5);
  show('boolean', true);
  show('list', ['a', 'b']);
  show('date', new Date(0));
  show('function', () => 'x');
}

const open2 = open('./fixtures/bytes.bin', 'b');
