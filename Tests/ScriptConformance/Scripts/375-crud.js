// about: create, read, update and delete, with groups, batches and metrics of each step
// order: any
// measured: crud_create_duration crud_read_duration crud_update_duration crud_delete_duration
import http from "k6/http";
import { check, group, sleep, randomSeed } from "k6";
import { Trend } from "k6/metrics";
const BASE_URL = __ENV.BASE;
const USERNAME = `user_${"x".repeat(3)}@example.com`;
const durations = Object.fromEntries(["create", "read", "update", "delete"].map((op) => [op, new Trend(`crud_${op}_duration`, true)]));
export const options = {
  vus: 1,
  iterations: 2,
  userAgent: "team/1",
  thresholds: { "http_req_duration{name:Create}": ["p(95)<3000"], "group_duration{group:::02. Create and modify a new crocodile}": ["avg < 20000"], checks: [{ threshold: "rate>0.5" }] }
};
export default (authToken) => {
  const requestConfigWithTag = (tag) => ({
    headers: { Authorization: `Bearer ${authToken}`, "X-Empty": "", "x-num": 5, "x-bool": true },
    tags: Object.assign({}, { name: "PrivateCrocs" }, tag)
  });
  let URL = `${BASE_URL}/echo`;
  group("01. Read all", () => {
    const requests = {
      "first batch": { method: "GET", url: `${BASE_URL}/json`, params: { tags: { name: "PublicCrocs" } } },
      "second": ["GET", `${BASE_URL}/json`, null, { tags: { name: "PublicCrocs" } }],
      third: `${BASE_URL}/bytes/10`
    };
    const responses = http.batch(requests);
    for (const [name, r] of Object.entries(responses).sort()) check(r, { [`${name} ok`]: (x) => x.status === 200 });
    const names = Object.values(responses).map((r) => r.body.length > 10 ? r.json().name : "apus");
    check(names, { "names are birds": (n) => n.every((x) => x === "apus"), "fails on purpose": (n) => n.length === 3 });
  });
  group("02. Create and modify a new crocodile", () => {
    const payload = { name: `Name ${__ITER}`, sex: "F", date_of_birth: "2023-05-11", weights: [1, 2], nil: null, flag: false };
    group("Create", () => {
      const res = http.post(URL, payload, requestConfigWithTag({ name: "Create" }));
      durations.create.add(res.timings.duration);
      if (check(res, { "created correctly": (r) => r.status === 201 })) URL = `${URL}/${res.json("id")}/`;
      else {
        console.log(`Unable to create a Croc ${res.status} ${res.json("body")}`);
        return;
      }
      console.log("never");
    });
    group("Update", () => {
      const res = http.patch(`${URL}?id=1`, JSON.stringify({ name: "New name" }), requestConfigWithTag({ name: "Update" }));
      durations.update.add(res.timings.waiting, { op: "patch" });
      check(res, { "updated": (r) => JSON.parse(r.json("body")).name === "New name" && r.json("method") === "PATCH", "headers": (r) => {
        console.log(JSON.stringify(Object.entries(r.json("headers")).sort()));
        return true;
      } });
    });
    const del = http.del(URL, null, requestConfigWithTag({ name: "Delete" }));
    console.log(del.json("method"), del.json("bodyBytes"), del.request.method, del.request.body, del.request.url.split("/").pop());
    const opts = http.options(URL, "abc");
    console.log(opts.json("method"), opts.json("body"));
    const head = http.head(URL);
    console.log(head.status, head.body, head.headers["Content-Type"]);
    const put = http.put(URL, { a: "b", c: ["x", "y"] }, {});
    console.log(put.json("body"), put.request.body, Object.keys(put.request.headers).sort());
    const req = http.request("PURGE", URL, "cache");
    console.log(req.json("method"), req.proto, req.status_text);
  });
  sleep(0.01);
};
export function setup() {
  const r = http.get(`${BASE_URL}/json`);
  return r.json("name");
}
