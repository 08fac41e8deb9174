"""Corrections of what was told: "不是三千是五千", "三千不够，改成五千", "多加两千分钟", "三个改成五个".

The old value or a noun beside the number ("两个手机", "电话没那么多") tells which field is meant, whatever question
is open. The old value is never taken for the new one. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hotline.business.clauses import QUESTION
from hotline.business.free_words import LONGEST, NUMERIC, free_value
from hotline.values.numerals import NUMBER, parse_numeral

_UNIT = (
    r"\s?(?:多|来)?\s?(?:个|部|台|条|路|人|名|位|通|分钟|分|块钱?|元)?(?:接听)?"
    r"(?:手机号?|座机|固话|号码|电话|来电|座席|坐席|客服)?"
)
_FIGURE = rf"{NUMBER}{_UNIT}"
_INTO = r"(?:改成|改为|改到|改|换成|变成|按|算|加到|升到|提到|涨到|降到|减到|调到|到)"
_LEAD = r"(?:我们?|还是|应该|那就|那|就|得|要|需要|请|给我|帮我|大概|也就|只有|只|是|有|吧){0,4}"
_END = r"(?:算|来|吧|啊|呀|哦|了|的|就行|就够|够了|好了){0,4}(?=$|[，,。.!！；;])"
_OLD = r"(?:^|(?<=[，,。；;]))(?:把)?(?P<old>[^，,。；;]{0,14}?)"
#: forms in which the old value or its noun stands before the new one
_NOT_BUT = re.compile(
    r"不是\s*(?P<old>[^，,。不]{1,20}?)\s*(?:[，,。]\s*(?:而是|应该是|是)?|而是|应该是|是)\s*(?P<new>[^，,。]{1,20})(?=$|[，,。])"
)
_CHANGED = re.compile(
    r"(?:^|(?<=[，,。；;]))(?:把)?(?P<old>[^，,。；;]{1,8}?)(?:个|分钟|块|元)?\s*(?:改成|改为|换成|变成)\s*(?P<new>[^，,。；;]{1,20})"
)
_NUMBER_FORMS = (
    re.compile(
        rf"(?:^|(?<=[，,。；;]))(?:应该)?是(?P<new>{_FIGURE})[，,]?\s*(?:而|可)?不是(?P<old>[^，,。；;]{{1,12}}){_END}"
    ),
    re.compile(
        rf"{_OLD}(?:也|都|还|可能|估计|恐怕|怕|有点|有些|实在){{0,4}}(?:是)?"
        rf"(?:不够|太少|太多|太高|太低|偏少|偏多|少了|多了|高了|低了|不对|错了|不准|用不完|用不了|没有?[那这]么[多少])(?:用|了|点){{0,4}}"
        rf"[，,。\s]*{_LEAD}{_INTO}?{_LEAD}(?P<new>{_FIGURE}){_END}"
    ),
    re.compile(
        rf"{_OLD}是(?:去年|前年|以前|之前|原来|原先|上个?月|旧|老|早先|从前|当时)的?(?:数字?|量|数据|情况|事)?(?:了)?[，,。\s]*"
        rf"(?:今年|现在|目前|这个?月|如今|最近|眼下|而){{0,4}}{_LEAD}{_INTO}?{_LEAD}(?P<new>{_FIGURE}){_END}"
    ),
)
#: so much more or less than what was told
_RELATIVE = re.compile(
    r"(?P<noun>[\u4e00-\u9fff]{0,6}?)(?:再|还要|还得|还|要|得|应该|我们?|想|给我|帮我|那就|那|就){0,4}"
    r"(?:(?P<more>多加|多算|多报|多写|多要|多来|增加|加上|加|多)|(?P<less>少算|少报|少写|少要|减少|减掉|减去|扣掉|少|减))(?:个|上|掉|了)?"
    rf"(?P<by>{NUMBER})(?P<unit>{_UNIT})(?:吧|了|好了){{0,4}}"
)
_TIMES = re.compile(
    r"(?P<noun>[\u4e00-\u9fff]{0,6}?)(?:再|要|得|我们?|给我|帮我|那就|那|就){0,4}(?:(?P<twice>翻一?倍|加倍|翻一番|翻番)|(?P<half>减半|砍半|减一半|砍一半))(?:吧|了|好了){0,4}"
)
_ANSWERING = re.compile(rf"接听的?(?:号码)?{_LEAD}(?P<new>{NUMBER})\s?(?:个|部|台)?(?:手机|座机|固话|号码)")
_FIRM_NAME = re.compile(
    r"(?:公司|单位|店|企业)?(?:的)?(?:全?名称?|全称|名字)(?:里|前面|前头|前|开头)?(?:还|再|要|得|应该|漏了?|少了?|，|,){0,4}"
    r"(?:加上?|添上?|补上?|多|漏了?|少了?)(?:个|一个|了)?[“\"]?(?P<part>[\u4e00-\u9fff]{1,8}?)[”\"]?(?:这?[一两二三四五六七八几]?个?字)(?:吧|了|的|就行|就好){0,4}"
)
_CLAUSE = re.compile(r"[^，,。；;!！?？\s]+")
#: the noun beside a number and the field that it tells; the first that fits counts
_NOUNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("call_minutes", re.compile(r"每[通个]|一通|每次|时长")),
    ("monthly_minutes", re.compile(r"分钟|话务|通话量|用量|话量")),
    ("budget", re.compile(r"预算|元|块|钱")),
    ("seats", re.compile(r"座席|坐席|客服|人")),
    ("bound_numbers", re.compile(r"手机|座机|固话|绑|接听|号码")),
    ("daily_calls", re.compile(r"电话|来电|通|每天|一天")),
)
_ENDS = re.compile(r"(?:吧|啊|呀|哦|了|的)+$")
_TEXTS = ("contact_name", "company_name", "industry")


@dataclass
class Fixed:
    """New values by field, and what of the message they leave to be read (blanked with commas, same length)."""

    rest: str
    values: dict[str, Any] = field(default_factory=dict)

    def take(self, start: int, end: int, name: str, value: Any) -> None:
        self.values[name] = value
        self.rest = self.rest[:start] + "，" * (end - start) + self.rest[end:]


def corrected(text: str, known: Mapping[str, Any], last: str | None, requested: str | None) -> Fixed:
    """The corrections in a message, each with its field.

    Several fields may hold the old value: the one that a noun names counts, then the one told last, then the one asked.
    """
    fixed = Fixed(text)
    if len(text) > LONGEST:
        return fixed
    before = [name for name in dict.fromkeys([last or "", requested or "", *known]) if name in known]
    _replaced(fixed, known, before, requested)
    for match in _ANSWERING.finditer(fixed.rest):
        count = parse_numeral(match["new"])
        if "bound_numbers" in known and count is not None and not _asks(text, match.end()):
            fixed.take(*match.span(), "bound_numbers", count)
    for match in list(_CLAUSE.finditer(fixed.rest)):
        if _asks(text, match.end()):
            continue
        found = _by_so_much(match.group(), known, last, requested) or _lengthened(match.group(), known)
        if found:
            fixed.take(*match.span(), *found)
    return fixed


def _replaced(fixed: Fixed, known: Mapping[str, Any], before: Sequence[str], requested: str | None) -> None:
    text = fixed.rest
    for form in (_NOT_BUT, _CHANGED, *_NUMBER_FORMS):
        for match in form.finditer(text):
            if fixed.rest[match.start() : match.end()] != match.group() or _asks(text, match.end()):
                continue
            old, new = _ENDS.sub("", match["old"]), _ENDS.sub("", match["new"])
            name = _meant(old, new, known, before, form in _NUMBER_FORMS)
            if name is None and form is _NOT_BUT and requested in _TEXTS and requested not in known:
                name = requested
            if name is None:
                continue
            value = _figure(name, new) if name in NUMERIC else free_value(name, new)
            if value is not None:
                fixed.take(*match.span(), name, value)


def _meant(old: str, new: str, known: Mapping[str, Any], before: Sequence[str], by_noun: bool) -> str | None:
    """The field that is corrected: one that holds the old value, or (`by_noun`) is named where no old value is."""
    named = [name for name, noun in _NOUNS if noun.search(old)] or [
        name for name, noun in _NOUNS if noun.search(new)
    ]
    order = [*named, *(name for name in before if name not in named)]
    same = next((name for name in order if name in known and _same(name, known[name], old)), None)
    if same or not by_noun or re.search(NUMBER, old):
        return same
    return next((name for name in named if name in known and _figure(name, new) is not None), None)


def _asks(text: str, end: int) -> bool:
    """Whether the clause that ends about there is a question."""
    begin = max(text.rfind(mark, 0, end - 1) for mark in "，,。；;") + 1
    clause = re.match(r"[^，,。；;]*", text[begin:])
    return bool(QUESTION.search(clause.group())) if clause else False


def _figure(name: str, text: str) -> Any:
    value = free_value(name, text)
    return value if value is not None else parse_numeral(_bare(text))


def _bare(text: str) -> str:
    """The number without the noun before it and the unit after it."""
    found = re.search(NUMBER, text)
    return found.group() if found and re.fullmatch(_UNIT, text[found.end() :]) else text


def _same(name: str, held: Any, said: str) -> bool:
    if name in _TEXTS:
        return str(held) == said
    if not _countable(name, held):
        return False
    number = parse_numeral(_bare(said))
    return isinstance(number, (int, float)) and float(number) == float(held)


def _countable(name: str, held: Any) -> bool:
    return name in NUMERIC and name != "growth_rate" and isinstance(held, (int, float))


def _by_so_much(
    clause: str, known: Mapping[str, Any], last: str | None, requested: str | None
) -> tuple[str, Any] | None:
    """ "多加两千分钟", "少算一千", "翻倍": what was told, and so much more or less."""
    match = _RELATIVE.fullmatch(clause) or _TIMES.fullmatch(clause)
    if match is None:
        return None
    groups = match.groupdict()
    said = (groups.get("unit") or "") + (groups["noun"] or "")
    named = [name for name, noun in _NOUNS if noun.search(said)]
    if named:
        name = next((each for each in named if _countable(each, known.get(each))), None)
    elif requested in NUMERIC and requested not in known:
        return None  # "翻倍", asked how much it will grow, answers that
    else:
        name = last if last and _countable(last, known.get(last)) else None
    if name is None or (groups["noun"] and not named):
        return None
    held = known[name]
    by = parse_numeral(groups["by"]) if groups.get("by") else None
    if groups.get("twice") or groups.get("half"):
        value = held * 2 if groups.get("twice") else held / 2
    elif isinstance(by, (int, float)):
        value = held + by if groups["more"] else held - by
    else:
        return None
    return (name, int(value) if value == int(value) else value) if value > 0 else None


def _lengthened(clause: str, known: Mapping[str, Any]) -> tuple[str, Any] | None:
    """ "公司名加个湖北两个字": put before the name that is known."""
    match, name = _FIRM_NAME.fullmatch(clause), known.get("company_name")
    if match is None or not name or str(name).startswith(match["part"]):
        return None
    return "company_name", match["part"] + str(name)
