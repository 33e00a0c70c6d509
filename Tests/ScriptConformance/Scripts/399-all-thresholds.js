// about: thresholds on every kind of metric, with and without samples, in the definitions as well
import http from "k6/http";
import { check, sleep } from "k6";
import { Trend, Rate, Counter, Gauge } from "k6/metrics";
const T = new Trend("resp_size"), R = new Rate("ok_rate"), C = new Counter("ERRORS"), G = new Gauge("Temp"), E = new Rate("never_rate"), E2 = new Trend("never_trend"), E3 = new Counter("never_counter"), E4 = new Gauge("never_gauge");
export const options = { vus: 1, iterations: 4, thresholds: { resp_size: ["p(95) < 1000", "avg>1", " med >= 1 ", "p(50.5)<1e3", "count>1"].slice(0, 4), ok_rate: ["rate > 0.7", "rate<=.8", "rate==0.75"], ERRORS: ["count<100", "rate<1e5"], Temp: ["value<0"], never_rate: ["rate>0.5"], never_trend: ["avg>1", "p(95)<1"], never_counter: ["count>0", "count==0"], never_gauge: ["value>0"], "ok_rate{a:1}": ["rate>=0"], "ok_rate{a:2}": ["rate<0"], "http_req_duration{expected_response:true}": ["p(90)<9999"], "http_req_duration{status:200,method:GET}": ["max<9999"], iterations: ["count==4", "rate>0"], data_received: ["count>10", "rate>0"], vus: ["value<5"], checks: ["rate>0.5"], "checks{check:is ok}": ["rate>0.9"], iteration_duration: ["p(99)<9999"], http_reqs: [{ threshold: "count>=4", abortOnFail: false, delayAbortEval: "1s" }], group_duration: ["avg<1"], dropped_iterations: ["count==0"] } };
export default function() {
  const r = http.get(`${__ENV.BASE}/bytes/${(__ITER + 1) * 50}`);
  T.add(r.body.length);
  R.add(__ITER < 3, { a: __ITER % 2 });
  G.add(-__ITER);
  check(r, { "is ok": (x) => __ITER !== 1 });
}
