"""The clauses of a message, and what one clause can tell by itself, whatever the whole was taken for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from hotline.business.free_words import free_trade
from hotline.business.said import Heard, Said
from hotline.values.folding import fold
from hotline.values.numerals import NUMBER, parse_numeral
from hotline.values.terms import parse_contract_months, parse_working_days

#: what makes a clause a question
QUESTION = re.compile(
    r"[?？]|吗|呢$|多少|怎么|怎样|咋|(?<!没)(?:什么|啥)|哪|能不能|可不可以|可以不|要不要|是不是|有没有|行不行"
    r"|(?:行|可以|要得|能|好|对|有|是|中|成|得|要|用|会)不(?=$|[,，。.!！\s哦啊呀嘛哈])"
    r"|为什么|多久|多长|几(?:天|号|点|年|种|家|步|块|钱)|([\u4e00-\u9fff])(?<!不)不\1(?!不)"
    r"|(?:有[^，,。没]{1,8}|[了过好完到])没[啊呀哈]?$"
    r"|[\u4e00-\u9fff]{3}(?<![我们还也都就从先暂绝对偏倒必像才说])不[啊呀哈]?$"
)
CLAUSES = re.compile(r"[，,。；;！!？?\n]+|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])|\s{2,}")
_NO_BUDGET = re.compile(
    r"(?:没有?|无|不设|没啥|没什么)(?:啥|什么)?预算|预算(?:是|也|都|倒)?(?:没有?|不|无)(?:啥|什么)?(?:上?限|要求|所谓|封顶)"
    r"|预算(?:随意|随便|都行|都可以)"
)
_NO_FEATURE = re.compile(
    r"(?:我们?|也|都|什么|啥|其他|别的)*(?:不要|不用|不需要|不加|没有|没|无)(?:什么|啥|任何|其他|别的|附加|特殊|增值|额外|这些|那些|多余|花里胡哨|的)*功能(?:了|吧|的)?"
    r"|(?:只要|就|反正|只)?(?:能|可以|只|就)(?:接听?|接电话|打进来|打通)(?:电话)?(?:就|也)?(?:行|好|可以|够|成|中|OK|ok)+(?:了|的|啦|吧)*"
    r"|(?:那些|这些|增值|附加)?功能(?:我们?|就|都|全|也|暂时|先)*(?:不要|不用|不需要|取消|去掉|不加)(?:了|吧|掉)*"
)
_AROUND = re.compile(r"^(?:我们?是|我们|就是|做|用来|用于|主要)|(?:热线|电话|用的?|的)$")
_OUTBOUND = re.compile(
    r"外呼|外拨|群呼|电销|陌生?拜访电话|(?:往外|主动|出去|挨个)(?:给.{0,6})?打|打(?:电话)?出去|拨出去"
    r"|打(?:电话|推销电话)?(?:去|来)?(?:推销|销售|营销|推广|拉客户|找客户|催收|回访)|(?:推销|营销|催收|回访)(?:的)?电话(?:打|用)?"
)
_INBOUND = re.compile(
    r"打进|打来|呼入|接听|客户打|来电|不(?:打|往|外|做|用|需要|是).{0,4}(?:外|出|电销|推销)"
)
_BARE_COUNT = re.compile(rf"({NUMBER})\s?(?:个|部|条|路|门|台)(?:号码?|接听|线|手机|电话)?")
#: "1个手机接" says by itself what it counts
_PHONES = re.compile(
    rf"(?:就|用|拿|绑|是)*({NUMBER})\s?(?:个|部|台|支)\s?(?:手机|座机|固话)(?:号码?)?(?:来|去)?(?:接听?|响)?(?:电话)?(?:就行|就好|就够了?|够了|吧|的)*"
)
_FOR_A_COMPANY = re.compile(
    r"(?:给|帮|为|替|以)(?:我们?|咱们?|俺们?)?(?:的)?(?:公司|企业)(?!.{0,4}(?:客户|朋友))|^(?:我们?|咱们?|俺们?)?(?:公司|企业)(?:这边)?(?:想|要|需要|准备|打算)"
)
_TRADE = re.compile(
    r"(?:我们?|我家|咱们?|俺们?)?(?:是|这)?(?:开|做|卖|搞|干)(?!.{0,4}(?:400|电话|发票|票))[\u4e00-\u9fff]{2,8}"
)
_SHOP = re.compile(r"开(?:了|个|家|间)*([\u4e00-\u9fff]{1,6}(?:店|馆|厂|铺|院|所|场|室|厅|行|社|公司))的?$")
_FEW = 20
_ALONE = frozenset({"企业", "公司", "个体", "个体户", "个体工商户", "事业单位"})
_LIST = 3  # clauses from which a message is a list of particulars


def split(text: str) -> list[str]:
    """The clauses that say something."""
    return [clause for clause in (part.strip() for part in CLAUSES.split(text)) if clause]


def spans(text: str) -> list[tuple[int, int]]:
    """Where the clauses stand, each with its closing mark."""
    ends = [*(match.end() for match in CLAUSES.finditer(text)), len(text)]
    return list(zip([0, *ends], ends, strict=False))


def clause_at(text: str, start: int) -> str:
    """The clause in which the character at `start` stands, with its closing mark."""
    return next((text[begin:end] for begin, end in spans(text) if begin <= start < end), "")


def no_budget(text: str) -> bool:
    """ "没预算限制", "预算不限": he passes the question by before it is asked."""
    return any(_NO_BUDGET.search(clause) and not QUESTION.search(clause) for clause in split(text))


def told_of_itself(text: str) -> dict[str, int]:
    """What is never asked but counts when told: days open a month, the longest contract."""
    if QUESTION.search(text):
        return {}
    found = {"working_days": parse_working_days(text), "contract_months": parse_contract_months(text)}
    return {name: value for name, value in found.items() if value is not None}


def outbound(text: str) -> bool:
    """Whether he states that he wants to call out with the number, which it cannot (F002, F014)."""
    return any(
        _OUTBOUND.search(clause) and not QUESTION.search(clause) and not _INBOUND.search(clause)
        for clause in split(text)
    )


def particulars(text: str, words: Mapping[str, Mapping[str, Sequence[str]]]) -> dict[str, str]:
    """The choices that stand alone in a list ("公司，客服热线，每月3000分钟"): field → value.

    `words` are the loose words of each field, by value; in a sentence they would be too little to go by.
    """
    clauses = [word for clause in split(text) for word in clause.split()]
    found: dict[str, str] = {}
    if len(clauses) < _LIST:
        clauses = [clause for clause in clauses if clause in _ALONE] if len(clauses) > 1 else []
    for clause in clauses:
        bare = _AROUND.sub("", clause)
        for name, values in words.items():
            value = next((v for v, known in values.items() if clause in known or bare in known), None)
            if value is not None:
                found.setdefault(name, value)
    return found


def bare_count(text: str) -> int | None:
    """ "5个" alone in a list of particulars: the phones that are to ring; more than a few may be anything."""
    clauses = [word for clause in split(text) for word in clause.split()]
    named = [match[1] for clause in clauses if (match := _PHONES.fullmatch(fold(clause)))]
    if len(clauses) > 1 and len(named) == 1 and isinstance(count := parse_numeral(named[0]), int):
        return count
    if len(clauses) < _LIST:
        return None
    found = [parse_numeral(match[1]) for clause in clauses if (match := _BARE_COUNT.fullmatch(fold(clause)))]
    small = [count for count in found if isinstance(count, int) and count <= _FEW]
    return small[0] if len(found) == 1 and small else None


def trade_in_passing(text: str) -> str | None:
    """ "开理发店的" among other particulars: his trade."""
    clauses = split(text)
    if len(clauses) < _LIST:
        return None
    told = [clause for clause in clauses if _TRADE.fullmatch(clause) and not QUESTION.search(clause)]
    if len(told) != 1:
        return None
    return match[1] if (match := _SHOP.search(told[0])) else free_trade(told[0])


def told_in_passing(said: Said, heard: Heard, statement: bool) -> None:
    """What no question of ours asks for in these words, kept with the rest; `statement`: it is about himself."""
    for name, value in particulars(said.text, said.choices).items():
        if name not in said.known:
            heard.values.setdefault(name, value)
    if said.intent == "apply" and "applicant_type" not in {*heard.values, *said.known}:
        if any(_FOR_A_COMPANY.search(clause) and not QUESTION.search(clause) for clause in split(said.text)):
            heard.values["applicant_type"] = "enterprise"
    if "industry" not in {*heard.values, *said.known} and (trade := trade_in_passing(said.text)):
        heard.values["industry"] = trade
    if statement and outbound(said.text):
        heard.outbound = True
        heard.values.pop("usage_scenario", None)
    if "bound_numbers" not in {*heard.values, *said.known} and statement:
        if (phones := bare_count(said.text)) is not None:
            heard.values["bound_numbers"] = phones
    for name, count in told_of_itself(said.text).items():
        heard.values.setdefault(name, count)
    if "feature" not in heard.values and any(_NO_FEATURE.fullmatch(each) for each in split(said.text)):
        heard.values["feature"] = {"set": []}
    if "budget" not in {*heard.values, *said.known} and no_budget(said.text):
        heard.skip = "budget"
    heard.answered = heard.answered or said.requested in {*heard.values, heard.skip} - {None}
