// about: every hash, in every output
// messages: exact
import crypto from 'k6/crypto';

export default function () {
  const kinds = ['md4', 'md5', 'sha1', 'sha256', 'sha384', 'sha512', 'sha512_224', 'sha512_256', 'ripemd160'];
  for (const kind of kinds) console.log(kind, crypto[kind]('apus', 'hex'));
  for (const output of ['hex', 'base64', 'base64url', 'base64rawurl']) console.log(output, crypto.sha256('apus', output));
  const binary = crypto.sha1('apus', 'binary');
  console.log(binary instanceof ArrayBuffer, new Uint8Array(binary).slice(0, 4).join());
  console.log(crypto.md5(new Uint8Array([0, 1, 255]).buffer, 'hex'), crypto.md5(new Uint8Array([0, 1, 255]), 'hex'), crypto.md5('', 'hex'));
  console.log(crypto.sha256('äöü€🐦', 'hex'), crypto.hexEncode('apus'), crypto.hexEncode(new Uint8Array([0, 255]).buffer));
  const hash = crypto.createHash('sha256');
  hash.update('ap');
  hash.update('us');
  console.log(hash.digest('hex') === crypto.sha256('apus', 'hex'), hash.digest('base64'));
  hash.update('!');
  console.log(hash.digest('hex') === crypto.sha256('apus!', 'hex'));
  for (const [name, action] of [
    ['unknown output', () => crypto.md5('a', 'utf8')],
    ['no output', () => crypto.md5('a')],
    ['number', () => crypto.md5(5, 'hex')],
    ['null', () => crypto.md5(null, 'hex')],
  ]) {
    try {
      console.log(name, action());
    } catch (error) {
      console.log(name, 'threw', error.name, error.message);
    }
  }
}
