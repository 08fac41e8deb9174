"""Digits a customer wants in his number (with the place: suffix, contains, prefix), and digits he does not want."""

from __future__ import annotations

import re

from hotline.values.folding import fold
from hotline.values.found import Found, without_overlaps
from hotline.values.runs import to_digits

_D = "0-9零〇幺一二三四五六七八九"
_TIMES = {
    "两": 2,
    "二": 2,
    "俩": 2,
    "2": 2,
    "三": 3,
    "仨": 3,
    "3": 3,
    "四": 4,
    "4": 4,
    "五": 5,
    "5": 5,
    "六": 6,
    "6": 6,
}
_TIMES["双"] = 2
_REPEATED = rf"(?:[两二俩三仨四五六双2-6]\s?个?连?(?:着|续|起来)?的?\s?[{_D}]|[两二俩三仨四五六2-6]\s?连\s?[{_D}])(?![{_D}十百千])"
_STRING = rf"[{_D}](?:[ \-]?[{_D}]){{0,8}}"
#: not a count: no unit may follow the digits
_NO_UNIT = r"(?!\s?(?:个(?!尾|号|靓|吉|码)|分钟?|元|块|通|次|位(?!数?字?)|名|人|部|条|台|天|月|年|小时|点|%|成|倍|万|千|百|十|k|w|路|家|秒|岁|号线|级|座席|坐席|客服|开头吗|字头|楼|室))"
_WANTED = rf"(?P<digits>{_REPEATED}|{_STRING}){_NO_UNIT}"
_FILL = r"(?:号码?|数字|几位|能|可以|最好|就|都|给我|我|想|希望|得|必须|要|带|是|为|有|用|选|找|来|搞|全|个|一个|的|:|,|\s|“|\"|'){0,12}"
_TAIL = r"(?:尾号|尾数|尾巴|末尾|结尾|收尾|最后(?:[两二三四五六2-6几]\s?[位个](?:数字?)?)?|末(?:[二两三四五六2-6]|几)?位|后[面边头]?(?:[二两三四五六七2-7]|几)?[位个](?:数字?|号码?)?|后面|靠后|尾部|尾|结束)"
_SUFFIX_BEFORE = re.compile(rf"{_TAIL}{_FILL}{_WANTED}(?!\s?(?:开头|打头))")
_SUFFIX_AFTER = re.compile(
    rf"(?<![{_D}])(?P<digits>{_REPEATED}|{_STRING})\s?(?:这个|这样)?(?:结尾|收尾|做?尾号|为尾|作尾|当尾|打尾|尾(?!号|数)|压尾|在后面|在最后)"
)
_PREFIX_AFTER = re.compile(
    rf"(?<![{_D}])(?P<digits>{_STRING})\s?(?:那?种|这)?(?:开头|打头|起头|开始|为首|号段|字头|当头|在前面?)"
)
_PREFIX_BEFORE = re.compile(rf"(?:开头|前[面头]?[三四五六3-6几]位|号段){_FILL}{_WANTED}")
_CONTAINS = re.compile(
    rf"(?:(?:中间|里面?|里头|当中|其中|号码里)[^，。,;!?]{{0,4}}?(?:带|含|有|是|夹|出现|包含)着?|包含|含有?|带有?|夹着?|包括|嵌|凑个?|连着|连号){_FILL}{_WANTED}"
)
_CONTAINS_NAMED = re.compile(
    rf"(?:有没有|有|要|想要|来个|找|挑|选|弄|喜欢|搞个|整个?|看看|来一个)(?:个|一个|那种|跟|和|数字|中间|的|带)*(?P<digits>{_REPEATED}|[{_D}]{{2,8}})(?:这个数字?|这种|这样)?的?(?P<after>号码?(?!线)|靓号|吉利号|数字|的?(?:吗|么|没|不)?[?。,!]?$|的号|尾|连号|在里面|那种)"
)
_INSIDE_AFTER = re.compile(
    rf"(?P<digits>{_REPEATED}|[{_D}]{{2,8}}){_NO_UNIT}(?:在(?:中间|里面)|放(?:中间|里面))"
)
_SPECIAL = {
    "400",
    "800",
    "10086",
    "12345",
    "12315",
    "110",
    "114",
    "95",
    "1010",
    "10010",
    "10000",
    "4000",
    "96",
}

