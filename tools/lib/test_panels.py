# Tests of tools/panels: which queries a dashboard has, what stands in place of its variables, and which
# answers count as data. Run by `python3 -m unittest discover -s tools/lib` (.ci/run does).

import http.server
import json
import tempfile
import threading
import unittest
from pathlib import Path

from panels import dashboards, stores

SUBSTITUTIONS = {
    "prometheus": {"__rate_interval": "5s"},
    "influxdb": {"timeFilter": "time > 1", "__interval": "1s"},
}


def dashboard(store, targets, variables=(), title="Panel"):
    source = {"name": "datasource", "type": "datasource", "query": store}
    panels = [{"type": "row", "title": "Row"}, {"type": "stat", "title": title, "targets": targets}]
    return {"templating": {"list": [source, *variables]}, "panels": panels}


def read(document):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "board.json"
        path.write_text(json.dumps(document))
        return dashboards.read(path, SUBSTITUTIONS)


class Dashboards(unittest.TestCase):
    def test_prometheus(self):
        variable = {
            "name": "name", "type": "query", "allValue": ".*",
            "definition": 'label_values(m{a="${name}"}, name)',
        }
        targets = [
            {"expr": 'rate(m{n=~"$name"}[$__rate_interval])', "instant": False},
            {"expr": "m", "instant": True},
        ]
        queries = read(dashboard("prometheus", targets, [variable]))
        self.assertEqual(
            [(q.kind, q.text) for q in queries],
            [
                ("variable", 'label_values(m{a=".*"}, name)'),
                ("range", 'rate(m{n=~".*"}[5s])'),
                ("instant", "m"),
            ],
        )

    def test_chosen(self):
        variable = {"name": "testid", "type": "query", "allValue": ".*", "definition": "label_values(testid)"}
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "board.json"
            panel = [{"expr": 'm{testid=~"$testid"}', "instant": True}]
            path.write_text(json.dumps(dashboard("prometheus", panel, [variable])))
            queries = dashboards.read(path, SUBSTITUTIONS, {"testid": "a"})
        self.assertEqual(queries[-1].text, 'm{testid=~"a"}')

    def test_influxdb(self):
        query = 'SELECT mean("value") FROM "m" WHERE $timeFilter AND "n" =~ /^x$/ GROUP BY time($__interval)'
        (one,) = read(dashboard("influxdb", [{"query": query}]))
        self.assertEqual(
            one.text, 'SELECT mean("value") FROM "m" WHERE time > 1 AND "n" =~ /^x$/ GROUP BY time(1s)')

    def test_collapsed_row(self):
        document = dashboard("prometheus", [{"expr": "open", "instant": True}])
        hidden = {"type": "stat", "title": "Hidden", "targets": [{"expr": "hidden", "instant": False}]}
        document["panels"].append({"type": "row", "title": "Closed", "panels": [hidden]})
        self.assertEqual([q.text for q in read(document)], ["open", "hidden"])

    def test_refused(self):
        annotated = dashboard("prometheus", [{"expr": "m", "instant": True}])
        annotated["annotations"] = {"list": [{"name": "runs", "expr": "m"}]}
        for name, document in {
            "queries nobody tries": annotated,
            "no targets": dict(annotated, annotations={}, panels=[{"type": "text", "title": "T"}]),
            "a variable without a value": dashboard("prometheus", [{"expr": "m{a=$b}", "instant": True}]),
            "a panel without a query": dashboard("prometheus", []),
            "another store": dashboard("loki", [{"expr": "m", "instant": True}]),
        }.items():
            with self.subTest(name), self.assertRaises(dashboards.DashboardError):
                read(document)

    def test_every_dashboard_is_read(self):
        files = sorted((Path(__file__).parents[2] / "deploy/grafana/dashboards").glob("*.json"))
        self.assertEqual(
            {file.stem for file in files}, {"apus-influxdb", "apus-prometheus", "apus-prometheus-native"})
        for file in files:
            self.assertGreater(len(dashboards.read(file, SUBSTITUTIONS)), 30)


class Answering(http.server.BaseHTTPRequestHandler):
    answer = {}

    def do_GET(self):
        body = json.dumps(self.answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Counts(unittest.TestCase):
    def setUp(self):
        self.server = http.server.HTTPServer(("127.0.0.1", 0), Answering)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def tearDown(self):
        self.server.shutdown()
        self.server.server_close()

    def test_prometheus(self):
        store = stores.Prometheus(self.url)
        for kind, result, count in [
            ("range", [], 0),
            ("range", [{"values": [[1, "NaN"], [2, "NaN"]]}], 0),
            ("range", [{"values": [[1, "NaN"], [2, "0"]]}], 1),
            ("instant", [{"value": [1, "NaN"]}], 0),
            ("instant", [{"value": [1, "2"]}, {"value": [1, "3"]}], 2),
        ]:
            with self.subTest(kind=kind, result=result):
                Answering.answer = {"data": {"result": result}}
                query = dashboards.Query("board", "panel", "prometheus", kind, "m")
                self.assertEqual(store.count(query, 0, 1), count)

    def test_influxdb(self):
        store = stores.InfluxDB(self.url, "db")
        query = dashboards.Query("board", "panel", "influxdb", "range", "SELECT")
        for result, count in [
            ({}, 0),
            ({"series": [{"values": [[1, None], [2, None]]}]}, 0),
            ({"series": [{"values": [[1, None], [2, 0]]}]}, 1),
        ]:
            with self.subTest(result=result):
                Answering.answer = {"results": [result]}
                self.assertEqual(store.count(query, 0, 1), count)
        Answering.answer = {"results": [{"error": "no such function"}]}
        with self.assertRaises(stores.StoreError):
            store.count(query, 0, 1)


if __name__ == "__main__":
    unittest.main()
