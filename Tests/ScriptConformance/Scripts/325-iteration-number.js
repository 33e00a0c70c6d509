// about: __ITER and other variables of the VU, where they are and are not, and assigned to
// args: -i 3
const seen = (action) => {
  try { return String(action()); } catch (error) { return error.name; }
};

if (__VU < 2) console.log('init', __VU, seen(() => __ITER), typeof __ITER, '__ITER' in global);

export function setup() { console.log('setup', seen(() => __ITER), seen(() => __VU)); }

export default function () {
  console.log(seen(() => __ITER), seen(() => { __ITER = 7; return __ITER; }), seen(() => __ITER + 1), Object.keys(global).includes('__ITER'));
  console.log(seen(() => __VU), seen(() => { __VU = 9; return __VU; }), seen(() => { __ENV = { A: 'b' }; return __ENV.A; }));
}

export function teardown() { console.log('teardown', seen(() => __ITER), seen(() => __VU)); }
