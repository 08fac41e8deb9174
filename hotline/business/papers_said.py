"""Which papers somebody says he has and which he says he lacks: "执照有 身份证也有 授权书没有". Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hotline.business.clauses import QUESTION
from hotline.business.fields import DETAILS

_CLAUSE = re.compile(r"(?:(?!但|不过|就是)[^，,。；;！!？?\s])+[，,。；;！!？?\s]*|(?:但是?|不过|就是)")
_MARK = re.compile(
    r"(?P<have>(?:没|未)(?:过期|问题)|都?齐|(?:准备|备|带|办|弄|写|盖|开|拿|搞|印)(?:好|了|齐|全|到|着)+"
    r"|(?<!没)(?<!还)有(?!效|关|没|点|一点|问题)|在手|现成|在我这|ok)"
    r"|(?P<lack>除了|(?:还|都|也|又)?没(?:有)?(?:准备|备|带|办|弄|写|盖|开|拿|搞|印|下来)?(?:好|了|齐|全|到)*|缺|差|少|丢|找不[到着]"
    r"|过期|不齐|不全|不在|不见)",
    re.IGNORECASE,
)
_STAMP = re.compile(r"公章|盖了?章|盖好章|(?<![公文])章(?![程节])")
_ALL = re.compile(r"(?:都|全都?)(?:齐|有|备好|准备好|带|好)|齐了|全了")
_ONLY_LACKS = re.compile(r"^(?:现在|目前|还|就|只|也就)*(?:是)?[缺差少]")
_OTHERS = re.compile(r"其他|其它|其余|别的|剩下|剩余|另外的")
STAMP = "stamp"


@dataclass(frozen=True)
class PapersSaid:
    """`every`: he has all that is needed (but `lack`). `stamped`: what he says of the stamp on them."""

    have: tuple[str, ...] = ()
    lack: tuple[str, ...] = ()
    every: bool = False
    stamped: bool | None = None

    def among(self, known: Sequence[str], needed: Sequence[str]) -> list[str]:
        """What he has by now, if he had said that he has `known` and his case needs `needed`."""
        had = (*known, *self.have, *(needed if self.every else ()))
        return [name for name in dict.fromkeys(had) if name not in self.lack]


def paper_values(
    told: PapersSaid, known: Sequence[str], asked: bool, needed: Sequence[str] = ()
) -> dict[str, Any]:
    """For the draft: what he has, when we asked for it (`asked`) or in passing; and the stamp on it.

    `needed` are the papers of his case: "都齐了" means these.
    """
    values: dict[str, Any] = {}
    if (told.every and asked) or (told.have and told.lack):
        values["material"] = {"set": told.among(known, needed)}
    elif told.have:
        values["material"] = list(told.have)
    elif told.lack and (asked or set(told.lack) & set(known)):
        values["material"] = {"remove": list(told.lack)}
    there = [name for name in dict.fromkeys((*known, *told.have)) if name not in told.lack]
    if told.stamped is not None and there:
        values[DETAILS] = {name: {"stamped": told.stamped} for name in there}
    return values


@dataclass(frozen=True)
class _Mention:
    start: int
    end: int
    name: str


def papers_said(
    text: str, entities: Sequence[Mapping[str, Any]], words: Mapping[str, Sequence[str]]
) -> PapersSaid:
    """Read a message. `words` are loose names of papers (value → words), beside what was recognised."""
    mentions = _mentions(text, entities, words)
    said: dict[str, bool] = {}
    every = False
    waiting: list[str] = []  # named in a clause that does not say yet whether they are there
    for clause in _CLAUSE.finditer(text):
        if QUESTION.search(clause.group()):
            continue
        here = [each for each in mentions if clause.start() <= each.start < clause.end()]
        marks = [
            (clause.start() + mark.start(), mark.lastgroup == "have")
            for mark in _MARK.finditer(clause.group())
            if not any(each.start <= clause.start() + mark.start() < each.end for each in here)
        ]
        if marks and not here and waiting:
            said |= dict.fromkeys(waiting, marks[-1][1])
            waiting = []
            continue
        every = every or _all(clause.group(), here, clause.start())
        for each in here:
            told = _of(each, marks, first=here[0])
            if told is None:
                waiting.append(each.name)
            else:
                said[each.name] = told
        if marks and here:
            said |= dict.fromkeys(waiting, marks[0][1])
            waiting = []
    said |= dict.fromkeys(waiting, True)
    stamped = said.pop(STAMP, None)
    have = tuple(name for name, there in said.items() if there)
    lack = tuple(name for name, there in said.items() if not there)
    # "就差授权书": the others are there
    every = every or bool(lack and not have and _ONLY_LACKS.search(text.strip()))
    return PapersSaid(have, lack, every, stamped)


def _mentions(
    text: str, entities: Sequence[Mapping[str, Any]], words: Mapping[str, Sequence[str]]
) -> list[_Mention]:
    found = [
        _Mention(int(each["start"]), int(each["end"]), str(each["value"]))
        for each in entities
        if each.get("entity") == "material" and "start" in each and "end" in each
    ]
    loose = [(word, name) for name, names in words.items() for word in names]
    loose.sort(key=lambda pair: -len(pair[0]))
    patterns = [(re.compile(re.escape(word)), name) for word, name in loose] + [(_STAMP, STAMP)]
    for pattern, name in patterns:
        for match in pattern.finditer(text):
            if not any(each.start < match.end() and match.start() < each.end for each in found):
                found.append(_Mention(match.start(), match.end(), name))
    # "身份证号是…" says nothing about papers
    return sorted(
        (each for each in found if not text.startswith("号", each.end)), key=lambda each: each.start
    )


def _of(mention: _Mention, marks: Sequence[tuple[int, bool]], first: _Mention) -> bool | None:
    """Whether he has it, by the word after it ("执照有"), or, if the clause begins so, before it ("缺授权书")."""
    after = [told for at, told in marks if at >= mention.end]
    before = [told for at, told in marks if at < mention.start]
    if before and (not after or marks[0][0] < first.start):
        return before[-1]
    return after[0] if after else None


def _all(clause: str, here: Sequence[_Mention], start: int) -> bool:
    """ "都齐了", "其他都有"; not "执照和身份证都有"."""
    match = _ALL.search(clause)
    if match is None or re.search(r"没|不|缺", clause[max(0, match.start() - 2) : match.start()]):
        return False
    named = [each for each in here if each.start < start + match.start()]
    return not named or bool(_OTHERS.search(clause)) or clause.lstrip().startswith("除")
