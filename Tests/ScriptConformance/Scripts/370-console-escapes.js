// about: objects on the console: what HTML could mistake is written as numbers
// args: -i 1
console.log({ a: '<b> & "c" \u2028 \u2029 \x7F \xE9 \uD800' }, ["<"], /* @__PURE__ */ new Map([["<", 1]]), new String("<&>"), new Error("<e>"), [/* @__PURE__ */ new Date(0)], { "<k>": { d: "&" } }, "plain <&>", JSON.stringify({ a: "<" }), { toJSON: () => "<" }, /* @__PURE__ */ new Set(["<"]), /<a>/, { f() {
}, u: "http://x/?a=1&b=2" });
console.warn({ a: "x	\n\b\f\b\v\0/\\" });
console.error(new Proxy({ "<": ">" }, {}), Object.assign(() => 1, { "<": 1 }), Object.assign([1], { x: "<" }), new Uint8Array([60]), /* @__PURE__ */ Object.create(null), Object.assign(/* @__PURE__ */ Object.create(null), { "<": 1 }), class A {
}, { n: null, u: void 0, s: Symbol("<"), b: { c: [void 0, () => 1] } });
const circ = { a: 1 };
circ.self = circ;
console.log(circ);
console.log([circ], { get x() {
  throw new Error("g");
} });
console.log({ big: 1e21, small: 1e-7, n0: -0, x: 1, f: 0.1, i: 123456789012, nan: NaN });
try {
  console.log({ b: 1n });
} catch (e) {
  console.log("E " + e);
}
export default function() {
}
