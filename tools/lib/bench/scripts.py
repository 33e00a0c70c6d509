# Scripts beside k6: the same file run by both, against wrk where a script does no more than wrk can. CPU per
# iteration, memory and initialisation per VU, of a small script, of a 1 MB bundle and of a 1 MB library of
# which little is used. Called through cases.ALL.

import json
from pathlib import Path

from .clients import K6, TREND_STATISTICS, Apus, Load, Unsupported
from .rows import PairRow, Row, compare
from .runner import RunError, median, ratios
from .server import FirstByteServer

SMALL = """import http from 'k6/http';
import { check } from 'k6';
export const options = $OPTIONS;
export default function () {
  const response = http.get('$URL');
  check(response, { 'status is 200': (r) => r.status === 200 });
}
"""

THINKING = """import http from 'k6/http';
import { check, sleep } from 'k6';
export const options = $OPTIONS;
export default function () {
  const response = http.get('$URL');
  check(response, { 'status is 200': (r) => r.status === 200 });
  sleep(1);
}
"""

BUNDLE_MODULES, BUNDLE_FUNCTIONS = 400, 10  # of each module: 4,000 functions, 1 MB

BUNDLE_FUNCTION = """
function step_$M_$F(state, values) {
  var total = $M;
  for (var i = 0; i < values.length; i++) {
    if (values[i].kind === "kind-$F") total += values[i].count;
    else state[i] = total;
  }
  return { label: "step-$M", total: total };
}
exports.step_$M_$F = step_$M_$F;"""

BUNDLE = """(() => {
var __webpack_modules__ = {
$MODULES
};
var __webpack_cache__ = {};
function __webpack_require__(id) {
  if (__webpack_cache__[id] !== undefined) return __webpack_cache__[id].exports;
  var module = __webpack_cache__[id] = { exports: {} };
  __webpack_modules__[id](module, module.exports, __webpack_require__);
  return module.exports;
}
var http = require("k6/http");
var modules = Object.keys(__webpack_modules__).map(function (id) { return __webpack_require__(id); });
exports.options = $OPTIONS;
exports.default = function () {
  modules[__VU % modules.length].step_0_0;
  http.get("$URL");
};
})();
"""


def bundle():
    """A CommonJS bundle as webpack makes them: every module is run when the script is loaded."""
    modules = []
    for number in range(BUNDLE_MODULES):
        functions = "".join(
            BUNDLE_FUNCTION.replace("$M", str(number)).replace("$F", str(place))
            for place in range(BUNDLE_FUNCTIONS)
        )
        modules.append(
            f"{1000 + number}: ((module, exports, __webpack_require__) => {{\n"
            f'"use strict";{functions}\n}}),'
        )
    return BUNDLE.replace("$MODULES", "\n".join(modules))


LIBRARY_FUNCTIONS, LIBRARY_USED = 4000, 20  # one of so many is used

LIBRARY_FUNCTION = """
export function step_$N(state, values) {
  let total = $N;
  for (let i = 0; i < values.length; i++) {
    if (values[i].kind === "kind-$N") total += values[i].count;
    else state[i] = `step-$N: ${total}`;
  }
  return { label: "step-$N", total };
}
"""

LIBRARY_USER = """import http from 'k6/http';
import { $NAMES } from './library.js';
export const options = $OPTIONS;
const steps = [$NAMES];
$KEEP
export default function () {
  steps[__VU % steps.length]({}, []);
  http.get('$URL');
}
"""


def library():
    """A library as one ES module: every function is exported."""
    return "".join(LIBRARY_FUNCTION.replace("$N", str(number)) for number in range(LIBRARY_FUNCTIONS))


def library_user(keeps_all=False):
    """A script that uses a part of the library. It keeps all of it where nobody can tell what `require` may
    be asked for."""
    names = ", ".join(f"step_{number}" for number in range(0, LIBRARY_FUNCTIONS, LIBRARY_USED))
    keep = "const load = require;" if keeps_all else ""
    return LIBRARY_USER.replace("$NAMES", names).replace("$KEEP", keep)


