// about: TypeScript that cannot be parsed
const a: number = 1;

export default function (: void {
  console.log(a);
}
