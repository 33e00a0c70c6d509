// about: what can be done to globals through the global object
// args: -i 1
// messages: exact
const names = [
  'ArrayBuffer', 'DataView', 'Uint8Array', 'Float64Array', 'BigInt64Array', 'Map', 'Set', 'WeakMap', 'WeakSet', 'Date',
  'crypto', 'GoError', '__ENV', '__VU', 'console', 'open', 'require', 'setTimeout', 'Math', 'JSON', 'Promise', 'Proxy',
  'SharedArrayBuffer', 'Atomics', 'InternalError', 'WeakRef', 'URL', 'TextEncoder', 'queueMicrotask', 'undefined',
];

function described(name) {
  const found = Object.getOwnPropertyDescriptor(global, name);
  if (!found) return `none ${name in global}`;
  return `${found.writable ? 'w' : '-'}${found.enumerable ? 'e' : '-'}${found.configurable ? 'c' : '-'} ${typeof found.value}`;
}

function attempt(action) {
  try { return String(action()); } catch (error) { return error.name; }
}

if (__VU === 1) for (const name of names) console.log('init', name, described(name));

export default function () {
  for (const name of names) console.log(name, described(name));
  console.log(Object.keys(global).sort().join());
  console.log(Object.getPrototypeOf(global) === Object.prototype, String(global));
  console.log(attempt(() => delete global.Map), attempt(() => typeof Map), 'Map' in global);
  console.log(attempt(() => { Object.defineProperty(global, 'Date', { get() { return 'mine'; }, configurable: true }); return Date; }));
  console.log(attempt(() => { Object.defineProperty(global, 'Set', { value: 'mine', writable: false, configurable: false }); new WeakMap(); return Set; }));
  console.log(attempt(() => { Set = 5; return Set; }), attempt(() => delete global.Set));
  console.log(attempt(() => { Object.defineProperty(global, 'crypto', { enumerable: false }); return Object.keys(global).includes('crypto') + typeof crypto; }));
  console.log(attempt(() => { Float64Array = 1; return typeof Float64Array + typeof Uint8Array; }));
  console.log(attempt(() => { global.__ENV = { A: 'b' }; return __ENV.A; }));
  console.log(attempt(() => { Object.preventExtensions(global); return typeof WeakSet + typeof GoError; }));
  console.log(attempt(() => { global.fresh = 1; return fresh; }));
}
