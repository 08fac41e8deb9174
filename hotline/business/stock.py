"""What the number service asks of an inventory, and what it gets back. Implemented in `hotline.store.numbers`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

SEGMENTS = ("4001", "4007")  # China Mobile's own (F004)


@dataclass(frozen=True)
class Stock:
    """One number on the shelf."""

    number: str
    pattern: str
    tier: str
    score: int

    @property
    def six(self) -> str:
        """The digits that can be chosen."""
        return self.number[4:]


@dataclass(frozen=True)
class Entry(Stock):
    """A number to be put on the shelf."""

    mask: int


@dataclass(frozen=True)
class Query:
    """Conditions that all hold. Digits refer to the last six but for `segment`.

    `any_of`: at least one of these digit strings (three or more digits each) is contained. `tiers` names the
    grades to look in and must not be empty. `per_tier`: at most so many of each, best score first.
    """

    segment: str = ""
    prefix: str = ""
    suffix: str = ""
    contains: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    excluded: str = ""
    patterns: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    per_tier: int = 40


@dataclass(frozen=True)
class Hold:
    """Who has a number, until when (epoch seconds)."""

    number: str
    holder: str
    until: float


class NumberStore(Protocol):
    """The inventory. Every call is one transaction; times are epoch seconds."""

    def find(self, query: Query, now: float) -> list[Stock]:
        """Free numbers, best score first within each tier."""
        ...

    def get(self, number: str) -> Stock | None:
        """One number, free or not; None if it is not ours."""
        ...

    def add(self, entries: Iterable[Entry]) -> int:
        """Put numbers on the shelf; those that are there already stay as they are. How many were new."""
        ...

    def count(self) -> int:
        """How many numbers there are."""
        ...

    def claim(self, number: str, holder: str, now: float, until: float) -> Hold | None:
        """Hold it for this holder if nobody else does. The hold in force afterwards (perhaps another's, perhaps
        this holder's older one with its own end), or None if there is no such number."""
        ...

    def extend(self, number: str, holder: str, now: float, until: float) -> Hold | None:
        """Like `claim`, and moves the end of this holder's own hold to `until` if that is later."""
        ...

    def release(self, number: str, holder: str) -> bool:
        """Give it back. False if this holder does not have it or it is assigned for good."""
        ...

    def held_by(self, holder: str, now: float) -> Sequence[Hold]:
        """The holds in force of one holder, oldest end first."""
        ...
