"""One way of writing for what people type and what a speech recogniser hears.

``normalise`` brings a sentence into the form that the features know: half width, lower case,
simplified script, no stutter, no filler, 400 as digits, the last word of a self-correction. Every
character of the result remembers which characters of the original it stands for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

import opencc

from hotline.values.oops import BARE_NO, NUMERAL, OOPS, VALUE_OOPS, taken_back

Span = tuple[int, int]
Rewrite = str | Callable[[re.Match[str]], str]

DIGITS = "零〇一幺二三四五六七八九洞拐"
_SPOKEN = str.maketrans(
    "零〇一幺二两三四五六七八九洞拐壹贰叁肆伍陆柒捌玖", "00112234567890" + "7" + "123456789"
)
_UNIT = "分块元个通来人毛号位左上以到兆条秒天家年月万千gGmM"


@dataclass(frozen=True)
class Normalised:
    """The rewritten text and, for each of its characters, its place in the original."""

    original: str
    text: str
    spans: tuple[Span, ...]

    def span(self, start: int, end: int) -> Span:
        """Where ``text[start:end]`` stands in the original. Raises ValueError for an empty piece."""
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"no such piece: {start}:{end} of {len(self.text)}")
        return self.spans[start][0], self.spans[end - 1][1]


class _Tape:
    """A text under rewriting, with the origin of every character."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spans: list[Span] = [(i, i + 1) for i in range(len(text))]

    def replace(self, start: int, end: int, new: str) -> None:
        """Put ``new`` for ``text[start:end]``; its characters stand for the whole piece."""
        old = self.text[start:end]
        if new == old:
            return
        if len(new) == len(old):
            spans = self.spans[start:end]
        elif new:
            spans = [(self.spans[start][0], self.spans[end - 1][1])] * len(new)
        else:
            spans = []
        self.text = self.text[:start] + new + self.text[end:]
        self.spans[start:end] = spans

    def sub(self, pattern: re.Pattern[str], new: Rewrite) -> None:
        """Like ``pattern.sub`` on the text."""
        for match in reversed(list(pattern.finditer(self.text))):
            if match.end() > match.start():
                self.replace(match.start(), match.end(), new(match) if callable(new) else match.expand(new))

    def rewrite(self, new: str) -> None:
        """Put a whole new text, aligned with the old one character by character where they agree."""
        if len(new) == len(self.text):
            self.text = new
            return
        blocks = SequenceMatcher(None, self.text, new, autojunk=False).get_opcodes()
        for kind, a, b, c, d in reversed(blocks):
            if kind == "equal":
                continue
            if kind == "insert":  # joins the character before it, or the one after at the beginning
                a, c = (a - 1, c - 1) if a else (a, c)
                b, d = (b, d) if a < b else (b + 1, d + 1)
            self.replace(a, b, new[c:d])


# --- script and width ------------------------------------------------------------------------------


@lru_cache(maxsize=2)
def _converter(name: str) -> opencc.OpenCC:
    return opencc.OpenCC(name)


def _width(tape: _Tape) -> None:
    for place in range(len(tape.text) - 1, -1, -1):
        char = tape.text[place]
        if char > "\x7f" and not "\u4e00" <= char <= "\u9fff":
            wide = unicodedata.normalize("NFKC", char)
            if unicodedata.category(char) in ("Cf", "Cc", "Co", "Mn"):
                wide = ""
            tape.replace(place, place + 1, wide)
        elif char < " " or char == "\x7f":
            tape.replace(place, place + 1, " ")
    tape.text = "".join(c.lower() if c < "\x80" else c for c in tape.text)


def _script(tape: _Tape) -> None:
    if _converter("t2s").convert(tape.text) != tape.text:
        tape.rewrite(_converter("tw2sp").convert(tape.text))


# --- blanks, stutter, fillers ----------------------------------------------------------------------

