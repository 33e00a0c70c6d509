// about: files as text and as bytes, relative to the script and to a module
import { fromModule } from './fixtures/modules/opens.js';
import crypto from 'k6/crypto';

const text = open('./fixtures/text.txt');
const bytes = open('./fixtures/bytes.bin', 'b');
const asText = open('fixtures/users.json');

export default function () {
  console.log(text.length, JSON.stringify(text), fromModule === text);
  console.log(bytes instanceof ArrayBuffer, bytes.byteLength, new Uint8Array(bytes).join(), crypto.md5(bytes, 'hex'));
  console.log(JSON.parse(asText).length);
}
