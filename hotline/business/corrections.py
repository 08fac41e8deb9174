"""Corrections that name the old value: "不是三千是五千", "三个改成五个", "不是张伟是章伟".

The old value tells which field is meant, whatever question is open.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from hotline.business.free_words import LONGEST, NUMERIC, free_value
from hotline.values import numerals

_NOT_BUT = re.compile(
    r"不是\s*(?P<old>[^，,。不]{1,20}?)\s*(?:[，,。]\s*(?:而是|应该是|是)?|而是|应该是|是)\s*(?P<new>[^，,。]{1,20})$"
)
_INTO = re.compile(
    r"^(?:把)?(?P<old>[^，,。]{1,8}?)(?:个|分钟|块|元)?\s*(?:改成|改为|换成|变成)\s*(?P<new>[^，,。]{1,20})$"
)
_ENDS = re.compile(r"(?:吧|啊|呀|哦|了|的)+$")
_TEXTS = ("contact_name", "company_name", "industry")


def corrected(text: str, known: Mapping[str, Any], last: str | None, requested: str | None) -> dict[str, Any]:
    """Field → new value, when the text names an old value that is known (or corrects itself on the question asked).

    Several fields may hold the old value: the one told last counts, then the one asked.
    """
    text = text.strip(" 。.!！~～")
    if len(text) > LONGEST:
        return {}
    match = _NOT_BUT.search(text) or _INTO.search(text)
    if match is None:
        return {}
    old, new = _ENDS.sub("", match["old"]), _ENDS.sub("", match["new"])
    for name in dict.fromkeys([last or "", requested or "", *known]):
        if name in known and _same(name, known[name], old):
            value = free_value(name, new) if name in NUMERIC else new
            return {} if value is None else {name: value}
    if requested in _TEXTS and match.re is _NOT_BUT and requested not in known:
        value = free_value(requested, new)
        return {} if value is None else {requested: value}
    return {}


def _same(name: str, held: Any, said: str) -> bool:
    if name in _TEXTS:
        return str(held) == said
    if name not in NUMERIC or name == "growth_rate" or isinstance(held, Mapping):
        return False
    number = numerals.parse_numeral(re.sub(r"(?:个|分钟|块钱?|元|人|通|部)$", "", said))
    return isinstance(number, (int, float)) and float(number) == float(held)
