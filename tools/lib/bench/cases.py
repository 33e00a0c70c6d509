# What is compared, one function per case. Each takes the bench (its runner, server, clients and settings) and
# adds rows to it: a measured value, what it is held against, and the bound if there is one. Called by
# tools/bench.

from . import outputs, scripts
from .clients import Load, Unsupported
from .rows import PairRow, Row, compare_each, who_set_the_pace, with_peers
from .runner import RunError, median, ratios
from .server import FirstByteServer

GROWTH_RATIO_MAX = 1.0


def http(bench):
    """GET keep-alive over 100 connections."""
    bounds = {"epoll": 1.10, "wrk": 1.00, "h2load": None, "ab": None, "hey": None, "k6": None}
    compare_each(bench, "http", Load(duration_s=bench.duration_s), bounds)


def tls(bench):
    """The same over TLS."""
    compare_each(
        bench, "tls", Load(duration_s=bench.duration_s, tls=True), {"wrk": 1.00, "hey": None, "k6": None}
    )


def handshakes(bench):
    """A new TLS connection for every request: full handshakes, no resumption."""
    load = Load(duration_s=bench.duration_s, tls=True, reuse=False)
    first = len(bench.runner.samples)
    compare_each(
        bench,
        "handshakes",
        load,
        {"ab": None, "hey": None, "k6": None},
        what="client CPU per handshake and request",
    )
    rates = {}
    for sample in bench.runner.samples[first:]:
        rates.setdefault(sample.client, []).append(sample.rate)
    for name, found in rates.items():
        bench.add(Row("handshakes", f"{name}: handshakes per second", median(found), "/s"))


def connections(bench):
    """CPU per request at 1,000 and 10,000 connections against the same client's at 100, set-up counted."""
    duration_s = bench.duration_s * 2
    for client in with_peers(bench, "epoll", "wrk"):
        name, bound = client.name, 1.5 if client is bench.subject else None
        for count in (1000, 10_000):
            few, many = Load(100, duration_s), Load(count, duration_s)
            a, b = bench.runner.pairs(
                bench.pairs_few,
                lambda: bench.runner.run(client, many, bench.nginx),
                lambda: bench.runner.run(client, few, bench.nginx),
            )
            row = PairRow(
                "connections",
                f"{name} CPU per request, {count} connections",
                median(s.cpu_us for s in a),
                "µs",
                median(s.cpu_us for s in b),
                f"{name} at 100",
                bound,
                "ratio",
            )
            row.ratio_median = median(ratios(a, b))
            row.note = who_set_the_pace(a)
            bench.add(row)
            bench.plot("connections", f"{name} · 100", row.peer)
            bench.plot("connections", f"{name} · {count}", row.value)


def memory(bench):
    """Process memory per VU at 5,000 VUs: of each further VU, and of the whole process shared out."""
    few, many = 10, 5000
    for scheme, bound in (("http", 8.0), ("https", None)):
        for client in with_peers(bench, "wrk", "k6"):
            name = client.name
            repeat = min(3, bench.pairs) if name != "k6" else 1
            load = Load(few, bench.duration_s, tls=scheme == "https")
            samples = bench.runner.pairs(
                repeat,
                lambda: bench.runner.run(client, load, bench.nginx),
                lambda: bench.runner.run(client, load.but(connections=many), bench.nginx),
            )
            low, high = (median(s.rss_max_kib for s in side) for side in samples)
            limit = bound if client is bench.subject else None
            bench.add(
                Row(
                    "memory",
                    f"{name} per further VU, {scheme}",
                    (high - low) / (many - few),
                    "KiB",
                    bound=limit,
                )
            )
            bench.add(
                Row(
                    "memory",
                    f"{name} process / {many} VUs, {scheme}",
                    high / many,
                    "KiB",
                    bound=limit,
                    note=f"peak {high / 1024:.1f} MiB, with {few} VUs {low / 1024:.1f} MiB",
                )
            )
            bench.plot("memory", f"{name} · {scheme}", high / many)


def growth(bench):
    """Peak memory of a long run against a short one."""
    short, long = Load(duration_s=bench.duration_s), Load(duration_s=bench.duration_s * 6)
    a, b = bench.runner.pairs(
        min(3, bench.pairs),
        lambda: bench.runner.run(bench.subject, long, bench.nginx),
        lambda: bench.runner.run(bench.subject, short, bench.nginx),
    )
    row = PairRow(
        "growth",
        "peak memory, long run",
        median(s.rss_max_kib for s in a),
        "KiB",
        median(s.rss_max_kib for s in b),
        "short run",
        GROWTH_RATIO_MAX,
        "ratio",
    )
    row.ratio_median = median(ratios(a, b, lambda s: s.rss_max_kib))
    many, few = (median(s.counts.requests for s in side) for side in (a, b))
    row.note = f"{many:.0f} requests against {few:.0f}"
    bench.add(row)


