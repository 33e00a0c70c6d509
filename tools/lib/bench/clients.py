# The load generators compared: for each, the command for a load and how to read what it prints. A client that
# cannot offer a load says so by `Unsupported`, and the case that wanted it reports the reason. Used by the
# runner.

import json
import os
import re
import sysconfig
from dataclasses import dataclass, replace
from pathlib import Path


class Unsupported(Exception):
    """This client cannot offer the load asked for."""


class Unreadable(Exception):
    """The client's output does not say what it did."""


@dataclass(frozen=True)
class Load:
    connections: int = 100
    duration_s: float = 5
    requests: int = 0  # 0: bounded by the duration
    rate: int = 0  # requests per second, open loop; 0: closed loop
    threads: int = 1
    tls: bool = False
    reuse: bool = True  # False: a new connection per request

    def but(self, **changes):
        return replace(self, **changes)


@dataclass
class Counts:
    requests: int
    failed: int = 0
    dropped: int = 0
    latencies_us: dict = None  # name → {"p95": …}, where the client reports them
    worker_us: float = None  # CPU of the worker's thread per request, where it is asked for


TREND_STATISTICS = "avg,min,med,max,p(95),p(99)"
UNIT_US = {"ns": 1e-3, "us": 1, "µs": 1, "μs": 1, "ms": 1e3, "s": 1e6, "m": 6e7, "h": 3.6e9}


def duration_us(text):
    """Reads a duration in Go's notation ("1.5ms", "1m2s")."""
    parts = re.findall(r"([\d.]+)(ns|us|µs|μs|ms|s|m|h)", text)
    if not parts:
        raise Unreadable(f"'{text}' is not a duration")
    return sum(float(number) * UNIT_US[unit] for number, unit in parts)


def number(pattern, text, default=None):
    match = re.search(pattern, text, re.MULTILINE)
    if match is None:
        if default is None:
            raise Unreadable(f"nothing in the output matches {pattern}")
        return default
    return int(match[1])


class Client:
    def __init__(self, program):
        self.program = program


class Apus(Client):
    """`apus run URL`; its summary is laid out as k6's, so both are read alike."""

    name = "apus"

    def command(self, load, url):
        argv = [
            self.program,
            "run",
            "--quiet",
            "--threads",
            str(load.threads),
            "--summary-trend-stats",
            TREND_STATISTICS,
        ]
        if load.tls:
            argv.append("--insecure-skip-tls-verify")
        if not load.reuse:
            argv.append("--no-connection-reuse")
        if load.rate:
            argv += ["--rate", str(load.rate), "--pre-allocated-vus", str(load.connections)]
        else:
            argv += ["--vus", str(load.connections)]
        argv += (
            ["--iterations", str(load.requests)] if load.requests else ["--duration", f"{load.duration_s:g}s"]
        )
        return argv + [url]

    def read(self, text):
        latencies = {}
        for name in ("http_req_duration", "apus_start_lateness", "apus_response_time"):
            line = re.search(rf"^\s*{name}[ .]*:(.*)$", text, re.MULTILINE)
            if line:
                found = re.findall(r"(p\(9[59]\)|med)=(\S+)", line[1])
                latencies[name] = {
                    key.replace("(", "").replace(")", ""): duration_us(value) for key, value in found
                }
        failed = re.search(r"^\s*http_req_failed[ .]*:.*?(\d+) out of (\d+)", text, re.MULTILINE)
        return Counts(
            requests=number(r"^\s*http_reqs[ .]*:\s*(\d+)", text),
            failed=int(failed[1]) if failed else 0,
            dropped=number(r"^\s*dropped_iterations[ .]*:\s*(\d+)", text, default=0),
            latencies_us=latencies,
        )


class K6(Apus):
    name = "k6"

    SCRIPT = """import http from 'k6/http';
const rate = Number(__ENV.RATE || 0);
export const options = rate === 0 ? {} : { scenarios: { paced: { executor: 'constant-arrival-rate', rate,
  timeUnit: '1s', duration: __ENV.DURATION, preAllocatedVUs: Number(__ENV.POOL) } } };
export default function () { http.get(__ENV.URL); }
"""

    def __init__(self, program, folder):
        super().__init__(program)
        self.script = Path(folder) / "k6.js"
        self.script.write_text(self.SCRIPT)

    def command(self, load, url):
        argv = [
            self.program,
            "run",
            "--quiet",
            "--no-usage-report",
            "--discard-response-bodies",
            "--insecure-skip-tls-verify",
            "--summary-trend-stats",
            TREND_STATISTICS,
            "-e",
            f"URL={url}",
        ]
        if not load.reuse:
            argv.append("--no-connection-reuse")
        if load.rate:
            argv += [
                "-e",
                f"RATE={load.rate}",
                "-e",
                f"DURATION={load.duration_s:g}s",
                "-e",
                f"POOL={load.connections}",
            ]
        else:
            argv += ["--vus", str(load.connections)]
            argv += (
                ["--iterations", str(load.requests)]
                if load.requests
                else ["--duration", f"{load.duration_s:g}s"]
            )
        return argv + [str(self.script)]


