// about: options of a config file, the script, the environment and flags; files opened by a helper module
// args: -c {fixtures}/teamwork/tw-options.json --vus 1 --iterations 2 --tag cli=yes --summary-trend-stats avg,max,p(99.5) -e WHO=cli -e EMPTY= -e MULTI=a=b=c
// env: K6_USER_AGENT=env/1 K6_TAGS=a:b WHO=env OTHER=sys K6_BATCH=7
// differs: log /relative/ error texts
import http from "k6/http";
import { check } from "k6";
import exec from "k6/execution";
import { load, text, bin } from "./fixtures/teamwork/tw-loader.js";
const data = load("tw-people.json");
export const options = { vus: 10, duration: "10s", userAgent: "script/1", tags: { from: "script" }, noCookiesReset: true, setupTimeout: "5s", minIterationDuration: 10, discardResponseBodies: false, ext: { loadimpact: { name: "n", projectID: 1 } }, cloud: { projectID: 123 } };
export function setup() {
  return { o: exec.test.options.tags, ua: exec.test.options.userAgent };
}
export default function(d) {
  const r = http.get(`${__ENV.BASE}/headers`);
  check(r, { ok: (x) => x.status === 200 });
  console.log(r.json("User-Agent"), data.users.length, JSON.stringify(text), Array.from(bin), __ENV.WHO, __ENV.OTHER, JSON.stringify(__ENV.EMPTY), __ENV.MULTI, __ENV.K6_BATCH, __ENV.NOPE);
  const o = exec.test.options;
  console.log(JSON.stringify(o.summaryTrendStats), o.batch, o.minIterationDuration, JSON.stringify(o.thresholds), JSON.stringify(o.tags), o.noCookiesReset, JSON.stringify(o.systemTags), JSON.stringify(o.scenarios), o.setupTimeout, JSON.stringify(o.cloud), JSON.stringify(options.tags), options.vus, options.iterations, options.duration);
  console.log(d.ua, JSON.stringify(d.o));
}
