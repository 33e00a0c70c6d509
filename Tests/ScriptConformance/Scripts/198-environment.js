// about: variables: flags, the system's, in init, changed by a VU
// args: -e FLAG=one -e EMPTY= -e WITH=a=b -i 2
// env: FROM_SYSTEM=yes
console.log('init', __ENV.FLAG, JSON.stringify(__ENV.EMPTY), __ENV.WITH, __ENV.FROM_SYSTEM, __ENV.MISSING);

export default function () {
  console.log(typeof __ENV, __ENV.FLAG, __ENV.ADDED, 'FLAG' in __ENV, Object.keys(__ENV).includes('FLAG'));
  __ENV.ADDED = __ITER;
  __ENV.FLAG = 'changed';
}
