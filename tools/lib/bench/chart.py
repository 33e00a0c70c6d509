# Draws the benchmark's plot as SVG: one panel of horizontal bars per case, the subject's in colour. Own code,
# so that the plot needs nothing installed. Called by tools/bench.

from html import escape
from statistics import median

WIDTH, LABEL_WIDTH, VALUE_WIDTH = 860, 170, 90
BAR_HEIGHT, BAR_GAP, PANEL_GAP, TITLE_HEIGHT = 18, 6, 26, 26
SUBJECT_COLOUR, PEER_COLOUR, TEXT_COLOUR = "#d9480f", "#8a97a6", "#1f2933"

TITLES = {
    "http": "Client CPU per request, GET keep-alive, 100 connections (µs)",
    "tls": "Client CPU per request, TLS keep-alive, 100 connections (µs)",
    "handshakes": "Client CPU per full TLS handshake and request (µs)",
    "connections": "Client CPU per request by connections (µs)",
    "memory": "Process memory per VU at 5,000 VUs (KiB)",
    "script": "Client CPU per iteration of a script, http.get and check, 100 VUs (µs)",
    "script-memory": "Process memory per further script VU at 5,000 VUs (KiB)",
}


def text(x, y, content, anchor="start", weight="normal", size=12):
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" font-weight="{weight}" '
        f'fill="{TEXT_COLOUR}">{escape(content)}</text>'
    )


def panel(title, bars, subject, top):
    """The elements of one panel whose upper edge is `top`, and its height."""
    parts = [text(16, top + 16, title, weight="bold", size=13)]
    largest = max(value for _, value in bars)
    space = WIDTH - LABEL_WIDTH - VALUE_WIDTH - 16
    y = top + TITLE_HEIGHT
    for label, value in bars:
        length = max(1.0, space * value / largest)
        colour = SUBJECT_COLOUR if label.split(" · ")[0] == subject else PEER_COLOUR
        parts.append(text(LABEL_WIDTH - 8, y + 13, label, anchor="end"))
        parts.append(
            f'<rect x="{LABEL_WIDTH}" y="{y}" width="{length:.1f}" height="{BAR_HEIGHT}" fill="{colour}">'
            f"<title>{escape(label)}: {value:.3f}</title></rect>"
        )
        parts.append(
            text(LABEL_WIDTH + length + 6, y + 13, f"{value:.2f}" if value < 100 else f"{value:.0f}")
        )
        y += BAR_HEIGHT + BAR_GAP
    return parts, y - top


def draw(plots, subject, caption):
    """`plots`: case → label → list of medians (a client met in several comparisons has several)."""
    parts, y = [], 12
    for case, title in TITLES.items():
        if case not in plots:
            continue
        bars = [(label, median(values)) for label, values in plots[case].items()]
        if case not in ("connections", "memory"):
            bars.sort(key=lambda bar: bar[1])
        elements, height = panel(title, bars, subject, y)
        parts += elements
        y += height + PANEL_GAP
    parts.append(text(16, y, caption, size=11))
    y += 14
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" height="{y}" '
        f'font-family="system-ui, sans-serif">\n<rect width="100%" height="100%" fill="white"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )
