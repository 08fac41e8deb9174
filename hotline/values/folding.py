"""Different writings of a character made one, without moving any character.

Full width → half width, traditional → simplified, capital → small letters, every dash and blank one
dash and one blank. Each character becomes exactly one, so an offset in the folded text is the same
offset in the original.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import opencc

_IDEOGRAPHS = (0x3400, 0x9FFF)
_DASHES = "‐‑‒–—―−﹣－ー﹘"
_BLANKS = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2009\u200a\u202f\u205f\u3000\t"


def _build() -> dict[int, str]:
    table: dict[int, str] = {}
    for code in [*range(0x21, 0x250), *range(0x2100, 0x2150), *range(0x2460, 0x2474), *range(0xFE50, 0xFFF0)]:
        plain = unicodedata.normalize("NFKC", chr(code)).lower()
        if len(plain) == 1 and plain != chr(code):
            table[code] = plain
    ideographs = [chr(code) for code in range(_IDEOGRAPHS[0], _IDEOGRAPHS[1] + 1)]
    simplified = opencc.OpenCC("t2s").convert("\n".join(ideographs)).split("\n")
    for old, new in zip(ideographs, simplified, strict=True):
        if len(new) == 1 and new != old:
            table[ord(old)] = new
    for dash in _DASHES:
        table[ord(dash)] = "-"
    for blank in _BLANKS:
        table[ord(blank)] = " "
    table[ord("〜")] = table[ord("～")] = "~"
    return table


_TABLE = _build()


@lru_cache(maxsize=256)
def fold(text: str) -> str:
    """The text in its plain writing; same length as given."""
    return text.translate(_TABLE)
