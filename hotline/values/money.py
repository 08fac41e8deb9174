"""Amounts of money as yuan a month: 一年一万二 → 1000, 每月两三百 → 200 to 300, 五百以内 → 500."""

from __future__ import annotations

import re

from hotline.values.folding import fold
from hotline.values.found import Amount, Found, without_overlaps
from hotline.values.numerals import NUMBER, lowest, parse_number_words, parse_numeral, scale
from hotline.values.periods import PER_MONTH, period_of

_UNIT = r"(?:元|块钱?|圆|rmb|人民币|大洋|钱(?!包))"
#: "这一块" is no yuan: smaller amounts are not a budget for a month
SMALLEST = 10

_WITH_UNIT = re.compile(rf"(?P<sign>[¥￥$])?\s?(?P<number>{NUMBER})\s?(?P<unit>{_UNIT})?")
_CUE = re.compile(
    r"预算|经费|费用|花费?|花销|开销|成本|掏|出得起|付得起|拿得出|能接受|承受|控制在|投入|价位|话费|月租|最低消费|月消费|消费|出个|给个|便宜|价格|价钱|资金|钱"
)
_BUDGET_BEFORE = re.compile(r"(?:预算|经费)(?:是|在|有|大概|大约|差不多|每个?月|一个?月|控制在|[:, ])*$")
_LIMIT_AFTER = re.compile(r"\s?(?:块|元)?(?:以内|之内|以下|封顶|左右|上下|出头|打住|到顶|顶天)")
_LIMIT_BEFORE = re.compile(
    r"(?:不超过|别超过|不要超过|最多|顶多|不高于|低于|不到|少于|控制在|上限|撑死|至多)(?:是|在|每月|一个?月|每个月|就|也就)?$"
)
_OTHER_UNIT = re.compile(
    r"\s?(?:个|分|通|次|位|名|人|部|条|台|小时|钟|秒|天|号|年|月|点|%|成|倍|番|岁|座|席|家|级|层|开头|结尾|版|折|兆|g|m(?!b)|路|线|的?号|是什么|电话|打头|来?通|多?分|多?个|多?通|星期|礼拜|周|日|字|种|遍|遍|/(?!月|年))"
)
_TALK = re.compile(r"分钟|通话|话务|小时|电话量|来电|呼入|话量|打进|接多少|客服|座席|坐席")
_RATE_AFTER = re.compile(r"\s?(?:/|每|一)\s?(?:分钟?|条|个号|次|线|通)")
_HALF_YUAN = re.compile(r"[毛角分]")


def find(text: str) -> list[Found]:
    """Money named as such, per month: with a unit or sign, beside a word of spending, or as "一年一万二"."""
    folded = fold(text)
    found = []
    for match in _WITH_UNIT.finditer(folded):
        value = parse_number_words(match["number"])
        if value is None or _RATE_AFTER.match(folded, match.end()) or _HALF_YUAN.match(folded, match.end()):
            continue
        if not (match["sign"] or match["unit"]) and not _bare_is_money(folded, match):
            continue
        start, end = match.start("sign") if match["sign"] else match.start("number"), match.end()
        period = period_of(folded, match.start("number"), end)
        if period in ("day", "week") and not re.search(
            r"[天日周]", folded[end : end + 3] + folded[max(0, start - 5) : start]
        ):
            period = None
        found.append(Found(start, end, scale(value, PER_MONTH[period or "month"], 0)))
    return without_overlaps([f for f in found if lowest(f.value) >= SMALLEST])


def _bare_is_money(folded: str, match: re.Match[str]) -> bool:
    """A number without a unit is money by its surroundings only."""
    start, end = match.start("number"), match.end("number")
    if _OTHER_UNIT.match(folded, end) and not re.match(
        r"\s?(?:一个?|每个?|/个?)[月年](?!后|内)", folded[end:]
    ):
        return False
    if re.search(r"[\d.:-]$", folded[:start]) or len(re.sub(r"\D", "", match["number"])) >= 7:
        return False
    if folded[max(0, start - 1) : start] in ("第", "按", "转", "零") or match["number"] in ("一", "400"):
        return False
    clause = re.split(r"[,。;!?]", folded[:start])[-1] + re.split(r"[,。;!?]", folded[end:])[0]
    before = folded[max(0, start - 10) : start]
    if _BUDGET_BEFORE.search(before):
        return True
    if re.search(
        r"尾号|结尾|后[一二三四五六\d]位|包含|中间|开头|带$|分钟|号码", clause[max(0, len(clause) - 40) :]
    ):
        return False
    if _CUE.search(before):
        return True
    if _LIMIT_AFTER.match(folded, end) or _LIMIT_BEFORE.search(before):
        return not _TALK.search(clause)
    period = period_of(folded, start, end)
    return (
        period in ("year", "month", "half_year", "quarter")
        and not _TALK.search(folded)
        and not match["number"].startswith("第")
    )


def parse_budget(text: str) -> Amount | None:
    """An answer to "what may it cost a month", in yuan: with or without unit, any period."""
    found = find(text)
    if found:
        return found[-1].value
    value = parse_numeral(re.sub(r"(?:每个?月|一个?月|预算|不超过|最多|别超过)", "", fold(text)))
    return value
