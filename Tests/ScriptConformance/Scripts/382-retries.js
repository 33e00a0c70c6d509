// about: retries, checks with all kinds of values, groups of all kinds, fail
import http from "k6/http";
import { check, group, fail, sleep } from "k6";
import { Counter, Rate } from "k6/metrics";
export const errorRate = new Rate("errors");
const retries = new Counter("retries");
export const options = { vus: 1, iterations: 3, thresholds: { errors: ["rate<0.9"], checks: ["rate>0.2"], retries: [{ threshold: "count<100", abortOnFail: true }] } };
export function withRetry(fn, { times = 3, delayMs = 1, until = (r) => r.status < 400 } = {}) {
  let last;
  for (let i = 1; i <= times; i++) {
    last = fn(i);
    if (until(last)) return { result: last, attempts: i };
    retries.add(1, { attempt: i });
    if (i < times) sleep(delayMs * 2 ** (i - 1) / 1e3);
  }
  return { result: last, attempts: times, exhausted: true };
}
const expects = (v) => ({ toBe: (e, n) => check(v, { [n || `${v} is ${e}`]: (x) => Object.is(x, e) }), toContain: (e) => check(v, { [`contains ${JSON.stringify(e)}`]: (x) => x.includes(e) }), get not() {
  return { toBe: (e) => check(v, { [`not ${e}`]: (x) => x !== e }) };
} });
export default function() {
  const { result, attempts, exhausted = false } = withRetry((i) => http.get(`${__ENV.BASE}/status/${i < 3 ? 500 + i : 200}`, { tags: { name: `attempt ${i}` } }));
  errorRate.add(attempts > 2);
  errorRate.add(result.status !== 200, { kind: "final" });
  console.log(result.status, attempts, exhausted, result.error_code);
  expects(result.status).toBe(200);
  expects(result.status).not.toBe(500);
  expects("hello").toContain("ell");
  expects([1, 2]).toContain(3);
  expects(NaN).toBe(NaN, `iteration ${__ITER}`);
  check(result, { "truthy string": () => "x", "zero": () => 0, "empty": () => "", "null": () => null, "undefined": () => void 0, "object": () => ({}), "not a function": true, "string not function": "yes", "zero value": 0, "array": [] });
  check(result, { 'special :: chars "quotes" <&> ünï 🐦': (r) => true, " leading": () => true, "": () => true }, { t: "x", n: 1 });
  console.log(check(null, {}), check(void 0, { a: (x) => x === void 0 }), check(result, { a: () => true }, null), check(1, null), check(1, void 0));
  for (const [bad, args] of Object.entries({ none: [], one: [1], str: [1, "abc"], num: [1, 5], arr: [1, [() => true, () => false]], cls: [1, new class {
    own = () => true;
    method() {
      return true;
    }
  }()], map: [1, /* @__PURE__ */ new Map([["k", () => true]])], tags: [1, { b: () => true }, "notags"], tagobj: [1, { b: () => true }, { o: {} }], tagnull: [1, { b: () => true }, { n: null }] })) {
    try {
      console.log(bad, check(...args));
    } catch (e) {
      console.log(bad, String(e).split("\n")[0].replace(/TypeError: .*/, "TypeError"));
    }
  }
  group("nested", () => {
    group("deep :-)", () => {
      check(1, { same: () => true });
      group("", () => 1);
    });
    check(1, { same: () => false });
  });
  try {
    group("a::b", () => 1);
  } catch (e) {
    console.log(e.message);
  }
  for (const g of [[], ["x"], [5, () => "r"], [null, () => "r"], ["y", 5], ["async", async () => 1], ["val", () => 7]]) {
    try {
      console.log(g.length, JSON.stringify(group(...g)));
    } catch (e) {
      console.log(e.name, e.name === "GoError" ? e.message : "");
    }
  }
  if (__ITER === 1) fail("second iteration fails");
  if (__ITER === 2) {
    try {
      fail(`with ${JSON.stringify({ a: 1 })}`);
    } catch (e) {
      console.log(e.message, e.name, typeof e.stack, Object.keys(e));
      throw e;
    }
  }
}
