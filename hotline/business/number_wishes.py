"""What a sentence wishes of a number beside what the recogniser names: a segment, the head of the six, a low price."""

from __future__ import annotations

import re
from typing import Any

from hotline.values import digits
from hotline.values.folding import fold

_SEGMENT = re.compile(
    r"(?<!\d)(400[17])(?!\d)\s*(?:的?(?:号段|号码?|靓号)|开头|打头|字头|起头|那种|系列|段|的(?!是|和))"
)
#: "2024 年开头的后六位", "后六位要 2024 开头"
_HEAD = re.compile(
    r"(?<!\d)(\d{2,6})年?(?:开头|打头|起头)的?(?:[后末尾])[六6]位"
    r"|[后末尾][六6]位(?:数字?|号码?)?(?:要|是|用|以|想要|从|得|最好)*(?<!\d)(\d{2,6})年?(?:开头|打头|起头|开始)"
)
#: "543210 有吗", "那个 698 的"
_NAMED = re.compile(
    r"^(?:那|请问|有没有|有|要|想要|看看)*(\d{3,6})的?(?:号码?)?(?:还)?(?:有吗|有没有|有么|有不|呢)?$|那个(\d{3,6})的"
)
_CHEAP = re.compile(r"便宜|实惠|不(?:要|想)?(?:太|那么|这么)?贵|省钱|低价")
#: "四个 8 连着的"
_IN_A_ROW = re.compile(r"([两三四五六2-6])个?\s*([0-9])\s*(?:连着|连在一起|在一起|挨着|连号|连续)")
_TIMES = {"两": 2, "三": 3, "四": 4, "五": 5, "六": 6}
_CATCHY = re.compile(r"好记|顺口|朗朗上口|好念|容易记")
#: "号码随便给一个", "号你们挑就行"
_ANY = re.compile(
    r"号码?(?:的话|呢|就|上|嘛|,|，|\s)*(?:我)?(?:都|什么都)?(?:随便|随意|无所谓|都行|都可以|不讲究|没要求|没什么要求|不挑)"
    r"|号码?(?:的话|呢|就|嘛|,|，|\s)*(?:你们?|您|系统)(?:来|帮我|给我|看着|随便)*(?:定|挑|选|安排|配)"
    r"|(?:随便|随意)(?:来|给|挑|选|找|配|弄|整|我|一)*个?(?:什么)?(?:400)?的?号(?!段)"
)
_STRIKING = ("pair", "repeat", "sequence")
_OF_NUMBERS = re.compile(r"号")
#: what recognisers of speech and quick fingers make of 尾号
_TAIL_MISHEARD = re.compile(r"[伟委未围卫唯威]号|尾(?:好|耗)(?=[\d一二三四五六七八九零幺])")


def spoken(text: str) -> dict[str, Any]:
    """The parts of a wish (`number_search.Wish`) that the words themselves name."""
    said = fold(text).strip().rstrip("?？!！。 ")
    found: dict[str, Any] = {}
    head = next((each for match in _HEAD.finditer(said) for each in match.groups() if each), "")
    segment = match.group(1) if (match := _SEGMENT.search(said)) else ""
    if head and not head.startswith("400"):
        found["prefix"] = segment + head
    elif segment:
        found["prefix"] = segment
    elif named := _NAMED.search(said):
        piece = next(each for each in named.groups() if each)
        if piece != "400" and not piece.startswith("100"):
            found["contains"] = (piece,)
    if row := _IN_A_ROW.search(said):
        times, digit = row.groups()
        found["contains"] = (digit * int(_TIMES.get(times, times)),)
    if _TAIL_MISHEARD.search(said):
        for each in digits.find(_TAIL_MISHEARD.sub("尾号", said)):
            if each.role == "suffix":
                found = {**{k: v for k, v in found.items() if k != "contains"}, "suffix": str(each.value)}
    if _CATCHY.search(said):
        found["patterns"] = _STRIKING
    elif not found and _ANY.search(said):
        found["patterns"] = ("plain",)
    if _CHEAP.search(said) and (found or _OF_NUMBERS.search(said)):
        found["cheap"] = True
    return found
