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
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")

#: conversations at work at once: one interpreter does little more at a time, and more only make each other late (20
#: customers at once: 71 turns a second and p99 1.6 s with twelve seats, 84 and 0.4 s with three)
SEATS = 4


class Job:
    """One piece of work and who waits for it. (A concurrent.futures.Future, chained to one of asyncio's, takes longer
    than most of this work.)"""

    __slots__ = ("_call", "_error", "_loop", "_result", "_untaken", "_waiter", "left", "over")

    def __init__(self, call: Callable[[], Any], waiter: asyncio.Future[None]) -> None:
        self._call: Callable[[], Any] | None = call
        self._waiter, self._loop = waiter, waiter.get_loop()
        self._untaken = [True]
        self._result: Any = None
        self._error: BaseException | None = None
        self.over = self.left = False

    def take(self) -> bool:
        """Whether it is ours: a thread's, to do it, or the waiter's, to take it back. To one of them only."""
        try:
            return self._untaken.pop()
        except IndexError:
            return False

    def do(self) -> None:
        """In the thread."""
        assert self._call is not None
        try:
            self._result = self._call()
        except BaseException as error:
            self._error = error
        self._call = None  # an idle thread keeps nothing of anybody

    def tell(self) -> None:
        """Wake the waiter, from the thread."""
        with suppress(RuntimeError):  # its loop was closed meanwhile
            self._loop.call_soon_threadsafe(_wake, self._waiter)

    def outcome(self) -> Any:
        """The result. Raises what the work raised."""
        if self._error is None:
            return self._result
        try:
            raise self._error
        finally:
            self._error = None  # or the error would hold this frame, and this frame the error


_LEFT: contextvars.ContextVar[list[Job] | None] = contextvars.ContextVar("hotline_left", default=None)


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


class NoThread(OSError):
    """So many threads of a pool hang that no new work is begun."""


class Pool:
    """At most `threads` threads, of which `spare` may hang before the pool is `used_up` (0: it never is)."""

    def __init__(self, name: str, threads: int, spare: int = 0) -> None:
        self.name, self.threads, self.spare = name, threads, spare
        self.hanging = 0  # threads whose waiter has given up
        self._jobs: SimpleQueue[Job] = SimpleQueue()
        self._lock = threading.Lock()
        self._idle = self._started = 0

    @property
    def used_up(self) -> bool:
        """Whether so many threads hang that the others would not do for new work."""
        return 0 < self.spare <= self.hanging

    async def run(
        self,
        function: Callable[..., T],
        *args: Any,
        seconds: float | None = None,
        longer: Callable[[], bool] | None = None,
    ) -> T:
        """The result of a function in one of the threads, with the caller's context.

        After `seconds`, and once more after as many if `longer` says so, it raises asyncio.TimeoutError. Then, and when
        it is cancelled, it leaves the thread behind, or takes the work back that no thread has begun.
        """
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[None] = loop.create_future()
        job = Job(functools.partial(contextvars.copy_context().run, function, *args), waiter)
        self._begin(job)
        timer: asyncio.TimerHandle | None = None

        def expire() -> None:
            nonlocal timer, longer
            assert seconds is not None
            if longer is not None and longer():
                longer, timer = None, loop.call_later(seconds, expire)
            else:
                _wake(waiter)

        if seconds is not None:
            timer = loop.call_later(seconds, expire)
        try:
            await waiter
        finally:
            if timer is not None:
                timer.cancel()
            if not job.over and not job.take():
                self._leave(job)
        if not job.over:
            raise asyncio.TimeoutError
        result: T = job.outcome()
        return result

    def _begin(self, job: Job) -> None:
        with self._lock:
            more = not self._idle and self._started < self.threads
            if more:
                self._started += 1
            elif self._idle:
                self._idle -= 1
        self._jobs.put(job)
        if more:
            thread = threading.Thread(target=self._work, name=f"{self.name}-{self._started}", daemon=True)
            try:
                thread.start()
            except (
                RuntimeError
            ) as error:  # the machine gives no more threads: those that there are have to do
                with self._lock:
                    self._started -= 1
                    alone = not self._started
                if alone and job.take():
                    raise NoThread(f"{self.name}: {error}") from error

    def _work(self) -> None:
        while True:
            job = self._jobs.get()
            if job.take():
                job.do()
                with self._lock:
                    job.over = True
                    self._idle += 1
                    if job.left:
                        self.hanging -= 1
                job.tell()
            else:
                with self._lock:
                    self._idle += 1
            del job

    def _leave(self, job: Job) -> None:
        with self._lock:
            if job.over:
                return
            job.left = True
            self.hanging += 1
        left = _LEFT.get()
        if left is not None:
            left.append(job)


@contextmanager
def left_behind() -> Iterator[list[Job]]:
    """What this block, and the tasks that it starts, leave behind in threads."""
    left: list[Job] = []
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
