"""Runs of digits as people write and say them: 138 1234-5678, 幺三八…, ０５７１ 8888 6666."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hotline.values.folding import fold

SPOKEN = dict(zip("零〇洞幺一二三四五六七八九拐", "00011234567897", strict=True))
SPOKEN.update({str(i): str(i) for i in range(10)})
_DIGIT = "0-9零〇洞幺一二三四五六七八九拐"
_RUN = re.compile(rf"[{_DIGIT}](?:[ \-.·,，、()（）/_]{{0,2}}[{_DIGIT}])*")
_GROUP = re.compile(r"[0-9]+|[零〇洞幺一二三四五六七八九拐]+")
_HARD = re.compile(r"[,，、/]|  ")


@dataclass(frozen=True)
class Run:
    """Digits that stand together; `digits` in Arabic, groups as written."""

    start: int
    end: int
    digits: str
    groups: tuple[tuple[int, int, str], ...]

    @property
    def unbroken(self) -> bool:
        """Whether it is one group."""
        return len(self.groups) == 1

    def part(self, first: int, last: int) -> Run:
        """The run of groups `first` to `last` - 1."""
        groups = self.groups[first:last]
        return Run(groups[0][0], groups[-1][1], "".join(g[2] for g in groups), groups)


def to_digits(text: str) -> str:
    """Only the digits of a folded text, spoken ones in Arabic."""
    return "".join(SPOKEN[c] for c in text if c in SPOKEN)


def find_runs(text: str) -> list[Run]:
    """Every maximal run of digits with at most two separators in between."""
    folded = fold(text)
    runs = []
    for match in _RUN.finditer(folded):
        groups = tuple(
            (match.start() + g.start(), match.start() + g.end(), to_digits(g.group()))
            for g in _GROUP.finditer(match.group())
        )
        runs.append(Run(match.start(), match.end(), "".join(g[2] for g in groups), groups))
    return runs


def pieces(run: Run, folded: str) -> list[Run]:
    """The run cut where a comma, two blanks or a change of script stands between groups."""
    cuts = [0]
    for i in range(1, len(run.groups)):
        between = folded[run.groups[i - 1][1] : run.groups[i][0]]
        same = folded[run.groups[i - 1][0]].isascii() == folded[run.groups[i][0]].isascii()
        if _HARD.search(between) or not same:
            cuts.append(i)
    return [run.part(a, b) for a, b in zip(cuts, [*cuts[1:], len(run.groups)], strict=True)]


def words(run: Run, folded: str) -> list[Run]:
    """The run cut at every blank or comma: pieces joined by dashes or dots stay together."""
    cuts = [0]
    for i in range(1, len(run.groups)):
        if re.search(r"[ ,，、/]", folded[run.groups[i - 1][1] : run.groups[i][0]]):
            cuts.append(i)
    return [run.part(a, b) for a, b in zip(cuts, [*cuts[1:], len(run.groups)], strict=True)]


def stands_alone(folded: str, start: int, end: int) -> bool:
    """No letter, dash with letters, or @ sticks to the digits (so they are not part of a code or address)."""
    before, after = folded[max(0, start - 12) : start], folded[end : end + 4]
    stuck = re.search(r"[a-z0-9][a-z0-9_\-]*-?$", before)
    if stuck and not re.search(
        r"(?:^|[^a-z])(?:tel|phone|mobile|mob|cell|call|wx|vx|ph|no|qq|t|m|is|ok)[.: \-]?$", before
    ):
        return False
    if re.match(r"\s?(?:@|艾特|爱特|圈a)", after) or re.match(r"[-_]?[a-z]*\d", after):
        return False
    return not re.match(r"[a-z]", after) or bool(re.match(r"(?:qq|wx|vx|tel|ext|ok|x\d|call)", after))
