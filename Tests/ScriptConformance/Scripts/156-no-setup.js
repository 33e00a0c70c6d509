// about: setup and teardown that are left out
// args: --no-setup --no-teardown
export function setup() {
  console.log('never');
  return 1;
}

export default function (data) {
  console.log(data);
}

export function teardown() {
  console.log('never');
}
