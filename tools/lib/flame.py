# Folds what `perf script` prints into call stacks and draws them as a flame graph in SVG. Own code, so that a
# profile needs nothing but perf. Called by tools/profile.

import re
from html import escape

from symbols import demangle

WIDTH, ROW_HEIGHT, MARGIN, HEAD = 1400, 17, 10, 44
CHARACTER_WIDTH = 6.6
NARROWEST = 0.3  # pixels: a frame below this is not drawn
FRAME = re.compile(r"^\s+([0-9a-f]+)\s+(.*?)\s+\(([^()]*(?:\([^()]*\))?[^()]*)\)$")
COLOURS = {"kernel": "#f2a65a", "program": "#e4572e", "library": "#76b5c5", "unknown": "#c9ced6"}


def kind_of(name, module):
    if "kernel" in module or module.endswith(".ko"):
        return "kernel"
    if name == "[unknown]":
        return "unknown"
    return "library" if ".so" in module and not module.startswith("libswift") else "program"


def fold(text):
    """`perf script` output → {((name, kind), …) from the root: samples}."""
    stacks, frames, process = {}, [], None
    for line in text.splitlines() + [""]:
        if line and not line[0].isspace():
            process = line.split()[0]
        elif match := FRAME.match(line):
            name, module = match[2].split("+0x")[0], match[3].rsplit("/", 1)[-1]
            frames.append((name, kind_of(name, module)))
        elif not line.strip() and process is not None:
            stack = ((process, "unknown"),) + tuple(reversed(frames))
            stacks[stack] = stacks.get(stack, 0) + 1
            frames, process = [], None
    return with_readable_names(stacks)


def with_readable_names(stacks):
    readable = demangle({name for stack in stacks for name, _ in stack})
    result = {}
    for stack, samples in stacks.items():
        named = tuple((readable.get(name, name), kind) for name, kind in stack)
        result[named] = result.get(named, 0) + samples
    return result


class Node:
    def __init__(self, name, kind):
        self.name, self.kind, self.samples, self.children = name, kind, 0, {}


def tree(stacks):
    root = Node("all", "unknown")
    for stack, samples in stacks.items():
        node = root
        node.samples += samples
        for frame in stack:
            node = node.children.setdefault(frame, Node(*frame))
            node.samples += samples
    return root


def depth_of(node):
    return 1 + max((depth_of(child) for child in node.children.values()), default=0)


def draw(stacks, title):
    """The SVG text. Frames grow upwards; a frame's tooltip gives its name, samples and share."""
    root = tree(stacks)
    height = HEAD + depth_of(root) * ROW_HEIGHT + MARGIN
    per_sample = (WIDTH - 2 * MARGIN) / max(root.samples, 1)
    parts = []

    def place(node, x, level):
        width = node.samples * per_sample
        if width < NARROWEST:
            return
        y = height - MARGIN - (level + 1) * ROW_HEIGHT
        fits = int((width - 4) / CHARACTER_WIDTH)
        label = node.name if len(node.name) <= fits else node.name[: fits - 1] + "…" if fits > 3 else ""
        share = 100 * node.samples / root.samples
        parts.append(
            f"<g><title>{escape(node.name)}: {node.samples} samples, {share:.2f} %</title>"
            f'<rect x="{x:.2f}" y="{y}" width="{max(width - 0.3, 0.2):.2f}" height="{ROW_HEIGHT - 1}" '
            f'fill="{COLOURS[node.kind]}"/>'
            + (f'<text x="{x + 3:.2f}" y="{y + 12}">{escape(label)}</text>' if label else "")
            + "</g>"
        )
        for child in sorted(node.children.values(), key=lambda child: child.name):
            place(child, x, level + 1)
            x += child.samples * per_sample

    place(root, MARGIN, 0)
    legend = "   ".join(f'<tspan fill="{colour}">■</tspan> {kind}' for kind, colour in COLOURS.items())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" '
        'font-family="monospace" font-size="11">\n<style>g:hover rect { stroke: black; }</style>\n'
        '<rect width="100%" height="100%" fill="white"/>\n'
        f'<text x="{MARGIN}" y="18" font-size="14">{escape(title)}: {root.samples} samples</text>\n'
        f'<text x="{MARGIN}" y="34">{legend}</text>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def own_time(stacks):
    """(name, kind) → samples with that frame on top, most first."""
    totals = {}
    for stack, samples in stacks.items():
        totals[stack[-1]] = totals.get(stack[-1], 0) + samples
    return sorted(totals.items(), key=lambda item: -item[1])