_NOT = r"(?:(?<!要)不要|不想要|别要|(?<!能)不能有|(?<!能)不能带|(?<!带)不带|别带|不要带|不要有|别有|(?<!含)不含|(?<!有)没有|(?<!有)没|避开|去掉|除了|不喜欢|讨厌|忌讳?|不想有|不想带|不出现|别出现|避免|排除|别给我|不许有|不得有|拒绝|少|千万别有|不许带|(?<!可)不可以有|不能出现|不要出现|怕|忌讳|剔除|过滤掉?|别来|不接受|不能含|不包含)"
_ONE_DIGIT = rf"[{_D}]"
_LIST = rf"{_ONE_DIGIT}{{1,12}}(?:\s?(?:和|跟|与|或者?|还有|以及|、|,|，|/| )\s?(?:{_NOT}|数字|带|有)?{_ONE_DIGIT}{{1,12}}(?![个位分元块通点月天年])){{0,9}}"
_UNWANTED = re.compile(
    rf"{_NOT}(?:有|带|出现|含|数字|号码|里面?|的|任何|尾号|结尾|是|那个|这个|这种|:|\s|“|\"|'){{0,12}}(?P<list>{_LIST})(?![{_D}]|\s?(?:个(?!数|字|都)|分|元|块|通|次|位|人|部|条|台|天|月|年|小时|%|成|万|千|百|十|般|样|起|定|直|些|下|点|种|段|家|线|共|致|律|旦|方|样|切|号[楼线]|楼|开头|打头|起头))"
)
_UNWANTED_AFTER = re.compile(
    rf"(?<![{_D}])(?P<list>{_LIST})(?:这个?(?:数字?)?|这两个(?:数字?)?|这些|的)?(?:我|我们)?(?:都|也|就)?(?:不要|别要|不想要|不喜欢|不行|忌讳|去掉|别出现|不能有|不能出现|除外|避开|免了|排除)(?!\s?[带有含出数要是了的]?[0-9零一二三四五六七八九](?!也)|带|有|含|出现|尾|[了的]?(?:手机|座机|那么|这么))"
)


#: the digits are those of another code
_OTHER_CODE = re.compile(r"信用代码|税号|身份证号|银行卡|验证码")


def _read(piece: str) -> str:
    repeated = re.fullmatch(rf"([两二俩三仨四五六双2-6])\s?(?:个?连?(?:着|续|起来)?的?|连)\s?([{_D}])", piece)
    if repeated and not re.fullmatch(rf"[{_D}]{{2}}", piece):
        return to_digits(repeated.group(2)) * _TIMES[repeated.group(1)]
    return to_digits(piece)


def _usable(value: str, role: str) -> bool:
    if role == "prefix":
        return 2 <= len(value) <= 9 and value[0] == "4" and value != "400"
    return 1 <= len(value) <= 8 and not (value in _SPECIAL and role == "contains")


def _wanted(pattern: re.Pattern[str], folded: str, role: str, least: int) -> list[Found]:
    found = []
    for match in pattern.finditer(folded):
        value = _read(match["digits"])
        if len(value) >= least and _usable(value, role) and not _complete(folded, match.end("digits")):
            said = "prefix" if re.fullmatch(r"400\d", value) and role == "contains" else role
            found.append(Found(match.start("digits"), match.end("digits"), value, said))
    return found


def _complete(folded: str, end: int) -> bool:
    """The digits go on: this is a piece of a longer number."""
    return bool(re.match(r"[ \-]?\d|[a-z]", folded[end:]))


def find(text: str) -> list[Found]:
    """Digits wanted, as a string of Arabic digits; role tells where they shall stand."""
    folded = fold(text)
    if _OTHER_CODE.search(folded):
        return []
    unwanted = find_excluded(text)
    found = _wanted(_SUFFIX_BEFORE, folded, "suffix", 1) + _wanted(_SUFFIX_AFTER, folded, "suffix", 1)
    found += _wanted(_PREFIX_AFTER, folded, "prefix", 2) + _wanted(_PREFIX_BEFORE, folded, "prefix", 2)
    found = without_overlaps(found)
    for pattern, least in ((_CONTAINS, 1), (_INSIDE_AFTER, 2), (_CONTAINS_NAMED, 2)):
        for item in _wanted(pattern, folded, "contains", least):
            if not any(item.overlaps(other) for other in found):
                found.append(item)
    return without_overlaps([f for f in found if not any(f.overlaps(u) for u in unwanted)])


def find_excluded(text: str) -> list[Found]:
    """Digits not wanted: one entry for each digit or string (250), "47" said together is 4 and 7."""
    folded = fold(text)
    found: list[Found] = []
    for pattern in (_UNWANTED, _UNWANTED_AFTER):
        for match in pattern.finditer(folded):
            for piece in re.finditer(rf"[{_D}]+", match["list"]):
                found += _single(match.start("list") + piece.start(), to_digits(piece.group()))
    return without_overlaps(list(dict.fromkeys(found)))


def _single(start: int, digits: str) -> list[Found]:
    if digits in ("47", "74"):
        return [Found(start + i, start + i + 1, d) for i, d in enumerate(digits)]
    return [] if digits in _SPECIAL else [Found(start, start + len(digits), digits)]


def parse_digits(text: str) -> str | None:
    """The digits of an answer that names only them: 三个8 → 888, 六六八 → 668."""
    found = find(text)
    if found:
        return str(found[0].value)
    core = re.sub(r"[的吧啊呢。,，\s]|数字|号码?", "", fold(text))
    if re.fullmatch(_REPEATED, core):
        return _read(core)
    return to_digits(core) if re.fullmatch(rf"[{_D}]{{1,8}}", core) else None
