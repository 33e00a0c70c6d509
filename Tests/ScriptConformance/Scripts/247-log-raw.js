// about: the log without anything around it
// args: --log-format=raw
export default function () {
  console.log('a line with "quotes"', 1);
  throw new Error('boom');
}
