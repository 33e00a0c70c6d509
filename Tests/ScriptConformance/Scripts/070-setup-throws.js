// about: setup that throws: no iteration, no teardown, exit code 107
export function setup() {
  function inner() {
    throw new Error('setup broke');
  }
  inner();
}

export default function () {
  console.log('not reached');
}

export function teardown() {
  console.log('not reached either');
}

export function handleSummary(data) {
  return { stdout: `summary ${typeof data}\n` };
}
