// about: a chain of three hundred modules in a bundle
const table = {};
for (let i = 0; i < 300; i += 1) {
  table[i] = (module, exports, load) => {
    exports.depth = i === 299 ? 1 : load(i + 1).depth + 1;
  };
}
const cache = {};
function load(id) {
  if (cache[id]) return cache[id].exports;
  const module = (cache[id] = { exports: {} });
  table[id].call(module.exports, module, module.exports, load);
  return module.exports;
}
const depth = load(0).depth;

exports.default = function () {
  console.log(depth);
};
