"""Figures from answers: pure functions over what was wanted and what was said."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from hotline.nlu.model import FALLBACK, OUT_OF_SCOPE

#: answers with which a sentence counts as refused
REFUSALS = frozenset({OUT_OF_SCOPE, FALLBACK})


@dataclass(frozen=True)
class Answer:
    """One sentence of an exam: the intent wanted, the one said, how sure, and how foreign it seemed."""

    wanted: str
    said: str
    confidence: float
    foreign: float = 0.0  # confidence of out_of_scope

    @property
    def right(self) -> bool:
        """Whether the intent is the wanted one."""
        return self.wanted == self.said


@dataclass(frozen=True)
class Rates:
    """Precision, recall and F1 from hits, false finds and misses; 0 where nothing is to divide."""

    hits: int = 0
    false: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Share of what was found that is right."""
        return self.hits / (self.hits + self.false) if self.hits + self.false else 0.0

    @property
    def recall(self) -> float:
        """Share of what was to be found that was."""
        return self.hits / (self.hits + self.missed) if self.hits + self.missed else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        total = 2 * self.hits + self.false + self.missed
        return 2 * self.hits / total if total else 0.0

    def plus(self, other: Rates) -> Rates:
        """Both counted together."""
        return Rates(self.hits + other.hits, self.false + other.false, self.missed + other.missed)


def accuracy(answers: Sequence[Answer]) -> float:
    """Share of right intents; 0 for no answer."""
    return sum(answer.right for answer in answers) / len(answers) if answers else 0.0


def per_intent(answers: Iterable[Answer]) -> dict[str, Rates]:
    """Precision and recall of each intent that was wanted or said."""
    hits, false, missed = Counter[str](), Counter[str](), Counter[str]()
    for answer in answers:
        if answer.right:
            hits[answer.wanted] += 1
        else:
            false[answer.said] += 1
            missed[answer.wanted] += 1
    names = sorted({*hits, *false, *missed})
    return {name: Rates(hits[name], false[name], missed[name]) for name in names}


def confusions(answers: Iterable[Answer]) -> Counter[tuple[str, str]]:
    """(wanted, said) of the wrong answers."""
    return Counter((answer.wanted, answer.said) for answer in answers if not answer.right)


def foreign_recall(answers: Sequence[Answer]) -> float:
    """Share of the foreign requests that are refused."""
    foreign = [answer for answer in answers if answer.wanted == OUT_OF_SCOPE]
    return sum(answer.said in REFUSALS for answer in foreign) / len(foreign) if foreign else 0.0


def refused_proper(answers: Sequence[Answer]) -> float:
    """Share of the proper requests that are refused."""
    proper = [answer for answer in answers if answer.wanted != OUT_OF_SCOPE]
    return sum(answer.said in REFUSALS for answer in proper) / len(proper) if proper else 0.0


def foreign_curve(answers: Sequence[Answer], steps: Sequence[float]) -> list[tuple[float, float, float]]:
    """(threshold, foreign refused, proper refused) if every sentence at least so foreign were refused."""
    foreign = [a.foreign for a in answers if a.wanted == OUT_OF_SCOPE]
    proper = [a.foreign for a in answers if a.wanted != OUT_OF_SCOPE]
    if not foreign or not proper:
        return []
    return [
        (step, sum(f >= step for f in foreign) / len(foreign), sum(p >= step for p in proper) / len(proper))
        for step in steps
    ]


@dataclass(frozen=True)
class Bin:
    """Answers of like confidence: how many, how sure on average, how often right."""

    number: int
    confidence: float
    right: float


def calibration(answers: Sequence[Answer], edges: Sequence[float]) -> list[Bin]:
    """Answers sorted into bins of confidence between neighbouring ``edges``; empty bins are left out."""
    found = []
    for low, high in itertools.pairwise(edges):
        part = [
            a for a in answers if low <= a.confidence < high or (high == edges[-1] and a.confidence == high)
        ]
        if part:
            found.append(Bin(len(part), sum(a.confidence for a in part) / len(part), accuracy(part)))
    return found


def calibration_error(bins: Sequence[Bin]) -> float:
    """Mean distance of confidence and accuracy, weighted by the number of answers."""
    total = sum(one.number for one in bins)
    return sum(one.number * abs(one.confidence - one.right) for one in bins) / total if total else 0.0


def _key(entity: str, value: Any, role: str | None) -> tuple[str, str, str | None]:
    if isinstance(value, dict):
        value = f"{float(value['from']):g}..{float(value['to']):g}"
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        value = f"{float(value):g}"
    return entity, str(value), role


def entity_rates(
    wanted: Iterable[tuple[str, Any, str | None]], found: Iterable[tuple[str, Any, str | None]]
) -> dict[str, Rates]:
    """Per entity: a hit is the same entity with the same value and role."""
    left = Counter(_key(*one) for one in wanted)
    right = Counter(_key(*one) for one in found)
    rates: dict[str, Rates] = {}
    for part, kind in ((left & right, "hits"), (right - left, "false"), (left - right, "missed")):
        for key, number in part.items():
            rates[key[0]] = rates.get(key[0], Rates()).plus(Rates(**{kind: number}))
    return rates


def together(rates: Iterable[Rates]) -> Rates:
    """All counted together (micro average)."""
    total = Rates()
    for one in rates:
        total = total.plus(one)
    return total


def merged(tables: Iterable[dict[str, Rates]]) -> dict[str, Rates]:
    """Tables of entities added up, in the order of names."""
    found: dict[str, Rates] = {}
    for table in tables:
        for entity, rates in table.items():
            found[entity] = found.get(entity, Rates()).plus(rates)
    return dict(sorted(found.items()))


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of the values lie (nearest rank). Raises ValueError for none."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
