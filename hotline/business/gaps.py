"""Messages that found no answer, grouped so that whoever writes the answers sees what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hotline.clock import Clock
from hotline.values.folding import fold

ALIKE = 0.4  # shared character pairs (Dice) from which two messages mean the same gap


@dataclass(frozen=True)
class Gap:
    """One unanswered message, and the intents that were guessed (name, confidence)."""

    conversation_id: str
    turn_id: str
    via: str
    message: str
    guesses: tuple[tuple[str, float], ...]
    at: datetime


@dataclass(frozen=True)
class Cluster:
    """Messages that are alike: how many, from how many conversations, up to five examples."""

    count: int
    conversations: int
    examples: tuple[str, ...]
    guesses: tuple[str, ...]
    last: datetime


class GapStore(Protocol):
    """Where gaps are kept (encrypted, until retention takes them)."""

    def add_gap(self, gap: Gap) -> None:
        """Once a turn."""
        ...

    def gaps(self, since: datetime | None = None) -> Sequence[Gap]:
        """Newest first."""
        ...


class Gaps:
    """Collects unanswered messages."""

    def __init__(self, store: GapStore, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def note(
        self,
        conversation_id: str,
        turn_id: str,
        message: str,
        guesses: Sequence[tuple[str, float]] = (),
        via: str = "",
    ) -> None:
        """Keep a message that was not understood (already filtered by the connector)."""
        best = tuple((name, round(float(confidence), 3)) for name, confidence in guesses[:3])
        self._store.add_gap(Gap(conversation_id, turn_id, via, message, best, self._clock.now()))

    def clusters(self, since: datetime | None = None) -> list[Cluster]:
        """Groups of alike messages, the largest first."""
        groups: list[tuple[set[str], list[Gap]]] = []
        for gap in self._store.gaps(since):
            pairs = _pairs(gap.message)
            group = max(groups, key=lambda each: _dice(pairs, each[0]), default=None)
            if group is not None and _dice(pairs, group[0]) >= ALIKE:
                group[1].append(gap)
            else:
                groups.append((pairs, [gap]))
        found = [_cluster(gaps) for _, gaps in groups]
        return sorted(found, key=lambda each: (-each.count, -each.last.timestamp()))


def _pairs(message: str) -> set[str]:
    plain = "".join(one for one in fold(message) if one.isalnum())
    return {plain[at : at + 2] for at in range(len(plain) - 1)} or {plain}


def _dice(one: set[str], other: set[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other))


def _cluster(gaps: list[Gap]) -> Cluster:
    guesses = [name for gap in gaps for name, _ in gap.guesses[:1]]
    return Cluster(
        count=len(gaps),
        conversations=len({gap.conversation_id for gap in gaps}),
        examples=tuple(dict.fromkeys(gap.message for gap in gaps))[:5],
        guesses=tuple(sorted(set(guesses), key=lambda name: (-guesses.count(name), name)))[:3],
        last=max(gap.at for gap in gaps),
    )
