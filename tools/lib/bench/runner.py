# One measured run of a client, and pairs of runs in turn (A B A B …), so that a change of the machine's pace
# in the middle meets both alike. Used by the cases.

import json
import os
import re
import signal
import statistics
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import machine


class RunError(Exception):
    """A client ended badly; the message holds the end of what it printed."""


@dataclass
class Sample:
    client: str
    counts: object
    wall_s: float
    user_s: float
    system_s: float
    rss_max_kib: int
    client_share: float  # of one core, over the run
    server_share: float
    foreign_share: float  # CPU used by anything else on the machine, in cores
    command: list = field(repr=False, default_factory=list)

    @property
    def cpu_us(self):
        """Client CPU per request, user and system, of the whole process."""
        return (self.user_s + self.system_s) * 1e6 / self.counts.requests

    @property
    def rate(self):
        return self.counts.requests / self.wall_s

    def as_json(self):
        return {
            "client": self.client,
            "requests": self.counts.requests,
            "failed": self.counts.failed,
            "dropped": self.counts.dropped,
            "latencies_us": self.counts.latencies_us,
            "wall_s": round(self.wall_s, 4),
            "user_s": round(self.user_s, 4),
            "system_s": round(self.system_s, 4),
            "rss_max_kib": self.rss_max_kib,
            "cpu_us_per_request": round(self.cpu_us, 4),
            "client_share": round(self.client_share, 3),
            "server_share": round(self.server_share, 3),
            "foreign_share": round(self.foreign_share, 3),
        }


class Runner:
    def __init__(self, folder, measure, client_core, settle_s=0.2):
        self.folder, self.measure, self.client_core, self.settle_s = (
            Path(folder),
            measure,
            client_core,
            settle_s,
        )
        self.samples = []  # every run, in order, for the JSON
        self.commands = {}  # client → one command, for the JSON

    def launch(self, argv):
        """Starts a command on the client's core; `finish` collects it."""
        output = open(self.folder / "stdout", "w+")
        errors = open(self.folder / "stderr", "w+")
        process = subprocess.Popen(
            [self.measure, str(self.client_core), str(self.folder / "usage.json")] + argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
        )
        return process, output, errors

    def finish(self, launched, timeout_s):
        """Returns (what `measure` wrote, stdout, stderr) once the command has ended well."""
        process, output, errors = launched
        try:
            code = process.wait(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            code = f"killed after {timeout_s:g} s"
        texts = []
        for file in (output, errors):
            file.seek(0)
            texts.append(file.read())
            file.close()
        if code != 0:
            raise RunError(
                f"{' '.join(process.args[3:])}\nended with {code}:\n{(texts[0] + texts[1])[-1500:]}"
            )
        usage = json.loads((self.folder / "usage.json").read_text())
        return usage, texts[0], texts[1]

    def run(self, client, load, server):
        argv = client.command(load, server.url(load.tls))
        time.sleep(self.settle_s)
        server_before, (busy_before, _) = server.cpu_s(), machine.machine_cpu_s()
        own_before = time.process_time()
        usage, stdout, stderr = self.finish(self.launch(argv), load.duration_s * 4 + 120)
        wall_s = (usage["end_ns"] - usage["start_ns"]) / 1e9
        server_s, busy_s = server.cpu_s() - server_before, machine.machine_cpu_s()[0] - busy_before
        client_s = (usage["user_us"] + usage["system_us"]) / 1e6
        own_s = time.process_time() - own_before
        try:
            counts = client.read(stdout)
        except Exception as problem:
            raise RunError(f"{' '.join(argv)}\n{problem}\n{(stdout + stderr)[-1500:]}") from problem
        sample = Sample(
            client=client.name,
            counts=counts,
            wall_s=wall_s,
            user_s=usage["user_us"] / 1e6,
            system_s=usage["system_us"] / 1e6,
            rss_max_kib=usage["rss_max_kib"],
            client_share=client_s / wall_s,
            server_share=server_s / wall_s,
            foreign_share=max(0.0, (busy_s - server_s - client_s - own_s) / wall_s),
            command=argv,
        )
        if counts.requests == 0 or counts.failed > counts.requests // 1000:
            raise RunError(
                f"{' '.join(argv)}\n{counts.failed} of {counts.requests} requests failed\n{stdout[-1500:]}"
            )
        self.samples.append(sample)
        self.commands.setdefault(client.name, []).append(argv)
        return sample

    def pairs(self, count, first, second):
        """Calls `first` and `second` in turn, `count` times each; returns both lists of results."""
        results = ([], [])
        for _ in range(count):
            results[0].append(first())
            results[1].append(second())
        return results

    def without_debug_information(self, program):
        """A copy of a program for valgrind, which cannot read what some compilers write about debugging."""
        copy = self.folder / f"{Path(program).name}.stripped"
        if not copy.exists():
            subprocess.run(["strip", "-g", "-o", str(copy), program], check=True)
        return str(copy)

    def instructions(self, client, load, server):
        """User-space instructions of a whole run under callgrind, and the requests it made."""
        target = self.folder / "callgrind.out"
        argv = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={target}"]
        program, *arguments = client.command(load, server.url(load.tls))
        argv += [self.without_debug_information(program)] + arguments
        _, stdout, stderr = self.finish(self.launch(argv), 600)
        collected = re.search(r"Collected\s*:\s*(\d+)", stderr)
        if collected is None:
            raise RunError(f"{' '.join(argv)}\ncallgrind printed no count:\n{stderr[-1500:]}")
        for path in self.folder.glob("callgrind.out*"):
            os.unlink(path)
        return int(collected[1]), client.read(stdout).requests


def median(values):
    return statistics.median(list(values))


def ratios(first, second, value=lambda sample: sample.cpu_us):
    return [value(a) / value(b) for a, b in zip(first, second)]
