// about: weighted actions, events, a state machine, proxies and weak maps
import { sleep, check, group } from "k6";
import http from "k6/http";
import { Counter } from "k6/metrics";
import exec from "k6/execution";
const picked = new Counter("picked");
export const options = { vus: 1, iterations: 20, noCookiesReset: true, minIterationDuration: "1ms" };
class EventEmitter {
  #h = /* @__PURE__ */ new Map();
  on(e, f) {
    (this.#h.get(e) ?? this.#h.set(e, []).get(e)).push(f);
    return this;
  }
  once(e, f) {
    const w = (...a) => {
      this.off(e, w);
      f(...a);
    };
    return this.on(e, w);
  }
  off(e, f) {
    this.#h.set(e, (this.#h.get(e) ?? []).filter((x) => x !== f));
    return this;
  }
  emit(e, ...a) {
    (this.#h.get(e) ?? []).forEach((f) => f.apply(this, a));
    return this;
  }
}
const actions = /* @__PURE__ */ new Map([["browse", { weight: 70, run: () => http.get(`${__ENV.BASE}/bytes/1`, { tags: { action: "browse" } }) }], ["search", { weight: 20, run: () => http.get(`${__ENV.BASE}/bytes/2`, { tags: { action: "search" } }) }], ["buy", { weight: 10, run: () => http.post(`${__ENV.BASE}/echo`, { item: 1 }, { tags: { action: "buy" } }) }]]);
const lcg = /* @__PURE__ */ (() => {
  let s = 42;
  return () => (s = Math.imul(s, 1664525) + 1013904223 >>> 0) / 2 ** 32;
})();
function pick(map, r) {
  const total = [...map.values()].reduce((a, { weight: w }) => a + w, 0);
  let x = r * total;
  for (const [k, { weight }] of map) {
    if ((x -= weight) < 0) return k;
  }
}
const machine = { state: "idle", transitions: { idle: { start: "running" }, running: { stop: "idle", fail: "error" }, error: { reset: "idle" } }, dispatch(a) {
  const next = this.transitions[this.state]?.[a];
  if (!next) throw new RangeError(`no ${a} in ${this.state}`);
  return this.state = next;
} };
const bus = new EventEmitter().on("picked", (k) => picked.add(1, { k })).once("picked", (k) => console.log("first", k));
const cache = /* @__PURE__ */ new WeakMap(), key = {};
const memo = new Proxy({}, { get: (t, k) => t[k] ??= `computed-${String(k)}` });
export default function() {
  const k = pick(actions, lcg());
  bus.emit("picked", k);
  const r = actions.get(k).run();
  check(r, { [`${k} ok`]: (x) => x.status === 200 });
  cache.set(key, (cache.get(key) ?? 0) + r.body.length);
  if (__ITER % 7 === 0) {
    machine.dispatch("start");
    try {
      machine.dispatch("reset");
    } catch (e) {
      console.log(e.message);
    }
    machine.dispatch("fail");
    machine.dispatch("reset");
  }
  if (__ITER === 19) console.log(machine.state, memo.a, memo.a === memo.a, cache.has(key), exec.scenario.progress > 0.5, exec.instance.iterationsCompleted);
}
