// about: files of handleSummary, text and bytes, beside the two standard streams
// files: one.txt sub.bin
import encoding from 'k6/encoding';

export default function () {}

export function handleSummary() {
  return {
    'one.txt': 'a text\nof two lines\n',
    'sub.bin': encoding.b64decode('QUJD'),
    stdout: 'to stdout\n',
    stderr: 'to stderr\n',
  };
}
