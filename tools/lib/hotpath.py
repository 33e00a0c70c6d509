# Finds functions of a binary by readable name and the calls of the Swift runtime they make that a hot path
# may not make: reference counting, exclusivity checks, allocation, dynamic casts. Called by tools/hotpath.

import re
import subprocess
from collections import Counter
from dataclasses import dataclass

from symbols import demangle

FORBIDDEN = re.compile(
    r"^_?swift_("
    r"\w*[rR]etain\w*|\w*[rR]elease\w*|beginAccess|endAccess|allocObject|deallocObject"
    r"|deallocClassInstance|deallocPartialClassInstance|allocBox|deallocBox|makeBoxUnique"
    r"|initStackObject|initStaticObject|slowAlloc|slowAllocTyped|slowDealloc"
    r"|isUniquelyReferenced\w*|isEscapingClosureAtFileLocation|weak\w+|unowned\w+"
    r"|bridgeObject\w+|unknownObject\w+|allocError|dynamicCast\w*|arrayInitWith\w+"
    r"|arrayAssignWith\w+|arrayDestroy|task_\w+"
    r")$"
)
CALL = re.compile(r"\s(?:callq?|jmpq?|bl|b)\s+(?:0x)?[0-9a-f]+ <([^>]+)>")
INDIRECT = re.compile(r"\s(?:callq?|jmpq?)\s+\*.*# [0-9a-f]+ <([^>]+)>")

# What the compiler makes to copy or end a value with many fields.
OUTLINED = re.compile(r"^outlined | value witness for ")
# Where it leaves that to the type's table, what is retained or released cannot be seen here.
WITNESS = re.compile(r"\s(?:callq?|jmpq?)\s+\*(?!.* <)|\s(?:blr|br)\s+x")
THROUGH_TABLE = "a copy or destroy function of its type's table"


class HotPathError(Exception):
    """The list or the binary cannot be used; the message says why."""


@dataclass
class Entry:
    pattern: str
    inlined_into: str = None
    line: int = 0


def read_list(path):
    """Entries of a list file: a regular expression per line, `#` comments, and `REGEX inlined-into REGEX`."""
    entries = []
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        line = line.split(" #")[0].strip()
        if not line or line.startswith("#"):
            continue
        pattern, _, outer = (part.strip() for part in line.partition(" inlined-into "))
        for expression in filter(None, (pattern, outer)):
            try:
                re.compile(expression)
            except re.error as problem:
                raise HotPathError(
                    f"{path}:{number}: '{expression}' is not a regular expression: {problem}"
                ) from problem
        entries.append(Entry(pattern, outer or None, number))
    if not entries:
        raise HotPathError(f"{path} lists no function")
    return entries


class Binary:
    """A binary's functions by readable name, and the forbidden calls of each."""

    def __init__(self, path):
        self.path, self.found = path, {}
        self.extents = {}  # symbol → (address, bytes)
        result = subprocess.run(["nm", "-S", "--defined-only", path], capture_output=True, text=True)
        if result.returncode != 0:
            raise HotPathError(f"nm cannot read {path}: {result.stderr.strip()}")
        for line in result.stdout.splitlines():
            fields = line.split(maxsplit=3)
            if len(fields) == 4 and fields[2] in "tTwW":
                self.extents[fields[3]] = (int(fields[0], 16), int(fields[1], 16))
        if not self.extents:
            raise HotPathError(f"{path} has no symbols: is it stripped?")
        self.names = {symbol: symbol for symbol in self.extents} | demangle(self.extents, simplified=False)

    def matching(self, pattern):
        expression = re.compile(pattern)
        return sorted(symbol for symbol, name in self.names.items() if expression.search(name))

    def calls(self, symbol):
        """The functions a function calls or jumps to, by symbol, with how often."""
        start, length = self.extents[symbol]
        result = subprocess.run(
            [
                "objdump",
                "-d",
                "--no-show-raw-insn",
                f"--start-address={start}",
                f"--stop-address={start + length}",
                self.path,
            ],
            capture_output=True,
            text=True,
            check=True,
        )
        calls = Counter()
        for line in result.stdout.splitlines():
            if match := CALL.search(line) or INDIRECT.search(line):
                callee = match[1]
                if "+0x" not in callee:
                    calls[callee.split("@")[0]] += 1
            elif WITNESS.search(line) and OUTLINED.search(self.names[symbol]):
                calls[THROUGH_TABLE] += 1
        return calls

    def forbidden(self, symbol):
        """Forbidden calls of a function, also those it makes through functions the compiler outlined."""
        if symbol in self.found:
            return self.found[symbol]
        self.found[symbol] = result = Counter()
        for callee, count in self.calls(symbol).items():
            if callee == THROUGH_TABLE or FORBIDDEN.match(callee):
                result[callee] += count
            elif callee in self.extents and OUTLINED.search(self.names[callee]):
                for inner in self.forbidden(callee):
                    result[f"{inner} (through {self.names[callee]})"] += count
        return result


def check(binary, entries):
    """Returns (lines to print, problems). All functions an entry matches must be clean; one must match."""
    lines, problems = [], []
    for entry in entries:
        symbols = binary.matching(entry.pattern)
        if entry.inlined_into:
            outer = binary.matching(entry.inlined_into)
            if not outer:
                problems.append(f"line {entry.line}: '{entry.inlined_into}' is not in the binary")
            symbols = sorted({*symbols, *outer})
        elif not symbols:
            problems.append(f"line {entry.line}: no function matches '{entry.pattern}'")
        for symbol in symbols:
            name, bad = binary.names[symbol], binary.forbidden(symbol)
            lines.append(f"{'FAIL' if bad else 'ok':4}  {name}")
            if bad:
                found = ", ".join(f"{count} × {call}" for call, count in sorted(bad.items()))
                problems.append(f"line {entry.line}: {name} calls {found}")
    return lines, problems
