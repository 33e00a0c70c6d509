// about: import.meta
export default function () {
  console.log(typeof import.meta, import.meta.url, typeof import.meta.resolve);
}
const resolved = import.meta.resolve('./fixtures/text.txt');
console.log(resolved, open(resolved).length);
