"""Whether who is writing may still commit: an action that was given up must not change anything afterwards.

An action runs in a thread, and a thread cannot be stopped. Who waits for it opens a permit; every commit of the
action asks it. When the wait is over the permit is withdrawn, unless something was committed already: then what
the action says of it is true, and has to be waited for.
"""

from __future__ import annotations

import contextvars
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

log = logging.getLogger(__name__)


class TooLate(RuntimeError):
    """The one who wanted to commit was given up before; nothing was changed."""


class Permit:
    """Of one action. Thread-safe."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._lock = threading.Lock()
        self._used = self._withdrawn = False

    def use(self) -> None:
        """About to commit. Raises TooLate when it was withdrawn."""
        with self._lock:
            if self._withdrawn:
                log.warning("%s wanted to commit after it was given up; rolled back", self.name)
                raise TooLate(self.name)
            self._used = True

    def withdraw_unused(self) -> bool:
        """Refuse every commit from now on; False, and nothing changes, if there was one (or one has begun)."""
        with self._lock:
            if not self._used:
                self._withdrawn = True
            return self._withdrawn

    def withdraw(self) -> None:
        """Refuse every commit from now on."""
        with self._lock:
            self._withdrawn = True


_PERMIT: contextvars.ContextVar[Permit | None] = contextvars.ContextVar("hotline_permit", default=None)


@contextmanager
def permit(name: str) -> Iterator[Permit]:
    """Let the commits of this block, and of the threads that it starts, ask a permit; withdrawn at its end."""
    made = Permit(name)
    outside = _PERMIT.set(made)
    try:
        yield made
    finally:
        _PERMIT.reset(outside)
        made.withdraw()


def before_commit() -> None:
    """What every commit of business facts asks. Raises TooLate."""
    made = _PERMIT.get()
    if made is not None:
        made.use()
