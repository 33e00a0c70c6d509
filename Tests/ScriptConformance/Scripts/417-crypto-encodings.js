// about: hashes, HMACs and base64 in every encoding, of every kind of input
import crypto, { createHash, createHMAC, hmac, sha256, md5, randomBytes, hexEncode } from 'k6/crypto';
import encoding, { b64encode, b64decode } from 'k6/encoding';
const show = (x) => (x instanceof ArrayBuffer ? 'AB' + JSON.stringify([...new Uint8Array(x)]) : Array.isArray(x) ? 'A' + JSON.stringify(x) : x);
export default function () {
  const inputs = { ascii: 'hello', empty: '', uni: 'ü€😀', ab: new Uint8Array([0, 255, 128]).buffer, u8: new Uint8Array([1, 2, 3]), sub: new Uint8Array([9, 1, 2, 3]).subarray(1) };
  const algs = ['md4', 'md5', 'sha1', 'sha256', 'sha384', 'sha512', 'sha512_224', 'sha512_256', 'ripemd160'], encs = ['hex', 'base64', 'base64url', 'base64rawurl', 'binary'];
  for (const [l, i] of Object.entries(inputs)) for (const a of algs) { try { console.log(l, a, crypto[a](i, 'hex'), crypto.hmac(a, 'k', i, 'base64'), crypto.hmac(a, i, 'd', 'hex')); } catch (e) { console.log(l, a, e.name, e.message); } }
  for (const e of encs) console.log(e, show(sha256('x', e)), show(hmac('md5', 'k', 'd', e)), show(createHash('sha1').digest(e)));
  for (const bad of ['HEX', '', undefined, null, 'utf8', 5]) try { console.log(String(bad), show(md5('x', bad))); } catch (e) { console.log(String(bad), e.name, e.message); }
  for (const bad of [undefined, null, 5, {}, [], [1, 2], true, new Uint16Array(2), new DataView(new ArrayBuffer(1)), () => 1, new Date(0)]) { try { console.log(typeof bad, show(md5(bad, 'hex'))); } catch (e) { console.log(typeof bad, e.name, e.message); } try { console.log(typeof bad, show(b64encode(bad))); } catch (e) { console.log(typeof bad, e.name, e.message); } }
  const h = createHash('sha256'); h.update('a'); h.update(new Uint8Array([98]).buffer); console.log(h.digest('hex'), h.digest('hex'), typeof h.update('c'), h.digest('hex'), Object.keys(h)); const m = createHMAC('sha512', 'key'); m.update('data'); console.log(m.digest('hex').slice(0, 20), m.digest('base64').length);
  const rb = randomBytes(8); console.log(rb instanceof ArrayBuffer, rb.byteLength, hexEncode(new Uint8Array([1, 171]).buffer), hexEncode('az')); for (const n of [0, -1, 1.9, '3', null, NaN]) try { console.log(String(n), randomBytes(n).byteLength); } catch (e) { console.log(String(n), e.name, e.message); }
  for (const [l, i] of Object.entries(inputs)) for (const v of [undefined, 'std', 'rawstd', 'url', 'rawurl']) { const enc = b64encode(i, v); console.log(l, v, enc, show(b64decode(enc, v)), JSON.stringify(b64decode(enc, v, 's'))); }
  for (const [s, v] of [['aGVsbG8=', 'rawstd'], ['aGVsbG8', 'std'], ['aGVs\nbG8=', 'std'], ['a-_b', 'std'], ['a+/b', 'url'], ['!!!!', 'std'], ['', 'std'], ['YQ==', 'other'], ['YR==', 'std'], ['aGVsbG8=extra', 'std'], [' aGVsbG8=', 'std']]) { try { console.log(JSON.stringify(s), v, show(b64decode(s, v)), b64decode(s, v, 's')); } catch (e) { console.log(JSON.stringify(s), v, e.name, e.message); } }
  console.log(b64encode('a', 'nonsense'), show(b64decode('/+8=', 'std', 'b')), show(b64decode('YQ==', 'std', 'x')), show(b64decode('YQ==', 'std', null)));
  console.log(crypto.md5('a', 'hex') === encoding.b64decode(encoding.b64encode(crypto.md5('a', 'hex')), 'std', 's'), new Uint8Array(crypto.sha256('x', 'binary')).length, crypto.sha1(crypto.sha1('x', 'binary'), 'hex'));
  const u = new Uint8Array(4); console.log(globalThis.crypto.getRandomValues(u) === u, typeof globalThis.crypto.randomUUID, /^[0-9a-f-]{36}$/.test(globalThis.crypto.randomUUID()), typeof globalThis.crypto.subtle); for (const bad of [new Float32Array(1), [1], 5]) try { globalThis.crypto.getRandomValues(bad); console.log('ok'); } catch (e) { console.log(e.name); }
}
