"""CPU time of a process and all below it, from /proc (Linux)."""

import os
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
UTIME, CHILDREN_STIME = 13, 17  # counted from the process's number, as in proc(5)


def seconds(pid: int) -> float:
    """Return the CPU seconds of a process, of those below it, and of those below it that ended."""
    while True:
        members = family(pid)
        total = sum(own_and_reaped(one) for one in members)
        # One that ended meanwhile may be counted twice or not at all: look again.
        if family(pid) == members:
            return total


def family(pid: int) -> list[int]:
    """Return a process and all its descendants, as they are now."""
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        for listed in lists_of_children(found[-1]):
            waiting += map(int, read(listed).split())
    return found


def lists_of_children(pid: int) -> list[Path]:
    try:
        return list(Path(f"/proc/{pid}/task").glob("*/children"))
    except (FileNotFoundError, ProcessLookupError):  # it has ended since
        return []


def own_and_reaped(pid: int) -> float:
    # The name in parentheses may hold blanks; all numbers come after it.
    after_name = read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return sum(map(int, after_name[UTIME - 2 : CHILDREN_STIME - 1])) / TICK


def read(path: Path) -> str:
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError):  # it has ended since
        return ""
