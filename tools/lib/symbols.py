# Names of functions: `swift demangle` for many at once. Used by tools/profile and tools/hotpath.

import subprocess


def demangle(names, simplified=True):
    """Mangled name → readable name. A name that is not Swift's is its own."""
    mangled = sorted({name for name in names if name.startswith(("$s", "$S", "_$s", "$e"))})
    if not mangled:
        return {}
    command = ["swift", "demangle", "--compact"] + (["--simplified"] if simplified else [])
    result = subprocess.run(command, input="\n".join(mangled), capture_output=True, text=True, check=True)
    readable = result.stdout.splitlines()
    if len(readable) != len(mangled):
        raise RuntimeError(f"swift demangle answered {len(readable)} lines for {len(mangled)} names")
    return dict(zip(mangled, readable))
