"""Filling the shelf: sample numbers by a seed, and an operator's CSV."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hotline.business.catalog import Tiers
from hotline.business.patterns import mask, traits
from hotline.business.stock import SEGMENTS, Entry, NumberStore

Progress = Callable[[int], None]  # called with how many are done
REPORT_EVERY = 1000


@dataclass(frozen=True)
class BadLine:
    """A line of a CSV that was skipped: its number in the file (1-based), what stands there, and why.

    `reason`: not_ten_digits, foreign_segment, unknown_tier, double.
    """

    line: int
    value: str
    reason: str


@dataclass(frozen=True)
class Imported:
    """What an import did: new numbers, numbers that were there already, lines skipped."""

    added: int
    known: int
    bad: tuple[BadLine, ...]


def entry(number: str, tiers: Tiers, tier: str | None = None) -> Entry:
    """A number judged: its pattern, grade (unless one is given), score and digits."""
    judged = traits(number[4:])
    grade = tier or tiers.of_patterns(judged.patterns).id
    return Entry(number, judged.main, grade, judged.score, mask(judged.six))


def make_samples(
    store: NumberStore, tiers: Tiers, count: int, seed: int = 400, progress: Progress | None = None
) -> int:
    """Put `count` different sample numbers of the segments 4001 and 4007 on the shelf: the same ones for the
    same seed and count. Returns how many were new. ValueError above the two million that exist."""
    room = len(SEGMENTS) * 1_000_000
    if not 0 <= count <= room:
        raise ValueError(f"count must be between 0 and {room}")
    picks = sorted(random.Random(seed).sample(range(room), count))
    numbers = (f"{SEGMENTS[pick // 1_000_000]}{pick % 1_000_000:06}" for pick in picks)
    return store.add(_reported((entry(number, tiers) for number in numbers), progress))


def _reported(entries: Iterable[Entry], progress: Progress | None) -> Iterator[Entry]:
    done = 0
    for done, each in enumerate(entries, start=1):
        yield each
        if progress and done % REPORT_EVERY == 0:
            progress(done)
    if progress:
        progress(done)


def import_csv(path: Path, store: NumberStore, tiers: Tiers, progress: Progress | None = None) -> Imported:
    """Read numbers from the column ``number`` (or ``号码``, or the first one if there is no heading).

    An optional column ``tier`` (``等级``) sets the grade. UTF-8 or GB 18030, as spreadsheets write it. Bad
    lines are reported and skipped.
    """
    bad: list[BadLine] = []
    good = list(_read(io.StringIO(_text(path)), tiers, bad))
    added = store.add(_reported(good, progress))
    return Imported(added, len(good) - added, tuple(bad))


def _text(path: Path) -> str:
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030", errors="replace")


def _read(lines: io.StringIO, tiers: Tiers, bad: list[BadLine]) -> Iterator[Entry]:
    rows = csv.reader(lines)
    number_at, tier_at = 0, -1
    grades = {tier.id for tier in tiers.all}
    seen: set[str] = set()
    for row in rows:
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if rows.line_num == 1 and (heading := _heading(cells)) is not None:
            number_at, tier_at = heading
            continue
        value = cells[number_at] if number_at < len(cells) else ""
        number = value.replace("-", "").replace(" ", "")
        tier = cells[tier_at] if 0 <= tier_at < len(cells) else ""
        reason = _fault(number, tier, grades, seen)
        if reason:
            bad.append(BadLine(rows.line_num, value or tier, reason))
            continue
        seen.add(number)
        yield entry(number, tiers, tier or None)


def _heading(cells: list[str]) -> tuple[int, int] | None:
    names = [cell.lower() for cell in cells]
    number_at = next((at for at, name in enumerate(names) if name in ("number", "号码")), None)
    if number_at is None:
        return None
    return number_at, next((at for at, name in enumerate(names) if name in ("tier", "等级")), -1)


def _fault(number: str, tier: str, grades: set[str], seen: set[str]) -> str:
    if len(number) != 10 or not (number.isascii() and number.isdigit()):
        return "not_ten_digits"
    if number[:4] not in SEGMENTS:
        return "foreign_segment"
    if tier and tier not in grades:
        return "unknown_tier"
    return "double" if number in seen else ""


def regrade(store: NumberStore, tiers: Tiers) -> int:
    """File all numbers anew after number_tiers.yml changed which pattern belongs where. How many there are.

    Grades that an import set by hand are replaced too.
    """
    return store.regrade(entry(number, tiers) for number in store.all_numbers())