class ScriptClient:
    """`run script.js`: the script is written for each run, with the address as a constant in it. A load with
    a rate initialises all its VUs and then starts one iteration at a time. `modules` are other files beside
    it, text by name."""

    def __init__(self, client, folder, script, name="script", modules=None):
        self.client, self.name, self.program = client, client.name, client.program
        self.script, self.path = script, Path(folder) / f"{name}-{client.name}.js"
        for file, text in (modules or {}).items():
            (Path(folder) / file).write_text(text)

    def command(self, load, url):
        options = {}
        if load.rate:
            options["scenarios"] = {
                "paced": {
                    "executor": "constant-arrival-rate",
                    "rate": load.rate,
                    "timeUnit": "1s",
                    "duration": f"{load.duration_s:g}s",
                    "preAllocatedVUs": load.connections,
                }
            }
        self.path.write_text(self.script.replace("$OPTIONS", json.dumps(options)).replace("$URL", url))
        argv = [self.program, "run", "--quiet", "--no-usage-report"]
        argv += ["--summary-trend-stats", TREND_STATISTICS]
        if not isinstance(self.client, K6):
            argv += ["--threads", str(load.threads)]
        if not load.rate:
            argv += ["--vus", str(load.connections)]
            argv += (
                ["--iterations", str(load.requests)]
                if load.requests
                else ["--duration", f"{load.duration_s:g}s"]
            )
        return argv + [str(self.path)]

    def read(self, text):
        return self.client.read(text)


def script_clients(bench, script, name, modules=None):
    """The subject and k6, each running `script`; k6 is None when it is not installed."""
    if not isinstance(bench.subject, Apus):
        raise Unsupported("only Apus and k6 run scripts")
    folder, k6 = bench.runner.folder, bench.clients.get("k6")
    found = [ScriptClient(bench.subject, folder, script, name, modules)]
    wanted = k6 and k6 is not bench.subject
    found.append(ScriptClient(k6, folder, script, name, modules) if wanted else None)
    return found


def library_clients(bench):
    """By what a VU loads of the library."""
    modules = {"library.js": library()}
    return {
        f"1 of {LIBRARY_USED} functions used": script_clients(bench, library_user(), "some", modules),
        "the same, nothing left out": script_clients(bench, library_user(keeps_all=True), "all", modules),
    }


def k6_wanted(k6):
    if k6 is None:
        raise RunError("k6 is not installed, and a bound is held against it")
    return k6


def first_request_ms(bench, client, vus):
    """From the start of the process, whose VUs are all initialised first, to its first byte."""
    server = FirstByteServer()
    load = Load(connections=vus, rate=10, duration_s=1)
    launched = bench.runner.launch(client.command(load, f"http://127.0.0.1:{server.port}/"))
    server.serve_while(launched[0], 180)
    usage, stdout, stderr = bench.runner.finish(launched, 30)
    if server.first_byte_ns is None:
        raise RunError(f"{client.name} sent nothing: {(stdout + stderr)[-500:]}")
    return (server.first_byte_ns - usage["start_ns"]) / 1e6


def further_vus_ms(bench, client, few, many):
    """What it takes to initialise the VUs beyond the first few."""
    return first_request_ms(bench, client, many) - first_request_ms(bench, client, few)


def script(bench):
    """A script with http.get and a check of the status, 100 VUs: CPU per iteration beside wrk and k6."""
    apus, k6 = script_clients(bench, SMALL, "small")
    load = Load(duration_s=bench.duration_s)
    what = "client CPU per iteration of http.get and check"
    for peer, bound in ((bench.clients["wrk"], 1.25), (k6_wanted(k6), 1 / 12)):
        compare(bench, "script", peer, load, bound, what, subject=apus)


