"""What the number service asks of an inventory and gets back; `hotline.store.numbers` is one."""

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

    `any_of`: at least one of these (three or more digits each) is contained; `endings`: at least one of these
    is at the end. `tiers` names the grades to look in and must not be empty. `per_tier`: at most so many of
    each grade (or pattern, if patterns are asked for), best score first; None: all that meet the conditions.
    """

    tiers: tuple[str, ...]
    segment: str = ""
    prefix: str = ""
    suffix: str = ""
    contains: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    excluded: str = ""
    patterns: tuple[str, ...] = ()
    per_tier: int | None = 24


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

    def count_up_to(self, query: Query, now: float, most: int) -> int:
        """How many free numbers meet all conditions, counted no further than `most`."""
        ...

    def get(self, number: str) -> Stock | None:
        """One number, free or not; None if it is not ours."""
        ...

    def add(self, entries: Iterable[Entry]) -> int:
        """Put numbers on the shelf; those that are there already stay as they are. How many were new."""
        ...

    def regrade(self, entries: Iterable[Entry]) -> int:
        """File known numbers under their present pattern, tier and score; how many there were."""
        ...

    def all_numbers(self) -> Iterable[str]:
        """Every number, in order."""
        ...

    def count(self) -> int:
        """How many numbers there are."""
        ...

    def claim(self, number: str, holder: str, now: float, until: float) -> Hold | None:
        """Hold it for this holder if nobody else does.

        The hold in force afterwards (perhaps another's, perhaps this holder's older one with its own end), or
        None if there is no such number.
        """
        ...

    def extend(self, number: str, holder: str, now: float, until: float) -> Hold | None:
        """Like `claim`, and moves the end of this holder's own hold to `until` if that is later."""
        ...

    def assign(self, number: str, holder: str) -> bool:
        """Give it to its last holder for good. False if someone else has had it since."""
        ...

    def release(self, number: str, holder: str) -> bool:
        """Give it back. False if this holder does not have it or it is assigned for good."""
        ...

    def held_by(self, holder: str, now: float) -> Sequence[Hold]:
        """The holds in force of one holder, oldest end first."""
        ...
