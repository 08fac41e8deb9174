"""Yes, no, "you decide" and "I cannot say" in few words. Pure; longer sentences are the recogniser's to read."""

from __future__ import annotations

import re

_MARKS = "[，,、。.!！~～ ]*"
_YES = re.compile(
    r"^(?:那|那就|就)?(?:(?:同意|可以|好的?|行|成|是的?|对|[嗯恩]+|确认|确定|没问题|没毛病|ok(?:ay)?|要|需要|愿意|没错"
    r"|就?(?:先?按?这样|按?这个|这么(?:定|办|来|着)?)|就它|按(?:这个|[你您]?说的)(?:来|算|办)?|来吧)"
    rf"[了的呀啊吧哦呢嘛哈]*{_MARKS})+$",
    re.IGNORECASE,
)
_NO = re.compile(
    r"^(?:(?:不同意|不行|不可以|不要|不用|不|否|没有|算了|不需要|拒绝|跳过|略过|先不|没)[了的呀啊吧哦]*"
    rf"{_MARKS})+$"
)
_UNDECIDED = re.compile(
    r"随便|都行|都可以|随时|看你|[你您]定|无所谓|不知道|不清楚|不确定|没想好|说不准|说不好|不好说|看情况|[你您]推荐吧|你来推荐|帮我推荐吧|再说吧|没准|不一定|不太清楚|没概念|没数"
)
_LEFT_TO_US = re.compile(
    r"随便|都行|都可以|看着办|看着来|你定|您定|你说了算|听你的|听您的|你来|帮我选|帮我定|你看|推荐吧"
)
#: of a figure that was proposed
_ABOUT = re.compile(r"差不多|合适|挺好|不错|没意见|大概|应该(?:是|可以|行|够|吧)|够了|也行|还行|可以的?吧")
#: a yes to what was proposed, or a word to break off
_RESTS = re.compile(r"^(?:那|嗯|好的?|行)*(?:就)?先这(?:样|么着)")
_SHORT, _SENTENCE = 6, 15  # characters


def says_yes(text: str) -> bool:
    """A plain yes: "可以", "好的", "嗯嗯", "就这个", "行，就这样吧"."""
    return bool(_YES.match(text.strip()))


def says_no(text: str) -> bool:
    """A plain no: "不用", "算了", "跳过"."""
    return bool(_NO.match(text.strip()))


def rests(text: str) -> bool:
    """ "先这样吧": agrees to a value that was proposed; said of anything else it breaks off."""
    return bool(_RESTS.match(text.strip()))


def about_right(text: str) -> bool:
    """ "差不多吧": a yes, if it is said of a value that we proposed."""
    text = text.strip()
    return len(text) <= _SENTENCE and bool(_ABOUT.search(text)) and not re.search(r"[?？吗]|不(?!多)", text)


def undecided(text: str) -> bool:
    """ "看情况", "说不准", "随便": no answer, and no other wish either."""
    text = text.strip()
    return len(text) <= _SENTENCE and bool(_UNDECIDED.search(text))


def left_to_us(text: str) -> bool:
    """ "随便", "你定": whatever we propose is accepted; not so "不知道"."""
    return len(text.strip()) <= _SENTENCE and bool(_LEFT_TO_US.search(text))


def brief(text: str) -> bool:
    """Nothing but a yes, a no or an undecided word, whatever the recogniser makes of it."""
    text = text.strip()
    return says_yes(text) or says_no(text) or (len(text) <= _SHORT and undecided(text))
