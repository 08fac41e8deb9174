"""A change taken back: "改回去", "算了还是八百吧", "还是原来那个预算吧". Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from hotline.business.clauses import QUESTION
from hotline.business.free_words import LONGEST, NUMERIC, free_value
from hotline.values.numerals import parse_numeral

_BEFORE = r"(?:算了|那就|那|我们?|就|嗯|不了|不改了|不换了|别改了|别换了|不用改了?|先|再|又|也|还要|还得|想|要|请|给我|帮我|把|，|,|。|\s){0,4}"
_BACK = r"(?:改|换|调|变|恢复|退|写)回(?:成|到|为|去|来)?|恢复(?:成|到|为)?"
_TO = re.compile(
    rf"{_BEFORE}(?P<what>[\u4e00-\u9fff]{{0,8}}?){_BEFORE}(?:(?:还是)?(?P<back>{_BACK})|还是)(?:用|按|写|要|是)?\s*(?P<new>[^，,。；;]{{1,30}}?)(?:吧|算|好了|就行|来){{0,4}}"
)
_AS_BEFORE = re.compile(
    rf"{_BEFORE}(?P<what>[\u4e00-\u9fff]{{0,8}}?){_BEFORE}(?:还是|{_BACK}){{0,4}}(?:按|用|照|要|是)?"
    r"(?:(?:原来|原先|之前|刚才|以前|先前|开始|最初|原样)(?:的|那个|那样|那家|填|说|定){0,4}|(?<=回)[去来]|(?<=回[去来]))"
    r"(?P<noun>[\u4e00-\u9fff]{0,6}?)(?:吧|了|就行|好了|算|来){0,4}"
)
_RETURNS = re.compile(rf"还是|不改了|不换了|别改了|算了|{_BACK}")
_UNITS = re.compile(r"(?:个|分钟|块钱?|元|人|通|部)$")


def returns(text: str) -> bool:
    """Whether words of a message may take a change back: only then is it worth looking up what was changed before."""
    return bool(_RETURNS.search(text))


def undone(
    text: str,
    known: Mapping[str, Any],
    past: Sequence[Sequence[Mapping[str, Any]]],
    words: Mapping[str, Sequence[str]],
) -> dict[str, Any]:
    """Field → the value it had before, when a message takes a change back; a named field takes any value.

    `past` holds the changes (field, old, new) of the turns before, latest first; `words` the names of the fields.
    """
    text = text.strip(" 。.!！~～")
    if len(text) > LONGEST or not returns(text) or QUESTION.search(text):
        return {}
    living = [
        [
            each
            for each in turn
            if each["old"] not in (None, [], "") and known.get(each["field"]) == each["new"]
        ]
        for turn in past
    ]
    latest = next((turn for turn in living if turn), [])
    match = _AS_BEFORE.fullmatch(text)
    if match:
        said = (match["what"] or "") + (match["noun"] or "")
        name = _named(said, words)
        if name:
            return _restored([each for turn in living for each in turn if each["field"] == name][:1])
        return {} if re.search(r"号|套餐|版", said) else _restored(latest)
    to = _TO.fullmatch(text)
    if to is None:
        return {}
    new, name = to["new"], _named(to["what"] or "", words)
    for each in (each for turn in living for each in turn):
        if name in (None, each["field"]) and _is(each["field"], each["old"], new):
            return _restored([each])
    if name and to["back"]:
        value = free_value(name, _UNITS.sub("", new) if name in NUMERIC else new)
        return {} if value is None else {name: value}
    return {}


def _named(said: str, words: Mapping[str, Sequence[str]]) -> str | None:
    found = ((len(word), name) for name, named in words.items() for word in named if word in said)
    return max(found, default=(0, None))[1]


def _is(name: str, old: Any, said: str) -> bool:
    if name in NUMERIC and isinstance(old, (int, float)):
        number = parse_numeral(_UNITS.sub("", said))
        return isinstance(number, (int, float)) and float(number) == float(old)
    return str(old) == said


def _restored(changes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        each["field"]: {"set": each["old"]} if isinstance(each["old"], list) else each["old"]
        for each in changes
    }
