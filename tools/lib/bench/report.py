# What a benchmark leaves behind: a table for the terminal, the same as Markdown for the README, JSON with
# everything needed to judge it later. Called by tools/bench when its cases have run.

import json

VERDICTS = {True: "pass", False: "FAIL", None: ""}


def figure(value):
    if value is None:
        return ""
    if value == int(value) and abs(value) < 1e6:
        return str(int(value))
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}" if abs(value) < 1 else f"{value:.2f}"


def bound_text(row):
    if row.bound is None:
        return ""
    return (
        f"≤ {figure(row.bound)} ×"
        if row.limit_of == "ratio"
        else f"≤ {figure(row.bound)} {row.unit}".rstrip()
    )


def cells(row):
    return [
        row.case,
        row.what,
        f"{figure(row.value)} {row.unit}".rstrip(),
        f"{row.peer_name} {figure(row.peer)} {row.unit}".rstrip() if row.peer is not None else "",
        f"{row.ratio:.3f}" if row.ratio is not None else "",
        bound_text(row),
        VERDICTS[row.passed],
    ]


HEAD = ["case", "what", "measured", "against", "ratio", "bound", ""]


def table(rows):
    lines = [HEAD] + [cells(row) for row in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEAD))]
    text = []
    for line, row in zip(lines, [None] + rows):
        text.append("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())
        if row is not None and row.note:
            text.append(f"{'':{widths[0]}}  · {row.note}")
    return "\n".join(text)


def markdown(rows, facts, command):
    lines = [
        f"Measured with `{command}` on {facts['cores']} cores of {facts['cpu']}, {facts['system']}, "
        f"Linux {facts['kernel']}.",
        "",
        "| " + " | ".join(HEAD) + " |",
        "|" + "---|" * len(HEAD),
    ]
    lines += ["| " + " | ".join(cells(row)) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def clean(argv, replacements):
    """A command without this machine's folders."""
    text = " ".join(argv)
    for found, shown in replacements:
        text = text.replace(found, shown)
    return text


def document(bench, facts, versions, settings, replacements):
    commands = {
        name: sorted({clean(argv, replacements) for argv in found})
        for name, found in bench.runner.commands.items()
    }
    return (
        json.dumps(
            {
                "settings": settings,
                "machine": facts,
                "versions": versions,
                "commands": commands,
                "rows": [row.as_json() for row in bench.rows],
                "skipped": bench.skipped,
                "runs": [sample.as_json() for sample in bench.runner.samples],
            },
            indent=1,
            ensure_ascii=False,
        )
        + "\n"
    )
