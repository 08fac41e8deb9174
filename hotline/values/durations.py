"""Stretches of talking time in minutes: 三千五百分钟, 50 小时, 一分半, 90 秒, 两三分钟."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hotline.values.folding import fold
from hotline.values.found import Amount
from hotline.values.numerals import NUMBER, lowest, parse_number_words, scale, span

_FACTORS = {"hour": 60.0, "minute": 1.0, "second": 1 / 60}
_UNITS = {
    "hour": r"个?半?小时|个?半?钟头|个钟(?!头)|h(?![a-z])",
    "minute": r"个?半?分钟?半?(?![公机类店之行部销成感满重清期好抱急需难关着谨])|min(?:s|utes?)?(?![a-z])",
    "second": r"秒钟?|s(?![a-z])",
}
_ONE = re.compile(
    rf"(?P<number>{NUMBER}|半|个把)\s?(?:(?P<hour>{_UNITS['hour']})|(?P<minute>{_UNITS['minute']})|(?P<second>{_UNITS['second']}))"
)
_SECONDS_AFTER_MINUTES = re.compile(rf"(?P<number>{NUMBER})\s?秒钟?")
_BARE_SECONDS = re.compile(r"[一二三四五]十(?![\d个])|\d\d(?!\d)")
_SPAN_OF_TWO = re.compile(r"\s?(?:到|至|-|~|或者?)\s?$")


@dataclass(frozen=True)
class Duration:
    """Minutes, and the characters that say so."""

    start: int
    end: int
    minutes: Amount


def _one(match: re.Match[str]) -> Amount | None:
    words = match["number"]
    value = 0.5 if words == "半" else 1 if words == "个把" else parse_number_words(words)
    if value is None:
        return None
    unit = next(name for name in _FACTORS if match[name])
    if "半" in match[unit]:
        value = 0.5 + lowest(value)
    return scale(value, _FACTORS[unit], 2)


def find_durations(text: str) -> list[Duration]:
    """Every stretch of time with a unit; minutes followed by seconds are one, and so are two joined by 到."""
    folded = fold(text)
    found: list[Duration] = []
    position = 0
    while match := _ONE.search(folded, position):
        position = match.end()
        minutes = _one(match)
        if minutes is None:
            continue
        end = match.end()
        seconds = _SECONDS_AFTER_MINUTES.match(folded, end) if match["minute"] else None
        extra = parse_number_words(seconds["number"]) if seconds else None
        if seconds and isinstance(extra, (int, float)) and not isinstance(minutes, dict):
            minutes, end = round(minutes + extra / 60, 2), seconds.end()
            position = end
        previous = found[-1] if found else None
        if previous and not isinstance(minutes, dict) and not isinstance(previous.minutes, dict):
            if _SPAN_OF_TWO.fullmatch(folded[previous.end : match.start()]):
                found[-1] = Duration(previous.start, end, span(previous.minutes, minutes))
                continue
        found.append(Duration(match.start(), end, minutes))
    return found
