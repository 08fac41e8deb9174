"""The last digits of a contact phone said anew: "电话最后四位是2346", "手机号末尾是6不是5". Pure."""

from __future__ import annotations

import re

from hotline.business.free_words import LONGEST
from hotline.values.folding import fold
from hotline.values.phones import parse_phone
from hotline.values.runs import SPOKEN

_DIGIT = "".join(SPOKEN)
_DIGITS = rf"[{_DIGIT}\d]{{1,8}}"
_SAID = re.compile(
    r"(?:不对|不是|错了|说错了|哦|啊|那个|我|我的|我们|，|,|\s){0,4}"
    r"(?P<noun>联系电话|联系方式|联系人电话|电话号码?|手机号码?|手机|号码|电话)?(?:的)?"
    r"(?:最后|末尾|尾号|后面|结尾|末|尾|后)(?:的)?(?:[一二两三四五六七八1-8]?[位个](?:数字?|号码?)?|尾数?|号)?"
    rf"(?:应该|写|填){{0,4}}(?:是|为|改成|改为|换成)\s*(?P<new>{_DIGITS})(?:[，,、\s]*(?:而|可)?不是\s*(?P<old>{_DIGITS}))?(?:吧|的|哦|啊|呀|。){{0,4}}"
)


def end_said(text: str) -> tuple[str, str | None, str] | None:
    """(new end, old end or None, the noun before them) of a message that says just that; None otherwise."""
    match = _SAID.fullmatch(fold(text).strip()) if len(text) <= LONGEST else None
    if match is None:
        return None
    old = _plain(match["old"]) if match["old"] else None
    return _plain(match["new"]), old, match["noun"] or ""


def about_contact(text: str, known: bool) -> bool:
    """Whether a message says the end of the contact phone: one that is `known`, or that is named or set right."""
    said = end_said(text)
    return said is not None and (known or bool(said[1]) or "手机" in said[2] or "联系" in said[2])


def mended(phone: str, new: str, old: str | None) -> str | None:
    """The phone with its new end; None if the old end is not there or no phone results."""
    if (old and not phone.endswith(old)) or (old and len(old) != len(new)) or len(new) >= len(phone):
        return None
    return parse_phone(phone[: -len(new)] + new)


def _plain(digits: str) -> str:
    return "".join(SPOKEN.get(each, each) for each in digits)
