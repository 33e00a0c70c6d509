# The queries of Grafana's dashboards, read from their JSON, with the variables replaced that Grafana would
# replace. Called by tools/panels; knows of no store.

import json
import re
from dataclasses import dataclass


class DashboardError(Exception):
    """A dashboard cannot be used; the message says why."""


@dataclass
class Query:
    dashboard: str
    panel: str
    # "prometheus" or "influxdb".
    store: str
    # "range", "instant" or "variable".
    kind: str
    text: str

    def __str__(self):
        return f"{self.dashboard}: {self.panel}: {self.text}"


def read(path, substitutions, chosen=()):
    """All queries of a dashboard: those of its variables, then those of its panels in order. `chosen` are
    values of its variables; the others stand for all."""
    try:
        document = json.loads(path.read_text())
    except (OSError, ValueError) as problem:
        raise DashboardError(f"{path}: {problem}") from problem
    variables = document["templating"]["list"]
    store = next((v["query"] for v in variables if v["type"] == "datasource"), None)
    if store not in ("prometheus", "influxdb"):
        raise DashboardError(f"{path}: its data source is {store}, not prometheus or influxdb")
    values = dict(substitutions[store])
    values.update((v["name"], v["allValue"]) for v in variables if v["type"] == "query")
    values.update(chosen)
    queries = []
    for variable in variables:
        if variable["type"] == "query":
            text = replace(variable["definition"], values, path)
            queries.append(Query(path.stem, f"${variable['name']}", store, "variable", text))
    if document.get("annotations", {}).get("list"):
        raise DashboardError(f"{path}: it has annotations, whose queries are not tried")
    for panel in all_panels(document["panels"]):
        targets = panel.get("targets")
        if not targets:
            raise DashboardError(f"{path}: the panel '{panel['title']}' has no query")
        for target in targets:
            if store == "prometheus":
                text, kind = target["expr"], "instant" if target["instant"] else "range"
            else:
                text, kind = target["query"], "range"
            queries.append(Query(path.stem, panel["title"], store, kind, replace(text, values, path)))
    return queries


def all_panels(panels):
    """Panels in order. A row that is collapsed holds its own, one that is open holds none."""
    for panel in panels:
        if panel["type"] == "row":
            yield from all_panels(panel.get("panels", []))
        else:
            yield panel


def replace(text, values, path):
    """Puts values in place of $name and ${name}; one without a value is an error."""

    def value(match):
        name = match.group(1) or match.group(2)
        if name not in values:
            raise DashboardError(f"{path}: nothing to put in place of ${name}")
        return values[name]

    # A dollar sign at the end of a pattern is no variable.
    return re.sub(r"\$\{(\w+)\}|\$([A-Za-z_]\w*)", value, text)
