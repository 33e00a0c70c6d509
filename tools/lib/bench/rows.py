# What cases are made of: rows (a measured value, what it is held against, the bound if there is one) and
# pairs of runs of the subject and a peer. Used by cases and scripts.

from dataclasses import dataclass

from .clients import Unsupported
from .runner import RunError, median, ratios

TOLERANCE = 0.03  # ratios may miss their bound by this, and by no more than this part of one below 1: noise
SATURATED = 0.93  # a share of a core above this: that side set the pace
INTERFERENCE = 0.10  # cores used by anything else above which a run is called disturbed


@dataclass
class Row:
    case: str
    what: str
    value: float
    unit: str
    peer: float = None
    peer_name: str = ""
    bound: float = None
    limit_of: str = "value"  # what the bound limits: "value" or "ratio"
    note: str = ""
    tolerance: float = TOLERANCE

    @property
    def ratio(self):
        return self.value / self.peer if self.peer else None

    @property
    def passed(self):
        if self.bound is None:
            return None
        if self.limit_of == "ratio":
            return self.ratio <= self.bound + self.tolerance * min(self.bound, 1)
        return self.value <= self.bound

    def as_json(self):
        return {
            "case": self.case,
            "what": self.what,
            "value": self.value,
            "unit": self.unit,
            "peer": self.peer,
            "peer_name": self.peer_name,
            "ratio": self.ratio,
            "bound": self.bound,
            "bound_of": self.limit_of,
            "passed": self.passed,
            "note": self.note,
        }


class PairRow(Row):
    """A row whose ratio is the median of the pairs' ratios, not the ratio of the medians."""

    ratio_median = None

    @property
    def ratio(self):
        return self.ratio_median


def who_set_the_pace(samples):
    client, server = median(s.client_share for s in samples), median(s.server_share for s in samples)
    foreign = median(s.foreign_share for s in samples)
    note = f"client {client:.0%} server {server:.0%} of a core"
    if server >= SATURATED and client < SATURATED:
        note += ", SERVER SATURATED"
    if foreign > INTERFERENCE:
        note += f", DISTURBED by {foreign:.2f} cores"
    return note


def compare(
    bench,
    case,
    peer,
    load,
    bound=None,
    what="client CPU per request",
    value=lambda s: s.cpu_us,
    unit="µs",
    subject=None,
):
    """Pairs of the subject and `peer` under the same load; one row, and both medians for the plot."""
    subject, runner = subject or bench.subject, bench.runner
    a, b = runner.pairs(
        bench.pairs,
        lambda: runner.run(subject, load, bench.nginx),
        lambda: runner.run(peer, load, bench.nginx),
    )
    row = PairRow(case, what, median(map(value, a)), unit, median(map(value, b)), peer.name, bound, "ratio")
    row.ratio_median = median(ratios(a, b, value))
    row.note = f"{who_set_the_pace(a)}; {peer.name}: {who_set_the_pace(b)}"
    bench.add(row)
    bench.plot(case, subject.name, row.value)
    bench.plot(case, peer.name, row.peer)
    return a, b


def compare_each(bench, case, load, bounds, **options):
    """`bounds`: peer's name → the bound, or None to report only."""
    for name, bound in bounds.items():
        peer = bench.clients.get(name)
        if peer is None and bound is not None:
            raise RunError(f"{name} is not installed, and a bound is held against it")
        if peer is None:
            bench.skip(case, f"{name} is not installed")
        elif peer is bench.subject:
            continue
        else:
            try:
                compare(bench, case, peer, load, bound, **options)
            except Unsupported as reason:
                bench.skip(case, f"{name}: {reason}")


def with_peers(bench, *names):
    """The subject first, then the named clients that are installed, each once."""
    wanted = dict.fromkeys((bench.subject.name, *names))
    return [bench.clients[name] for name in wanted if name in bench.clients]
