"""What a plain yes, no, "随便" or "没有" means where the question has a natural reading of it. Pure."""

from __future__ import annotations

import re

from hotline.business import assent
from hotline.business.clauses import QUESTION
from hotline.business.said import Heard, Said

_DECLINES = re.compile(r"^(?:暂时|目前|现在|我|这个|倒是|也)*(?:没|不|无|跳过|略过|算了)")
_WISHES = ("number_pattern", "number_digits", "excluded_digits", "hotline_number")
_NOT_GROWING = re.compile(
    r"(?:应该|估计|也|基本|大概)*(?:没|不)(?:有|会|怎么|什么|啥|太)*"
    r"(?:涨|增长|增加|变|长|变化|多)[了吧的]*"
)
_SOMEHOW = re.compile(
    r"(?:应该|估计|可能|大概|肯定|也许|我们?|业务|来电|电话|是|会|要|能|有|得|再|慢慢|稍微|略微?|小幅)*(?:涨|增长|增加|增|多|上升|提高)(?:上|个)?(?:一)?(?:点儿?|些|丢丢)(?:吧|的|了|呢|啊)*"
)
_READY = re.compile(r"有|齐|好了|全")
_NO_GROWTH = ("不", "不会", "否")
_CLOSED_ANSWERS = frozenset({"growth_rate", "feature", "contact_time", "material", "budget", "email"})
_PROPOSED = frozenset({"feature", "material"})  # "随便" gets a proposal there


def declines(text: str) -> bool:
    """ "没有邮箱", "没什么预算": no to a question that need not be answered."""
    return len(text) <= 12 and bool(_DECLINES.match(text)) and not QUESTION.search(text)


def not_growing(text: str) -> bool:
    """ "应该不会怎么涨": a growth of nothing."""
    return bool(_NOT_GROWING.fullmatch(text.rstrip("。.!！")))


def growing_somehow(text: str) -> bool:
    """ "会涨一些", "可能多点": growth, but nobody knows how much."""
    return bool(_SOMEHOW.fullmatch(text.rstrip("。.!！")))


def digits(said: Said) -> bool:
    """Whether he names digits, wanted or not: a wish about the number, no refusal of it."""
    return any(str(entity.get("entity")) in _WISHES for entity in said.entities)


def passes(text: str, no: bool, said: Said) -> bool:
    """Whether he passes by a question that need not be answered."""
    return (no or declines(text)) and not digits(said) and (said.pressed or not assent.objects(text))


def closed(name: str, said: bool, unsure: bool) -> bool:
    """Whether a yes or no (`said`) or an unsure word has a natural reading at this question."""
    return name in _CLOSED_ANSWERS and (said or unsure) and not (unsure and name in _PROPOSED)


def closed_answer(name: str, yes: bool, no: bool, unsure: bool, said: Said, heard: Heard) -> None:
    """What yes, no and "随便" mean where the question has a natural reading of them; "不同意" has none."""
    text = said.text.strip()
    none = no and (said.pressed or assent.wants_none(text))
    ready = yes and (said.pressed or bool(_READY.search(text)))
    heard.answered = True
    if name == "growth_rate" and (none or not_growing(text) or (no and text in _NO_GROWTH)):
        heard.values[name] = 0
    elif name == "feature" and none:
        heard.values[name] = {"set": []}
    elif name == "material" and (ready or none):
        heard.values[name] = {"set": list(said.needed) if ready else []}
    elif name == "contact_time" and (unsure or none):
        heard.values[name] = "随时"
    elif name in ("budget", "email", "growth_rate") and (unsure or (no and passes(text, no, said))):
        heard.skip = name
    else:
        heard.answered = False
