// about: setup's data that is no JSON
// messages: exact
export function setup() {
  return { call: () => 1 };
}

export default function () {
  console.log('not reached');
}
