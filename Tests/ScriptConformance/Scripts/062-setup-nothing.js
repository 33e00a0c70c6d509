// about: setup that returns nothing; async setup and teardown in the next ones
export function setup() {}

export default function (data) {
  console.log(data, arguments.length, this);
}

export function teardown(data) {
  console.log(data, arguments.length);
}
