"""Reference numbers of applications: ours (eight letters and digits, HK7A-3NXC) and any code named as one.

Whether a reference exists, and whether its check character is right, is the business's matter.
"""

from __future__ import annotations

import re

from hotline.values.folding import fold
from hotline.values.found import Found, without_overlaps
from hotline.values.runs import SPOKEN

_CHAR = "a-z0-9零〇幺一二三四五六七八九"
_CUE = re.compile(
    rf"(?:申请|受理|预受理|业务|工单|办理|订单|登记|参考|查询|我那?个?|申请单|受理单)(?:的)?(?:编号|单号|编码|号码|号|单)(?:码)?(?:就?是|为|叫|:|,|，|\s|的|我?念给你|你?记一下|报给你|我报)*"
    rf"(?P<code>[{_CHAR}](?:[ \-_]{{0,3}}[{_CHAR}]){{4,23}})(?![{_CHAR}])"
    rf"|(?:编号|单号)(?:就?是|为|:|,|，|\s|我?念给你|你?记一下|报给你|我报)*(?P<code2>[{_CHAR}](?:[ \-_]{{0,3}}[{_CHAR}]){{4,23}})(?![{_CHAR}])"
)
_SHAPE = re.compile(
    r"(?<![a-z0-9@._\-])(?P<code>[a-z]{1,6}[a-z0-9]*(?:-[a-z0-9]{2,12}){1,3}|[a-z]{1,5}\d{5,17}|[acefhjkmnprtx][2-7acefhjkmnprtx]{7})(?![a-z0-9@._\-])"
)
_PHONE = re.compile(r"1[3-9]\d{9}|400\d{7}|0\d{9,11}")


def _clean(piece: str) -> str:
    return "".join(SPOKEN.get(c, c) for c in re.sub(r"[ _]", "", piece)).upper()


def find(text: str) -> list[Found]:
    """Reference numbers in capitals, hyphens kept as written; never a phone or 400 number."""
    folded = fold(text)
    found = []
    for match in _CUE.finditer(folded):
        group = "code" if match["code"] else "code2"
        value = _clean(match[group])
        digits = value.replace("-", "")
        if any(c.isdigit() for c in digits) and not _PHONE.fullmatch(digits):
            found.append(Found(match.start(group), match.end(group), value))
    for match in _SHAPE.finditer(folded):
        value = _clean(match["code"])
        if sum(c.isdigit() for c in value) >= 2 and not _PHONE.search(value):
            found.append(Found(match.start("code"), match.end("code"), value))
    return without_overlaps(found)


def parse_application_id(text: str) -> str | None:
    """The one reference of an answer, or None."""
    values = {item.value for item in find(text)}
    if not values:
        core = re.sub(r"[\s_]", "", fold(text)).upper()
        return core if re.fullmatch(r"[A-Z][A-Z0-9-]{5,23}", core) and re.search(r"\d", core) else None
    return values.pop() if len(values) == 1 else None
