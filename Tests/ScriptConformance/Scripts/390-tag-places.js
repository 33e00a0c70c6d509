// about: a group and a scenario that a script calls otherwise, tags given as a text
// measured: page_load
import { check, group } from "k6";
import exec from "k6/execution";
import http from "k6/http";
import { Counter, Trend } from "k6/metrics";
const pageLoad = new Trend("page_load", true);
const hits = new Counter("hits");
export const options = { scenarios: { s: { executor: "per-vu-iterations", vus: 1, iterations: 2 } }, thresholds: { "http_reqs{scenario:renamed}": ["count==6"], "checks{user:premium}": ["rate==1"] } };
export default function() {
  exec.vu.tags.user = __ITER ? "basic" : "premium";
  group("outer", () => {
    const res = http.get(`${__ENV.BASE}/bytes/1`, { tags: { name: "page" } });
    pageLoad.add(res.timings.duration, { own: "z" });
    check(res, { ok: (r) => r.status === 200 }, { extra: "e" });
    group("inner", () => http.get(http.url`${__ENV.BASE}/bytes/${__ITER}`));
  });
  exec.vu.tags.group = "::mine";
  exec.vu.tags.scenario = "renamed";
  http.get(`${__ENV.BASE}/status/204`);
  group("inside", () => {
    hits.add(1);
    console.log(exec.vu.tags.group, exec.vu.tags.scenario, exec.scenario.name);
  });
  hits.add(1, "ab");
  hits.add(1, 5);
  check(1, { "text as tags": () => true }, "x");
  http.get(`${__ENV.BASE}/headers`, { tags: "y", headers: "z", cookies: "c" });
  try {
    check(1, { a: () => true }, { bad: {} });
  } catch (e) {
    console.log(e.name, e.message);
  }
}
