// about: a page and its assets in batches, by type, with codings and sub-metrics
// order: any
import http from "k6/http";
import { check, group } from "k6";
import { Trend, Counter } from "k6/metrics";
const sizes = new Trend("asset_size");
const count = new Counter("assets");
export const options = { vus: 1, iterations: 1, batch: 10, batchPerHost: 3, thresholds: { "http_req_duration{type:static}": ["p(99)<9000"], "http_reqs{type:static,ext:css}": ["count==2"], "asset_size{ext:js}": ["avg>0", "min>=0", "max<1e6", "med<=100", "p(99.9)<200", "avg!=5", "avg===30"] } };
const assets = [["css", 10], ["css", 20], ["js", 30], ["png", 100], ["woff2", 5]];
export default function() {
  group("page", () => {
    const page = http.get(`${__ENV.BASE}/shop`, { tags: { type: "document", name: "page" } });
    group("static", () => {
      const responses = http.batch(assets.map(([ext, n], i) => i % 2 ? ["GET", `${__ENV.BASE}/bytes/${n}?v=${i}`, null, { tags: { type: "static", ext, name: `asset.${ext}` }, responseType: ext === "png" ? "binary" : "none" }] : { method: "GET", url: `${__ENV.BASE}/bytes/${n}?v=${i}`, params: { tags: { type: "static", ext, name: http.url`x${ext}`.name }, responseType: "text", headers: { "Accept-Encoding": "gzip, deflate, br" } } }));
      responses.forEach((r, i) => {
        count.add(1, { ext: assets[i][0] });
        if (r.body) sizes.add(r.body.byteLength ?? r.body.length, { ext: assets[i][0] });
        check(r, { [`${assets[i][0]} loaded`]: (x) => x.status === 200 && x.headers["Content-Length"] == assets[i][1] }, { ext: assets[i][0] });
      });
      for (const enc of ["gzip", "deflate", "br", "zstd"]) {
        const r = http.get(`${__ENV.BASE}/${enc}`);
        console.log(enc, r.status, r.body.length, r.headers["Content-Encoding"], r.headers["Content-Length"]);
      }
      const urls = [1, 2, 3].map((id) => http.url`${__ENV.BASE}/shop/item/${id}`);
      const rs = http.batch(urls);
      console.log(rs.map((r) => r.html("h1").text()), typeof urls[0]);
      const mixed = http.batch({ a: `${__ENV.BASE}/status/404`, b: { url: `${__ENV.BASE}/echo`, method: "POST", body: { x: 1 } }, c: ["PUT", `${__ENV.BASE}/echo`, "{}", { headers: { "Content-Type": "application/json" } }], d: new class {
        constructor() {
          this.method = "HEAD";
          this.url = `${__ENV.BASE}/json`;
        }
      }() });
      console.log(Object.keys(mixed).sort(), mixed.a.status, mixed.b.json("body"), mixed.c.json("headers.Content-Type"), mixed.d.status, mixed.d.body);
      console.log(http.batch([]).length, JSON.stringify(http.batch({})));
    });
  });
}
