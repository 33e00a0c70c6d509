// about: the log as JSON
// args: --log-format=json
export default function () {
  console.log('a line with "quotes"', 1);
  console.warn({ a: 1 });
  throw new Error('boom');
}
