#!/usr/bin/env python3
"""Makes the golden files of the summary tests by running the real k6 (version 1.1.0) against a small local server.

Usage: make.py [case ...]    (no case: all)
Each case becomes <case>.json (the numbers k6 gave to handleSummary, plus what only the raw samples tell),
<case>.txt (the text k6 printed for the same numbers) and <case>.export.json (its --summary-export, for a few).
"""
import collections, fcntl, http.server, json, math, os, pathlib, pty, re, struct, subprocess, sys, tempfile, termios, threading

HERE = pathlib.Path(__file__).resolve().parent
CASES = {
    "basic-compact": ("basic", []), "basic-full": ("basic", ["--summary-mode", "full"]),
    "basic-legacy": ("basic", ["--summary-mode", "legacy"]),
    "basic-compact-s": ("basic", ["--summary-time-unit", "s"]),
    "basic-full-ms": ("basic", ["--summary-mode", "full", "--summary-time-unit", "ms"]),
    "basic-legacy-us": ("basic", ["--summary-mode", "legacy", "--summary-time-unit", "us"]),
    "basic-compact-stats": ("basic", ["--summary-trend-stats", "avg,count,p(99),p(99.99),p(50),max"]),
    "basic-legacy-stats": ("basic", ["--summary-mode", "legacy", "--summary-trend-stats", "count,med"]),
    "basic-full-none": ("basic", ["--summary-mode", "full", "--summary-trend-stats", "p(99.9)"]),
    "basic-compact-tty": ("basic", ["TTY"]), "basic-full-tty": ("basic", ["TTY", "--summary-mode", "full"]),
    "basic-legacy-tty": ("basic", ["TTY", "--summary-mode", "legacy"]),
    "basic-compact-tty-plain": ("basic", ["TTY", "--no-color"]),
    "scenarios-compact": ("scenarios", []), "scenarios-full": ("scenarios", ["--summary-mode", "full"]),
    "scenarios-legacy": ("scenarios", ["--summary-mode", "legacy"]),
    "scenarios-full-tty": ("scenarios", ["TTY", "--summary-mode", "full"]),
    "values-compact": ("values", []), "values-legacy-ms": ("values", ["--summary-mode", "legacy", "--summary-time-unit", "ms"]),
    "values-compact-s": ("values", ["--summary-time-unit", "s"]), "values-compact-us": ("values", ["--summary-time-unit", "us"]),
    "names-compact": ("names", []), "names-full": ("names", ["--summary-mode", "full"]),
    "names-legacy": ("names", ["--summary-mode", "legacy"]), "names-compact-tty": ("names", ["TTY"]),
    "nochecks-compact": ("nochecks", []), "nochecks-full": ("nochecks", ["--summary-mode", "full"]),
    "nochecks-legacy": ("nochecks", ["--summary-mode", "legacy"]),
    "bare-compact": ("bare", []), "bare-full": ("bare", ["--summary-mode", "full"]), "bare-legacy": ("bare", ["--summary-mode", "legacy"]),
    "slow-compact": ("slow", []),
    "failing-compact": ("failing", []), "failing-full": ("failing", ["--summary-mode", "full"]),
    "failing-legacy": ("failing", ["--summary-mode", "legacy"]),
    # Statistics that do not depend on how finely a histogram tells values apart.
    "tree-full": ("tree", ["--summary-mode", "full", "--summary-trend-stats", "avg,min,max,count"]),
}

# Cases whose raw samples are kept as well, for the test that builds the tree of groups from them.
WITH_POINTS = ("tree-full",)

EXPORTED = ("basic-compact", "scenarios-full", "names-compact", "values-compact", "nochecks-legacy", "tree-full")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path.startswith("/exactly/"):  # an answer of that many bytes, head included
            wanted = int(self.path.split("/")[2])
            head = b"HTTP/1.0 200 OK\r\nA: "
            self.wfile.write(head + b"x" * 20 + b"\r\n\r\n" + b"y" * (wanted - len(head) - 24))
            self.close_connection = True
            return
        body = b"hello\n"
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def run(command, tty, environment):
    """Runs k6; returns what it wrote to standard output as bytes."""
    if not tty:
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, timeout=60).stdout
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
    attributes = termios.tcgetattr(slave)
    attributes[1] &= ~termios.OPOST
    termios.tcsetattr(slave, termios.TCSANOW, attributes)
    process = subprocess.Popen(command, stdout=slave, stderr=subprocess.PIPE, env=environment)
    os.close(slave)
    chunks = []
    while True:
        try:
            chunk = os.read(master, 65536)
        except OSError:
            break
        if not chunk:
            break
        chunks.append(chunk)
    process.communicate(timeout=60)
    os.close(master)
    return b"".join(chunks)


