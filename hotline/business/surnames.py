"""Who says only a surname ("姓张", "陈老板"). The surnames are data (names.yml)."""

from __future__ import annotations

import re
from functools import lru_cache

from hotline import datafile

_CALLED = re.compile(
    r"(?:就?叫|喊|写|填|留)?(?:我?(?:就?是|叫)?|我?免贵)(?P<said>姓)?(?P<name>[\u4e00-\u9fff]{1,2}?)"
    r"(?:先生|女士|小姐|老板娘?|总经理|经理|总|主任|师傅|老师|姐|哥)?(?:就行|就好|吧|的|啊|呀)?"
)


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    data = datafile.load(datafile.DATA / "lexicon" / "names.yml")
    return frozenset(data["surnames"]) | frozenset(data["compound_surnames"])


def is_surname(name: str) -> bool:
    """Whether it is a common surname, and nothing more."""
    return name in _known()


def only_surname(text: str) -> bool:
    """Whether a message, asked for a name, says a surname and no more, perhaps with a title."""
    match = _CALLED.fullmatch(re.sub(r"[\W_]+", "", text))
    return bool(match and (is_surname(match["name"]) or (match["said"] and len(match["name"]) == 1)))
