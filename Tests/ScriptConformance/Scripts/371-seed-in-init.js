// about: a seed that init code sets: the VUs draw numbers of their own
import { randomSeed } from "k6";
import { Trend } from "k6/metrics";
const drawn = new Trend("drawn");
randomSeed(42);
const first = Math.random();
randomSeed(42);
const again = Math.random();
export const options = { scenarios: { s: { executor: "per-vu-iterations", vus: 1, iterations: 2 } } };
export function setup() {
  console.log("setup", Math.random() !== again);
  return { other: Math.random() !== again };
}
export default function(data) {
  const mine = Math.random();
  console.log(first === again, data.other, mine !== again, mine >= 0 && mine < 1);
}
export function teardown() {
  console.log("teardown", Math.random() !== again);
}