class Epoll(Client):
    """The bare client of Benchmarks/baseline: the floor."""

    name = "epoll"

    def command(self, load, url):
        if load.tls or not load.reuse:
            raise Unsupported("the bare client has neither TLS nor reconnects")
        argv = [self.program, "--json", "--connections", str(load.connections)]
        argv += (
            ["--requests", str(load.requests)] if load.requests else ["--duration", f"{load.duration_s:g}"]
        )
        if load.rate:
            argv += ["--rate", str(load.rate)]
        return argv + [url]

    def read(self, text):
        found = json.loads(text)
        kinds = ("from_sent", "from_scheduled", "start_lateness")
        latencies = {
            kind: {key.removesuffix("_us"): value for key, value in found[kind].items()}
            for kind in kinds
            if kind in found
        }
        return Counts(found["requests"], dropped=found["dropped"], latencies_us=latencies)


class Wrk(Client):
    name = "wrk"

    def command(self, load, url):
        if load.requests or load.rate or not load.reuse:
            raise Unsupported("wrk has no number of requests, no rate and always keeps its connections")
        if load.duration_s < 1:
            raise Unsupported("wrk runs for whole seconds")
        return [
            self.program,
            f"-t{load.threads}",
            f"-c{load.connections}",
            f"-d{round(load.duration_s)}s",
            url,
        ]

    def read(self, text):
        return Counts(
            number(r"^\s*(\d+) requests in", text),
            failed=number(r"Non-2xx or 3xx responses: (\d+)", text, default=0),
        )


class H2load(Client):
    name = "h2load"

    def command(self, load, url):
        if load.rate or not load.reuse:
            raise Unsupported("h2load's rate is of connections, and it always keeps them")
        argv = [self.program, "--h1", f"-t{load.threads}", f"-c{load.connections}"]
        return argv + ([f"-n{load.requests}"] if load.requests else [f"-D{round(load.duration_s)}"]) + [url]

    def read(self, text):
        done, failed = number(r"(\d+) done", text), number(r"(\d+) failed", text)
        return Counts(done, failed=failed)


class Hey(Client):
    name = "hey"

    def command(self, load, url):
        if load.rate:
            raise Unsupported("hey limits a rate per worker; it has no schedule")
        argv = [self.program, "-cpus", str(load.threads), "-c", str(load.connections)]
        argv += ["-n", str(load.requests)] if load.requests else ["-z", f"{load.duration_s:g}s"]
        return argv + ([] if load.reuse else ["-disable-keepalive"]) + [url]

    def read(self, text):
        good = number(r"^\s*\[200\]\s+(\d+) responses", text)
        bad = re.findall(r"^\s*\[(?!200\])\d+\]\s+(\d+) responses", text, re.MULTILINE)
        errors = re.findall(r"^\s*\[(\d+)\]\s+(?!\d+ responses)", text, re.MULTILINE)
        return Counts(good, failed=sum(map(int, bad + errors)))


class Ab(Client):
    name = "ab"

    REQUESTS_PER_S_MAX = 200_000  # with a duration ab still wants a number of requests, and allocates for it

    def command(self, load, url):
        if load.rate or load.threads != 1:
            raise Unsupported("ab has one thread and no rate")
        argv = [self.program, "-q", "-c", str(load.connections)] + (["-k"] if load.reuse else [])
        if load.requests:
            argv += ["-n", str(load.requests)]
        else:
            argv += [
                "-t",
                str(round(load.duration_s)),
                "-n",
                str(round(load.duration_s) * self.REQUESTS_PER_S_MAX),
            ]
        return argv + [url]

    def read(self, text):
        return Counts(
            number(r"^Complete requests:\s+(\d+)", text), failed=number(r"^Failed requests:\s+(\d+)", text)
        )


def find_k6():
    """The k6 binary itself: a wrapper script would add its own start-up to what is measured."""
    folders = os.environ["PATH"].split(":") + [sysconfig.get_path("scripts")]
    for folder in folders:
        path = Path(folder) / "k6"
        if not path.is_file():
            continue
        with open(path, "rb") as file:
            if file.read(4) == b"\x7fELF":
                return str(path)
    return None