def startup(bench):
    """From the start of the process to the first byte of its first request, with 100 VUs."""
    for client in with_peers(bench, "epoll", "wrk", "k6"):
        name, times_ms = client.name, []
        for _ in range(bench.pairs):
            server = FirstByteServer()
            launched = bench.runner.launch(client.command(Load(100, 1), f"http://127.0.0.1:{server.port}/"))
            server.serve_while(launched[0], 30)
            usage, stdout, _ = bench.runner.finish(launched, 30)
            if server.first_byte_ns is None:
                raise RunError(f"{name} sent nothing: {stdout[-500:]}")
            times_ms.append((server.first_byte_ns - usage["start_ns"]) / 1e6)
        bound = 20.0 if client is bench.subject else None
        bench.add(
            Row(
                "startup",
                f"{name}: process start to first request, 100 VUs",
                median(times_ms),
                "ms",
                bound=bound,
                note=f"of {len(times_ms)}: {min(times_ms):.1f} to {max(times_ms):.1f}",
            )
        )


def instructions(bench):
    """User-space instructions per request by callgrind: the slope between a small and a larger run."""
    small, large = (1000, 4000) if bench.quick else (2000, 12_000)
    found = {}
    for name, threads in ((bench.subject.name, 1), (bench.subject.name, 2), ("wrk", 1), ("epoll", 1)):
        key = f"{name}, {threads} worker{'s' if threads > 1 else ''}"
        if key in found:
            continue
        loads = (Load(requests=small, threads=threads), Load(requests=large, threads=threads))
        try:
            points = [bench.runner.instructions(bench.clients[name], load, bench.nginx) for load in loads]
        except Unsupported:
            loads = (Load(duration_s=2, threads=threads), Load(duration_s=6, threads=threads))
            points = [bench.runner.instructions(bench.clients[name], load, bench.nginx) for load in loads]
        (count_a, requests_a), (count_b, requests_b) = points
        found[key] = (count_b - count_a) / (requests_b - requests_a)
    one, two = found[f"{bench.subject.name}, 1 worker"], found[f"{bench.subject.name}, 2 workers"]
    for key, value in found.items():
        bench.add(Row("instructions", f"{key}: user-space instructions per request", value, ""))
    bench.add(Row("instructions", "two workers against one", two, "", one, "one worker", 1.05, "ratio"))


def arrival(bench):
    """A constant arrival rate of 20,000/s on one core: drops, lateness, p95 beside a bare pacing client's."""
    load = Load(connections=200, rate=20_000, duration_s=5)
    subject, epoll, k6 = bench.subject, bench.clients["epoll"], bench.clients.get("k6")
    run = bench.runner.run
    a, b = bench.runner.pairs(
        bench.pairs, lambda: run(subject, load, bench.nginx), lambda: run(epoll, load, bench.nginx)
    )

    def reported(samples, kind, key):
        if any(kind not in s.counts.latencies_us for s in samples):
            raise RunError(f"{samples[0].client} does not report {kind}")
        return [s.counts.latencies_us[kind][key] for s in samples]

    note = who_set_the_pace(a)
    bench.add(
        Row("arrival", "dropped, the worst run", max(s.counts.dropped for s in a), "", bound=0, note=note)
    )
    bench.add(
        Row(
            "arrival",
            "start lateness p99",
            median(reported(a, "apus_start_lateness", "p99")) / 1000,
            "ms",
            median(reported(b, "start_lateness", "p99")) / 1000,
            "epoll",
            0.5,
        )
    )
    for what, mine, theirs, bound in (
        ("p95 from the actual start", "http_req_duration", "from_sent", 1.20),
        ("p95 from the scheduled start", "apus_response_time", "from_scheduled", None),
    ):
        x, y = reported(a, mine, "p95"), reported(b, theirs, "p95")
        row = PairRow("arrival", what, median(x), "µs", median(y), "epoll", bound, "ratio")
        row.ratio_median = median(p / q for p, q in zip(x, y))
        bench.add(row)
    if k6 is not None:
        sample = run(k6, load, bench.nginx)
        bench.add(
            Row(
                "arrival",
                "k6 on the same schedule: dropped",
                sample.counts.dropped,
                "",
                note=f"{sample.counts.requests} sent, p95 "
                f"{sample.counts.latencies_us['http_req_duration']['p95']:.0f} µs",
            )
        )


ALL = {
    case.__name__.replace("_", "-"): case
    for case in (http, tls, handshakes, connections, memory, growth, startup, instructions, arrival)
    + scripts.CASES
    + outputs.CASES
}
