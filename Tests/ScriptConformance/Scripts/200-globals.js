// about: global names
// differs: log /"(module|exports) / `module` or `exports` in an ES module
export default function () {
  const names = [
    'console', 'open', 'require', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'queueMicrotask',
    '__ENV', '__VU', '__ITER', 'global', 'globalThis', 'window', 'self', 'process', 'Buffer', 'fetch', 'URL', 'URLSearchParams',
    'crypto', 'atob', 'btoa', 'performance', 'module', 'exports', 'structuredClone', 'AbortController', 'Blob', 'Event',
  ];
  for (const name of names) {
    let kind;
    try {
      kind = typeof eval(name);
    } catch (error) {
      kind = error.name;
    }
    console.log(name, kind);
  }
  console.log(global === globalThis, Object.keys(globalThis).sort().join());
}
