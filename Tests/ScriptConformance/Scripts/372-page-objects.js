// about: page objects, environments, workloads and helpers in modules of their own
// order: any
import { group } from "k6";
import exec from "k6/execution";
import { SharedArray } from "k6/data";
import { getEnvironment } from "./fixtures/teamwork/tw-environments.js";
import { WorkloadConfig, ThresholdsConfig } from "./fixtures/teamwork/tw-workloads.js";
import { HomePage, SearchPage, LoginPage } from "./fixtures/teamwork/tw-pages.js";
import { Logger } from "./fixtures/teamwork/tw-index.js";
const env = getEnvironment();
const users = new SharedArray("users", function() {
  return JSON.parse(open("./fixtures/users.json"));
});
export const options = {
  scenarios: { ui: { ...WorkloadConfig[__ENV.WORKLOAD || "smoke"], exec: "journey", env: { LOG: "yes" }, tags: { team: "web" } } },
  thresholds: { ...ThresholdsConfig.common, ...ThresholdsConfig.pre },
  tags: { env: env.name, build: __ENV.CI_BUILD || "local" },
  summaryTrendStats: ["min", "med", "avg", "p(90)", "p(95)", "p(99)", "p(99.99)", "max", "count"]
};
const log = new Logger("main");
log.info("init", __VU);
export function setup() {
  log.info("target", env.name, Object.isFrozen(env));
  return { users: users.length };
}
export function journey(data) {
  const home = new HomePage(env).visit();
  log.info(home.title, home.links.length, data);
  group("search", () => {
    new SearchPage(env).search(["swift", "swallow"][exec.scenario.iterationInTest % 2]);
  });
  const user = users[exec.scenario.iterationInTest % users.length];
  const p = new LoginPage(env).login(user);
  log.warn(p.response.status, p.response.url.replace(env.baseUrl, ""), p.response.html("#user").text());
  try {
    getEnvironment("nope");
  } catch (e) {
    log.error(e.message);
  }
}
export function teardown(data) {
  log.info("bye", JSON.stringify(data));
}
export default journey;
