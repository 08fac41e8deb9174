"""Threads for what would hold up the event loop: a bounded pool for each kind of work, so that work of one kind that
hangs takes no thread from the others.

A thread cannot be stopped. Who gives up waiting for one leaves it behind; a pool counts those, until they come back.
The threads are daemons: one that hangs does not keep the process from ending (what counts is committed or it is not).
"""

from __future__ import annotations

import asyncio
import contextvars
import functools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")

#: conversations at work at once: one interpreter does little more at a time, and more only make each other late (20
#: customers at once: 71 turns a second and p99 1.6 s with twelve seats, 84 and 0.4 s with three)
SEATS = 4

_LEFT: contextvars.ContextVar[list[Future[Any]] | None] = contextvars.ContextVar("hotline_left", default=None)


class NoThread(OSError):
    """So many threads of a pool hang that no new work is begun."""


class Pool:
    """At most `threads` threads, of which `spare` may hang before the pool is `used_up` (0: it never is)."""

    def __init__(self, name: str, threads: int, spare: int = 0) -> None:
        self.name, self.threads, self.spare = name, threads, spare
        self.hanging = 0  # threads whose waiter has given up
        self._jobs: SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = SimpleQueue()
        self._idle = threading.Semaphore(0)
        self._lock = threading.Lock()
        self._started = 0

    @property
    def used_up(self) -> bool:
        """Whether so many threads hang that the others would not do for new work."""
        return 0 < self.spare <= self.hanging

    async def run(self, function: Callable[..., T], *args: Any) -> T:
        """The result of a function in one of the threads, with the caller's context. Cancelled, it leaves the thread
        behind, or takes the work back that no thread has begun."""
        job = self._submit(functools.partial(contextvars.copy_context().run, function, *args))
        try:
            result: T = await asyncio.wrap_future(job)
            return result
        except asyncio.CancelledError:
            if not job.cancel():
                self._leave(job)
            raise

    def _submit(self, call: Callable[[], Any]) -> Future[Any]:
        job: Future[Any] = Future()
        self._jobs.put((job, call))
        with self._lock:
            if not self._idle.acquire(blocking=False) and self._started < self.threads:
                self._started += 1
                name = f"{self.name}-{self._started}"
                threading.Thread(target=self._work, name=name, daemon=True).start()
        return job

    def _work(self) -> None:
        while True:
            job, call = self._jobs.get()
            if job.set_running_or_notify_cancel():
                try:
                    job.set_result(call())
                except BaseException as error:
                    job.set_exception(error)
            del job, call  # an idle thread keeps nothing of anybody
            self._idle.release()

    def _leave(self, job: Future[Any]) -> None:
        with self._lock:
            self.hanging += 1
        left = _LEFT.get()
        if left is not None:
            left.append(job)
        job.add_done_callback(self._came_back)

    def _came_back(self, _: Future[Any]) -> None:
        with self._lock:
            self.hanging -= 1


@contextmanager
def left_behind() -> Iterator[list[Future[Any]]]:
    """What this block, and the tasks that it starts, leave behind in threads."""
    left: list[Future[Any]] = []
    outside = _LEFT.set(left)
    try:
        yield left
    finally:
        _LEFT.reset(outside)


# Each turn at work has one thread for the journal or for an action at any time; beside the turns messages are accepted
# and missed ones read. Another twelve actions may hang until no new turn is begun; the turns at work then still have
# theirs. Health has threads that nobody else can fill: one for each thing it asks, and one for the metrics.
JOURNAL = Pool("journal", SEATS + 8)
ACTIONS = Pool("actions", SEATS + 12, spare=12)
CHANNELS = Pool("channels", 8)
CHECKS = Pool("checks", 4)
POOLS = (JOURNAL, ACTIONS, CHANNELS, CHECKS)
