"""The 400 numbers: search and reservation. This is the module that the rest of the house uses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

from hotline.business.catalog import Tiers
from hotline.business.homophones import Homophones, homophones
from hotline.business.number_search import Card, Finder, SearchResult, Wish
from hotline.business.stock import Hold, NumberStore
from hotline.clock import CHINA, Clock

__all__ = ["Card", "Claim", "NumberService", "Reserved", "SearchResult", "Taken", "Unknown", "Wish"]


@dataclass(frozen=True)
class Reserved:
    """It is yours until then. `again`: it was already."""

    number: str
    until: datetime
    again: bool = False


@dataclass(frozen=True)
class Taken:
    """Somebody else has it."""

    number: str


@dataclass(frozen=True)
class Unknown:
    """Not a number of ours."""

    number: str


Claim: TypeAlias = "Reserved | Taken | Unknown"


class NumberService:
    """Search and reservation over one inventory. Synchronous and thread-safe.

    `tiers`: the grades, or what gives the ones now in the catalogue. `hours`: how long a number is held.
    """

    def __init__(
        self,
        store: NumberStore,
        tiers: Tiers | Callable[[], Tiers],
        clock: Clock,
        hours: float = 24,
        words: Homophones | None = None,
    ) -> None:
        self._store, self._clock, self._hours = store, clock, hours
        self._current: Callable[[], Tiers] = tiers if callable(tiers) else lambda: tiers
        self._finder = Finder(store, self._current, clock, words or homophones())

    def empty(self) -> bool:
        """Whether there is no number at all."""
        return self._store.count() == 0

    def search(self, wish: Wish) -> SearchResult:
        """The best free numbers for a wish, unlike one another; else the nearest and what to relax."""
        return self._finder.search(wish)

    def card(self, number: str) -> Card | None:
        """The card of one number, free or not; None if it is not ours."""
        return self._finder.card(number)

    def price_below(self, monthly: Decimal) -> Decimal | None:
        """The most that any grade demands which begins lower than this; None if there is no lower grade."""
        tiers = self._current()
        spans = [tier.minimum_spend for tier in tiers.all if tiers.charge_by == "minimum_spend"]
        lower = [span.high for span in spans if span.low is not None and span.low < monthly]
        return max((high for high in lower if high is not None), default=None)

    def reserve(self, number: str, holder: str) -> Claim:
        """Hold a number for this holder for the set hours (F034). One holder at most: the database decides.

        Asked again by the same holder it is the same success with the same end, so that a repeated turn does
        no harm.
        """
        now = self._clock.now().timestamp()
        until = now + self._hours * 3600
        return _outcome(number, holder, self._store.claim(number, holder, now, until), until)

    def extend(self, number: str, holder: str, hours: float | None = None) -> Claim:
        """Hold it for so many hours from now (default: as long as a new one), never shorter than it was.

        On submission the hours until the review must be over. A lapsed hold that nobody took is taken again.
        """
        now = self._clock.now().timestamp()
        until = now + (self._hours if hours is None else hours) * 3600
        return _outcome(number, holder, self._store.extend(number, holder, now, until), until)

    def assign(self, number: str, holder: str) -> bool:
        """Give it to its last holder for good (activated). False if someone else has had it since."""
        return self._store.assign(number, holder)

    def release(self, number: str, holder: str) -> bool:
        """Give it back (cancelled). False if this holder does not have it, or has it for good."""
        return self._store.release(number, holder)

    def held_by(self, holder: str) -> tuple[Reserved, ...]:
        """What this holder has, the one that ends first in front."""
        now = self._clock.now().timestamp()
        return tuple(Reserved(h.number, _moment(h.until), True) for h in self._store.held_by(holder, now))


def _outcome(number: str, holder: str, hold: Hold | None, until: float) -> Claim:
    if hold is None:
        return Unknown(number)
    if hold.holder != holder:
        return Taken(number)
    return Reserved(number, _moment(hold.until), again=hold.until != until)


def _moment(epoch: float) -> datetime:
    return datetime.fromtimestamp(epoch, CHINA)
