// about: base64 in its kinds
// messages: exact
import encoding, { b64decode, b64encode } from 'k6/encoding';

function attempt(name, action) {
  try {
    console.log(name, action());
  } catch (error) {
    console.log(name, 'threw', error.name, error.message);
  }
}

export default function () {
  const text = 'subjects? üöä >>> ~~~';
  for (const kind of ['std', 'rawstd', 'url', 'rawurl']) {
    const coded = b64encode(text, kind);
    console.log(kind, coded, b64decode(coded, kind, 's') === text);
  }
  console.log(b64encode(new Uint8Array([0, 255, 254]).buffer), b64encode(new Uint8Array([1, 2, 3])), b64encode(''));
  const bytes = b64decode('AP/+');
  console.log(bytes instanceof ArrayBuffer, new Uint8Array(bytes).join(), typeof b64decode('YQ==', 'std', 's'));
  attempt('broken', () => b64decode('***', 'std', 's'));
  attempt('padding', () => b64decode('YQ', 'std', 's'));
  attempt('raw', () => b64decode('YQ==', 'rawstd', 's'));
  attempt('unknown kind', () => b64encode('a', 'base32'));
  attempt('number', () => b64encode(5));
  attempt('null', () => b64encode(null));
  attempt('undefined', () => b64encode(undefined));
  attempt('other format', () => typeof b64decode('YQ==', 'std', 'x'));
  console.log(Object.keys(encoding).sort().join());
}
