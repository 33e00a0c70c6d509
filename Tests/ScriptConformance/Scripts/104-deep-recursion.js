// about: two thousand frames, and a chain of calls through built-ins
function sum(n) {
  return n === 0 ? 0 : n + sum(n - 1);
}

function mapped(n) {
  return n === 0 ? 0 : [n].map((x) => x + mapped(n - 1))[0];
}

export default function () {
  console.log(sum(2000), mapped(200));
}
