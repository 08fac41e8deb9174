"""Placeholders for values, so that an intent does not depend on which number or name was said."""

from __future__ import annotations

import itertools
import re

#: One private-use character per kind of value.
PHONE, HOTLINE, MAIL, CODE, LONG, SHORT, PRETTY, AMOUNT, COMPANY = (chr(0xE001 + i) for i in range(9))

_MAIL = re.compile(r"[a-z0-9._+-]+\s*(?:@|艾特)\s*[a-z0-9-]+(?:\s*(?:\.|点)\s*[a-z]{2,})+")
_LINK = re.compile(r"https?://\S+|www\.\S+")
_HOTLINE = re.compile(r"(?<!\d)400(?:[ -]?\d){7}(?!\d)")
_PHONE = re.compile(
    r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d(?:[ -]?\d){8}(?!\d)|(?<!\d)0\d{2,3}[ -]?\d{7,8}(?:[-转]\d{1,5})?(?!\d)"
)
_CODE = re.compile(
    r"(?<![0-9a-z])(?=[0-9a-z]*\d)[0-9a-z]{15,18}(?![0-9a-z])|(?<![0-9a-z])[a-z]{1,4}-?\d{6,}(?:-\d+)*(?![0-9a-z])"
)
_COMPANY = re.compile(
    r"(?:(?<=[叫是为:]))[\u4e00-\u9fff()（）]{2,24}?(?:有限责任公司|股份有限公司|有限公司|事务所|合伙企业|合作社|商行|经营部|工作室)"
    r"|[\u4e00-\u9fff()（）]{2,16}?(?:有限责任公司|股份有限公司|有限公司)"
)
#: Numbers that are names: they say what is talked about.
_NAMES = {"400", "4001", "4000", "4006", "4007", "4008", "4009", "800", "95", "96", "1010", "10086", "10010",
          "10000", "10001", "10099", "10015", "12315", "12300", "12321", "96110", "110", "114", "1", "0", "5", "4", "7"}  # fmt: skip
_RUN = re.compile(r"\d+(?:[.,]\d+)*")
_CHINESE = re.compile(
    r"(?:[一二两三四五六七八九几十百][一二两三四五六七八九十百千万零半几]*[十百千万][一二三四五六七八九十百千万零半]*|[一二两三四五六七八九几](?=百|千|万))"
)
_NOT_AMOUNT = re.compile(r"万一|十分|千万(?=别|不要|不能)|百分|一百(?=分)")


def _run(match: re.Match[str]) -> str:
    digits = match.group()
    if digits in _NAMES:
        return digits
    if len(digits) >= 2 and digits.isdigit() and _pretty(digits):
        return PRETTY
    return LONG if len(digits) >= 7 else SHORT


def _pretty(digits: str) -> bool:
    steps = {ord(b) - ord(a) for a, b in itertools.pairwise(digits)}
    return len(steps) == 1 and (steps == {0} or (len(digits) >= 3 and steps <= {1, -1}))


def _chinese(match: re.Match[str]) -> str:
    return match.group() if _NOT_AMOUNT.match(match.string, match.start()) else AMOUNT


def mask(text: str) -> str:
    """``text`` (normalised) with values replaced by placeholders."""
    text = _MAIL.sub(MAIL, text)
    text = _LINK.sub(MAIL, text)
    text = _HOTLINE.sub(HOTLINE, text)
    text = _PHONE.sub(PHONE, text)
    text = _CODE.sub(CODE, text)
    text = _COMPANY.sub(COMPANY, text)
    text = _CHINESE.sub(_chinese, text)
    return _RUN.sub(_run, text)
