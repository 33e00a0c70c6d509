// about: lists in setup's data: what a VU adds to one
// differs: log /source=console/ adding to a list in setup's data
// args: -i 2
export function setup() {
  return { list: [1] };
}

export default function (data) {
  data.list.push(2);
  data.list[0] = 5;
  console.log(data.list.length, data.list[0]);
}
