// about: requests and timers joined by promises, in setup and teardown as well
import http from "k6/http";
import { check, group, sleep, fail } from "k6";
import { Trend, Counter } from "k6/metrics";
import { setTimeout as st, clearTimeout as ct, setInterval as si, clearInterval as ci } from "k6/timers";
const c = new Counter("async_counter");
export const options = { vus: 1, iterations: 5 };
const delay = (ms, v) => new Promise((res) => setTimeout(res, ms, v));
const withTimeout = (p, ms) => Promise.race([p, new Promise((_, rej) => setTimeout(() => rej(new Error(`timeout after ${ms}`)), ms))]);
async function mapLimit(items, limit, fn) {
  const out = [];
  let i = 0;
  const worker = async () => {
    while (i < items.length) {
      const k = i++;
      out[k] = await fn(items[k], k);
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  return out;
}
export async function setup() {
  const r = await http.asyncRequest("GET", `${__ENV.BASE}/json`);
  await delay(5);
  return { name: r.json().name };
}
export default async function(data) {
  switch (__ITER) {
    case 0: {
      const rs = await Promise.all([1, 2, 3].map((i) => http.asyncRequest("GET", `${__ENV.BASE}/bytes/${i}`, null, { tags: { i } })));
      console.log(rs.map((r) => r.body.length), data.name);
      const settled = await Promise.allSettled([http.asyncRequest("POST", `${__ENV.BASE}/echo`, { a: 1 }), Promise.reject(new TypeError("no")), 5, delay(3, "late"), http.asyncRequest("GET", "http://127.0.0.1:1/")]);
      console.log(settled.map((s) => s.status + ":" + (s.reason ? s.reason.name : s.value && s.value.status !== void 0 ? s.value.status : s.value)));
      console.log(await Promise.race([delay(20, "slow"), delay(2, "fast")]), await Promise.any([Promise.reject(1), delay(1, "any")]));
      try {
        await Promise.any([Promise.reject(new Error("a")), Promise.reject(2)]);
      } catch (e) {
        console.log(e.name, e.errors.length, e.constructor === AggregateError);
      }
      try {
        await withTimeout(http.asyncRequest("GET", `${__ENV.BASE}/delay/200`), 20);
      } catch (e) {
        console.log(e.message);
      }
      console.log(await mapLimit([5, 1, 3], 2, async (x, k) => {
        await delay(x);
        return x * k;
      }));
      group("not for async", () => console.log("in group"));
      break;
    }
    case 1: {
      const order = [];
      order.push("sync");
      setTimeout(() => order.push("t0"), 0);
      setTimeout(() => order.push("t5"), 5);
      st(() => order.push("mod"), 1);
      Promise.resolve().then(() => order.push("micro")).then(() => order.push("micro2"));
      const id = setTimeout(() => order.push("never"), 1);
      clearTimeout(id);
      let n = 0;
      const iv = si(() => {
        order.push("iv" + ++n);
        if (n === 3) ci(iv);
      }, 4);
      await null;
      order.push("after await");
      await delay(30);
      console.log(order.join());
      console.log(typeof id, typeof iv, (() => {
        try {
          setTimeout();
        } catch (e) {
          return e.name;
        }
      })(), (() => {
        try {
          setTimeout("code", 1);
        } catch (e) {
          return e.name;
        }
      })(), clearTimeout(void 0), clearTimeout(99999), (() => {
        try {
          clearInterval(setInterval(() => 1, -5));
        } catch (e) {
          return e.name;
        }
      })());
      break;
    }
    case 2: {
      setTimeout(async () => {
        console.log("in timer");
        const r = await http.asyncRequest("GET", `${__ENV.BASE}/json`);
        check(r, { "in timer ok": (x) => x.status === 200 });
        c.add(1);
      }, 3);
      console.log("function done");
      return;
    }
    case 3: {
      try {
        await (async () => {
          await delay(1);
          throw new Error("inner");
        })();
      } catch (e) {
        console.log("caught", e.message);
      } finally {
        console.log("finally");
      }
      Promise.reject(new Error("unhandled")).catch((e) => console.log("handled", e.message));
      const thenable = { then(r) {
        r("thenable");
      } };
      console.log(await thenable);
      const it = { [Symbol.asyncIterator]: null };
      console.log(await Promise.all([]));
      const p = new Promise((r) => r(1));
      console.log(p instanceof Promise, Object.prototype.toString.call(p), await p.finally(() => 5), await Promise.resolve(p) === 1, (await Promise.allSettled([Promise.reject()]))[0].reason);
      await Promise.reject(new RangeError("the iteration rejects"));
      break;
    }
    case 4: {
      new Promise((_, rej) => rej(new Error("nobody cares")));
      setTimeout(() => console.log("timer after rejection?"), 10);
      await delay(20);
      console.log("not reached?");
    }
  }
}
export async function teardown(data) {
  await delay(1);
  console.log("teardown", data.name);
}
