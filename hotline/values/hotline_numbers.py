"""Complete 400 numbers: ten digits in any grouping, also spoken (四零零 幺… , 四百八 …)."""

from __future__ import annotations

import re

from hotline.values.folding import fold
from hotline.values.found import Found, without_overlaps
from hotline.values.runs import find_runs, pieces, stands_alone, to_digits, words

_HUNDRED = re.compile(
    r"(?<![\d一二三四五六七八九])[四4]百[ \-]?(?P<rest>[\d零〇洞幺一二三四五六七八九拐](?:[ \-,，]?[\d零〇洞幺一二三四五六七八九拐]){6})(?![\d零〇幺一二三四五六七八九])"
)


def _is_400(digits: str) -> bool:
    return len(digits) == 10 and digits.startswith("400")


def find(text: str) -> list[Found]:
    """Every complete 400 number as ten digits."""
    folded = fold(text)
    found = [Found(m.start(), m.end(), "400" + to_digits(m["rest"])) for m in _HUNDRED.finditer(folded)]
    for run in find_runs(folded):
        if len(run.digits) < 10:
            continue
        whole = [run] if _is_400(run.digits) else [*pieces(run, folded), *words(run, folded)]
        for part in whole:
            if _is_400(part.digits) and stands_alone(folded, part.start, part.end):
                found.append(Found(part.start, part.end, part.digits))
    return without_overlaps(found)


def parse_hotline_number(text: str) -> str | None:
    """The one 400 number of an answer, or None."""
    values = {item.value for item in find(text)}
    return values.pop() if len(values) == 1 else None
