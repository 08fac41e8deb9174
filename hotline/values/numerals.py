"""Chinese, Arabic and mixed numerals: 三千五 = 3500, 1.5万 = 15000, 两三千 = 2000 to 3000.

An approximation (十来个, 一百多, 五十左右, 千把) is the number itself; only two numbers make a span,
written {"from": 2000, "to": 3000}.
"""

from __future__ import annotations

import re

from hotline.values.folding import fold
from hotline.values.found import Amount, Found, Number

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")}
DIGITS.update({"〇": 0, "两": 2, "幺": 1, "俩": 2, "仨": 3})
DIGITS.update(dict(zip("壹贰叁肆伍陆柒捌玖", range(1, 10), strict=True)))
UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000, "拾": 10, "佰": 100, "仟": 1000}
UNITS.update({"k": 1000, "w": 10_000})

_D = "零〇一二两三四五六七八九壹贰叁肆伍陆柒捌玖"
_U = "十百千万亿拾佰仟"
_VAGUE = "来多几余"
#: every repetition has an end, and one way only to read the same characters: a message of nothing but numerals must
#: not cost more than any other. Nobody counts beyond 9999亿9999万9999, which has 23 characters in words.
_ARABIC = r"\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,9})?|\d{1,15}(?:\.\d{1,9})?"
_AFTER_UNIT = (
    rf"(?:(?!一[年天个月])[\d{_D}]{{1,8}}[{_U}](?!\d)){{0,7}}(?:(?!一[年天个月])[\d{_D}]{{1,8}}(?!\d))?"
)
_MIXED = rf"(?:{_ARABIC})(?:\s?[{_VAGUE}]?\s?[{_U}kw](?![a-z]){_AFTER_UNIT})?(?:k\d(?!\d))?"
_CHINESE = rf"(?:[{_D}{_U}俩仨](?:一(?:(?<=[{_D}]一)(?![年天个月分])|(?<=[百千万]一)(?!个月|个?年|个?月|个?星期|周|天)|(?<=[十亿拾佰仟]一))|[{_D.replace('一', '')}{_U}]|点(?=[{_D}])|[{_VAGUE}](?=[{_U}])|儿(?=[八千百])|(?<=[百千万])把){{0,23}})"
_ONE = rf"(?:{_MIXED}|{_CHINESE})(?:\s?[{_VAGUE}])?"
JOIN = r"\s?(?:到|至|-|~|或者?是?|、)\s?"
#: a regular expression for one numeral or a span of two, on folded text
NUMBER = rf"(?<![\d.a-z毛角])(?:{_ONE})(?:个?{JOIN}(?:{_ONE}))?(?!\d)"

_NUMBER = re.compile(NUMBER)
_JOIN = re.compile(JOIN)
#: from here on a number counts nothing that is spoken of
_LARGEST = 10**13
#: the longest text that says a number and nothing else
_LONGEST = 60
_PREFIX = re.compile(
    r"^(?:大概|大约|约莫?|差不多|将近|接近|快|近|不到|不超过|超过|至少|起码|最多|最少|顶多|撑死|也就|就|估计|应该|好像|可能|嗯|呃|是|有|那个|得|要){1,9}|^上(?=[百千万])"
)
_SUFFIX = re.compile(
    r"(?:左右|上下|以内|之内|以下|以上|出头|不到|不止|样子|这样|吧|啊|呢|的|个|\s|[。.!?,])+$"
)
_LOOSE = {
    "百八十": 100,
    "百儿八十": 100,
    "千八百": 1000,
    "千儿八百": 1000,
    "万八千": 10_000,
    "万儿八千": 10_000,
}
_LOOSE.update({"百十": 100, "百把": 100, "千把": 1000, "万把": 10_000})
_NEIGHBOURS = re.compile(rf"^(.*?)([一二两三四五六七八])([二两三四五六七八九])([{_U}]*)$")
_TOKEN = re.compile(rf"(\d+(?:\.\d+)?)|([{_D}幺俩仨])|([{_U}kw])")


def _tidy(number: float) -> Number | None:
    if abs(number) >= _LARGEST:
        return None
    rounded = round(number, 4)
    return int(rounded) if rounded == int(rounded) else rounded


def span(low: Number, high: Number) -> Amount:
    """The value for "low to high", in order; one number when both are equal."""
    if low == high:
        return low
    return {"from": min(low, high), "to": max(low, high)}


def scale(amount: Amount, factor: float, digits: int = 0) -> Amount:
    """The amount times `factor`, rounded to `digits` decimals (0 gives whole numbers)."""
    if isinstance(amount, dict):
        low, high = scale(amount["from"], factor, digits), scale(amount["to"], factor, digits)
        assert not isinstance(low, dict) and not isinstance(high, dict)
        return span(low, high)
    scaled = round(amount * factor + 1e-9, digits)
    return int(scaled) if scaled == int(scaled) else scaled


def lowest(amount: Amount) -> Number:
    """The number itself, or the smaller end of a span."""
    return amount["from"] if isinstance(amount, dict) else amount


