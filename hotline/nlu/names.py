"""Rules for company names, person names and industries: cue words, endings, the table of surnames."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from hotline.datafile import DATA, load
from hotline.values import names as cleaning
from hotline.values.found import Found
from hotline.values.regions import find as find_regions

PATH = DATA / "lexicon" / "names.yml"
COMPANY, PERSON, INDUSTRY = "company_name", "contact_name", "industry"

_BODY = r"[\u4e00-\u9fffa-z0-9()（）·&]"
_COMPANY_CUE = (
    r"(?:(?:公司|企业|单位|店|厂|机构|学校)(?:的)?(?:名称?|名字|全称|全名|抬头|名)?(?:改)?(?:就?是|叫做?|为|填|写|:|改成|改为|应该是|应为)"
    r"|全称(?:就?是|叫|为|:)?|全名(?:是|叫|:)|抬头(?:是|开|写|:)?|店名(?:叫|是|:)?|(?:公司|企业|单位)(?:名称?|全称|名字)(?=[:\s\u4e00-\u9fff]))\s?[:,，]?\s?"
)
_COMPANY_STOP = (
    r"^(?:[嗯呃啊哦那喂]|你好|您好|就是|应该是|现在|目前|[,，。:：\s]|我们?(?=[^\u4e00-\u9fff]|是|叫|的|这)|(?:这里|这边|那边)(?:就?是)?|我(?:这边|这里)?(?:就?是|在)|我们?(?:这边|这里|家|公司|厂|店)?(?:的)?(?:名字)?(?:就?是|叫)|咱们?(?:是|叫)?|我司(?:是|叫)?"
    r"|公司(?:名称?|全称|名字|全名)?(?:就?是|叫|为)?|企业名称?|单位名称?|全称|全名|名称|帮|给|替|以|用|查一?下|查查|查询|请|麻烦|来自|属于|代表|是|叫做?|改成|改为|不是|应为|应该|填|写|我们|我|咱|在|想|要|和|跟|刚注册的?|把|由|抬头|店名|名字|更正|换成|俺们?)"
)
_SENTENCE = re.compile(r"[,，。;；!！?？、\s:：]")
_NAME_STOP = set(
    "的了吗是在有做什么怎么这那个电话手机号码要办能可以吧呢请问们和跟给打来去就到不没公司厂店你您我他她它为开上下后前中里时候天周点分小大一二三四五六七八九十多少几啊哦嗯客户经理总老板哪谁查联系找想让用买卖说叫会把被或从对此但如果也还都很"
)


@dataclass(frozen=True)
class NameRules:
    """The word lists of data/lexicon/names.yml, compiled."""

    surnames: frozenset[str]
    uncertain: frozenset[str]
    compounds: tuple[str, ...]
    strong: re.Pattern[str]
    generic: frozenset[str]
    person: re.Pattern[str]
    titled: re.Pattern[str]
    surname_only: re.Pattern[str]
    with_phone: re.Pattern[str]
    weak_ends: tuple[str, ...]


@lru_cache(maxsize=1)
def word_lists(path: Path = PATH) -> dict[str, Any]:
    """The raw word lists; raises DataError when the file is broken."""
    data: dict[str, Any] = load(path)
    return data


@lru_cache(maxsize=1)
def given_chars() -> frozenset[str]:
    """Characters that given names are made of."""
    return frozenset(word_lists()["given_chars"])


@lru_cache(maxsize=1)
def rules() -> NameRules:
    """The compiled rules, built once."""
    data = word_lists()
    single, compounds = data["surnames"], tuple(data["compound_surnames"])
    surname = rf"(?:{'|'.join(compounds)}|[{single}])"
    titles = "|".join(sorted(data["titles"], key=len, reverse=True))
    given = r"[\u4e00-\u9fff]{1,2}?"
    full = rf"{surname}{given}|[\u4e00-\u9fff]{{2,5}}·[\u4e00-\u9fff]{{2,5}}|[a-zA-Z]{{2,12}}(?: [a-zA-Z]{{2,12}})?(?: ?[{single}])?"
    cue = (
        r"(?:我(?:的名字|名字|姓名)?(?:就?叫|是)|叫我|喊我|本人(?:叫|是)?|(?:联系人|负责人|经办人|收件人|对接人|法人|法定代表人|老板|姓名|名字|联络人|联系的人)(?:的?(?:姓名|名字))?(?:改)?(?:成|为|填|写|就?是|叫|是我|找)?(?:我?同事)?|(?:打给|找|联系)(?=[^我]))"
        r"[:：,，\s]{0,2}"
    )
    end = rf"(?=$|[,，。;；!！?？、\s\d+]|(?:{titles})|就行|就好|就可以|收|吧$|的?(?:电话|手机|号码)|不是|哈$|啊$|女$|男$)"
    return NameRules(
        surnames=frozenset(single),
        uncertain=frozenset(data["uncertain_surnames"]),
        compounds=compounds,
        strong=re.compile(
            "|".join(sorted(map(re.escape, data["company_ends_strong"]), key=len, reverse=True))
        ),
        generic=frozenset(data["generic_companies"]),
        person=re.compile(rf"{cue}(?P<name>{full}){end}"),
        titled=re.compile(
            rf"(?:^|(?<=[,，。、:：\s是叫给找让打和跟的系])|(?<=联系人)|(?<=你们)|(?<=我们))(?P<name>{surname}(?:{given})?)(?P<title>{titles})(?![机部台工资作人统共觉得是不价量额监理会公行]|办)"
        ),
        surname_only=re.compile(rf"(?:免贵)?姓(?P<name>{surname})(?!名)"),
        with_phone=re.compile(
            rf"(?:^|[,，。、\s])(?P<name>{surname}[\u4e00-\u9fff]{{1,2}})[,，、\s]{{0,2}}(?:的?(?:手机|电话)号?码?[是:：]?)?(?=(?:\+?86)?1[3-9]\d|0\d\d)"
        ),
        weak_ends=tuple(data["company_ends_weak"]),
    )


def _body_start(folded: str, end_of_body: int) -> int:
    """Where the company name that ends here begins: after the last comma, minus words of introduction."""
    start = end_of_body
    while start > 0 and re.match(_BODY, folded[start - 1]) and end_of_body - start < 40:
        start -= 1
    while True:
        match = re.match(_COMPANY_STOP, folded[start:end_of_body])
        if not match or match.end() == 0:
            break
        start += match.end()
    cue = list(
        re.finditer(rf"(?:{_COMPANY_CUE}|我们是|叫做?|这里是|我是|全称是?|名字是)", folded[start:end_of_body])
    )
    return start + cue[-1].end() if cue else start


def find_companies(folded: str, text: str) -> list[Found]:
    """Names with a strong ending (有限公司, 经营部, 五金店 …) and whatever follows "公司叫"."""
    table = rules()
    found: list[Found] = []
    for match in table.strong.finditer(folded):
        start = _body_start(folded, match.start())
        name = folded[start : match.end()]
        if match.start() - start >= 2 and _proper(name, match.group(), folded, start):
            found.append(Found(start, match.end(), text[start : match.end()]))
    merged = _merge(found)
    if not merged:
        merged = _after_cue(folded, text)
    return merged


def _merge(found: list[Found]) -> list[Found]:
    """Of names that overlap, or touch as "…公司…分公司", the longest."""
    kept: list[Found] = []
    for item in sorted(found, key=lambda f: (f.start, -f.end)):
        if kept and item.start < kept[-1].end:
            if item.end > kept[-1].end:
                kept[-1] = Found(
                    kept[-1].start, item.end, kept[-1].value + item.value[kept[-1].end - item.start :]
                )
            continue
        kept.append(item)
    return kept


def _proper(name: str, ending: str, folded: str, start: int) -> bool:
    body = name[: -len(ending)]
    if name in rules().generic or re.search(
        r"[的吗呢啊哪什么怎几]|能不|可以|想办|我们|你们|他们|需要|如果|还是|或者|办理|个体|一家|一个|这个|那个|公立|民办|开了?家|附近|移动|有限$",
        body,
    ):
        return False
    if "公司" in ending and ending not in ("分公司",):
        return "有限" in ending or len(body) >= 3
    has_region = bool(find_regions(body)) or bool(re.search(r"[市县区镇乡]", body))
    cue = re.search(r"(?:叫做?|是|名称?|全称|抬头|:|：|^|,|，)\s?$", folded[:start])
    return len(body) >= (2 if has_region else 3) and (has_region or (bool(cue) and len(name) >= 5))


def _after_cue(folded: str, text: str) -> list[Found]:
    match = re.search(rf"{_COMPANY_CUE}(?P<name>{_BODY}{{2,30}})", folded)
    if not match:
        return []
    name = re.split(r"(?:吧|的|啊|呢|哈|就行|联系人|电话|手机|做|,)", match["name"])[0]
    if len(name) < 2 or re.search(
        r"什么|怎么|哪|吗|多少|不|个体|新|做|有|在|要|我|你|谁|写错|填错|错|一样|能|可以", name
    ):
        return []
    return [
        Found(match.start("name"), match.start("name") + len(name), text[match.start("name") :][: len(name)])
    ]


def _is_person(name: str) -> bool:
    table = rules()
    if re.match(r"[a-zA-Z]", name) or "·" in name:
        return True
    rest = name[2:] if name[:2] in table.compounds else name[1:]
    return bool(rest) and not any(c in _NAME_STOP for c in rest) and name[0] not in table.uncertain


def find_titled(folded: str, text: str) -> list[Found]:
    """Surnames said with a title or with 姓: sure enough to stand beside the trained recogniser."""
    found = find_people(folded, text)
    said = [m.span("name") for p in (rules().titled, rules().surname_only) for m in p.finditer(folded)]
    return [item for item in found if (item.start, item.end) in said]


def find_people(folded: str, text: str) -> list[Found]:
    """Names after a cue (我叫, 联系人), before a title (王总 → 王) or a phone; 我姓卢 → 卢."""
    table = rules()
    found: list[Found] = []
    for pattern in (table.person, table.with_phone):
        for match in pattern.finditer(folded):
            if _is_person(match["name"]):
                found.append(_found(match, text))
    for match in table.titled.finditer(folded):
        name = match["name"]
        short = len(name) == 1 and (
            name in table.uncertain
            or (match["title"] in ("工", "董", "哥", "叔", "姐") and name in "员电加手施大小")
        )
        if not short and (len(name) == 1 or name in table.compounds or _is_person(name)):
            found.append(_found(match, text))
    found += [_found(m, text) for m in table.surname_only.finditer(folded)]
    kept: list[Found] = []
    for item in sorted(found, key=lambda f: (-f.length, f.start)):
        if not any(item.overlaps(other) for other in kept):
            kept.append(item)
    return kept


def _found(match: re.Match[str], text: str) -> Found:
    start, end = match.span("name")
    value = text[start:end]
    if len(value) > 2:
        value = cleaning.clean_person(value) or value
    return Found(start, start + len(value) if text[start:end].startswith(value) else end, value)


_TRADE = re.compile(
    r"(?:我们?|咱们?|俺们?|公司|店里|家里|厂里?|这边|主要|就是|是|^)(?:就?是|主要|平时|一直|也)?(?:做|从事|搞|干|经营|主营|专门做|卖|开|弄)(?:的是)?(?P<name>[\u4e00-\u9fff]{2,8}?)(?:生意|行业|这行|这一行|这块|买卖|业务)?(?:的(?![\u4e00-\u9fff])|行业|生意|这行|这一行|$|,|，)"
)
_SECTOR = re.compile(
    r"(?:我们?是?|咱们?是?|属于|在|做|像|行业[是:：]?|^|,|，)(?P<name>[\u4e00-\u9fff]{2,6}?)(?:行业|这一?行(?![不吗])|行当)"
)
_MAIN = re.compile(
    r"(?:主营|经营范围是|主营业务是?|行业(?:是|填|选|写|改成|为|:|：))(?P<name>[\u4e00-\u9fff]{2,8}?)(?:行业|的|吧|类)?(?=$|[,，。])"
)
_NO_TRADE = re.compile(
    r"咨询|售后|营销|推广|客服|什么|怎么|哪|这|那|我|你|移动|套餐|号码|分钟|通话|录音|400|不|没|能|要|有|在|可以|电话|个体|公司$|企业$|合同|发票|单|几|一家|一个|办|还是|别的|同$|每|各|所有|其他|其它|某|本|该|一些|很多|小本|正规|生意$|批$|店$|导航|销售$|什"
)
_TRADE_TAIL = re.compile(r"(?:行业|生意|业务|的|类)$")


def find_industries(folded: str, text: str) -> list[Found]:
    """Lines of business said as such: 我们做门窗的, 冷链行业, 主营宠物食品."""
    found = []
    for pattern in (_TRADE, _SECTOR, _MAIN):
        for match in pattern.finditer(folded):
            start, end = match.span("name")
            tail = _TRADE_TAIL.search(folded[start:end])
            end = start + tail.start() if tail and tail.start() >= 2 else end
            head = re.match(r"(?:点儿?|些|个|家|的|小|了|一点)", folded[start:end])
            start += head.end() if head and end - start - head.end() >= 2 else 0
            if not _NO_TRADE.search(folded[start:end]):
                found.append(Found(start, end, text[start:end]))
    return found
