# Tests of the Python behind tools/bench, tools/profile and tools/hotpath: what clients print is read right,
# stacks fold right, lists are checked. Run by .ci/run with `python3 -m unittest`.

import re
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import flame  # noqa: E402
import hotpath  # noqa: E402
from bench import cases, chart, clients, outputs, report, scripts  # noqa: E402

SUMMARY = """
    http_req_duration......: avg=1.2ms min=80µs med=1ms max=1m2s p(95)=2.5ms p(99)=1.01s
    http_req_failed........: 0.10%  3 out of 3000
    http_reqs..............: 3000  2469.0/s
    dropped_iterations.....: 12 2.4/s
    apus_start_lateness....: avg=9µs min=1µs med=8µs max=1ms p(95)=20µs p(99)=430µs
"""

# Client, what it printed, requests, failed, dropped.
OUTPUTS = [
    (clients.Apus("apus"), SUMMARY, 3000, 3, 12),
    (
        clients.Wrk("wrk"),
        "  261801 requests in 2.00s, 46.94MB read\n  Non-2xx or 3xx responses: 7\n",
        261801,
        7,
        0,
    ),
    (
        clients.H2load("h2load"),
        "requests: 9 total, 9 started, 8 done, 7 succeeded, 1 failed, 0 errored\n",
        8,
        1,
        0,
    ),
    (
        clients.Hey("hey"),
        "  [200]\t590 responses\n  [503]\t4 responses\n\nError distribution:\n  [2]\tGet x\n",
        590,
        6,
        0,
    ),
    (clients.Ab("ab"), "Complete requests:      130945\nFailed requests:        1\n", 130945, 1, 0),
    (clients.Epoll("e"), '{"requests":5,"dropped":2,"from_sent":{"p95_us":1.5}}', 5, 0, 2),
]

SCRIPT = """apus 12 cpu-clock:pppH:
	    7f01 tcp_ack ([kernel.kallsyms])
	    5501 Base.work+0x1f (/tmp/apus)
	    5500 main (/tmp/apus)

apus 12 cpu-clock:pppH:
	    5501 Base.work (/tmp/apus)
	    5500 main (/tmp/apus)

"""


class ReadingTests(unittest.TestCase):
    def test_outputs(self):
        for client, text, requests, failed, dropped in OUTPUTS:
            with self.subTest(client=client.name):
                counts = client.read(text)
                self.assertEqual(
                    (counts.requests, counts.failed, counts.dropped), (requests, failed, dropped)
                )

    def test_latencies(self):
        found = clients.Apus("apus").read(SUMMARY).latencies_us
        self.assertEqual(found["apus_start_lateness"]["p99"], 430)
        self.assertEqual(found["http_req_duration"]["p99"], 1_010_000)

    def test_durations(self):
        for text, us in (("1m2s", 62e6), ("1.5ms", 1500), ("12ns", 0.012), ("0s", 0)):
            with self.subTest(text=text):
                self.assertAlmostEqual(clients.duration_us(text), us)

    def test_unreadable(self):
        for client, _, _, _, _ in OUTPUTS:
            with self.subTest(client=client.name), self.assertRaises((clients.Unreadable, ValueError)):
                client.read("nothing of the kind")


class BoundTests(unittest.TestCase):
    def test_bounds(self):
        table = [
            ("ratio", 11.2, 10, 1.10, True),
            ("ratio", 11.4, 10, 1.10, False),
            ("value", 8, None, 8, True),
        ]
        table += [("ratio", 0.92, 11.2, 1 / 12, True), ("ratio", 1.0, 11.2, 1 / 12, False)]
        table += [("ratio", 15.2, 10, 1.5, True), ("ratio", 15.4, 10, 1.5, False)]
        table += [("value", 8.1, None, 8, False), ("value", 1, None, None, None)]
        for kind, value, peer, bound, passed in table:
            with self.subTest(value=value, bound=bound):
                self.assertEqual(cases.Row("c", "w", value, "µs", peer, "p", bound, kind).passed, passed)

    def test_a_bound_without_tolerance(self):
        for value, passed in ((10.3, True), (10.31, False)):
            row = cases.Row("c", "w", value, "µs", 10, "p", 1.03, "ratio", tolerance=0)
            self.assertEqual(row.passed, passed)

    def test_report_and_chart(self):
        row = cases.Row("http", "CPU", 8.1, "µs", 7.5, "wrk", 1.0, "ratio")
        self.assertIn("FAIL", report.table([row]))
        drawing = chart.draw({"http": {"apus": [8.1], "a<b": [7.5]}}, "apus", "caption")
        self.assertIn("a&lt;b", drawing)


