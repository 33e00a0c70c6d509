// about: scenarios with functions, environments and tags of their own; checks in the order they came up
// workers: each
// order: any
import http from "k6/http";
import { check, sleep } from "k6";
import exec from "k6/execution";
import { Counter, Rate, Trend, Gauge } from "k6/metrics";
const perScenario = {};
const hits = new Counter("hits");
const queue = new Gauge("queue_depth");
export const options = {
  discardResponseBodies: true,
  scenarios: {
    shared_iters: { executor: "shared-iterations", vus: 1, iterations: 3, maxDuration: "10s", gracefulStop: "1s", tags: { flow: "browse", region: "eu" }, env: { PAGE: "/bytes/10" }, exec: "browse" },
    per_vu: { executor: "per-vu-iterations", vus: 2, iterations: 2, startTime: "0.3s", exec: "search", tags: { flow: "search" }, env: { PAGE: "/json", MODE: "fast" } },
    api_calls: { executor: "shared-iterations", vus: 2, iterations: 9, startTime: "600ms", tags: { flow: "api" }, exec: "api" }
  },
  thresholds: {
    "http_reqs{scenario:shared_iters}": ["count==3"],
    "http_reqs{flow:search}": ["count==4"],
    "http_req_failed{flow:api,status:200}": ["rate<0.1"],
    "hits{kind:never}": ["count<1"],
    "iterations{scenario:per_vu}": ["count>=4", "count<5"],
    "iteration_duration{scenario:shared_iters}": ["max<30000"],
    "checks{check:has body}": ["rate>0.9"],
    queue_depth: ["value>=0"],
    "dropped_iterations": ["count<1"]
  }
};
export function browse() {
  const r = http.get(__ENV.BASE + __ENV.PAGE);
  check(r, { "no body": (x) => x.body === null });
  hits.add(1, { kind: "browse" });
  console.log(exec.scenario.name, exec.scenario.executor, exec.scenario.iterationInTest, __ENV.PAGE, __ENV.MODE, exec.vu.tags.flow, exec.vu.tags["region"], JSON.stringify(Object.entries(exec.vu.tags).sort()));
}
export function search() {
  const r = http.get(__ENV.BASE + __ENV.PAGE, { responseType: "text" });
  check(r, { "has body": (x) => x.json("name") === "apus" });
  queue.add(exec.vu.iterationInScenario);
  console.log(exec.scenario.name, __ENV.PAGE, __ENV.MODE, exec.vu.tags.flow, exec.vu.iterationInScenario);
}
export function api() {
  http.get(`${__ENV.BASE}/status/200`, { tags: { name: "api" } });
  if (exec.scenario.iterationInTest === 0) console.log(exec.scenario.name, Object.keys(exec.vu.tags).sort());
}
