# What an output costs: the workers' CPU per request with it beside none, at full speed, and CPU per line of
# raw samples. The stores are sinks in this process that answer at once; whether real ones get the right
# numbers is for the tests. Called through cases.ALL.

import http.server
import re
import socket
import threading
from contextlib import contextmanager
from pathlib import Path

from .clients import Apus, Load, Unreadable, Unsupported
from .rows import PairRow, Row, who_set_the_pace
from .runner import median, ratios

WORKER_RATIO_MAX = 1.03  # without the tolerance of other ratios, which is as large as what is allowed
LINE_US_MAX = 2.0


class Store(http.server.BaseHTTPRequestHandler):
    """Takes whatever is posted, as InfluxDB and a remote-write receiver do."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        # InfluxDB answers `CREATE DATABASE` with a document.
        body = b'{"results":[{"statement_id":0}]}' if self.path.startswith("/query") else b""
        self.send_response(200 if body else 204)
        if body:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.server.bodies += 1

    def log_message(self, *_):
        pass


@contextmanager
def store():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Store)
    server.bodies = 0
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def packets():
    """A socket for StatsD's packets; the kernel drops what is not read, which costs the sender nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        yield receiver


class WithOutput:
    """The subject with an output: flags before its own, variables through env(1)."""

    def __init__(self, client, name, flags=(), variables=()):
        self.client, self.name, self.flags, self.variables = client, name, list(flags), list(variables)
        self.program = client.program

    def command(self, load, url):
        program, verb, *rest = self.client.command(load, url)
        argv = [program, verb, *self.flags, *rest]
        return ["env", *self.variables, *argv] if self.variables else argv

    def read(self, text):
        counts = self.client.read(text)
        counts.worker_us = worker_us(text)
        return counts


def worker_us(text):
    """CPU time of a single worker's thread per request, from its share in the summary's evidence."""
    share = re.search(r"^\s*loop of worker 0[ .]*:.*?cpu ([\d.]+)%", text, re.MULTILINE)
    rate = re.search(r"^\s*http_reqs[ .]*:\s*\d+\s+([\d.]+)/s", text, re.MULTILINE)
    if share is None or rate is None:
        raise Unreadable("the summary does not say what the worker's thread took")
    return float(share[1]) / 100 / float(rate[1]) * 1e6


def outputs(bench):
    """Outputs that sum up, beside none: the worker's CPU per request at full speed."""
    if not isinstance(bench.subject, Apus):
        raise Unsupported("outputs are Apus's own")
    none = WithOutput(bench.subject, "none")
    with store() as server, packets() as receiver:
        base = f"http://127.0.0.1:{server.server_address[1]}"
        statsd = [f"K6_STATSD_ADDR=127.0.0.1:{receiver.getsockname()[1]}"]
        remote = [f"K6_PROMETHEUS_RW_SERVER_URL={base}/api/v1/write"]
        native = remote + ["K6_PROMETHEUS_RW_TREND_AS_NATIVE_HISTOGRAM=true"]
        for client in (
            WithOutput(bench.subject, "influxdb", ["-o", f"influxdb={base}/k6"]),
            WithOutput(bench.subject, "prometheus", ["-o", "experimental-prometheus-rw"], remote),
            WithOutput(bench.subject, "prometheus, native", ["-o", "experimental-prometheus-rw"], native),
            WithOutput(bench.subject, "datadog", ["-o", "datadog"], statsd),
        ):
            beside_none(bench, client, none)
        if server.bodies == 0:
            raise Unreadable("no output posted anything")


def beside_none(bench, client, none):
    load = Load(duration_s=bench.duration_s)
    a, b = bench.runner.pairs(
        bench.pairs,
        lambda: bench.runner.run(client, load, bench.nginx),
        lambda: bench.runner.run(none, load, bench.nginx),
    )

    def worker(sample):
        return sample.counts.worker_us

    row = PairRow(
        "outputs",
        f"{client.name}: worker CPU per request",
        median(map(worker, a)),
        "µs",
        median(map(worker, b)),
        "none",
        WORKER_RATIO_MAX,
        "ratio",
        tolerance=0,
    )
    row.ratio_median = median(ratios(a, b, worker))
    whole = median(ratios(a, b))
    row.note = f"whole process {whole:.3f} ×; {who_set_the_pace(a)}"
    bench.add(row)
    bench.plot("outputs", client.name, row.value)
    bench.plot("outputs", "none", row.peer)


def raw_samples(bench):
    """Raw samples as JSON lines to /dev/null: CPU of the whole process per line, beside a run without."""
    if not isinstance(bench.subject, Apus):
        raise Unsupported("outputs are Apus's own")
    sample_file = Path(bench.runner.folder) / "samples.json"
    few = Load(connections=10, requests=1000)
    bench.runner.run(WithOutput(bench.subject, "json", ["-o", f"json={sample_file}"]), few, bench.nginx)
    with open(sample_file) as lines:
        lines_per_request = sum('"type":"Point"' in line for line in lines) / few.requests
    load = Load(requests=20_000 if bench.quick else 100_000)
    json, none = (
        WithOutput(bench.subject, "json", ["-o", "json=/dev/null"]),
        WithOutput(bench.subject, "none"),
    )
    a, b = bench.runner.pairs(
        bench.pairs,
        lambda: bench.runner.run(json, load, bench.nginx),
        lambda: bench.runner.run(none, load, bench.nginx),
    )
    line_us = median((x.cpu_us - y.cpu_us) / lines_per_request for x, y in zip(a, b))
    bench.add(
        Row(
            "raw-samples",
            "JSON: CPU per sample line",
            line_us,
            "µs",
            bound=LINE_US_MAX,
            note=f"{lines_per_request:.2f} lines per request; {who_set_the_pace(a)}",
        )
    )


CASES = (outputs, raw_samples)
