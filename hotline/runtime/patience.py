"""How long the database is waited for, so that everybody hears something while it is silent.

A thread that waits for a silent database cannot be called back. It is left behind, and what it would commit later is
rolled back, unless its commit had begun: then nobody knows whether it came through. That does no harm: the message's
own id tells the next try whether it was answered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from hotline.store.permits import permit
from hotline.threads import JOURNAL

T = TypeVar("T")

# With five seconds for an action (which then ends its turn) nobody waits for more than fifteen
BEGIN_SECONDS = 8.0  # for what a turn needs; it takes milliseconds, or as long as a new connection
COMMIT_SECONDS = 10.0  # more than a SQLite writer waits for another one
# Where eight seconds were not enough, the turns that waited for a seat meanwhile are not kept as long again
SUSPICION_SECONDS = 10.0
SHORT_SECONDS = 1.0


class Patience:
    """Waits for the journal's work, for a limited time. Raises asyncio.TimeoutError."""

    def __init__(self) -> None:
        self._suspected_until = 0.0

    async def begin(self, function: Callable[..., T], *args: object) -> T:
        """Read what a turn begins with, or keep a message: not for long if the database was silent just now."""
        now = asyncio.get_running_loop().time
        suspected = now() < self._suspected_until
        try:
            result = await _given(SHORT_SECONDS if suspected else BEGIN_SECONDS, function, *args)
        except asyncio.TimeoutError:
            if not suspected:
                self._suspected_until = now() + SUSPICION_SECONDS
            raise
        self._suspected_until = 0.0
        return result

    async def commit(self, function: Callable[..., T], *args: object) -> T:
        """Do what ends a turn."""
        return await _given(COMMIT_SECONDS, function, *args)


async def _given(seconds: float, function: Callable[..., T], *args: object) -> T:
    with permit("journal"):
        return await JOURNAL.run(function, *args, seconds=seconds)
