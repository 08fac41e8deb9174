"""How fast and how large the understanding is, through Rasa, on one core: ``python -m hotline.examine.speed``.

A process of its own, so that nothing measured before warms it or weighs on it. Prints one JSON object.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Sequence
from pathlib import Path

from hotline.datafile import ROOT
from hotline.examine.scores import percentile

#: read by numpy's and the encoder's libraries when they are loaded
_ONE_THREAD = ("OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1")


def measure(model: Path, texts: Sequence[str]) -> dict[str, float]:
    """Milliseconds per parse (wall clock and processor) and megabytes, in a fresh process bound to one core.

    Raises CalledProcessError when the process fails.
    """
    done = subprocess.run(  # noqa: S603 - our own module
        ["/usr/bin/env", *_ONE_THREAD, sys.executable, "-m", "hotline.examine.speed", str(model)],
        input=json.dumps(list(texts)),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def _resident() -> float:
    """Resident memory of this process in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


async def _times(model: Path, texts: Sequence[str]) -> dict[str, float]:
    from rasa.core.agent import Agent

    began = time.perf_counter()
    agent = Agent.load(str(model))
    await agent.parse_message("你好，我想问一下办一个400电话的话每个月大概要多少钱啊")
    loaded = time.perf_counter() - began
    wall, work = [], []
    for text in texts:
        start, used = time.perf_counter(), time.process_time()
        await agent.parse_message(text)
        wall.append(1000 * (time.perf_counter() - start))
        work.append(1000 * (time.process_time() - used))
    return {
        "sentences": len(texts),
        "load_seconds": loaded,
        "wall_p50_ms": percentile(wall, 0.5),
        "wall_p95_ms": percentile(wall, 0.95),
        "cpu_p50_ms": percentile(work, 0.5),
        "cpu_p95_ms": percentile(work, 0.95),
        "memory_mb": _resident(),
    }


def main() -> None:
    """Read sentences (JSON) from standard input, parse each with the model that is named, print the figures."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    from hotline.runtime import logs, no_tensorflow

    logs.configure()
    no_tensorflow.step_in()
    texts = json.load(sys.stdin)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        print(json.dumps(asyncio.run(_times(Path(sys.argv[1]), texts))))


if __name__ == "__main__":
    main()
