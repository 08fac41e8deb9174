"""E-mail addresses, typed or read aloud: zhang san 艾特 163 点 com → zhangsan@163.com."""

from __future__ import annotations

import re

from hotline.values.folding import fold
from hotline.values.found import Found, without_overlaps
from hotline.values.runs import SPOKEN

_TYPED = re.compile(
    r"(?<![a-z0-9._%+-])[a-z0-9][a-z0-9._%+-]{0,63}\s?@\s?[a-z0-9-]{1,63}(?:\s?\.\s?[a-z0-9-]{1,63}){1,6}(?![a-z0-9@])"
)
_AT = r"(?:@|艾特|爱特|爱他|at|圈\s?[aA诶]|小老鼠|花[aA]|艾\s?特\s?符号|at\s?符号)"
_LOCAL = r"(?:[a-z0-9]|下划线|底划线|下横线|中划线|中横线|短横线|横杠|横线|减号|杠|点|\.|_|-|[零〇幺一二三四五六七八九])"
_HOSTS = {"网易": "163", "扣扣": "qq", "新浪": "sina", "搜狐": "sohu", "谷歌": "gmail", "移动": "139"}
_DOMAIN = rf"(?:[a-z0-9]|{'|'.join(_HOSTS)}|[零〇幺一二三四五六七八九]|杠|横杠|减号|-)"
_TOP = r"(?:com|cn|net|org|vip|cc|edu|gov|top|company|康姆|抗姆|靠母|坎姆|看么)"
_MENTION = re.compile(rf"{_AT}.*(?:点|\.|dot)")
_SPOKEN_FORM = re.compile(
    rf"(?<![a-z0-9])(?P<local>{_LOCAL}(?:\s?{_LOCAL}){{0,63}})[\s,，]?(?P<at>{_AT})(?:符号)?[\s,，]?"
    rf"(?P<domain>{_DOMAIN}(?:\s?{_DOMAIN}){{0,63}})(?P<tops>(?:\s?(?:点|\.|dot)\s?{_TOP}){{1,4}})(?![a-z])"
)
_WORDS = {
    "下划线": "_",
    "底划线": "_",
    "下横线": "_",
    "中划线": "-",
    "中横线": "-",
    "短横线": "-",
    "横杠": "-",
    "横线": "-",
}
_WORDS.update({"减号": "-", "杠": "-", "点": ".", "dot": "."})
_TOPS = dict.fromkeys(("康姆", "抗姆", "靠母", "坎姆", "看么"), "com")
_VALID = re.compile(r"[a-z0-9][a-z0-9._%+-]{0,63}@[a-z0-9]+(?:[-.][a-z0-9]+)*\.[a-z]{2,}")
_CASE = re.compile(r"[(（]?(?:全部|全是|都是|全)?小写(?:的)?[)）]?")
_SHORT_AT = re.compile(
    r"(?:qq|扣扣)邮箱?[是:：\s]*(?P<digits>[1-9]\d{4,11})|(?P<second>[1-9]\d{4,11})的?(?:qq|扣扣)邮箱"
)


def _read(piece: str, extra: dict[str, str]) -> str:
    for word, sign in {**extra, **_WORDS}.items():
        piece = piece.replace(word, sign)
    return "".join(SPOKEN.get(c, c) for c in piece if not c.isspace())


def find(text: str) -> list[Found]:
    """Addresses in small letters, those read aloud included."""
    folded = _CASE.sub(lambda m: " " * len(m.group()), fold(text))
    found = []
    for match in _TYPED.finditer(folded):
        value = re.sub(r"\s", "", match.group()).rstrip(".-")
        if _VALID.fullmatch(value):
            found.append(Found(match.start(), match.end(), value))
    for match in _SPOKEN_FORM.finditer(folded) if _MENTION.search(folded) else ():
        local = _read(match["local"], {}).lstrip("._-")
        value = f"{local}@{_read(match['domain'], _HOSTS)}{_read(match['tops'], _TOPS)}"
        if (
            local
            and _VALID.fullmatch(value)
            and not (match["at"] == "at" and local.isdigit() and len(local) < 5)
        ):
            found.append(Found(match.start("local"), match.end(), value))
    for match in _SHORT_AT.finditer(folded):
        group = "digits" if match["digits"] else "second"
        found.append(Found(match.start(group), match.end(group), f"{match[group]}@qq.com"))
    return without_overlaps(found)


def parse_email(text: str) -> str | None:
    """The one address of an answer, or None."""
    values = {item.value for item in find(text)}
    return values.pop() if len(values) == 1 else None
