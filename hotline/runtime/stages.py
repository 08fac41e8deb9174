"""Where a turn's time goes: a stopwatch that travels with the turn, through awaits and into threads.

Stages: ``lock`` (waiting for the turn before), ``begin`` (journal and tracker read), ``dialogue`` (all that Rasa does;
in it ``parse``, ``predict`` and ``action``), ``commit``.
"""

from __future__ import annotations

import contextvars
import time
from collections.abc import Iterator
from contextlib import contextmanager

from hotline.runtime import metrics

_WATCH: contextvars.ContextVar[dict[str, float] | None] = contextvars.ContextVar(
    "hotline_watch", default=None
)


@contextmanager
def watch() -> Iterator[dict[str, float]]:
    """Collect the seconds of each stage of one turn; they are counted when it ends."""
    seconds: dict[str, float] = {}
    outside = _WATCH.set(seconds)
    try:
        yield seconds
    finally:
        _WATCH.reset(outside)
        for name, spent in seconds.items():
            metrics.of(metrics.STAGE_SECONDS, name).observe(spent)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Add the time of a block to the turn in progress; nothing outside of one."""
    seconds = _WATCH.get()
    if seconds is None:
        yield
        return
    started = time.perf_counter()
    try:
        yield
    finally:
        seconds[name] = seconds.get(name, 0.0) + time.perf_counter() - started
