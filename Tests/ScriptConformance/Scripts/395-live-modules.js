// about: bindings that live, cycles, namespaces, a default export as setup
import def, { counter, inc, obj as renamed } from "./fixtures/teamwork/tw-live.js";
import * as ns from "./fixtures/teamwork/tw-live.js";
import "./fixtures/teamwork/tw-side.js";
export { default as setup } from "./fixtures/teamwork/tw-setup.js";
export * as everything from "./fixtures/teamwork/tw-live.js";
const before = counter;
inc();
const late = await Promise.resolve(counter);
export const options = { vus: 1, iterations: 1 };
export default (data) => {
  console.log(before, counter, late, ns.counter, def.name, renamed === ns.obj, Object.keys(ns).sort(), ns[Symbol.toStringTag], globalThis.__side, JSON.stringify(data), typeof import.meta, import.meta.url, (() => {
    try {
      ns.counter = 5;
    } catch (e) {
      return e.name;
    }
  })(), (() => {
    try {
      counter = 1;
    } catch (e) {
      return e.name;
    }
  })(), (() => {
    try {
      delete ns.counter;
    } catch (e) {
      return e.name;
    }
  })(), Object.isSealed(ns), "x" in ns, Reflect.ownKeys(ns).length);
};
