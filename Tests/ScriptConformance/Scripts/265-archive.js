// about: an archive and its run: files and modules come along
// command: archive
import { value } from './fixtures/modules/plain.js';
import { Level } from './fixtures/modules/types.ts';

const text = open('./fixtures/text.txt');
const bytes = open('./fixtures/bytes.bin', 'b');

export const options = { iterations: 2, tags: { in: 'archive' } };

export default function () {
  console.log(value, Level.High, text.length, bytes.byteLength);
}
