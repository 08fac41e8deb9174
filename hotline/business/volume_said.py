"""A volume whose unit is not said ("一天五十", "一个月三千"), while the volume is being asked. Pure."""

from __future__ import annotations

import re
from typing import Any

from hotline.business.clauses import QUESTION, split
from hotline.business.said import Heard, Said
from hotline.values.folding import fold
from hotline.values.numerals import NUMBER, parse_number_words
from hotline.values.oops import settled

VOLUME = ("monthly_minutes", "daily_calls", "call_minutes", "seats")
_ABOUT = r"(?:我们?|咱们?|俺们?|这边|店里|公司|大概|大约|差不多|平均|估计|也|就|可能|应该|得|能|有|要|会|接|来|打|个?(?:电话|来电)|都|下来|算|是|嗯|呃|那)*"
_END = r"(?:多|来)?(?:左右|上下|以内|出头|往上|的样子|样子|这样|吧|啊|呢|呀|嘛|了)*"
_DAY = re.compile(
    rf"{_ABOUT}(?:平均)?(?:每天|一天|天天|每日|一日|日均|单日|一天天)(?:的)?{_ABOUT}(?P<number>{NUMBER}){_END}"
)
_MONTH = re.compile(
    rf"{_ABOUT}(?:平均)?(?:每个?月|一个?月|月均|单月)(?:的)?{_ABOUT}(?P<number>{NUMBER}){_END}"
)
_MONEY = re.compile(r"元|块|钱|预算|费|[¥￥]|价|花")


def without_unit(text: str) -> dict[str, Any]:
    """``daily_calls`` of "一天五十", ``monthly_minutes`` of "一个月三千"; empty if there is a unit, or money."""
    if _MONEY.search(text):
        return {}
    for clause in split(settled(fold(text))):
        for name, pattern in (("daily_calls", _DAY), ("monthly_minutes", _MONTH)):
            match = pattern.fullmatch(clause.strip())
            value = parse_number_words(match["number"]) if match else None
            if value is not None:
                return {name: value}
    return {}


def volume_without_unit(said: Said, heard: Heard) -> None:
    """ "一天五十": calls, to be confirmed unless how long they last is told too; money only if it is called so."""
    if not _MONEY.search(said.text):
        heard.values.pop("budget", None)
    told = heard.values.keys() & set(VOLUME)
    found = {} if QUESTION.search(said.text) else without_unit(said.text)
    if not found or told - {"call_minutes"} or (told and "daily_calls" not in found):
        return
    heard.values |= found
    heard.answered = True
    heard.guessed = "daily_calls" in found and said.requested != "daily_calls" and not told
