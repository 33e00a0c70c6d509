// about: types in a file that is no TypeScript by its name
const a: number = 5;

export default function () {
  console.log(a);
}
