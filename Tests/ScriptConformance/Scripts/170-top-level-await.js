// about: await at the top of a module
const value = await Promise.resolve('awaited');
const list = await Promise.all([Promise.resolve(1), 2]);

export const options = { iterations: list.length };

export default function () {
  console.log(value, list.join());
}
