"""Expected growth as a fraction: 翻一番 = 1.0, 涨三成 = 0.3, 20% = 0.2, 不变 = 0."""

from __future__ import annotations

import re

from hotline.values.folding import fold
from hotline.values.found import Found, without_overlaps
from hotline.values.numerals import NUMBER, lowest, parse_number_words, parse_numeral

_UP = r"涨|增长|增加|增|长|多|提高|提升|上升|上涨|上浮|扩大|扩|翻|升|加|上调|放大|增幅|增速|增量|增长率|余量|空间|涨幅|增长点|往上"
_DOWN = re.compile(r"减少|下降|下滑|减|降|少|缩|萎缩|跌")
_NEAR = rf"(?:{_UP})"
_DOUBLINGS = re.compile(rf"翻(?:个|上|了|他|它)?(?P<number>{NUMBER})?\s?(?:番|翻(?!译))")
_TIMES = re.compile(
    rf"(?P<verb>翻|涨到|增加到|增长到|达到|变成|变|到|是(?:现在|原来|今年|去年)的|(?:现在|原来|今年|去年)的|{_UP})(?:个|上|了|差不多|大概|大约|将近|至少)*(?P<number>{NUMBER})?\s?倍"
)
_TENTHS = re.compile(rf"(?P<number>{NUMBER})\s?成(?P<half>半)?(?![都立为本员功品交套功就])")
_PERCENT = re.compile(
    rf"(?:百分之(?P<words>{NUMBER})|(?P<number>{NUMBER})\s?(?:%|个?百分点|个点(?!钟|半)|趴|percent))"
)
_HALF = re.compile(rf"(?:{_NEAR})(?:个|上|了|差不多|大概|大约|一)*(?P<half>一半|半成|半倍)")
_NONE = re.compile(
    r"(?<![涨变增号码长会能])不(?:会|打算|准备|怎么|咋|可能|再|有|什么|啥|太大的?|大的|太|大){0,4}(?:增长|涨|变化?|增加|扩张|扩大|会变|增)(?:了|的)?|(?:涨|增|长)不(?:了|到|出)(?:多少|几个|哪(?:里|儿)?去)|持平|没(?:有|什么|啥)?(?:增长|变化|增量)|(?:稳定|零增长|保持不变|维持(?:现状|不变)|变化不大|跟现在一样|和现在一样|差不多不变)"
)
#: an answer only where the growth is asked
_AS_NOW = re.compile(
    r"(?:没有?|不|无|不会|不了|零|(?:应该|估计|大概|还|就|也|都|是)*(?:[跟和](?:现在|目前|以前|去年|今年)(?:差不多|一样|一个样)|这么多|这样|老样子|原样|(?:保持|维持)(?:现状|原样)))(?:吧|的|了|呢|啊)?"
)
#: it is the price or the number that stays
_PRICE = re.compile(r"价格|资费|费用|收费|涨价|号码?[还也都]?不变|地址不变|合同")
_NOT_GROWTH = re.compile(
    r"折|优惠|便宜|税|违约|利息|扣|返|首付|股|满意度|接通|漏接|成功率|准确|电量|打不通|没接|没人接|返还|滞纳"
)


def _rate(value: float) -> float:
    rounded = round(value, 4)
    return float(rounded)


def _direction(folded: str, start: int) -> int:
    return -1 if _DOWN.search(folded[max(0, start - 5) : start]) else 1


def _of_doublings(match: re.Match[str]) -> float | None:
    count = parse_number_words(match["number"]) if match["number"] else 1
    return None if count is None or lowest(count) > 10 else float(2 ** lowest(count) - 1)


def _of_times(match: re.Match[str]) -> float | None:
    count = parse_number_words(match["number"]) if match["number"] else 1
    if count is None:
        return None
    reached = re.search(r"到|变|的$", match["verb"])
    return float(lowest(count) - 1) if reached and lowest(count) >= 1 else float(lowest(count))


def find(text: str) -> list[Found]:
    """Growth rates; a lone percentage counts unless the sentence is about discounts, taxes or penalties."""
    folded = fold(text)
    found = [] if _PRICE.search(folded) else [Found(m.start(), m.end(), 0.0) for m in _NONE.finditer(folded)]
    for match in _DOUBLINGS.finditer(folded):
        value = _of_doublings(match)
        if value is not None:
            found.append(Found(match.start(), match.end(), value))
    for match in _TIMES.finditer(folded):
        value = _of_times(match)
        if value is not None:
            found.append(Found(match.start(), match.end(), value))
    found += [
        Found(m.start("half"), m.end("half"), 0.5 * _direction(folded, m.start("half")))
        for m in _HALF.finditer(folded)
    ]
    if _NOT_GROWTH.search(folded):
        return without_overlaps(found)
    grows = re.search(_NEAR, folded) or _DOWN.search(folded)
    for match in _TENTHS.finditer(folded):
        count = parse_number_words(match["number"])
        if (
            count is not None
            and 0 < lowest(count) <= 10
            and (grows or match.end() - match.start() >= len(folded) - 3)
        ):
            rate = (lowest(count) + (0.5 if match["half"] else 0)) / 10
            found.append(Found(match.start(), match.end(), _rate(rate * _direction(folded, match.start()))))
    for match in _PERCENT.finditer(folded):
        count = parse_number_words(match["words"] or match["number"])
        if count is not None:
            rate = lowest(count) / 100 * _direction(folded, match.start())
            found.append(Found(match.start(), match.end(), _rate(rate)))
    return without_overlaps(found)


def parse_growth(text: str) -> float | None:
    """An answer to "how much will it grow": also a bare number, taken as per cent from 2 on."""
    found = find(text)
    if found:
        return float(found[-1].value)
    if _AS_NOW.fullmatch(fold(text).strip(" 。.!！")):
        return 0.0
    value = parse_numeral(text)
    if value is None:
        return None
    number = lowest(value)
    return _rate(number / 100 if number >= 2 else number)
