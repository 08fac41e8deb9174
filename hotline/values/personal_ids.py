"""ID-card and bank-card numbers, which are never kept: found by shape and checksum, and masked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from stdnum import luhn
from stdnum.cn import ric, uscc

from hotline.values.folding import fold
from hotline.values.found import Found, without_overlaps
from hotline.values.runs import Run, find_runs, pieces, words

ID_CARD, BANK_CARD = "id_card", "bank_card"
MASK = "***"

_PROVINCES = re.compile(r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])")
#: issuer prefixes: 银联 62/60/68/69/9…, Visa 4, MasterCard 51–55, JCB 35, older debit cards of 工行 and 建行
_BANKS = re.compile(r"(?:62|60|68|69|9558|955880|4\d|5[1-5]|35|98|90|94|95)")
_LETTER_X = re.compile(r"[ \-]?[x叉×]", re.IGNORECASE)
_CUE = re.compile(r"信用代码|信用码|税号|统一代码|执照号")


@dataclass(frozen=True)
class Masked:
    """The text without personal numbers, and which kinds were in it."""

    text: str
    kinds: frozenset[str]


def is_id_card(digits: str) -> bool:
    """Whether these are the 18 (or, before 1999, 15) characters of an ID card (GB 11643).

    Province, birthday and check character decide. The list of counties does not: it says when a county got its
    code, and who was born before that has it on the card all the same.
    """
    if not _PROVINCES.match(digits) or not digits[:-1].isdigit():
        return False
    if len(digits) == 18:
        return _is_date(digits[6:14]) and ric.calc_check_digit(digits) == digits[-1].upper()
    return len(digits) == 15 and _is_date("19" + digits[6:12])


def _is_date(digits: str) -> bool:
    try:
        datetime.strptime(digits, "%Y%m%d")
    except ValueError:
        return False
    return True


def _is_bank_card(digits: str) -> bool:
    return 16 <= len(digits) <= 19 and bool(_BANKS.match(digits)) and luhn.is_valid(digits)


def _kind(part: Run, folded: str) -> tuple[str, int] | None:
    """(kind, end) of one stretch of digits."""
    end = part.end
    letter = _LETTER_X.match(folded, end) if len(part.digits) == 17 else None
    digits, end = (part.digits + "X", letter.end()) if letter else (part.digits, end)
    told_code = _CUE.search(folded[max(0, part.start - 12) : part.start])
    card = is_id_card(digits) or _is_bank_card(digits)
    if len(digits) == 18 and uscc.is_valid(digits) and (told_code or not card):
        return None
    if is_id_card(digits):
        return ID_CARD, end
    return (BANK_CARD, end) if _is_bank_card(digits) else None


def find(text: str) -> list[Found]:
    """Personal numbers; the value is the kind, never the number."""
    folded = fold(text)
    found = []
    for run in find_runs(folded):
        if len(run.digits) < 15:
            continue
        for part in dict.fromkeys([run, *pieces(run, folded), *words(run, folded)]):
            before = folded[part.start - 1 : part.start]
            kind = None if before.isascii() and before.isalpha() else _kind(part, folded)
            if kind and not (
                part.end < len(folded) and folded[part.end].isascii() and folded[part.end].isdigit()
            ):
                found.append(Found(part.start, kind[1], kind[0]))
    return without_overlaps(found)


def mask(text: str, replacement: str = MASK) -> Masked:
    """The text with every personal number replaced, and the kinds that were found."""
    found = find(text)
    for item in reversed(found):
        text = text[: item.start] + replacement + text[item.end :]
    return Masked(text, frozenset(str(item.value) for item in found))
