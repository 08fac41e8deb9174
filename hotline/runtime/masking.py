"""Personal data out of logs and event streams: by the key a value stands under, by its form, by what we know."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

PERSONAL_KEYS = frozenset(
    {"contact_name", "phone", "email", "authorization", "cookie", "token", "password", "openid"}
)

_LONG = re.compile(r"(?<![0-9A-Za-z])(?:\d[ -]?){14,18}[\dXx](?![0-9A-Za-z])")  # identity and bank cards
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?(1[3-9]\d)[ -]?\d{4}[ -]?(\d{4})(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(0\d{2,3})[ -]?\d{3,4}(\d{4})(?!\d)")
_EMAIL = re.compile(r"([A-Za-z0-9_.+-])[A-Za-z0-9_.+-]*@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)")
_NAMED = re.compile(
    r"((?:我叫|我姓|名叫|联系人(?:是|叫|为)?[:：]?|姓名(?:是|为)?[:：]?)\s*)([\u4e00-\u9fff·]{2,4})"
)


def mask_text(text: str, known: Iterable[str] = ()) -> str:
    """`text` with phones, card numbers, addresses of mail and names made unrecognisable.

    `known` are values of this conversation that are personal whatever their form (a contact's name).
    """
    for value in known:
        if value:
            text = text.replace(value, hide(value))
    if any(c.isdigit() for c in text):
        text = _LONG.sub(lambda m: hide(m.group()), text)
        text = _MOBILE.sub(r"\1****\2", text)
        text = _LANDLINE.sub(r"\1****\2", text)
    if "@" in text:
        text = _EMAIL.sub(r"\1***@\2", text)
    return _NAMED.sub(lambda m: m.group(1) + hide(m.group(2)), text)


def hide(value: str) -> str:
    """The first character and stars: enough to see that two log lines speak of different people, no more."""
    return value[:1] + "*" * min(len(value) - 1, 8) if len(value) > 1 else "*"


def mask(value: Any, known: Iterable[str] = (), key: str | None = None) -> Any:
    """A copy of a JSON-like value with everything personal masked; other objects become masked text."""
    if value is None or isinstance(value, (bool, float)):
        return value
    if key in PERSONAL_KEYS:
        return hide(str(value))
    if isinstance(value, int):
        text = str(value)
        masked = mask_text(text, known) if value > 10**9 else text
        return value if masked == text else masked
    if isinstance(value, str):
        return mask_text(value, known)
    if isinstance(value, dict):
        named = value.get("entity") or value.get("name")
        personal = isinstance(named, str) and named in PERSONAL_KEYS
        return {
            k: hide(str(v)) if personal and k == "value" and v else mask(v, known, k)
            for k, v in value.items()
        }
    if isinstance(value, (list, tuple, set, frozenset)):
        return [mask(item, known) for item in value]
    if isinstance(value, BaseException):  # its text may quote anything
        return type(value).__name__
    return mask_text(str(value), known)
