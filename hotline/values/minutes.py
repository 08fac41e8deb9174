"""Talking time of a month, and of one call, told apart by the words around it and by size."""

from __future__ import annotations

import re

from hotline.values.durations import Duration, find_durations
from hotline.values.folding import fold
from hotline.values.found import Amount, Found
from hotline.values.numerals import NUMBER, lowest, parse_number_words, parse_numeral, scale
from hotline.values.periods import PER_MONTH, period_of

#: a bare "n 分钟" from here on is taken as a month's volume, below it as the length of a call
SMALLEST_BARE_MONTH = 60
#: nobody's average call is longer
LONGEST_CALL = 120

_CALL = re.compile(
    r"每通|每个?(?:电话|来电|客户|客人|单)|一通|一个(?:电话|来电|客户|客人|单|也就|大概|平均|差不多|能|要|得|聊|讲|说|打|通)"
    r"|每一个|每一通|每次|一次|单次|单通|通话时长|平均时长|时长|每[个通](?=[^月季]|$)|聊|讲|说个|说上|通话平均|平均通话|平均(?:通话)?下来一个|打一个|接一个|讲完|人均|个个|均长|来一个"
)
_CALL_AFTER = re.compile(
    r"\s?(?:左右|上下|吧|的样子|多|不到)?\s?(?:/|每|一)\s?(?:个|通|次|单|单子|电话)(?!月|年|星期|礼拜)|\s?(?:左右)?(?:挂|搞定|就能说完|讲完|就讲完|就挂|打完|说完)"
)
_MONTH_WORDS = re.compile(r"话务量?|通话量|用量|总(?:共|量|时长|通话|分钟)|合计|加起来|月|套餐|含|流量|话量")


_VOLUME = re.compile(
    rf"(?:话务量?|通话量|话量|分钟数|通话时间|通话总量|用量)(?:是|有|大概|大约|差不多|在|每月|每个月|一个?月|能有|也就|预计|估计|:|,|\s)*(?P<number>{NUMBER})(?!\s?(?:个|通|次|元|块|%|成|倍|番|人|天|年|月))"
)


def _about_a_call(folded: str, item: Duration) -> bool:
    before = folded[max(0, item.start - 12) : item.start]
    before = re.split(r"[。;!?]", before)[-1]
    if _CALL_AFTER.match(folded, item.end):
        return True
    calls = list(_CALL.finditer(before))
    if not calls:
        return False
    return not re.search(r"月|年|天|日|星期|礼拜", before[calls[-1].end() :])


def _waiting(folded: str, item: Duration) -> bool:
    """Time that is not talked: 等了五分钟, 半小时后打给我, 24小时都能办, 一分钟几毛."""
    said = folded[item.start : item.end]
    if item.minutes == 24 * 60 or (said in ("一分钟", "1分钟") and not _about_a_call(folded, item)):
        return True
    if re.match(r"\s?(?:后|以后|之后|前|之前|内|之内)(?!左右)", folded[item.end :]):
        return True
    before = folded[max(0, item.start - 3) : item.start]
    return bool(re.search(r"等了?(?:有)?$|响了?$|过$|再过$|存$|已经$|晚了?$|迟了?$|断了?$", before))


def _split(text: str) -> tuple[list[Found], list[Found]]:
    """(a month's minutes, minutes of one call)."""
    folded = fold(text)
    month: list[Found] = []
    call: list[Found] = []
    for item in find_durations(text):
        if _waiting(folded, item):
            continue
        size = lowest(item.minutes)
        period = period_of(folded, item.start, item.end)
        about_call = _about_a_call(folded, item) and size <= LONGEST_CALL
        small = size < SMALLEST_BARE_MONTH and period is None
        if about_call or (small and not _MONTH_WORDS.search(folded[max(0, item.start - 8) : item.start])):
            if size > 0:
                call.append(Found(item.start, item.end, item.minutes))
        elif period == "day" and size < 8 and not re.search(r"小时|钟头", folded[item.start : item.end]):
            call.append(Found(item.start, item.end, item.minutes))
        else:
            minutes = scale(item.minutes, PER_MONTH[period or "month"])
            month.append(Found(item.start, item.end, minutes))
    for match in _VOLUME.finditer(folded):
        value = parse_number_words(match["number"])
        if value is not None and lowest(value) >= SMALLEST_BARE_MONTH and not month:
            period = period_of(folded, match.start("number"), match.end()) or "month"
            month.append(Found(match.start("number"), match.end(), scale(value, PER_MONTH[period])))
    return month, call


def find(text: str) -> list[Found]:
    """Volumes in minutes a month; a day counts 22 times, a week 4.4 times, an hour has 60 minutes."""
    return _split(text)[0]


def find_per_call(text: str) -> list[Found]:
    """Average lengths of one call in minutes."""
    return _split(text)[1]


def parse_monthly_minutes(text: str) -> Amount | None:
    """An answer to "how many minutes a month": with or without unit; None when no number is in it."""
    durations = find_durations(text)
    if durations:
        item = durations[-1]
        period = period_of(fold(text), item.start, item.end) or "month"
        return scale(item.minutes, PER_MONTH[period])
    return _bare(text)


def parse_call_minutes(text: str) -> Amount | None:
    """An answer to "how long is a call", in minutes: 一分半 → 1.5, 三 → 3."""
    durations = find_durations(text)
    return durations[-1].minutes if durations else _bare(text)


def _bare(text: str) -> Amount | None:
    value = parse_numeral(text)
    if value is None:
        folded = fold(text)
        match = re.search(
            r"(?:每月|每个月|一个?月|月均)[^\d零一二两三四五六七八九十百千万]{0,20}(.+)$", folded
        )
        value = parse_numeral(match.group(1)) if match else None
    return value
