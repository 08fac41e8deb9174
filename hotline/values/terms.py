"""How many days a month a business is open, and the longest contract that somebody would sign."""

from __future__ import annotations

import re

from hotline.values.numerals import NUMBER, parse_numeral

_OPEN = r"(?:开门?|营业|上班|做生意|经营|开店|接电话|有人|都有?人?)"
_EVERY_DAY = re.compile(
    rf"全年无休|(?:每天|天天|一周七天|周一到周日|七天)都?{_OPEN}|(?:周末|节假日|礼拜天|星期天)也?(?:都|照常|照样)?{_OPEN}"
    r"|(?:从不|不|没有?|没得)(?:休息(?!室)|休(?=$|[，,。 的])|双休|周末)"
)
_DAYS = re.compile(
    rf"(?:一个月|每个?月|一月|月均|每月里?)(?:大概|大约|差不多|就|要|能|都|总共)*{_OPEN}?(?:个|够|满)?(?P<days>{NUMBER})\s?天"
)
_DAYS_A_WEEK = re.compile(
    rf"(?:一周|每周|一星期|每星期|一个?礼拜|每个?礼拜|周)(?:大概|就|要|能|都)*{_OPEN}(?P<days>[一二两三四五六七1-7])\s?天"
)
_ON_PHONES = re.compile(r"电话|来电|\d通|审核|办好|几天|多久|工作日")
_WEEKS = 52 / 12

_YEARS = rf"(?P<number>{NUMBER})\s?(?P<unit>年|个月)"
_TERM = re.compile(
    rf"(?<!不)(?:最多|顶多|只|就|先|想|能|可以|按|肯|愿意|打算)(?:能|想|先|肯|就|要|签|接受|按|合同){{0,6}}{_YEARS}"
    rf"|(?:签|合同(?:期|就|先|要)?)(?:签)?{_YEARS.replace('number', 'n2').replace('unit', 'u2')}(?:的|吧|就行|就好|足够|为?限)?$"
)
_TOO_LONG = re.compile(r"太长|太久|不想|不要|别|不签|不行|不用")
_ABOUT_CONTRACT = re.compile(r"签|合同|约|按.{1,4}(?:年|月)的?来")


def parse_working_days(text: str) -> int | None:
    """Days a month, 1 to 31: "一个月开30天" 30, "全年无休" 30, "一周开六天" 26; None when none is told."""
    if (found := _DAYS.search(text)) and not _ON_PHONES.search(found[0]):
        days = parse_numeral(found["days"])
        return int(days) if isinstance(days, (int, float)) and 1 <= days <= 31 else None
    if found := _DAYS_A_WEEK.search(text):
        days = parse_numeral(found["days"])
        return round(float(days) * _WEEKS) if isinstance(days, (int, float)) else None
    return 30 if _EVERY_DAY.search(text) else None


def parse_contract_months(text: str) -> int | None:
    """The longest contract he would sign, in months: "最多签两年" 24; None for a question or none told."""
    for clause in re.split(r"[，,。；;！!\s]+", text):
        found = _TERM.search(clause)
        if not found or not _ABOUT_CONTRACT.search(clause) or _TOO_LONG.search(clause[: found.start()]):
            continue
        number = parse_numeral(found["number"] or found["n2"])
        months = 12 if (found["unit"] or found["u2"]) == "年" else 1
        if isinstance(number, (int, float)) and 1 <= number * months <= 120:
            return int(number * months)
    return None
