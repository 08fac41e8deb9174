"""The time, as something a test can hold still. All times are aware, in China's one time zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Whoever needs the time is given one of these."""

    def now(self) -> datetime:
        """The present moment, aware, Asia/Shanghai."""
        ...

    def today(self) -> date:
        """The present day in China."""
        ...


class SystemClock:
    """The real time."""

    def now(self) -> datetime:
        return datetime.now(CHINA)

    def today(self) -> date:
        return self.now().date()


class FrozenClock:
    """A clock for tests: stands still until it is advanced."""

    def __init__(self, start: datetime) -> None:
        self._start = start if start.tzinfo else start.replace(tzinfo=CHINA)
        self._now = self._start

    def now(self) -> datetime:
        return self._now

    def today(self) -> date:
        return self._now.date()

    def reset(self) -> None:
        """Back to the start."""
        self._now = self._start

    def advance(self, **delta: float) -> None:
        """Move on, e.g. ``advance(hours=25)``."""
        self._now += timedelta(**delta)
