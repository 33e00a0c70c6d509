// about: teardown that throws
export default function () {
  console.log('default');
}

export function teardown() {
  throw new Error('teardown broke');
}
