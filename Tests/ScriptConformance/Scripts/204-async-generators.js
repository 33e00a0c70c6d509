// about: for await and async generators
// alone: async generators, `for await`
async function* counted(n) {
  for (let i = 0; i < n; i += 1) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    yield i;
  }
}

export default async function () {
  const seen = [];
  for await (const i of counted(3)) seen.push(i);
  for await (const one of [Promise.resolve('a'), 'b']) seen.push(one);
  console.log(seen.join());
}
