// about: keyed hashes
// messages: exact
import crypto from 'k6/crypto';

export default function () {
  for (const kind of ['md4', 'md5', 'sha1', 'sha256', 'sha384', 'sha512', 'sha512_224', 'sha512_256', 'ripemd160']) {
    console.log(kind, crypto.hmac(kind, 'key', 'data', 'hex'));
  }
  console.log(crypto.hmac('sha256', new Uint8Array([1, 2]).buffer, new Uint8Array([3]).buffer, 'base64rawurl'));
  const hmac = crypto.createHMAC('sha1', 'key');
  hmac.update('da');
  hmac.update('ta');
  console.log(hmac.digest('hex') === crypto.hmac('sha1', 'key', 'data', 'hex'), hmac.digest('base64'));
  console.log(crypto.hmac('sha256', '', '', 'hex'), crypto.hmac('sha256', 'k'.repeat(200), 'd', 'hex'));
  try {
    crypto.hmac('sha3', 'key', 'data', 'hex');
  } catch (error) {
    console.log('threw', error.name, error.message);
  }
}
