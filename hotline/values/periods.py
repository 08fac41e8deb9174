"""Which stretch of time an amount refers to, and the factors to a month or a working day.

A month has 22 working days and a week 5 of them, as in the estimate of the fact sheet (F016, F019).
"""

from __future__ import annotations

import re

WORKING_DAYS_PER_MONTH = 22
WORKING_DAYS_PER_WEEK = 5

#: how many of the period make one month
PER_MONTH = {
    "day": float(WORKING_DAYS_PER_MONTH),
    "week": WORKING_DAYS_PER_MONTH / WORKING_DAYS_PER_WEEK,
    "month": 1.0,
    "quarter": 1 / 3,
    "half_year": 1 / 6,
    "year": 1 / 12,
}

_WORDS = {
    "half_year": r"每?半年",
    "quarter": r"(?:每个?|一个?|单)季度?",
    "year": r"每一?年|一整?年|1年|全年|年度|年均|年付|包年|按年|年(?=预算|话费|费用|通话)",
    "month": r"每一?个?月|一个?月|1个月|月均|月度|单月|按月|个月(?!内)|月付|包月|月租?费?(?=[:：是]?\s?\d)|平均月|月(?=预算|话费|费用|通话)",
    "week": r"每一?个?(?:周|星期|礼拜)|一个?(?:周|星期|礼拜)|周均",
    "day": r"每一?个?(?:工作)?[天日]|一[天日](?!半)|1天|天天|日均|单日|平均[天日]|成天|整天|每工作日",
}
PERIOD = re.compile("|".join(f"(?P<{name}>{words})" for name, words in _WORDS.items()))
_AFTER = re.compile(
    r"\s{0,2}(?:左右|上下|以内|吧|的样子|多)?\s?(?:/|每|一个?|1个?|的?话费)?\s?(?P<word>个?月|年|天|日|周|星期|礼拜)(?![后前内之起底初份])"
)
_AFTER_NAMES = {
    "月": "month",
    "个月": "month",
    "年": "year",
    "天": "day",
    "日": "day",
    "周": "week",
    "星期": "week",
    "礼拜": "week",
}
_REACH = 16
_BREAK = re.compile(r"[。;!?]")


def period_of(folded: str, start: int, end: int) -> str | None:
    """The period that the amount at `start:end` belongs to: named just before it, or just after it."""
    after = _AFTER.match(folded, end)
    if after and re.search(r"[/每一1]", after.group()):
        return _AFTER_NAMES[after["word"]]
    before = folded[max(0, start - _REACH) : start]
    broken = [m.end() for m in _BREAK.finditer(before)]
    before = before[broken[-1] if broken else 0 :]
    found = list(PERIOD.finditer(before))
    return found[-1].lastgroup if found else None
