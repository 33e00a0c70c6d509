// Dumps the numbers behind a summary and then fails on purpose, so that k6 prints its own text for the
// same numbers.
export function dumpAndFail(data) {
  console.log(JSON.stringify(data));
  throw new Error('fall back to the default summary');
}
