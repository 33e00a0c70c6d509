# The names that public dashboards made for k6 ask the stores for: of InfluxDB number 2587, of Prometheus
# 18030 (native histograms) and 19665 (gauges), as Grafana's site numbers them. Facts only: metrics, labels,
# measurements. Asked by tools/panels beside the project's own dashboards.

from .dashboards import Query

PARTS = ("blocked", "connecting", "tls_handshaking", "sending", "waiting", "receiving", "duration")
# What 19665 offers as statistic, if the run sends it.
STATISTICS = ("p95", "p99", "avg", "min", "max", "med")


def prometheus():
    both = [
        "k6_vus", "k6_vus_max", "k6_http_reqs_total", "k6_http_req_failed_rate", "k6_iterations_total",
        "k6_dropped_iterations_total", "k6_data_sent_total", "k6_data_received_total", "k6_checks_rate",
    ]
    for board, run in (("19665", "gauges"), ("18030", "native")):
        chosen = f'testid=~"{run}"'
        selectors = [f"{name}{{{chosen}}}" for name in both]
        selectors += [f'k6_http_reqs_total{{{chosen}, expected_response="{b}"}}' for b in ("true", "false")]
        selectors.append(f"k6_http_reqs_total{{{chosen}}} and on(name, method, status) k6_http_reqs_total")
        for part in [*(f"http_req_{part}" for part in PARTS), "iteration_duration"]:
            if run == "native":
                rate = f"rate(k6_{part}_seconds{{{chosen}}}[5s])"
                selectors.append(f"histogram_quantile(0.95, sum by (le) ({rate}))")
            else:
                selectors += [f"k6_{part}_{statistic}{{{chosen}}}" for statistic in STATISTICS]
        yield from (Query(board, "a name it asks for", "prometheus", "range", text) for text in selectors)


def influxdb(time_filter):
    """2587 also asks for `errors`, a counter that a script has to make."""
    sums = ("http_reqs", "checks", "data_sent", "data_received", "iterations")
    asked = [('sum("value")', name) for name in sums]
    asked += [('mean("value")', name) for name in ("vus", "vus_max")]
    functions = ("mean", "min", "max", "median")
    asked += [(f'{f}("value")', f"http_req_{part}") for part in PARTS for f in functions]
    asked += [('percentile("value", 95)', f"http_req_{part}") for part in PARTS]
    for function, measurement in asked:
        text = f'SELECT {function} FROM "{measurement}" WHERE {time_filter} GROUP BY time(1s) fill(none)'
        yield Query("2587", "a name it asks for", "influxdb", "range", text)
