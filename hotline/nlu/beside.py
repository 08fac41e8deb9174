"""A piece of work in a process of its own, beside what goes on here: for machines with more than one core."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Beside(Generic[Result]):
    """Starts ``work`` at once; ``result`` waits for it.

    The other process is a fork: it sees everything that was computed before, and only the (small) result is sent
    back. Where there is one core, no fork, or the other process died, the work is done here when it is asked for.
    """

    def __init__(self, work: Callable[[], Result], cores: int | None = None) -> None:
        self._work = work
        self._answers: Connection | None = None
        cores = len(os.sched_getaffinity(0)) if cores is None else cores
        if cores > 1 and "fork" in multiprocessing.get_all_start_methods():
            context = multiprocessing.get_context("fork")
            self._answers, theirs = context.Pipe(duplex=False)
            self._process = context.Process(target=_send, args=(work, theirs), daemon=True)
            self._process.start()
            theirs.close()

    def result(self) -> Result:
        """What the work gave; what it raised is raised here, by doing it again."""
        if self._answers is None:
            return self._work()
        try:
            done: Result = self._answers.recv()
        except EOFError:
            return self._work()
        finally:
            self._process.join()
        return done


def _send(work: Callable[[], Result], theirs: Connection) -> None:
    theirs.send(work())
