// about: expected statuses, and parameters of every wrong kind
import http from "k6/http";
import { check, sleep } from "k6";
http.setResponseCallback(http.expectedStatuses({ min: 200, max: 299 }, 404, { min: 301, max: 302 }));
export const options = { vus: 1, iterations: 1, maxRedirects: 0, systemTags: ["status", "method", "url", "name", "group", "check", "error", "error_code", "scenario", "expected_response", "proto", "iter", "vu"], thresholds: { http_req_failed: ["rate<0.5"], "http_req_failed{status:404}": ["rate==0"], "http_req_duration{expected_response:false}": ["max<9000"], "http_reqs{status:500}": ["count==1"] }, tags: { testid: "r1" } };
export default function() {
  for (const s of [200, 201, 204, 301, 304, 400, 401, 403, 404, 429, 500, 503]) {
    const r2 = http.get(`${__ENV.BASE}/status/${s}`);
    console.log(r2.status, r2.status_text, r2.error_code, JSON.stringify(r2.error), r2.headers["Content-Length"], JSON.stringify(r2.body).length);
  }
  http.setResponseCallback(null);
  http.get(`${__ENV.BASE}/status/500`);
  http.get(`${__ENV.BASE}/status/200`, { responseCallback: http.expectedStatuses(500) });
  http.setResponseCallback(http.expectedStatuses(500));
  const r = http.get(`${__ENV.BASE}/status/500`, { responseCallback: null });
  http.get(`${__ENV.BASE}/status/500`);
  for (const a of [[], ["x"], [{}], [{ min: 1 }], [{ min: "a", max: 2 }], [200.5], [null], [void 0], [{ min: 300, max: 200 }], [-1], [[200]], [{ max: 3, min: 2, extra: 1 }]]) {
    try {
      console.log(JSON.stringify(a), typeof http.expectedStatuses(...a));
    } catch (e) {
      console.log(JSON.stringify(a), e.name, e.message);
    }
  }
  for (const cb of [5, "x", {}, () => true, void 0]) {
    try {
      http.setResponseCallback(cb);
      console.log("set");
    } catch (e) {
      console.log(e.name, e.name === "GoError" ? e.message : "");
    }
    try {
      http.get(__ENV.BASE, { responseCallback: cb });
    } catch (e) {
      console.log("get", e.name, e.name === "GoError" ? e.message : "");
    }
  }
  http.get("http://127.0.0.1:1/refused", { tags: { name: "refused" } });
  http.get("http://[::1]:1/");
  http.get("not a url");
  http.get("");
  http.get("ftp://x.test/");
  http.get("//x");
  http.get("/relative");
  http.get(`${__ENV.BASE}/delay/300`, { timeout: 50 });
  http.get(`${__ENV.BASE}/delay/300`, { timeout: "60ms" });
  for (const p of [{ timeout: "abc" }, { timeout: null }, { timeout: {} }, { tags: "x" }, { tags: { a: {} } }, { tags: { a: null } }, { tags: { a: [1] } }, { headers: "x" }, { headers: { a: null } }, { headers: { a: ["1", "2"] } }, { headers: { "bad name": "1" } }, { headers: { a: "b\nc" } }, { headers: { a: void 0 } }, { jar: "x" }, { redirects: "x" }, { redirects: -1 }, { responseType: "nope" }, { responseType: 5 }, { auth: "nope" }, { compression: "nope" }, { compression: "gzip, br" }, { cookies: "x" }, { cookies: { a: null } }, { cookies: { a: { value: 5 } } }, { unknown: 1 }, "string", 5, [], { headers: { Host: "x.test" } }, { headers: { "content-length": "3" } }, { headers: { Connection: "close" } }, { discardResponseBodies: true }, { headers: /* @__PURE__ */ new Map([["m", "1"]]) }]) {
    try {
      const x = http.post(`${__ENV.BASE}/echo`, "abc", p);
      console.log(JSON.stringify(p), x.status, x.error_code, x.error, x.status ? Object.keys(JSON.parse(x.body ?? '{"headers":{}}').headers).sort().join() : "");
    } catch (e) {
      console.log(JSON.stringify(p), e.name, e.name === "GoError" ? e.message : "");
    }
  }
}
