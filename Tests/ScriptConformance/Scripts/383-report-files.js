// about: handleSummary with a text, JUnit, HTML and JSON
// files: junit.xml report.html summary.json nested.txt
// measured: my_trend my_time
import http from "k6/http";
import { check, group } from "k6";
import { Trend, Counter, Rate, Gauge } from "k6/metrics";
const t = new Trend("my_trend"), tt = new Trend("my_time", true), c = new Counter("my_counter"), r = new Rate("my_rate"), g = new Gauge("my_gauge");
export const options = { vus: 1, iterations: 2, thresholds: { my_trend: ["avg<100", "p(95)<5"], "my_counter{a:b}": ["count>1"], checks: ["rate>0.9"], http_req_failed: ["rate<=1"], "http_reqs{name:x}": ["count==2"] }, summaryTrendStats: ["avg", "min", "med", "max", "p(90)", "p(95)", "p(99)", "count"] };
export default function() {
  group("outer", () => {
    check(http.get(`${__ENV.BASE}/`, { tags: { name: "x" } }), { "is 200": (x) => x.status === 200, "fails <b>&": () => __ITER > 0 });
    group("inner", () => check(1, { ok: () => true }));
  });
  [1, 2.5, 1e3, 0, -4].forEach((v) => {
    t.add(v + __ITER);
    tt.add(v * 1.7 + __ITER * 33);
  });
  c.add(2, { a: "b" });
  c.add(0.5);
  r.add(__ITER);
  g.add(10 - __ITER * 3);
  console.log("iteration", __ITER);
}
const forEach = (obj, cb) => {
  for (const key in obj) if (Object.prototype.hasOwnProperty.call(obj, key)) {
    if (cb(key, obj[key])) break;
  }
};
const palette = { bold: 1, faint: 2, red: 31, green: 32, cyan: 36 };
const groupPrefix = "█", detailsPrefix = "↳", succMark = "✓", failMark = "✗";
const decorate = (s, ...codes) => `\x1B[${codes.map((x) => palette[x]).join(";")}m${s}\x1B[0m`;
function strWidth(s) {
  const data = s.normalize("NFKC");
  let inEsc = false, inLong = false, width = 0;
  for (const char of data) {
    if (char === "\x1B") {
      inEsc = true;
      continue;
    }
    if (inEsc && char === "[") {
      inLong = true;
      continue;
    }
    if (inEsc && inLong && char.charCodeAt(0) >= 64 && char.charCodeAt(0) <= 126) {
      inEsc = false;
      inLong = false;
      continue;
    }
    if (!inEsc) width++;
  }
  return width;
}
function summarizeGroup(indent, grp) {
  let out = [];
  if (grp.name !== "") {
    out.push(`${indent}${groupPrefix} ${grp.name}
`);
    indent += "  ";
  }
  for (const ck of grp.checks) out.push(ck.fails === 0 ? `${indent}${succMark} ${ck.name}` : `${indent}${failMark} ${ck.name}
${indent} ${detailsPrefix}  ${Math.floor(100 * ck.passes / (ck.passes + ck.fails))}% — ${succMark} ${ck.passes} / ${failMark} ${ck.fails}`);
  if (grp.checks.length) out.push("");
  for (const sub of grp.groups) out = out.concat(summarizeGroup(indent, sub));
  return out;
}
const humanizeBytes = (b) => {
  const u = ["B", "kB", "MB"];
  if (b < 10) return b + " B";
  const e = Math.floor(Math.log(b) / Math.log(1e3));
  const v = Math.floor(b / Math.pow(1e3, e) * 10 + 0.5) / 10;
  return (v < 10 ? v.toFixed(1) : v.toFixed(0)) + " " + u[e | 0];
};
const toFixedNoTrailingZeros = (v, p) => parseFloat(v.toFixed(p)).toString();
const measured = /^(http_req_(?!failed)|iteration_duration|group_duration|data_|vus)/;
function metricLines(data) {
  const names = Object.keys(data.metrics).filter((n) => !/^vus/.test(n)).sort((a, b) => a.localeCompare(b));
  const w = Math.max(...names.map(strWidth));
  return names.map((n) => {
    const m = data.metrics[n];
    const mark = m.thresholds ? Object.values(m.thresholds).every((x) => x.ok) ? succMark : failMark : " ";
    const v = Object.keys(m.values).filter((k) => !(m.type === "counter" && k === "rate")).sort().map((k) => `${k}=${measured.test(n) ? typeof m.values[k] : m.type === "rate" && k === "rate" ? (Math.trunc(m.values[k] * 1e4) / 100).toFixed(2) + "%" : toFixedNoTrailingZeros(m.values[k], 6)}`).join(" ");
    return `${mark} ${n}${".".repeat(w - strWidth(n) + 3)}: ${v} (${m.type}/${m.contains})`;
  });
}
const esc = (s) => s.replace(/[&<>"']/g, (ch) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" })[ch]);
function jUnit(data, { name = "k6 thresholds", classname = "Unnamed" } = {}) {
  let failures = 0;
  const cases = [];
  forEach(Object.fromEntries(Object.entries(data.metrics).sort()), (mn, m) => {
    if (!m.thresholds) return;
    forEach(m.thresholds, (tn, th) => {
      if (th.ok) cases.push(`<testcase name="${esc(mn)} - ${esc(tn)}" classname="${classname}" />`);
      else {
        failures++;
        cases.push(`<testcase name="${esc(mn)} - ${esc(tn)}" classname="${classname}"><failure message="failed" /></testcase>`);
      }
    });
  });
  return `<?xml version="1.0"?>
<testsuites tests="${cases.length}" failures="${failures}">
<testsuite name="${esc(name)}" tests="${cases.length}" failures="${failures}">${cases.map((x) => "\n" + x).join("")}
</testsuite >
</testsuites >`;
}
export function handleSummary(data) {
  const txt = [...summarizeGroup(" ", data.root_group), ...metricLines(data)].join("\n");
  const scrub = JSON.parse(JSON.stringify(data, (k, v) => typeof v === "number" && !Number.isInteger(v) ? "number" : v));
  for (const k of Object.keys(scrub.metrics)) if (measured.test(k)) delete scrub.metrics[k];
  delete scrub.state.testRunDurationMs;
  const sortKeys = (v) => Array.isArray(v) ? v.map(sortKeys) : v && typeof v === "object" ? Object.fromEntries(Object.keys(v).sort().map((k) => [k, sortKeys(v[k])])) : v;
  return { stdout: txt + "\n" + decorate("bold", "bold", "cyan") + "\n", stderr: "to stderr ü\n", "junit.xml": jUnit(data), "report.html": `<!DOCTYPE html><html><body>${Object.keys(data.metrics).filter((x) => !x.startsWith("vus")).sort().map((n) => `<tr><td>${esc(n)}</td></tr>`).join("\n")}</body></html>`, "summary.json": Object.entries(sortKeys(scrub)).map((e) => JSON.stringify(e)).join("\n"), "nested.txt": new Uint8Array([104, 105, 10]).buffer };
}
