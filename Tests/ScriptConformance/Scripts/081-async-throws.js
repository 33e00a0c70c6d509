// about: async functions that throw
// args: -i 4
// part: log /\\n\\tat default \([^)]*\/081-async-throws\.js:11:32\)/ an error after an `await`
async function inner() {
  await null;
  throw new Error('async inner');
}

export default async function () {
  if (__ITER === 0) throw new Error('before any await');
  if (__ITER === 1) await inner();
  if (__ITER === 2) {
    try {
      await inner();
    } catch (error) {
      console.log('caught', error.message);
    } finally {
      console.log('finally');
    }
  }
  if (__ITER === 3) inner();
  console.log('end of', __ITER);
}
