"""Which candidates to show: the worthy ones, but not six of a kind."""

from __future__ import annotations

from collections.abc import Sequence
from operator import eq

from hotline.business.stock import Stock

CONSIDERED = 84  # candidates looked at for diversity
SAME_TIER, SAME_PATTERN, SAME_DIGITS = 0.25, 0.15, 0.4


def diverse(ranked: Sequence[tuple[float, Stock]], limit: int, spread: bool) -> list[Stock]:
    """Pick greedily, each time the worthiest after a penalty for what resembles those already chosen.

    `spread`: also over the grades (prices); else only over patterns and digits. The order is that of picking.
    """
    pool = _pool(ranked, spread)
    penalties = dict.fromkeys(range(len(pool)), 0.0)
    chosen: list[Stock] = []
    while penalties and len(chosen) < limit:
        best = max(penalties, key=lambda at: (pool[at][0] - penalties[at], -at))
        penalties.pop(best)
        pick = pool[best][1]
        chosen.append(pick)
        for at in penalties:
            other = pool[at][1]
            penalties[at] += SAME_DIGITS * _shared(pick.six, other.six)
            penalties[at] += SAME_PATTERN * (pick.pattern == other.pattern)
            penalties[at] += SAME_TIER * (spread and pick.tier == other.tier)
    return chosen


def _pool(ranked: Sequence[tuple[float, Stock]], spread: bool) -> list[tuple[float, Stock]]:
    """The candidates looked at: the first ones, of each grade its share when they are to be spread."""
    if not spread:
        return list(ranked[:CONSIDERED])
    counts: dict[str, int] = {}
    found = []
    for pair in ranked:
        tier = pair[1].tier
        counts[tier] = counts.get(tier, 0) + 1
        if counts[tier] <= CONSIDERED // 6:
            found.append(pair)
    return found


def _shared(one: str, other: str) -> float:
    """The share of places with the same digit."""
    return sum(map(eq, one, other)) / 6


def likeness(six: str, wanted: str) -> float:
    """How much six digits resemble wanted ones, 0–1: same places from the right, longest shared run."""
    size = len(wanted)
    places = sum(map(eq, six[-size:], wanted)) / size
    return places * 0.5 + _longest(six, wanted) / size * 0.5


def _longest(six: str, wanted: str) -> int:
    """The length of the longest run of the wanted digits that occurs."""
    size = len(wanted)
    for length in range(size, 1, -1):
        for at in range(size - length + 1):
            if wanted[at : at + length] in six:
                return length
    return int(bool(set(six) & set(wanted)))
