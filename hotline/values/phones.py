"""Mobile and fixed-line numbers in every writing, never one inside a longer number.

Normal form: a mobile number has 11 digits, a fixed line is 区号-号码, with extension 区号-号码-分机.
"""

from __future__ import annotations

import re

import phonenumbers

from hotline.values.folding import fold
from hotline.values.found import Found
from hotline.values.runs import Run, find_runs, pieces, stands_alone, to_digits, words

_MOBILE = re.compile(r"1[3-9]\d{9}")
_FIXED = re.compile(r"(?P<area>010|02\d|0[3-9]\d\d)(?P<number>[2-9]\d{6,7})")
_EXTENSION = re.compile(
    r"\s?[,(]?\s?(?:转分机号?|分机号?(?:是|为)?|转接?|ext\.?|#|x)\s?[:：]?\s?(?P<digits>[\d零〇洞幺一二三四五六七八九拐]{1,6})(?![\d零〇洞幺一二三四五六七八九拐])\)?"
)


def _mobile(digits: str) -> str | None:
    return digits if _MOBILE.fullmatch(digits) else None


def _fixed(digits: str) -> str | None:
    match = _FIXED.fullmatch(digits)
    if not match:
        return None
    number = phonenumbers.PhoneNumber(country_code=86, national_number=int(digits))
    return f"{match['area']}-{match['number']}" if phonenumbers.is_valid_number(number) else None


def _value(digits: str) -> str | None:
    """The normal form of a run of digits, with or without the country code."""
    for prefix in ("", "0086", "86"):
        if digits.startswith(prefix):
            rest = digits[len(prefix) :]
            value = _mobile(rest) or _fixed(rest) or (_fixed("0" + rest) if prefix else None)
            if value is None and not prefix and rest.startswith("01"):
                value = _mobile(rest[1:])
            if value:
                return value
    return None


def _with_dashed_extension(run: Run, folded: str) -> str | None:
    """0571-88886666-801: the last group, after a dash, is the extension."""
    if len(run.groups) < 3:
        return None
    last = run.groups[-1]
    joined = folded[run.groups[-2][1] : last[0]]
    line = _fixed(run.digits[: -len(last[2])])
    return f"{line}-{last[2]}" if line and "-" in joined and 1 <= len(last[2]) <= 6 else None


def _whole(run: Run, folded: str) -> Found | None:
    if not stands_alone(folded, run.start, run.end):
        return None
    value = _value(run.digits) or _with_dashed_extension(run, folded)
    if value is None:
        return None
    start, end = run.start, run.end
    plus = re.search(r"[(（]?\+\s?$|[(（]$", folded[:start])
    start = plus.start() if plus and (folded[start:end].count(")") or "+" in plus.group()) else start
    extension = _EXTENSION.match(folded, end) if value.startswith("0") and value.count("-") == 1 else None
    if extension:
        value, end = f"{value}-{to_digits(extension['digits'])}", extension.end()
    return Found(start, end, value)


def _single_groups(run: Run, folded: str) -> list[Found]:
    """Complete numbers among other words of digits, e.g. "3000 13812345678"; a mobile must be in one group."""
    found = []
    for word in words(run, folded):
        if word.unbroken and not _mobile(word.digits) and not (len(word.digits) > 9 and _fixed(word.digits)):
            continue
        item = _whole(word, folded)
        if item:
            found.append(item)
    return found


def find(text: str) -> list[Found]:
    """Every phone number in the text; see the module for its normal form."""
    folded = fold(text)
    found: list[Found] = []
    for run in find_runs(folded):
        if len(run.digits) < 10:
            continue
        item = _whole(run, folded)
        if item:
            found.append(item)
            continue
        for piece in pieces(run, folded):
            item = _whole(piece, folded) if piece != run else None
            if item and _extends_other_script(piece, run, folded):
                item = None
            found += (
                [item] if item else _single_groups(piece, folded) if piece.end - piece.start >= 10 else []
            )
    return sorted(set(found), key=lambda f: f.start)


def _extends_other_script(piece: Run, run: Run, folded: str) -> bool:
    """A broken piece directly touching digits of the other script is no complete number."""
    if piece.unbroken:
        return False
    touches = [g for g in run.groups if g[1] == piece.start or g[0] == piece.end]
    return bool(touches)


def parse_phone(text: str) -> str | None:
    """The one phone number of an answer; None when there is none, or more than one different."""
    values = {item.value for item in find(text)}
    return values.pop() if len(values) == 1 else None


def is_mobile(phone: str) -> bool:
    """Whether a phone in normal form is a mobile number."""
    return bool(_MOBILE.fullmatch(phone))
