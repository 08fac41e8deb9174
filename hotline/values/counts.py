"""How many calls a day, people who answer, and phones to be bound."""

from __future__ import annotations

import re

from hotline.values.folding import fold
from hotline.values.found import Amount, Found, without_overlaps
from hotline.values.numerals import NUMBER, parse_number_words, parse_numeral, scale
from hotline.values.periods import PER_MONTH, WORKING_DAYS_PER_MONTH, period_of

_N = rf"(?P<number>{NUMBER})"
_CALLS = re.compile(
    rf"{_N}\s?(?:(?:个|通|次|来个|条|单)\s?(?:电话|来电|客户|客人|咨询|进线|呼入|通话|用户|订单|单子|人打)?|电话|来电|多?通)"
    r"(?!月|小时|钟|半|工作日|号|人|座席|坐席|客服|手机|座机|字|星期|礼拜|套餐|部门|点|菜单|分店|员工|同事|点儿?|省|城市|市|门店|店|季度)"
)
_CALL_WORD = re.compile(r"电话|来电|通|咨询|进线|呼入|打进|接|客户|打来|打过来|量|热线")
_CALL_NOUN = re.compile(r"通|电话|来电|进线|呼入")
_PER_DAY_BARE = re.compile(
    rf"(?:日均(?:来电|呼入|进线|电话|接听|通话)?量?|(?:来电|呼入|进线|呼叫)(?:量|数)[^\d零一二两三四五六七八九十百千万]{{0,6}})"
    rf"(?:是|有|在|就|大概|大约|差不多|能到|上)*{_N}(?!\s?(?:分|元|块|小时|秒|%|起|个月|成|倍))"
)
_ENGLISH = re.compile(rf"{_N}\s?calls?\s?(?:a|per|each|every|/)\s?day")
_PEOPLE_AFTER = re.compile(
    rf"{_N}\s?(?:个|位|名|人)?\s?(?:专职|兼职|全职)?(?:的)?"
    r"(?:客服(?!版|电话|热线|中心)(?:人员|专员|妹子|小姐姐|姑娘|坐席|座席|岗)?|座席|坐席|做席|作席|接线员|话务员?|接待|席位?|文员|前台|人(?:来|在|负责|轮流|专门|同时|能|可以|去|都)*(?:接(?!不)|听电话|值班|坐班|守着?电话)"
    r"|(?:员工|同事|伙计|店员|销售|业务员|姑娘|小妹|阿姨|师傅)(?:来|在|负责|轮流|专门|同时|能|可以)*(?:接|听电话|值班)|agent|个?席)"
)
_PEOPLE_BEFORE = re.compile(
    rf"(?:客服(?:人员|团队|部|组|岗)?|座席|坐席|接线员|话务员|接听人员?|接电话的?(?:人|员工|同事)?|接听的|接待|席位|人手)"
    rf"(?:数量?|人数|个数)?(?:是|有|大概|大约|总共|一共|共|得|要|需要|预计|目前|现在|就|只有|差不多|配|安排|设|配置|开|先|按|算上我|,|:|\s)*{_N}\s?(?:个|位|名|人|席)?(?!\s?(?:号|分|元|块|天|点|小时|月|年|通|次|部|版))"
)
_LINES_AFTER = re.compile(
    rf"(?:绑定?|邦定?|帮定|绑上|关联|转接?到|转去|转给|接到|落地到?|挂)(?:在|了|上|的是|一下|给)?(?:大概|差不多|最多|总共|一共|先|要|想|需要|我们?的?|这|那)*{_N}\s?(?:个|部|条|台|支|门|只)?\s?(?:不同的)?(?P<noun>手机号?码?|座机|固话|电话|号码|号|线|接听|分机|手机)?(?!\s?(?:元|块|分|小时|天|月|年|人|版|点|位数|开头|月|星期|季|种|家|城))"
)
_LINES_BEFORE = re.compile(
    rf"(?:绑定?的?号码?|接听(?:的)?(?:号码|手机|电话)|绑定(?:的)?(?:手机|电话|座机|号码|数量|数)|接听号|落地号码?)(?:数量?|个数)?(?:是|有|大概|总共|一共|共|得|要|需要|预计|目前|就|只有|差不多|来|填|:|,|\s)*{_N}\s?(?:个|部|条|台|支)(?!月)"
)
_LINES_PLAIN = re.compile(rf"{_N}\s?(?:个|部|条|台|支)\s?(?:接听|绑定)的?(?:号码?|手机|电话|座机|号)")
_LINES_ALL = re.compile(
    rf"{_N}\s?(?:个|部|条|台|支)\s?(?:号码?|手机号?码?|座机|电话)(?:号码?)?(?:都|全都?|一起|也|全部)?(?:要|得|想|给我|能)*(?:绑|接听|转)"
)
#: a phone of either kind, also as a speech recogniser writes it
_KIND = r"(?:手机|[座坐作做]机|固话|固定电话)(?:号码?)?"
_MEASURE = r"(?:个|部|条|台|支|门|只)?"
_AND = r"[,、和跟加]?\s?(?:还有|外加|再加|另外|以及)?\s?"
_TWO_KINDS = re.compile(rf"{_N}\s?{_MEASURE}\s?{_KIND}\s?{_AND}(?P<second>{NUMBER})\s?{_MEASURE}\s?{_KIND}")
_KINDS_FIRST = re.compile(
    rf"{_KIND}(?:是|有|要|绑)?{_N}\s?{_MEASURE}\s?{_AND}{_KIND}(?:是|有|要|绑)?(?P<second>{NUMBER})\s?{_MEASURE}(?!\d)"
)
#: whose phones, how many: said without a word for binding
_OWNED = re.compile(
    r"(?:我|咱|俩|老板|老婆|老公|爱人|媳妇|两口子|合伙人|同事|员工|会计|财务|前台|店里|家里|自己|哥|弟|姐|妹|爸|妈|儿子|女儿)"
    rf"(?:(?!推荐|买|换|送|卖|丢|坏|租|挑|选)[^,。;!?\d一二两三四五六七八九十]){{0,6}}{_N}\s?(?:个|部|台|支)\s?(?:手机|座机|固话)(?:号码?)?(?:都|轮流|一起|来)?(?=$|[,。;!吧啊哦呢]|接|收|绑|就行|就够|就可以)"
)
_BIND_WORD = re.compile(r"绑|邦定|帮定|接听|转接?到|转去|落地|关联")


