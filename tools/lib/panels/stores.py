# Prometheus and InfluxDB as tools/panels needs them: started in folders of their own on free loopback ports,
# asked one query at a time, and what an answer says that holds data. Needs the real servers; tools/setup
# installs them.

import json
import math
import re
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

START_S = 20


class StoreError(Exception):
    """A store did not start or refused a query; the message says why."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(url, parameters, timeout=20):
    """The JSON answer to a GET."""
    address = f"{url}?{urllib.parse.urlencode(parameters)}"
    try:
        with urllib.request.urlopen(address, timeout=timeout) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as problem:
        raise StoreError(problem.read().decode(errors="replace").strip()) from problem
    except (OSError, ValueError) as problem:
        raise StoreError(f"{url}: {problem}") from problem


class Server:
    """A process that answers on a port, with its folder; ended by `stop`."""

    def __init__(self, name, command, folder, probe):
        if not shutil.which(command[0]) and not shutil.which(command[0], path="/usr/sbin:/usr/bin"):
            raise StoreError(f"{command[0]} is not installed; run tools/setup tests")
        self.log = folder / f"{name}.log"
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=folder)
        limit = time.monotonic() + START_S
        while True:
            if self.process.poll() is not None or time.monotonic() > limit:
                self.stop()
                raise StoreError(f"{name} did not start:\n{self.log.read_text()[-2000:]}")
            try:
                with urllib.request.urlopen(probe, timeout=1):
                    return
            except OSError:
                time.sleep(0.1)

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Prometheus:
    def __init__(self, url):
        self.url = url

    @staticmethod
    def start(folder):
        port = free_port()
        (folder / "prometheus.yml").write_text("global:\n  scrape_interval: 1h\n")
        url = f"http://127.0.0.1:{port}"
        command = [
            "prometheus", f"--config.file={folder}/prometheus.yml",
            f"--storage.tsdb.path={folder}/prometheus",
            f"--web.listen-address=127.0.0.1:{port}", "--web.enable-remote-write-receiver",
            "--enable-feature=native-histograms", "--log.level=warn",
        ]
        return Prometheus(url), Server("prometheus", command, folder, f"{url}/-/ready")

    def count(self, query, start, end):
        """Values a query returns in the time between `start` and `end`, in seconds since 1970."""
        if query.kind == "variable":
            match = re.fullmatch(r"label_values\((?:(.+), *)?(\w+)\)", query.text)
            if not match:
                raise StoreError(f"a variable's query reads label_values(…), not {query.text}")
            parameters = {"start": start, "end": end}
            if match.group(1):
                parameters["match[]"] = match.group(1)
            return len(ask(f"{self.url}/api/v1/label/{match.group(2)}/values", parameters)["data"])
        if query.kind == "instant":
            parameters = {"query": query.text, "time": end}
            series = ask(f"{self.url}/api/v1/query", parameters)["data"]["result"]
            return sum(is_number(one["value"][1]) for one in series if "value" in one)
        parameters = {"query": query.text, "start": start, "end": end, "step": 1}
        series = ask(f"{self.url}/api/v1/query_range", parameters)["data"]["result"]
        return sum(is_number(value) for one in series for _, value in one.get("values", []))


def is_number(text):
    return not math.isnan(float(text))


class InfluxDB:
    def __init__(self, url, database):
        self.url, self.database = url, database

    @staticmethod
    def start(folder, database):
        port, back = free_port(), free_port()
        config = folder / "influxdb.conf"
        config.write_text(
            "reporting-disabled = true\n"
            f'bind-address = "127.0.0.1:{back}"\n'
            f'[meta]\n  dir = "{folder}/influxdb/meta"\n'
            f'[data]\n  dir = "{folder}/influxdb/data"\n  wal-dir = "{folder}/influxdb/wal"\n'
            '  index-version = "inmem"\n  query-log-enabled = false\n'
            f'[http]\n  bind-address = "127.0.0.1:{port}"\n  log-enabled = false\n'
            "[monitor]\n  store-enabled = false\n"
        )
        url = f"http://127.0.0.1:{port}"
        command = ["influxd", "-config", str(config)]
        return InfluxDB(url, database), Server("influxdb", command, folder, f"{url}/ping")

    def count(self, query, start, end):
        """Values a query returns. Its time filter holds the times already."""
        answer = ask(f"{self.url}/query", {"db": self.database, "q": query.text, "epoch": "ms"})
        result = answer["results"][0]
        if "error" in result:
            raise StoreError(result["error"])
        rows = [row for series in result.get("series", []) for row in series["values"]]
        return sum(value is not None for row in rows for value in row[1:])