_BLANKS = re.compile(r"\s+")
_LONE_BLANK = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])|^ | $")
_SAME_MARK = re.compile(r"([^\w\s])\1+")
# letters only where they are no part of a code: "M7CR-2HHH" is a reference
_SAME_CHAR = re.compile(
    r"([^\W\da-z零〇一二三四五六七八九幺洞])\1{2,}|(?<![a-z0-9-])([a-z])\2{2,}(?![a-z0-9-])"
)
_STUTTER = re.compile(r"([我你您他那这就能要有给办请])\1+")
_STUTTER_PAIR = re.compile(r"((?:我|你|您|这|那|就|怎|请|能|想)[\u4e00-\u9fff])(?:[,、 ]?\1)+")
_PAUSE = r"[,，、。.…~ ]"
_FILLER_HEAD = re.compile(
    rf"^(?:(?:嗯+|呃+|唔+|欸+|诶+|额+(?={_PAUSE}|我|那|就)|[啊哦噢哎喔]+(?={_PAUSE})"
    rf"|那个那个|[那这]个(?={_PAUSE}|我|你|您|请|就是)|就是说?(?={_PAUSE}|我|你|您|那个)|怎么说呢|那什么){_PAUSE}*)+"
)
_FILLER_INSIDE = re.compile(
    rf"(?<={_PAUSE})(?:嗯+|呃+|额+|啊+|哦+|那个|这个|就是说?|然后呢)(?:{_PAUSE}+)|呃+{_PAUSE}*|就是说{_PAUSE}*"
    rf"|怎么说呢{_PAUSE}*|那个那个|那什么{_PAUSE}*|(?<=[\u4e00-\u9fff])嗯+(?=[\u4e00-\u9fff])"
)
_MARK_OR_BLANK = re.compile(r"^[\W_]*$")


def _fillers(tape: _Tape) -> None:
    for pattern in (_FILLER_HEAD, _FILLER_INSIDE):
        rest = pattern.sub("", tape.text)
        if not _MARK_OR_BLANK.match(rest):
            tape.sub(pattern, "")


# --- numbers ---------------------------------------------------------------------------------------

_TEN_THOUSAND_86 = re.compile(
    r"(?:一万零?八十六|[一幺1][零〇洞0]{2}八六|[一幺]万零?八六)(?=号|热线|客服|打|电话|$|[^\d分块元个])"
)
_ZERO_400 = re.compile(r"(?<![\d零〇一二三四五六七八九十百千万])(?:[四4肆][零〇洞拐o0]{2})(?![分块元]|个人)")
_HUNDRED_400 = re.compile(rf"(?<![{NUMERAL}])(?:四百|肆佰|四佰|4百)(?![{NUMERAL}{_UNIT}]|多(?!少))")
_HUNDRED_400_NUMBER = re.compile(
    r"(?<![\d零〇一二三四五六七八九十百千万])四百(?=的?(?:号码?(?!人)|个?(?:电话|热线|号码)))"
)
_SPELLED = re.compile(rf"(?:[{DIGITS}]|\d){{3,}}")
_AFTER_400 = re.compile(rf"(?<=400)[{DIGITS}\d][{DIGITS}\d ]*")


def _digits(match: re.Match[str]) -> str:
    return match.group().translate(_SPOKEN)


def _numbers(tape: _Tape) -> None:
    tape.sub(_TEN_THOUSAND_86, "10086")
    tape.sub(_ZERO_400, "400")
    tape.sub(_HUNDRED_400_NUMBER, "400")
    tape.sub(_HUNDRED_400, "400")
    tape.sub(_AFTER_400, _digits)
    tape.sub(_SPELLED, _digits)


# --- self-correction -------------------------------------------------------------------------------

_PHRASE_OOPS = re.compile(
    rf"(?P<old>(?<=[要找是办选去在])[\u4e00-\u9fffa-z]{{2,6}})[,，。、 ]+{OOPS}[,，。、 ]+(?:应该)?是?(?P<new>[\u4e00-\u9fffa-z0-9]{{2,}})"
)
_EARLIER = re.compile(
    r"刚才|刚刚|之前|前面|上面|上次|填的|写的|登记的|报的|记错|填错|(?<![,，。、 ])写错|留的"
)


def _corrections(tape: _Tape) -> None:
    """Keep what the speaker settled on; an answer to something said earlier stays as it is."""
    if _EARLIER.search(tape.text):
        return
    for pattern in (VALUE_OOPS, BARE_NO, _PHRASE_OOPS):
        while match := taken_back(pattern, tape.text):
            tape.replace(match.start("old"), match.start("new"), "")


def normalise(text: str) -> Normalised:
    """The common writing of ``text``. Never fails; an empty or blank text gives an empty one."""
    tape = _Tape(text)
    _width(tape)
    _script(tape)
    tape.sub(_BLANKS, " ")
    tape.sub(_LONE_BLANK, "")
    tape.sub(_SAME_MARK, r"\1")
    tape.sub(_SAME_CHAR, lambda match: (match[1] or match[2]) * 2)
    _fillers(tape)
    tape.sub(_STUTTER_PAIR, r"\1")
    tape.sub(_STUTTER, r"\1")
    _numbers(tape)
    _corrections(tape)
    return Normalised(text, tape.text, tuple(tape.spans))
