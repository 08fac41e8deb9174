"""Self-corrections inside one utterance: "五个，不对，六个" is six. Pure."""

from __future__ import annotations

import re

from hotline.values.folding import fold

#: what numbers are written with, spoken digits included
NUMERAL = "0-9零〇一幺二两三四五六七八九十百千万亿半几洞拐"
_VALUE = rf"[{NUMERAL}][{NUMERAL}.,\- ]*(?:多|来)?[个块元分钟通条人位%号部台]*(?:[座坐]席|客服|电话|手机)?"
#: what takes back the words before it
OOPS = r"(?:啊|哦|呃|噢)?(?:不对不对|不对|[哦噢啊]?不不+|[哦噢]不|不是不是|不是|错了|(?:打|输|写)错了|说错了|我?说错了?|口误|更正一下|改一下)(?:啊|哦|呃)?"
_PAUSE = r"[,，。、 ]*"
VALUE_OOPS = re.compile(rf"(?P<old>{_VALUE})吧?{_PAUSE}{OOPS}{_PAUSE}(?:应该)?(?:是|改成)?(?P<new>{_VALUE})")
#: "五个 不 六个": a bare no takes back only what is counted in the same measure ("要8不4" takes nothing back)
_MEASURED = rf"[{NUMERAL}]+(?P<{{}}>[个块元通条人位部台]|分钟?)"
BARE_NO = re.compile(
    rf"(?P<old>{_MEASURED.format('a')})吧?{_PAUSE}不{_PAUSE}(?:是|得)?(?P<new>{_MEASURED.format('b')})"
)


def settled(text: str) -> str:
    """The text without the values that its speaker took back at once."""
    for pattern in (VALUE_OOPS, BARE_NO):
        while match := taken_back(pattern, text):
            text = text[: match.start("old")] + text[match.start("new") :]
    return text


def taken_back(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The first place where `pattern` takes a value back."""
    found = pattern.search(fold(text))
    if found and pattern is BARE_NO and found["a"] != found["b"]:
        return None
    return found
