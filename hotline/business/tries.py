"""Wrong tries at something guarded: after five, it is closed for a while."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from hotline.business.cases import Attempt
from hotline.business.ports import Tries
from hotline.clock import Clock

LIMIT = 5
LOCK = timedelta(minutes=30)


class TryGuard:
    """Counts wrong tries by name (who asks, what is asked for). Call inside the store's transaction."""

    def __init__(self, store: Tries, clock: Clock, limit: int = LIMIT, lock: timedelta = LOCK) -> None:
        self._store, self._clock, self._limit, self._lock = store, clock, limit, lock

    def locked_until(self, names: Iterable[str]) -> datetime | None:
        """The end of the longest lock on any of the names; None when all are open."""
        attempts = (self._live(name) for name in names)
        return max((each.locked_until for each in attempts if each and each.locked_until), default=None)

    def fail(self, names: Iterable[str]) -> int:
        """Note a wrong try under every name; returns how many are left (0: locked now)."""
        now, left = self._clock.now(), self._limit
        for name in names:
            before = self._live(name)
            failures = (before.failures if before else 0) + 1
            until = now + self._lock if failures >= self._limit else None
            self._store.save_attempt(name, Attempt(failures, until, now))
            left = min(left, max(0, self._limit - failures))
        return left

    def forget(self, names: Iterable[str]) -> None:
        """A right try clears what came before."""
        for name in names:
            self._store.forget_attempt(name)

    def _live(self, name: str) -> Attempt | None:
        """The count of a name, unless its lock or (without one) its last try is over long ago."""
        attempt = self._store.attempt(name)
        if attempt is None:
            return None
        end = attempt.locked_until or attempt.updated_at + self._lock
        return attempt if end > self._clock.now() else None