def _matches(pattern: re.Pattern[str], folded: str) -> list[Found]:
    found = []
    for match in pattern.finditer(folded):
        value = parse_number_words(match["number"]) if match["number"] else None
        if value is not None:
            found.append(Found(match.start("number"), match.end("number"), value))
    return found


def find_daily_calls(text: str) -> list[Found]:
    """Calls a working day; a month's count is divided by 22, a week's by 5. Needs a period and a call word."""
    folded = fold(text)
    found = []
    for match in _CALLS.finditer(folded):
        value = parse_number_words(match["number"])
        period = period_of(folded, match.start("number"), match.end())
        if value is None or value == 1 or period is None or not _says_calls(folded, match, period):
            continue
        found.append(Found(match.start("number"), match.end(), _per_day(value, period)))
    for match in _PER_DAY_BARE.finditer(folded):
        value = parse_number_words(match["number"])
        period = period_of(folded, match.start("number"), match.end()) or "day"
        if value not in (None, 1, 400) and not _followed_by_unit(folded, match.end()):
            assert value is not None
            found.append(Found(match.start("number"), match.end("number"), _per_day(value, period)))
    found += _matches(_ENGLISH, folded)
    return without_overlaps(found)


def _followed_by_unit(folded: str, end: int) -> bool:
    return bool(re.match(r"\s?(?:个?(?:月|人|小时|钟)|分|元|块|年|天|点|位|%|号)", folded[end:]))


def _says_calls(folded: str, match: re.Match[str], period: str) -> bool:
    if folded[match.start() - 2 : match.start()] in ("绑定", "按下"):
        return False
    unit = match.group()[len(match["number"]) :]
    if _CALL_NOUN.search(unit):
        return True
    around = folded[max(0, match.start() - 14) : match.end() + 10]
    return (period == "day" and "次" not in unit) or bool(_CALL_WORD.search(around))


def _per_day(value: Amount, period: str) -> Amount:
    return value if period == "day" else scale(value, PER_MONTH[period] / WORKING_DAYS_PER_MONTH)


def find_seats(text: str) -> list[Found]:
    """People who answer the calls."""
    folded = fold(text)
    return without_overlaps(_matches(_PEOPLE_AFTER, folded) + _matches(_PEOPLE_BEFORE, folded))


def find_bound_numbers(text: str) -> list[Found]:
    """How many phones the 400 number shall ring; "两个手机一个座机" beside 绑 is three.

    Without 绑 whose phones they are must be said ("我跟我老婆两个手机"), or both kinds be counted.
    """
    folded = fold(text)
    found = _both_kinds(_KINDS_FIRST, folded)
    if not _BIND_WORD.search(folded):
        return found or _matches(_OWNED, folded)
    found = found or _both_kinds(_TWO_KINDS, folded)
    if not found:
        for pattern in (_LINES_AFTER, _LINES_BEFORE, _LINES_PLAIN, _LINES_ALL):
            found += _matches(pattern, folded)
    return [f for f in without_overlaps(found) if not isinstance(f.value, (int, float)) or f.value <= 500]


def _both_kinds(pattern: re.Pattern[str], folded: str) -> list[Found]:
    """Two counts of phones that are meant together."""
    found = []
    for match in pattern.finditer(folded):
        first, second = parse_number_words(match["number"]), parse_number_words(match["second"])
        if isinstance(first, int) and isinstance(second, int):
            found.append(Found(match.start(), match.end(), first + second))
    return found


_COUNTED = re.compile(rf"{NUMBER}(?=\s?(?:个|位|名|人|部|条|台|支|通|次|路|线|席))")


def _count(text: str) -> Amount | None:
    value = parse_numeral(text)
    if value is None:
        found = [parse_number_words(m.group()) for m in _COUNTED.finditer(fold(text))]
        known = [v for v in found if v is not None]
        value = known[-1] if known else None
    return value


def parse_daily_calls(text: str) -> Amount | None:
    """An answer to "how many calls a day"."""
    found = find_daily_calls(text)
    return found[-1].value if found else _count(text)


def parse_seats(text: str) -> Amount | None:
    """An answer to "how many people answer": 三个人 → 3, 就我一个 → 1."""
    found = find_seats(text)
    return found[-1].value if found else _count(text)


def parse_bound_numbers(text: str) -> Amount | None:
    """An answer to "how many phones are to be bound": the question stands for the word 绑."""
    found = find_bound_numbers(f"绑{text}")
    return found[-1].value if found else _count(text)