def percentile(values, p):
    x = p / 100 * (len(values) - 1)
    low, high = values[math.floor(x)], values[math.ceil(x)]
    return low + (high - low) * (x - math.floor(x))


def total(values):
    """The sum as k6 adds it up: one by one (Python's own sum() corrects the rounding from 3.12 on)."""
    result = 0.0
    for value in values:
        result += value
    return result


def aggregate(kind, values, stats, seconds):
    ordered = sorted(values)
    if kind == "counter":
        return {"count": total(values), "rate": total(values) / seconds}
    if kind == "gauge":
        return {"value": values[-1], "min": ordered[0], "max": ordered[-1]}
    if kind == "rate":
        hits = sum(1 for value in values if value)
        return {"rate": hits / len(values), "passes": hits, "fails": len(values) - hits}
    result = {}
    for stat in stats:
        plain = {"avg": lambda: total(values) / len(values), "min": lambda: ordered[0], "max": lambda: ordered[-1],
                 "med": lambda: percentile(ordered, 50), "count": lambda: len(values)}
        result[stat] = plain[stat]() if stat in plain else percentile(ordered, float(stat[2:-1]))
    return result


def read_raw(path):
    kinds, points = {}, []
    for line in open(path, encoding="utf-8"):
        entry = json.loads(line)
        if entry["type"] == "Metric":
            kinds[entry["metric"]] = (entry["data"]["type"], entry["data"]["contains"])
        else:
            points.append((entry["metric"], entry["data"]["value"], entry["data"]["tags"]))
    return kinds, points


def scope(points, kinds, stats, seconds, scenario, group):
    """Metrics and checks of one group (or of a whole scenario when group is None), as k6's full mode shows them."""
    samples, checks = collections.OrderedDict(), collections.OrderedDict()
    for metric, value, tags in points:
        if tags.get("scenario", "default") != scenario or (group is not None and tags.get("group", "") != group):
            continue
        samples.setdefault(metric, []).append(value)
        if metric == "checks":
            counts = checks.setdefault(tags["check"], [0, 0])
            counts[0 if value else 1] += 1
    if group in ("::setup", "::teardown"):
        samples, checks = {}, {}
    metrics = [{"name": name, "type": kinds[name][0], "contains": kinds[name][1],
                "values": aggregate(kinds[name][0], values, stats, seconds)} for name, values in samples.items()]
    return {"metrics": metrics, "checks": [{"name": n, "passes": c[0], "fails": c[1]} for n, c in checks.items()], "groups": []}


def tree_from_text(text, points, kinds, stats, seconds):
    """The scenarios and groups in the order k6 printed them (that order differs from run to run)."""
    root, scenarios, stack, scenario = [], [], [], "default"
    for match in re.finditer(r"^( *)(█|↳) (?:\x1b\[1m)?(GROUP|SCENARIO): (.*?)(?:\x1b\[0m)? (?:\x1b\[0K)?$", text, re.M):
        indent, kind, name = len(match[1]), match[3], match[4]
        if kind == "SCENARIO":
            scenario, stack = name, []
            node = dict(name=name, **scope(points, kinds, stats, seconds, scenario, None))
            scenarios.append(node)
            stack.append((indent, node, ""))
            continue
        while stack and stack[-1][0] >= indent:
            stack.pop()
        path = (stack[-1][2] if stack else "") + "::" + name
        node = dict(name=name, **scope(points, kinds, stats, seconds, scenario, path))
        (stack[-1][1]["groups"] if stack else root).append(node)
        stack.append((indent, node, path))
    return root, scenarios


def matching(points, name):
    base, _, tail = name.partition("{")
    wanted = dict(pair.strip().split(":", 1) for pair in tail[:-1].split(",")) if tail else {}
    wanted = {key.strip(): value.strip() for key, value in wanted.items()}
    return [value for metric, value, tags in points if metric == base and all(tags.get(k) == v for k, v in wanted.items())]