def script_memory(bench):
    """Memory per script VU: a small script at 5,000 VUs, a bundle and a library of 4,000 functions at 60."""
    apus, k6 = script_clients(bench, THINKING, "thinking")
    few, many = 10, 5000
    for client in filter(None, (apus, k6)):
        load = Load(duration_s=max(bench.duration_s, 3))
        peak = [peak_kib(bench, client, count, load) for count in (few, many)]
        bench.add(
            Row(
                "script-memory",
                f"{client.name} per further VU, small script",
                (peak[1] - peak[0]) / (many - few),
                "KiB",
                bound=100.0 if client is apus else None,
                note=f"peak {peak[1] / 1024:.1f} MiB, with {few} VUs {peak[0] / 1024:.1f} MiB",
            )
        )
        bench.plot("script-memory", client.name, (peak[1] - peak[0]) / (many - few))
    text = bundle()
    mine, theirs = further_kib(bench, script_clients(bench, text, "bundle"))
    what = f"per further VU, bundle of {len(text) / 1e6:.2f} MB"
    bench.add(Row("script-memory", what, mine, "KiB", theirs, "k6", 0.85, "ratio"))
    size = len(library()) / 1e6
    for used, clients in library_clients(bench).items():
        mine, theirs = further_kib(bench, clients)
        what = f"per further VU, library of {size:.2f} MB, {used}"
        bench.add(Row("script-memory", what, mine, "KiB", theirs, "k6"))


def further_kib(bench, clients, few=10, many=60):
    """What the VUs beyond the first few take, each, in the subject and in k6."""
    apus, k6 = clients
    found = []
    for client in (apus, k6_wanted(k6)):
        low, high = (peak_kib(bench, client, count, Load(duration_s=2)) for count in (few, many))
        found.append((high - low) / (many - few))
    return found


def peak_kib(bench, client, vus, load):
    return bench.runner.run(client, load.but(connections=vus), bench.nginx).rss_max_kib


def script_init(bench):
    """Initialising script VUs: small ones beside bare runtimes, of a 1 MB bundle and a library beside k6."""
    apus, k6 = script_clients(bench, THINKING, "thinking")
    bare = bench.build_baseline("quickjs_bare", "quickjs")
    few, many = 1, 5001

    def bare_ms():
        _, stdout, _ = bench.runner.finish(bench.runner.launch([bare, str(many - few)]), 120)
        return json.loads(stdout)["ns"] / 1e6

    a, b = bench.runner.pairs(bench.pairs_few, lambda: further_vus_ms(bench, apus, few, many), bare_ms)
    add_pairs(bench, f"{many - few} VUs, small script", a, b, "bare contexts", 1.6)
    if k6:
        bench.add(
            Row("script-init", "k6: 500 VUs, small script", further_vus_ms(bench, k6, few, few + 500), "ms")
        )
    beside_k6(bench, "a further VU, 1 MB bundle", script_clients(bench, bundle(), "bundle"), 1 / 5)
    for used, clients in library_clients(bench).items():
        beside_k6(bench, f"a further VU, 1 MB library, {used}", clients, many=105)


def beside_k6(bench, what, clients, bound=None, few=5, many=25):
    apus, k6 = clients
    a, b = bench.runner.pairs(
        3,
        lambda: further_vus_ms(bench, apus, few, many) / (many - few),
        lambda: further_vus_ms(bench, k6_wanted(k6), few, many) / (many - few),
    )
    add_pairs(bench, what, a, b, "k6", bound)


def add_pairs(bench, what, mine, theirs, peer, bound=None):
    row = PairRow("script-init", what, median(mine), "ms", median(theirs), peer, bound, "ratio")
    row.ratio_median = median(ratios(mine, theirs, lambda value: value))
    row.note = f"of {len(mine)}: {min(mine):.2f} to {max(mine):.2f} ms"
    bench.add(row)


def script_instructions(bench):
    """User-space instructions per iteration of http.get and check, by callgrind."""
    apus, _ = script_clients(bench, SMALL, "small")
    points = [
        bench.runner.instructions(apus, Load(requests=count, connections=10), bench.nginx)
        for count in ((500, 2500) if bench.quick else (1000, 11_000))
    ]
    (count_a, iterations_a), (count_b, iterations_b) = points
    slope = (count_b - count_a) / (iterations_b - iterations_a)
    bench.add(Row("script-instructions", "user-space instructions per iteration", slope, ""))


CASES = (script, script_memory, script_init, script_instructions)