class ScriptTests(unittest.TestCase):
    def test_command(self):
        with tempfile.TemporaryDirectory() as folder:
            for kind in (clients.Apus("apus"), clients.K6("k6", folder)):
                client = scripts.ScriptClient(kind, folder, scripts.SMALL)
                with self.subTest(client=client.name):
                    argv = client.command(clients.Load(7, requests=9), "http://127.0.0.1:1/")
                    self.assertEqual(argv[-5:-1], ["--vus", "7", "--iterations", "9"])
                    self.assertEqual("--threads" in argv, client.name == "apus")
                    self.assertIn("http.get('http://127.0.0.1:1/')", Path(argv[-1]).read_text())
                    self.assertIn("const options = {};", Path(argv[-1]).read_text())

    def test_paced(self):
        with tempfile.TemporaryDirectory() as folder:
            client = scripts.ScriptClient(clients.Apus("apus"), folder, scripts.THINKING)
            argv = client.command(clients.Load(500, rate=10, duration_s=1), "http://127.0.0.1:1/")
            self.assertNotIn("--vus", argv)
            self.assertIn('"preAllocatedVUs": 500', Path(argv[-1]).read_text())

    def test_bundle(self):
        text = scripts.bundle()
        self.assertEqual(text.count("\nfunction step_"), 4000)
        self.assertTrue(1_000_000 <= len(text) <= 1_200_000, len(text))
        self.assertNotIn("$M", text)

    def test_library(self):
        text = scripts.library()
        self.assertEqual(text.count("export function step_"), 4000)
        self.assertTrue(1_000_000 <= len(text) <= 1_200_000, len(text))
        self.assertNotIn("$N", text)
        some, everything = scripts.library_user(), scripts.library_user(keeps_all=True)
        imported = some[some.index("{") + 1 : some.index("}")].split(",")
        self.assertEqual(len(imported), 200)
        self.assertTrue(all(f"function {name.strip()}(" in text for name in imported))
        self.assertEqual(everything.replace("const load = require;", ""), some)
        self.assertNotEqual(everything, some)
        for user in (some, everything):
            self.assertEqual(set(re.findall(r"\$[A-Z]+", user)), {"$OPTIONS", "$URL"})

    def test_modules_lie_beside_the_script(self):
        with tempfile.TemporaryDirectory() as folder:
            client = scripts.ScriptClient(
                clients.Apus("apus"), folder, scripts.library_user(), modules={"library.js": "// it"}
            )
            argv = client.command(clients.Load(7, requests=9), "http://127.0.0.1:1/")
            self.assertEqual((Path(argv[-1]).parent / "library.js").read_text(), "// it")


class OutputTests(unittest.TestCase):
    SUMMARY = """
    http_reqs..............: 150000  50000.0/s
    loop of worker 0...........: busy 99.1%, cpu 97.5%, lag p99 0.0655 ms, max 2.57 ms
"""

    def test_the_workers_cpu_is_read_from_the_evidence(self):
        self.assertAlmostEqual(outputs.worker_us(self.SUMMARY), 19.5)
        with self.assertRaises(clients.Unreadable):
            outputs.worker_us("http_reqs..............: 150000  50000.0/s")

    def test_flags_come_before_the_clients_own_and_variables_first(self):
        client = outputs.WithOutput(clients.Apus("apus"), "x", ["-o", "datadog"], ["A=b"])
        argv = client.command(clients.Load(), "http://h/")
        self.assertEqual(argv[:6], ["env", "A=b", "apus", "run", "-o", "datadog"])
        self.assertEqual(argv[-1], "http://h/")


class FlameTests(unittest.TestCase):
    def test_fold(self):
        main, work = ("main", "program"), ("Base.work", "program")
        root, top = ("apus", "unknown"), ("tcp_ack", "kernel")
        self.assertEqual(flame.fold(SCRIPT), {(root, main, work, top): 1, (root, main, work): 1})

    def test_draw(self):
        drawing = flame.draw(flame.fold(SCRIPT), "a run")
        self.assertIn("<title>Base.work: 2 samples, 100.00 %</title>", drawing)
        self.assertIn("<title>tcp_ack: 1 samples, 50.00 %</title>", drawing)


class HotPathTests(unittest.TestCase):
    def test_names(self):
        for name in ("swift_retain", "swift_release_n", "swift_bridgeObjectRelease", "swift_allocObject"):
            self.assertTrue(hotpath.FORBIDDEN.match(name), name)
        for name in ("swift_once", "malloc", "my_swift_retain"):
            self.assertFalse(hotpath.FORBIDDEN.match(name), name)

    def test_call_lines(self):
        for line in ("  10:\tcall   4020 <swift_retain@plt>", "  10:\tbl\t4020 <swift_retain>"):
            self.assertEqual(hotpath.CALL.search(line)[1].split("@")[0], "swift_retain")

    def test_lists(self):
        with tempfile.NamedTemporaryFile("w+") as file:
            path = Path(file.name)
            for text in ("# only a comment\n", "(\n"):
                path.write_text(text)
                with self.subTest(text=text), self.assertRaises(hotpath.HotPathError):
                    hotpath.read_list(path)
            path.write_text("a\\( inlined-into b\n")
            self.assertEqual(hotpath.read_list(path)[0].inlined_into, "b")


if __name__ == "__main__":
    unittest.main()
