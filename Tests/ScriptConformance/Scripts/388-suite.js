// about: scenarios exported by modules, a session class, expectations, URL classes, thresholds made in a loop
// order: any
export * from "./fixtures/teamwork/tw-api.js";
export { browse as browseScenario, default } from "./fixtures/teamwork/tw-browse.js";
export let options = { scenarios: { api: { executor: "per-vu-iterations", vus: 1, iterations: 2, exec: "crud" }, login: { executor: "per-vu-iterations", vus: 1, iterations: 1, exec: "login", startTime: "200ms" }, ui: { executor: "shared-iterations", vus: 1, iterations: 1, exec: "browseScenario", startTime: "400ms", tags: { ui: "yes" } }, off: { executor: "constant-vus", vus: 5, duration: "1m" } }, thresholds: {} };
const wanted = (__ENV.SCENARIOS || "api,login,ui").split(",");
for (const name of Object.keys(options.scenarios)) {
  if (!wanted.includes(name)) {
    delete options.scenarios[name];
    continue;
  }
  options.thresholds[`http_req_duration{scenario:${name}}`] = ["p(95)<9000"];
  options.thresholds[`checks{scenario:${name}}`] = [`rate>${name === "ui" ? 0.99 : 0}`];
  options.thresholds[`http_reqs{scenario:${name}}`] = ["count>=0"];
}
if (__ENV.TREND) options.summaryTrendStats = __ENV.TREND.split(",");