def _evaluate(text: str) -> Number | None:
    """Digits with units, 万 and 亿 as sections; a last digit without its unit takes the next lower one."""
    total = section = 0.0
    held: float | None = None
    last_unit, ceiling, after_zero = 1, 10_000, False
    position = 0
    for match in _TOKEN.finditer(text):
        if match.start() != position:
            return None
        position = match.end()
        arabic, chinese, unit = match.groups()
        if unit:
            weight = UNITS[unit]
            if weight == UNITS["亿"]:
                total, section = (total + section + (held or 0.0) or 1.0) * weight, 0.0
            elif weight >= 10_000:
                total, section = total + (section + (held or 0.0) or 1.0) * weight, 0.0
            elif weight >= ceiling:
                return None
            else:
                section += (1.0 if held is None else held) * weight
            ceiling = weight if weight < 10_000 else 10_000
            held, last_unit, after_zero = None, weight, False
        elif held is not None and not (held == 0 and after_zero):
            return None
        else:
            held = float(arabic) if arabic else float(DIGITS[chinese])
            after_zero = chinese in ("零", "〇")
            if after_zero:
                last_unit = 1
    if position != len(text):
        return None
    if held is not None:
        section += held * (last_unit / 10 if last_unit >= 100 and held < 10 else 1)
    return _tidy(total + section)


def _plain(text: str) -> Amount | None:
    """One numeral without words around it."""
    text = text.replace(" ", "").replace(",", "")
    if text in _LOOSE:
        return _LOOSE[text]
    text = re.sub(rf"(?<=[{_U}])几[{_U}]", "", text)
    text = re.sub(rf"(?<=.)[{_VAGUE}把儿]", "", text)
    if not text or text[0] in _VAGUE:
        return None
    if text in _LOOSE:
        return _LOOSE[text]
    if re.match(r"\d{2,}十", text):
        return None
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return _tidy(float(text))
    if "点" in text:
        text = re.sub(
            rf"([{_D}]+)点([{_D}]+)",
            lambda m: "".join(str(DIGITS[c]) for c in m[1]) + "." + "".join(str(DIGITS[c]) for c in m[2]),
            text.replace("十点", "一零点") if text.startswith("十点") else text,
        )
        return _evaluate(text)
    neighbours = _neighbours(text)
    if neighbours is not None:
        return neighbours
    if len(text) >= 2 and all(c in DIGITS for c in text):
        return _tidy(int("".join(str(DIGITS[c]) for c in text)))
    return _evaluate(text)


def _neighbours(text: str) -> Amount | None:
    """两三千, 三五百, 十七八, 一百二三十: two neighbouring digits share their surroundings."""
    match = _NEIGHBOURS.match(text)
    if not match:
        return None
    before, one, two, after = match.groups()
    gap = DIGITS[two] - DIGITS[one]
    if not (gap == 1 or (one, two) == ("三", "五")) or (before and before[-1] not in UNITS):
        return None
    low, high = _evaluate(before + one + after), _evaluate(before + two + after)
    return None if low is None or high is None else span(low, high)


def _between(first: str, second: str) -> Amount | None:
    """三到五千, 2-3千: the first borrows the unit of the second when it has none and is smaller."""
    low, high = _plain(first), _plain(second)
    if low is None or high is None:
        return None
    low, high = lowest(low), high["to"] if isinstance(high, dict) else high
    unit = re.search(rf"[{_U}kw]+$", second.replace(" ", ""))
    if unit and low < 100 and not re.search(rf"[{_U}kw]", first):
        borrowed = _plain(first.strip() + unit.group())
        if isinstance(borrowed, (int, float)) and borrowed <= high:
            low = borrowed
    return span(low, high)


def parse_number_words(text: str) -> Amount | None:
    """The value of exactly one numeral as NUMBER matches it (folded), or None."""
    parts = _JOIN.split(text)
    if len(parts) == 2:
        return _between(parts[0].removesuffix("个"), parts[1])
    return _plain(text) if len(parts) == 1 else None


def find(text: str) -> list[Found]:
    """Every numeral in the text, a span as one."""
    folded = fold(text)
    found = []
    for match in _NUMBER.finditer(folded):
        value = parse_number_words(match.group())
        if value is not None:
            found.append(Found(match.start(), match.end(), value))
    return found


def parse_numeral(text: str) -> Amount | None:
    """The number that the whole text says ("大概两三千吧" → span), or None."""
    core = fold(text).strip()
    if len(core) > _LONGEST:
        return None
    if re.fullmatch(r"-?\d+(?:\.\d+)?", core):
        return _tidy(float(core))
    core = _SUFFIX.sub("", _PREFIX.sub("", core))
    if core in ("半", "半个"):
        return 0.5
    half = re.fullmatch(r"(.+?)个?半", core)
    if half:
        whole = _plain(half.group(1))
        return _tidy(whole + 0.5) if isinstance(whole, (int, float)) and whole < 100 else None
    match = _NUMBER.fullmatch(core)
    return parse_number_words(match.group()) if match else None