def make(case, base):
    script, flags = CASES[case]
    tty = "TTY" in flags
    flags = [flag for flag in flags if flag != "TTY"]
    with tempfile.TemporaryDirectory() as folder:
        file = lambda name: os.path.join(folder, name)
        source = str(HERE / "scripts" / (script + ".js"))
        environment = dict(os.environ, BASE=base, TERM="xterm", K6_NO_USAGE_REPORT="true")
        text = run(["k6", "run", "-q", *flags, "-o", "json=" + file("raw"), "--console-output", file("console"),
                    "--summary-export", file("export"), source], tty, environment).decode()
        inspected = json.loads(subprocess.run(["k6", "inspect", source], capture_output=True, env=environment).stdout)
        line = next(l for l in open(file("console"), encoding="utf-8") if "testRunDurationMs" in l)
        quoted = re.search(r'msg=(".*?(?<!\\)")(?: source=|$)', line.strip())[1]
        data = json.loads(json.loads(quoted))
        export = open(file("export"), encoding="utf-8").read()
        kinds, points = read_raw(file("raw"))
    seconds = data["state"]["testRunDurationMs"] / 1000
    stats = data["options"]["summaryTrendStats"]
    groups, scenarios = tree_from_text(text, points, kinds, stats, seconds)
    sources = {}
    for name, listed in (inspected.get("thresholds") or {}).items():
        sources[name] = [entry if isinstance(entry, str) else entry["threshold"] for entry in listed or []]
    extra = {}
    for name, metric in data["metrics"].items():
        wanted = [re.split("[<>=!]", s)[0].strip() for s in sources.get(name, [])]
        wanted = [stat for stat in wanted if stat not in metric["values"]]
        values = matching(points, name)
        if wanted and values:
            extra[name] = aggregate(metric["type"], values, wanted, seconds)
    checks = list(collections.OrderedDict.fromkeys(tags["check"] for metric, _, tags in points if metric == "checks"))
    mode = flags[flags.index("--summary-mode") + 1] if "--summary-mode" in flags else "compact"
    fixture = {"mode": mode, "tty": tty, "data": data, "thresholdSources": sources, "thresholdValues": extra,
               "checkOrder": checks, "groups": groups, "scenarios": scenarios}
    if case in WITH_POINTS:
        fixture["points"] = [[metric, value, tags] for metric, value, tags in points]
    (HERE / "goldens").mkdir(exist_ok=True)
    (HERE / "goldens" / (case + ".json")).write_text(json.dumps(fixture, ensure_ascii=False) + "\n")
    (HERE / "goldens" / (case + ".txt")).write_text(text)
    if case in EXPORTED:
        (HERE / "goldens" / (case + ".export.json")).write_text(export)
    print(case, len(text))


def make_bytes(base):
    """What k6 prints as data_received for answers of known sizes."""
    rows = []
    for size in (64, 100, 999, 1000, 1049, 1050, 1949, 1950, 9949, 9950, 9999, 10499, 10500, 12500, 99949, 99950, 99999, 999499,
                 999500, 999949, 999950, 999999, 1000000, 1250000, 10500000, 123456789):
        environment = dict(os.environ, TARGET=base + "/exactly/%d" % size, K6_NO_USAGE_REPORT="true")
        text = run(["k6", "run", "-q", str(HERE / "scripts" / "bytes.js")], False, environment).decode()
        rows.append([size, re.search(r"data_received\.*: (.*? \w?B) ", text)[1]])
    (HERE / "goldens" / "bytes.json").write_text(json.dumps(rows) + "\n")
    print(rows)


def sorted_pairs(text):
    return "&".join(sorted(text.split("&"), key=lambda pair: pair.split("=")[0].encode()))


def make_lines():
    """Raw samples as k6 writes them, in JSON and CSV; what k6 takes from a map in any order is sorted here."""
    tags = "proto,subproto,status,method,url,name,group,check,error,error_code,tls_version,scenario,service,expected_response,vu,iter"
    (HERE / "lines").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ, TZ="UTC", K6_NO_USAGE_REPORT="true")
        subprocess.run(["k6", "run", "-q", "--system-tags", tags, "-o", "json=" + folder + "/json",
                        "-o", "csv=fileName=" + folder + "/csv,timeFormat=rfc3339_nano", str(HERE / "scripts" / "lines.js")],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, timeout=60)
        lines = open(folder + "/json", encoding="utf-8", newline="").read().split("\n")
        rows = open(folder + "/csv", encoding="utf-8", newline="").read().split("\n")
    for index, line in enumerate(lines):
        lines[index] = re.sub(r'"metadata":\{(.*)\}\}\}$',
                              lambda m: '"metadata":{%s}}}' % ",".join(sorted(m[1].split(","))), line)
    for index, row in enumerate(rows[1:], start=1):
        if row.count(",") < 2:
            continue
        start, extra, metadata = row.rsplit(",", 2)
        extra = extra if '"' in extra else sorted_pairs(extra)
        metadata = metadata if '"' in metadata else sorted_pairs(metadata)
        rows[index] = ",".join([start, extra, metadata])
    (HERE / "lines" / "lines.json").write_text("\n".join(lines), newline="")
    (HERE / "lines" / "lines.csv").write_text("\n".join(rows), newline="")
    print("lines", len(lines), len(rows))


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
base = "http://127.0.0.1:%d" % server.server_address[1]
for case in sys.argv[1:] or [*CASES, "bytes", "lines"]:
    if case == "bytes":
        make_bytes(base)
    elif case == "lines":
        make_lines()
    else:
        make(case, base)
server.shutdown()
