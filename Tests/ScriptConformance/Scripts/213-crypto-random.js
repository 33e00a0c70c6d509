// about: random bytes and numbers
// messages: exact
import k6crypto from 'k6/crypto';

export default function () {
  const bytes = k6crypto.randomBytes(32);
  console.log(bytes instanceof ArrayBuffer, bytes.byteLength, k6crypto.hexEncode(bytes) !== k6crypto.hexEncode(k6crypto.randomBytes(32)));
  for (const size of [0, -1]) {
    try {
      console.log(k6crypto.randomBytes(size).byteLength);
    } catch (error) {
      console.log('threw', error.name, error.message);
    }
  }
  console.log(typeof crypto, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID()));
  const values = crypto.getRandomValues(new Uint8Array(16));
  console.log(values instanceof Uint8Array, values.length, values.some((b) => b !== 0), crypto.getRandomValues(new Uint32Array(2)).length);
}
