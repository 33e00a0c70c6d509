// about: console lines in a file of their own
// args: --console-output {out}/console.txt
// files: console.txt
export default function () {
  console.log('to the file', { a: 1 });
  console.warn('also');
  console.error(new Error('as a value'));
  throw new Error('not to the file');
}
