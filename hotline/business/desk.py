"""When people are there, and what a spoken time ("明天下午三点以后") means as a window to call in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from hotline.business.calendar import Calendar
from hotline.business.yaml_fields import Fields
from hotline.clock import CHINA
from hotline.datafile import DATA, DataError, Located, load
from hotline.values.folding import fold
from hotline.values.numerals import parse_numeral


@dataclass(frozen=True)
class Window:
    """When to call: aware times. `moved`: he asked for a time when nobody is there, this is the nearest
    after it. `exact`: he named a day or a time at all."""

    start: datetime
    end: datetime
    moved: bool
    exact: bool


@dataclass(frozen=True)
class Part:
    """A part of the day and its words."""

    name: str
    words: tuple[str, ...]
    opens: time
    closes: time


@dataclass(frozen=True)
class Desk:
    """Opening hours on working days."""

    opens: time
    closes: time
    parts: tuple[Part, ...]
    calendar: Calendar

    def is_staffed(self, moment: datetime) -> bool:
        """Whether somebody is at the desk."""
        local = moment.astimezone(CHINA)
        return self.calendar.is_working(local.date()) and self.opens <= local.time() < self.closes

    def next_staffed(self, moment: datetime) -> datetime:
        """The moment itself, or when the desk opens next."""
        local = moment.astimezone(CHINA)
        if self.is_staffed(local):
            return local
        if self.calendar.is_working(local.date()) and local.time() < self.opens:
            return _at(local.date(), self.opens)
        return _at(self.calendar.after(local.date(), 1), self.opens)

    def window(self, said: str, now: datetime) -> Window:
        """What was said, as the first window at or after `now` in which the desk is open.

        Understood: today … in three days, weekdays (of this or next week), weekend, dates, parts of the day,
        clock times with 以后/以前/到. Everything else means "as soon as possible".
        """
        text, local = fold(said), now.astimezone(CHINA)
        hours = self._hours(text)
        day = _day(text, local.date())
        first = day or local.date()
        start, end = hours or (self.opens, self.closes)
        if day is None and _at(first, end) <= local:
            first = self.calendar.after(first, 1)
        wanted = (max(_at(first, start), local), _at(first, end))
        exact = hours is not None or day is not None
        return self._fit(wanted, exact)

    def _fit(self, wanted: tuple[datetime, datetime], exact: bool) -> Window:
        day = wanted[0].date()
        opens, closes = _at(day, self.opens), _at(day, self.closes)
        start, end = max(wanted[0], opens), min(wanted[1], closes)
        if self.calendar.is_working(day) and start < end:
            return Window(start, end, False, exact)
        nearest = self.next_staffed(wanted[0])
        return Window(nearest, _at(nearest.date(), self.closes), exact, exact)

    def _hours(self, text: str) -> tuple[time, time] | None:
        part = next((each for each in self.parts if any(word in text for word in each.words)), None)
        clocks = [_clock(match, part) for match in _CLOCK.finditer(text)]
        if not clocks:
            return (part.opens, part.closes) if part else None
        if len(clocks) > 1:
            return min(clocks), max(clocks)
        clock = clocks[0]
        if re.search(r"点[半钟一三刻]*(?:以前|之前|前)", text):
            return (part.opens if part and part.opens < clock else self.opens, clock)
        after = re.search(r"(?:以后|之后|后)", text)
        until = max(self.closes, _later(clock)) if after else _later(clock)
        return clock, until


_NUMBER = r"\d{1,2}|[零一二两三四五六七八九十]{1,3}"
_CLOCK = re.compile(
    rf"(?P<hour>{_NUMBER})\s?(?:点钟?|时(?!间|候)|[:：](?=\d\d))(?P<minute>半|[一三]刻|\d{{1,2}})?"
    rf"|(?P<from>{_NUMBER})(?=\s?(?:到|至|-|~)\s?(?:{_NUMBER})\s?点)"
)
_DAYS = {"今": 0, "明": 1, "后": 2, "大后": 3}
_WEEK = "一二三四五六日"


def _clock(match: re.Match[str], part: Part | None) -> time:
    """A named hour; without a part of the day, one to seven mean the afternoon."""
    read = parse_numeral(match["hour"] or match["from"])
    hour = int(read) if isinstance(read, (int, float)) else 0
    before = 8 if part is None else 6 if part.name == "noon" else 12 if part.opens >= time(12) else 0
    if hour < before:
        hour += 12
    said = match["minute"]
    minute = {"半": 30, "一刻": 15, "三刻": 45}.get(said or "", int(said) if said and said.isdigit() else 0)
    return time(min(hour, 23), min(minute, 59))


def _later(clock: time) -> time:
    """An hour after a clock time, within the day."""
    return time(min(clock.hour + 1, 23), clock.minute)


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, CHINA)


def _day(text: str, today: date) -> date | None:
    if match := re.search(r"(大后|今|明|后)[天日晚早儿]", text):
        return today + timedelta(days=_DAYS[match[1]])
    if match := re.search(r"(下下|下)?个?(?:周|星期|礼拜)([一二三四五六日天末])", text):
        weekday = 5 if match[2] == "末" else _WEEK.index(match[2].replace("天", "日"))
        monday = today - timedelta(days=today.weekday())
        weeks = {None: 0, "下": 1, "下下": 2}[match[1]]
        day = monday + timedelta(days=weekday, weeks=weeks)
        return day if day >= today else day + timedelta(weeks=1)
    if match := re.search(r"(\d{1,2})月(\d{1,2})[日号]", text):
        try:
            day = date(today.year, int(match[1]), int(match[2]))
        except ValueError:
            return None
        return day if day >= today else day.replace(year=today.year + 1)
    return None


def load_desk(calendar: Calendar, file: Path = DATA / "catalog" / "desk.yml") -> Desk:
    """Read the opening hours. Raises DataError."""
    data = load(file)
    if not isinstance(data, Located):
        raise DataError(file, 1, "应为“键: 值”的形式")
    top = Fields(data, "人工时间", data, None)
    top.flag("sample")
    opens, closes = _time(top, "opens"), _time(top, "closes")
    if closes <= opens:
        raise data.error("closes 应晚于 opens", "closes")
    table = top.fields("parts", "一天的各段")
    parts = []
    for name in table.raw:
        one = table.fields(str(name), f"{name} 这一段")
        parts.append(Part(str(name), one.words("words"), _time(one, "opens"), _time(one, "closes")))
        one.done()
    top.done()
    return Desk(opens, closes, tuple(parts), calendar)


def _time(fields: Fields, key: str) -> time:
    try:
        return time.fromisoformat(fields.text(key))
    except ValueError:
        raise fields.raw.error(f'{key} 应为 "09:00" 这样的钟点', key) from None
