// about: an import by file URL
import { value } from 'file://{{FIXTURES}}/modules/plain.js';

const text = open('file://{{FIXTURES}}/text.txt');

export default function () {
  console.log(value, text.length);
}
