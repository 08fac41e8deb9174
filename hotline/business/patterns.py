"""The patterns of a 400 number: what its six free digits form, and what makes them good.

Only the last six digits can be chosen, the first four say the operator (F005), so only the six are judged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from hotline.business.reason import Reason

# every pattern, the more striking first; a number may have several, the first is its main one
PATTERNS = (
    "aaaaaa",
    "sequence_up_6",
    "sequence_down_6",
    "aaaaa",
    "inside_run_5",
    "aaaa",
    "sequence_up_5",
    "sequence_down_5",
    "aabbcc",
    "abcabc",
    "ababab",
    "aaabbb",
    "mirror",
    "sequence_up_4",
    "sequence_down_4",
    "inside_run_4",
    "aaa",
    "sequence_up_3",
    "sequence_down_3",
    "aabb",
    "abab",
    "abba",
    "inside_run",
    "aa",
    "aba",
    "inside_pair",
    "plain",
)

# what the customer asks for (contract: number_pattern) → our patterns; homophone and birthday are no shapes
WISHES = {
    "sequence": tuple(p for p in PATTERNS if p.startswith("sequence")),
    "repeat": ("aaaaaa", "aaaaa", "aaaa", "aaa", "aaabbb", "inside_run_5", "inside_run_4", "inside_run"),
    "pair": ("aabbcc", "aabb", "ababab", "abab", "abba", "abcabc", "mirror"),
    "plain": ("plain", "inside_pair", "aba", "aa"),
}

_MONTH_DAYS = {
    f"{month:02}{day:02}"
    for month, days in enumerate((31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), start=1)
    for day in range(1, days + 1)
}
_RUN = re.compile(r"(\d)\1+")
_RANK = {name: rank for rank, name in enumerate(PATTERNS)}
_BITS = {str(digit): 1 << digit for digit in range(10)}
# digits that callers like, and 4 (死), which many avoid
_LIKED = {"8": 4, "6": 3, "9": 3, "1": 1, "0": 0, "2": 1, "3": 1, "5": 0, "7": -1, "4": -6}


@dataclass(frozen=True)
class Traits:
    """What can be said of six digits: all patterns (main first), a date in them, and a score (0–1000)."""

    six: str
    patterns: tuple[str, ...]
    date: str | None
    has4: bool
    score: int

    @property
    def main(self) -> str:
        """The pattern it is listed under: its most striking shape, or ``date`` where the shape is weak."""
        if self.date and _RANK[self.patterns[0]] >= _RANK["inside_run"]:
            return "date"
        return self.patterns[0]

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why it is good, best first: the shape with its digits, a date, no 4, liked digits."""
        found = []
        if self.patterns[0] != "plain":
            found.append(Reason(self.patterns[0], {"digits": _part(self.six, self.patterns[0])}))
        if self.date:
            found.insert(0 if self.main == "date" else 1, Reason("date", {"digits": self.date}))
        if not self.has4:
            found.append(Reason("without_4", {}))
        liked = [digit for digit in "896" if self.six.count(digit) >= 2]
        if liked:
            found.append(Reason("liked_digits", {"digits": "".join(liked)}))
        return tuple(found)


def traits(six: str) -> Traits:
    """Judge six digits. Raises ValueError for anything else."""
    if len(six) != 6 or not (six.isascii() and six.isdigit()):
        raise ValueError(f"six digits are expected, not {six!r}")
    found = _shapes(six) | _runs(six) | _sequences(six)
    patterns = tuple(sorted(found, key=_RANK.__getitem__)) or ("plain",)
    return Traits(six, patterns, _date(six), "4" in six, _score(six, patterns[0]))


def _shapes(six: str) -> set[str]:
    """The figures that digits form by position: pairs, repeated groups, mirrors."""
    a, b, c, d, e, f = tuple(six)
    found = set()
    if c == d and e == f:
        found |= {"aabb", "aabbcc"} if a == b else {"aabb"}
    if c == e and d == f:
        found |= {"abab", "ababab"} if (a, b) == (c, d) else {"abab"}
    if c == f and d == e:
        found.add("abba")
    if (a, b, c) == (f, e, d):
        found.add("mirror")
    if six[:3] == six[3:]:
        found.add("abcabc")
    if a == b == c and d == e == f:
        found.add("aaabbb")
    if d == f:
        found.add("aba")
    if a == b or b == c or c == d or d == e:
        found.add("inside_pair")
    return found


def _runs(six: str) -> set[str]:
    """Equal digits in a row: at the end by length, elsewhere the longest one of three or more."""
    tail = len(six) - len(six.rstrip(six[-1]))
    found = {"a" * tail} if tail >= 2 else set()
    inside = max((len(match.group()) for match in _RUN.finditer(six[: 6 - tail])), default=0)
    if inside >= 3:
        found.add({3: "inside_run", 4: "inside_run_4"}.get(inside, "inside_run_5"))
    return found


def _sequences(six: str) -> set[str]:
    """Rising or falling digits at the end, three or more."""
    found = set()
    for name, step in (("up", 1), ("down", -1)):
        length = 1
        while length < 6 and int(six[-length]) - int(six[-length - 1]) == step:
            length += 1
        if length >= 3:
            found.add(f"sequence_{name}_{length}")
    return found


def _date(six: str) -> str | None:
    """A date that people read at once: yymmdd (1950–2030), else mmdd or a year 1950–2039 at the end."""
    if six[2] in "01" and six[2:] in _MONTH_DAYS:
        return six if int(six[:2]) >= 50 or int(six[:2]) <= 30 else six[2:]
    return six[2:] if "1950" <= six[2:] <= "2039" else None


def _score(six: str, main: str) -> int:
    """How sought after it is, for ranking inside one grade: shape first, then digits."""
    shape = (len(PATTERNS) - 1 - _RANK[main]) * 32
    digits = sum(_LIKED[digit] for digit in six)
    tail = 4 if six[-1] in "896" else -4 if six[-1] == "4" else 0
    return max(0, min(1000, shape + 60 + digits + tail))


def _part(six: str, pattern: str) -> str:
    """The digits that form the pattern."""
    if pattern.startswith("inside"):
        return max((match.group() for match in _RUN.finditer(six[:-1])), key=len)
    if pattern.startswith("sequence"):
        return six[-int(pattern[-1]) :]
    return six[-len(pattern) :] if pattern != "mirror" else six


def mask(digits: str) -> int:
    """Which digits occur, as bits (digit d is bit d)."""
    return sum(map(_BITS.__getitem__, set(digits)))
