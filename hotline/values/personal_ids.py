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
#: Luhn is no proof of a card in digits that stand loosely: it fits a tenth of all; so do they stand as on a card?
_CARD_GROUPS = re.compile(r"4{2,4}[1-4]|6(?:10|11|12|13)|1[6-9]")
_PLAUSIBLE_REGION = re.compile(r"(?:1[1-9]|[2-5]\d|6[0-5]|71|8[12])")
#: ends of groups of an ID card: region, birthday in one or three, the rest
_ID_CUTS = frozenset({2, 3, 4, 6, 10, 12, 14, 17, 18})
_LETTER_X = re.compile(r"[ \-]?[x叉×]", re.IGNORECASE)
_CUE = re.compile(r"信用代码|信用码|税号|统一代码|执照号")
_ID_CUE = re.compile(r"身份证|身份号|证件号")
_BANK_CUE = re.compile(r"银行卡|信用卡|储蓄卡|借记卡|卡号|账号|帐号|账户|帐户")
_CUE_REACH = 12


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


def _looks_like_id_card(digits: str, part: Run) -> bool:
    """Region and birthday where an ID card has them, whatever the check character: mistyped, it is still a secret."""
    ends = {sum(len(group[2]) for group in part.groups[: i + 1]) for i in range(len(part.groups))}
    in_fours = all(len(group[2]) == 4 for group in part.groups[:-1])
    return (
        len(digits) == 18
        and bool(_PLAUSIBLE_REGION.match(digits))
        and digits[6:8] in ("19", "20")
        and _is_date(digits[6:14])
        and (ends <= _ID_CUTS or in_fours)
    )


def _looks_like_bank_card(part: Run) -> bool:
    """As many digits as a card has, standing as on one, of 银联 or with a check digit that fits."""
    digits = part.digits
    if not 16 <= len(digits) <= 19 or digits[0] == "0":
        return False
    groups = "".join(str(len(group[2])) for group in part.groups)
    return bool(_CARD_GROUPS.fullmatch(groups)) and (digits.startswith("62") or luhn.is_valid(digits))


def _is_code(text: str) -> bool:
    """Whether the characters that begin here are a 统一社会信用代码, whose last ones may be letters."""
    return uscc.is_valid(re.sub(r"[ \-]", "", text[:30])[:18].upper())


def _kind(part: Run, folded: str) -> tuple[str, int] | None:
    """(kind, end) of one stretch of digits."""
    end = part.end
    letter = _LETTER_X.match(folded, end) if len(part.digits) == 17 else None
    digits, end = (part.digits + "X", letter.end()) if letter else (part.digits, end)
    before = folded[max(0, part.start - _CUE_REACH) : part.start]
    told_code = _CUE.search(before)
    id_card = is_id_card(digits) and (len(digits) == 18 or bool(_ID_CUE.search(before)))
    told_card = 16 <= len(part.digits) <= 19 and bool(_BANK_CUE.search(before))
    # both checks fit: what must not be kept comes first, unless it was called a code
    surely_card = id_card or (_is_bank_card(digits) and (told_card or digits.startswith("62")))
    if _is_code(folded[part.start :]) and (told_code or not surely_card):
        return None
    if id_card or (not told_code and _looks_like_id_card(digits, part)):
        return ID_CARD, end
    if _is_bank_card(digits) or (not told_code and (told_card or _looks_like_bank_card(part))):
        return BANK_CARD, part.end
    return None


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
