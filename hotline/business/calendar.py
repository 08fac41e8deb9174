"""Working days in mainland China, and when an answer may be expected.

`chinesecalendar` knows the State Council's holiday notices up to the year it was released for;
`data/catalog/holidays.yml` lies over it for years that it does not know yet. A year that neither covers
counts Monday to Friday, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import chinese_calendar
from chinese_calendar import constants

from hotline.datafile import DATA, DataError, Located, load

_LIBRARY_YEARS = frozenset(day.year for day in constants.holidays)


@dataclass(frozen=True)
class Expected:
    """A span of days in which something should happen. `certain` is False when a year in it has no
    published holiday notice yet."""

    earliest: date
    latest: date
    certain: bool


class Calendar:
    """Working days by the library with the operator's days over it."""

    def __init__(
        self,
        off: frozenset[date] = frozenset(),
        working: frozenset[date] = frozenset(),
        years: frozenset[int] = frozenset(),
    ) -> None:
        self._off, self._working = off, working
        self._years = _LIBRARY_YEARS | years

    @classmethod
    def load(cls, file: Path = DATA / "catalog" / "holidays.yml") -> Calendar:
        """Read the operator's file. Raises DataError."""
        data = load(file)
        if not isinstance(data, Located):
            raise DataError(file, 1, "应为 years、rest、work 三个键")
        if unknown := set(data) - {"years", "rest", "work"}:
            raise data.error(f"不认识的键 {sorted(map(str, unknown))}", next(iter(unknown)))
        days = {key: _days(data, key) for key in ("rest", "work")}
        if both := days["rest"] & days["work"]:
            raise data.error(f"{min(both)} 既是假日又是调休上班日", "work")
        years = data.get("years") or []
        if not all(isinstance(year, int) and 2000 < year < 2100 for year in years):
            raise data.error("years 应为年份", "years")
        return cls(days["rest"], days["work"], frozenset(years))

    def covers(self, day: date) -> bool:
        """Whether the holidays of that year are known."""
        return day.year in self._years

    def is_working(self, day: date) -> bool:
        """Whether offices work that day (an unknown year: Monday to Friday)."""
        if day in self._off:
            return False
        if day in self._working:
            return True
        if day.year in _LIBRARY_YEARS:
            return bool(chinese_calendar.is_workday(day))
        return day.weekday() < 5

    def after(self, start: date, working_days: int) -> date:
        """The `working_days`-th working day after `start`, which itself does not count.

        Raises ValueError for less than one day.
        """
        if working_days < 1:
            raise ValueError("working_days must be at least 1")
        day = start
        while working_days:
            day += timedelta(days=1)
            working_days -= self.is_working(day)
        return day

    def expected(self, start: date, least: int, most: int) -> Expected:
        """From the `least`-th to the `most`-th working day after `start`: 24 November 2026 with 3 and 7 gives
        27 November to 3 December."""
        latest = self.after(start, most)
        years = {start.year, latest.year}
        return Expected(self.after(start, least), latest, years <= self._years)


def _days(data: Located, key: str) -> frozenset[date]:
    days: Any = data.get(key) or []
    for index, day in enumerate(days):
        if type(day) is not date:
            raise days.error(f"{key} 里应为日期，例如 2027-01-01", index)
    return frozenset(days)
