"""What the measurements ran on, and what processes take of it. Linux only (``/proc``)."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any


def describe() -> dict[str, Any]:
    """Processor, memory and versions, as a reader needs them to judge the figures."""
    cpu = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor(),
    )
    total = next(int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal"))
    return {
        "cpu": cpu,
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(total / 1024 / 1024, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def load_average() -> float:
    """Of the last minute: above the number of cores, others were at work."""
    return round(os.getloadavg()[0], 2)


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines()


def family(pid: int) -> list[int]:
    """A process and all that it started."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        waiting += children.get(found[-1], [])
    return found


def memory_mb(pids: Iterable[int]) -> dict[str, float]:
    """Resident (RSS) and proportional (PSS: shared pages counted once) memory of processes with their children."""
    sums = {"rss_mb": 0.0, "pss_mb": 0.0}
    for pid in {each for root in pids for each in family(root)}:
        try:
            lines = _lines(f"/proc/{pid}/smaps_rollup")
        except OSError:
            continue
        for line in lines:
            for name, key in (("Rss:", "rss_mb"), ("Pss:", "pss_mb")):
                if line.startswith(name):
                    sums[key] += int(line.split()[1]) / 1024
    return {name: round(value, 1) for name, value in sums.items()}


def cpu_seconds(pid: int) -> float:
    """What a process has used of the processor so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def busy_seconds() -> float:
    """What all processes of the machine have used of its processors so far."""
    user, nice, system, _idle, _wait, irq, soft = (int(part) for part in _lines("/proc/stat")[0].split()[1:8])
    return (user + nice + system + irq + soft) / os.sysconf("SC_CLK_TCK")


class Others:
    """How many cores other processes take while we measure: the honest measure of a quiet machine."""

    def __init__(self, pids: Callable[[], Iterable[int]]) -> None:
        """`pids`: the roots of what is measured; this process, the customers, is ours as well."""
        self._pids = pids
        self._began = self._now()

    def _now(self) -> tuple[float, float, float]:
        mine = {each for root in self._pids() for each in family(root)}
        ours = time.process_time() + sum(cpu_seconds(pid) for pid in mine)
        return time.monotonic(), busy_seconds(), ours

    def cores(self) -> float:
        """On average since the beginning."""
        wall, busy, ours = (now - began for now, began in zip(self._now(), self._began, strict=True))
        return round(max(0.0, busy - ours) / wall, 2)


def peak_of(pid: int, ended: Callable[[], Any]) -> float:
    """Watch a process to its end; the most resident memory that it and its children had, in MB."""
    peak = 0.0
    while ended() is None:
        peak = max(peak, memory_mb([pid])["rss_mb"])
        time.sleep(1)
    return peak
