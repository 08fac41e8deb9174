"""A message that puts right what was told before: corrected, changed back, or the end of the phone said anew."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from hotline.business.clauses import split
from hotline.business.corrections import corrected
from hotline.business.phone_ends import end_said, mended
from hotline.business.said import Heard, Said
from hotline.business.undoing import undone

Hear = Callable[[Said, Mapping[str, Sequence[str]]], Heard]
_FILLS = re.compile(r"不对|错了|说错了|哦|啊|嗯|那个|是的|对|好的?|麻烦|谢谢|改一下|更正一下")


def put_right(said: Said, field_words: Mapping[str, Sequence[str]], hear: Hear) -> Heard | None:
    """What a message corrects or takes back, with what else it tells: that is read by `hear`."""
    held = {**said.pending, **said.known}
    back = undone(said.text, held, said.past, field_words)
    fixed = corrected(said.text, held, said.last_field, said.requested)
    values, rest = (back, "") if back else (fixed.values, fixed.rest)
    end, phone = end_said(said.text), held.get("phone")
    if end and phone and said.requested not in ("hotline_number", "phone_tail"):
        mine = mended(str(phone), end[0], end[1])
        if mine is None:
            return Heard(erase="phone", answered=True, short=True)  # asked for the whole of it
        values, rest = {"phone": mine}, ""
    if not values:
        return None
    heard = Heard()
    if any(len(clause) > 1 and not _FILLS.fullmatch(clause) for clause in split(rest)):
        left = [each for each in said.entities if _stands(each, rest, said.text)]
        heard = hear(replace(said, text=rest, entities=left), field_words)
        if heard.loose and said.requested:
            heard.values.pop(said.requested, None)
    heard.values |= values
    heard.erase = None if heard.erase in heard.values else heard.erase
    heard.answered = heard.short = True
    heard.wrong, heard.yes, heard.skip, heard.wants_proposal = False, None, None, None
    return heard


def _stands(entity: Mapping[str, Any], rest: str, text: str) -> bool:
    """Whether an entity lies in what of the text is left."""
    start = int(entity.get("start") or 0)
    end = int(entity.get("end") or len(text))
    return rest[start:end] == text[start:end]
