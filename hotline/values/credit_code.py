"""Unified social credit codes (GB 32100-2015): 18 characters, the last one a check character."""

from __future__ import annotations

import re

from stdnum.cn import uscc

from hotline.values.folding import fold
from hotline.values.found import Found
from hotline.values.personal_ids import is_id_card

_SHAPE = re.compile(r"(?<![0-9a-z])[0-9a-z](?:[ \-]?[0-9a-z]){17}(?![0-9a-z])")
_CUE = re.compile(r"信用代码|信用码|税号|执照号|统一代码|代码")
_KNOWN_START = re.compile(r"(?:1[1239]|[2-8][1-9]|9[1-3]|A1|N[1-3]|Y1)")


def _candidates(text: str) -> list[Found]:
    folded = fold(text)
    found = []
    for match in _SHAPE.finditer(folded):
        code = re.sub(r"[ \-]", "", match.group()).upper()
        told = bool(_CUE.search(folded[max(0, match.start() - 12) : match.start()]))
        if told or (_KNOWN_START.match(code) and sum(c.isdigit() for c in code) >= 8):
            found.append(Found(match.start(), match.end(), code, "told" if told else None))
    return found


def _is_valid(item: Found) -> bool:
    if not uscc.is_valid(item.value):
        return False
    return item.role == "told" or not is_id_card(item.value)


def find(text: str) -> list[Found]:
    """Codes whose check character is right, in capitals without blanks."""
    return [Found(i.start, i.end, i.value) for i in _candidates(text) if _is_valid(i)]


def find_faulty(text: str) -> list[Found]:
    """Codes of the right length whose check fails, so that a form can say so; never an ID-card number."""
    return [
        Found(i.start, i.end, i.value)
        for i in _candidates(text)
        if not uscc.is_valid(i.value) and not is_id_card(i.value) and (i.role or not i.value.isdigit())
    ]


def parse_credit_code(text: str) -> str | None:
    """The one valid code of an answer, or None."""
    core = re.sub(r"[ \-]", "", fold(text)).upper()
    if len(core) == 18 and uscc.is_valid(core):
        return core
    values = {item.value for item in find(text)}
    return values.pop() if len(values) == 1 else None
