# Facts about the machine a benchmark ran on, and CPU accounting of processes and of the whole machine. Used
# by the runner (shares of each run) and by the report (so that numbers can be judged later). Never records a
# host name.

import os
import platform
import re
import subprocess

TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def cores():
    """The cores this process may use: (client's, server's). They are the same on a machine with one."""
    allowed = sorted(os.sched_getaffinity(0))
    return allowed[0], allowed[1] if len(allowed) > 1 else allowed[0]


def process_cpu_s(pid):
    """CPU time a process has used, in seconds (its main thread: nginx's worker has one)."""
    try:
        with open(f"/proc/{pid}/schedstat") as file:
            return int(file.read().split()[0]) / 1e9
    except FileNotFoundError:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * TICK_S


def machine_cpu_s():
    """CPU time of the whole machine in seconds: (busy, stolen by the hypervisor)."""
    with open("/proc/stat") as file:
        user, nice, system, _, _, irq, softirq, steal = map(int, file.readline().split()[1:9])
    return (user + nice + system + irq + softirq) * TICK_S, steal * TICK_S


def first_line(*command):
    """The first line a command prints that names a version, or "not found"."""
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=20)
    except (FileNotFoundError, PermissionError):
        return "not found"
    for line in (result.stdout + result.stderr).splitlines():
        if re.search(r"\d+\.\d+", line):
            return line.strip()
    return "unknown"


def cpu_model():
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.lower().startswith(("model name", "cpu part")):
                return line.partition(":")[2].strip()
    return platform.machine()


def facts():
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cpu": cpu_model(),
        "architecture": platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(memory / 2**30, 1),
        "kernel": platform.release(),
        "system": system_name(),
    }


def system_name():
    with open("/etc/os-release") as file:
        pairs = dict(line.rstrip().split("=", 1) for line in file if "=" in line)
    return pairs.get("PRETTY_NAME", "unknown").strip('"')


def versions(k6):
    return {
        "swift": first_line("swift", "--version"),
        "nginx": first_line("nginx", "-v"),
        "wrk": first_line("wrk", "-v"),
        "h2load": first_line("h2load", "--version"),
        "hey": first_line("dpkg-query", "-W", "-f", "hey ${Version}", "hey"),
        "ab": first_line("ab", "-V"),
        "k6": first_line(k6, "version") if k6 else "not found",
        "valgrind": first_line("valgrind", "--version"),
        "quickjs": first_line("dpkg-query", "-W", "-f", "quickjs ${Version}", "libquickjs"),
        "openssl": first_line("openssl", "version"),
    }
