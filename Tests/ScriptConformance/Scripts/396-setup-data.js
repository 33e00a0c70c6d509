// about: what setup's data is for iterations, teardown and handleSummary
import http from "k6/http";
import exec from "k6/execution";
export const options = { scenarios: { default: { executor: "per-vu-iterations", vus: 1, iterations: 2 } } };
class Model {
  constructor() {
    this.a = 1;
    this._b = 2;
  }
  get b() {
    return 5;
  }
  toJSON() {
    return { json: this.a };
  }
}
export function setup() {
  return { date: new Date(Date.UTC(2020, 0, 2)), undef: void 0, nul: null, long_float: 1 / 3, big: 12345678901234567e3, neg0: -0, frac: 0.1, e: 1e-10, nested: [[1, [2, { x: [null, void 0] }]]], map: /* @__PURE__ */ new Map([["a", 1]]), set: /* @__PURE__ */ new Set([1]), model: new Model(), buf: new Uint8Array([1, 2]), ab: new ArrayBuffer(2), str: 'ünï "q" <b>& 🐦', bool: true, empty: {}, emptyArr: [], sparse: [1, , 3], re: /x/, err: new Error("e"), key: { "a.b": 1, "": 2, "ü": 3 }, res: { status: http.get(`${__ENV.BASE}/json`).status, json: http.get(`${__ENV.BASE}/json`).json() }, long: "x".repeat(1e3).length, vu: exec.vu.idInTest };
}
const sorted = (v) => Array.isArray(v) ? v.map(sorted) : v && typeof v === "object" ? Object.fromEntries(Object.keys(v).sort().map((k) => [k, sorted(v[k])])) : v;
export default function(data) {
  console.log(__ITER, JSON.stringify(sorted(data)));
  console.log(typeof data.date, data.undef === null, "undef" in data, Object.is(data.neg0, -0), data.big, data.long_float, Array.isArray(data.sparse), data.sparse.length, Object.isFrozen(data), data.str === 'ünï "q" <b>& 🐦');
  data.counter = (data.counter || 0) + 1;
  delete data.bool;
  data.model = null;
}
export function teardown(data) {
  console.log("teardown", data.counter, data.bool, JSON.stringify(sorted(data)).length);
}
export function handleSummary(s) {
  return { stdout: JSON.stringify(sorted(s.setup_data)) + "\n" + Object.keys(s).sort() + "\n" };
}
