"""The clauses of a message that state nothing about the customer: of somebody else, a what-if, a yes held back. Pure."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from hotline.business.clauses import spans
from hotline.business.said import Said

#: whose affairs these are; "给我朋友的公司办" makes the friend's firm the customer's
_OTHERS = re.compile(
    r"^(?:我们?|咱们?)?(?:隔壁|对门|楼下|楼上|旁边)(?!的?(?:号|楼|栋|间))"
    r"|(?<![帮给替为])(?:我|我们)的?(?:一?个)?(?:朋友|同学|哥们|闺蜜|邻居|老乡|亲戚)(?!介绍|推荐|说|告诉|让|叫|去|来|办|帮|代)"
    r"|(?:别人|人家)(?:的|那)?(?:公司|店|家|单位)|^别家|(?:别的|其他|有的|有些|某些|好多|很多|一些)(?:公司|单位|企业|人家|店)|客户(?:的)?公司"
    r"|^同行(?:都|也|的|有)"
)
#: branches that he has make him no branch
_BRANCHES = re.compile(r"(?:有|开了?|设了?)[^，,]{0,8}?(?<!限公司)分(?:公司|店|部|支机构)|[家个]分公司")
_KEPT = re.compile(
    r"(?:公司|单位|店)[^，,]{0,5}?(?:先|暂时|就|还)?不(?:太)?(?:想|愿意?|方便|能|会)?(?:告诉|透露|跟你们?说|提供)"
)
_NAMED = re.compile(r"有限|叫|全称|帮|给|替")
_IF = re.compile(r"^(?:那|可)?(?:要是|如果|假如|假设|倘若|若是|万一)")
_ENOUGH = re.compile(r"够不够|够(?:用)?(?:吗|么|没|不)(?=$|\W)")
#: what takes a yes back, or makes it wait
_RESERVED = re.compile(
    r"就是(?:有?点|太|稍微|略|怕|贵|不|担心)|但(?!凡)|不过|可是|只是|就怕|只不过|再(?:想|看|考虑|商量|等|说|便宜|少|优惠|问)"
)

_OWN_NAME = re.compile(
    r"改|换|不是|应该|不对|错|更正|全称|名称|名字|名叫|抬头|单位名|公司名|(?:我们?|公司|单位|店)(?:是|叫)|^叫|[厂司店团院所社行]$"
)


def is_aside(clause: str) -> bool:
    """Whether a clause speaks of somebody else, of branches, or of what he will not tell."""
    if _OTHERS.search(clause) or _KEPT.search(clause):
        return True
    return bool(_BRANCHES.search(clause)) and not _NAMED.search(clause)


def supposes(clause: str) -> bool:
    """ "要是五千分钟呢", "两千分钟够不够": a figure that is weighed, and not yet his."""
    return bool(_IF.search(clause) or _ENOUGH.search(clause))


def reserved(text: str) -> bool:
    """ "可以是可以，就是有点贵": a yes with a reservation."""
    return bool(_RESERVED.search(text))


def names_his_own(said: Said, question: bool) -> bool:
    """Whether a company name is to be kept: a told one gives way only to what calls itself the name."""
    if said.pressed or said.requested == "company_name" or not said.known.get("company_name"):
        return True
    return not question and bool(_OWN_NAME.search(said.text))


def supposed_in(said: Said) -> dict[str, Any]:
    """The minutes a month that he only weighs."""
    if said.pressed:
        return {}
    weighed = [span for span in spans(said.text) if _weighs(said, said.text[slice(*span)])]
    found = [
        each["value"]
        for each in said.entities
        if each.get("entity") == "monthly_minutes"
        and any(begin <= int(each.get("start") or 0) < end for begin, end in weighed)
    ]
    return {"monthly_minutes": found[-1]} if found else {}


def without_asides(said: Said) -> Said:
    """The message with its asides blanked out (what stands elsewhere keeps its place) and their entities gone."""
    if said.pressed or said.requested == "handler":
        return said  # there others are asked about: "我朋友去办"
    kept = list(said.text)
    gone: set[int] = set()
    for begin, end in spans(said.text):
        clause = said.text[begin:end]
        if is_aside(clause.strip()) or _weighs(said, clause):
            kept[begin:end] = " " * (end - begin)
            gone.update(range(begin, end))
    if not gone:
        return said
    entities = [each for each in said.entities if int(each.get("start") or 0) not in gone]
    return dataclasses.replace(said, text="".join(kept), entities=entities)


def _weighs(said: Said, clause: str) -> bool:
    """With nothing told yet, "如果每月三千分钟" is how a need is put."""
    return supposes(clause) and bool(said.known.get("monthly_minutes") or _ENOUGH.search(clause))
