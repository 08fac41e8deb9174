"""Business values as words: money, minutes, dates, choices. The words themselves are data (labels.yml)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from hotline import datafile
from hotline.clock import CHINA

_PATTERNS = {
    "monthly_minutes": "minutes",
    "call_minutes": "minutes",
    "daily_calls": "calls",
    "seats": "seats",
    "bound_numbers": "count",
    "budget": "money_month",
    "working_days": "days",
    "contract_months": "months",
}


class Wording:
    """How values are written for a customer. One instance is made at start-up.

    Raises DataError when labels.yml lacks a section.
    """

    def __init__(
        self, folder: Path = datafile.DATA / "lexicon", names: Mapping[str, Mapping[str, str]] | None = None
    ) -> None:
        data = datafile.load(folder / "labels.yml")
        for section in (
            "fields",
            "choices",
            "answers",
            "papers",
            "tasks",
            "wishes",
            "passed_by",
            "words",
            "personal_numbers",
            "meanings",
            "symptoms",
            "upload_faults",
            "call_times",
        ):
            if section not in data:
                raise data.error(f"缺少 {section} 一节")
        self._data = data
        #: id → name of what the catalogue sells: {"plan": …, "feature": …, "material": …}
        self.names: dict[str, Mapping[str, str]] = dict(names or {})

    def __getitem__(self, word: str) -> str:
        """A word of the `words` section."""
        return str(self._data["words"][word])

    @property
    def field_words(self) -> dict[str, list[str]]:
        """How customers call each field."""
        return {name: list(entry["words"]) for name, entry in self._data["fields"].items()}

    def answer_words(self, name: str | None) -> Mapping[str, list[str]]:
        """Loose words that mean a value when this very field is asked: value → words."""
        found: Mapping[str, list[str]] = self._data["answers"].get(name, {}) if name else {}
        return found

    @property
    def choices(self) -> Mapping[str, Mapping[str, list[str]]]:
        """Those loose words of all fields."""
        found: Mapping[str, Mapping[str, list[str]]] = self._data["answers"]
        return found

    @property
    def paper_words(self) -> Mapping[str, list[str]]:
        """Short names of papers, where papers are spoken of: value → words."""
        found: Mapping[str, list[str]] = self._data["papers"]
        return found

    def field(self, name: str) -> str:
        """What a field is called."""
        return str(self._data["fields"][name]["label"])

    def task(self, form: str) -> str:
        """What a form is called."""
        return str(self._data["tasks"][form])

    def wish(self, name: str) -> str:
        """What a wish about the number is called."""
        return str(self._data["wishes"].get(name, name))

    def meaning(self, intent: str) -> str | None:
        """What an intent is called on a button; None when it is no choice to offer."""
        found = self._data["meanings"].get(intent)
        return str(found) if found else None

    def symptom(self, text: str) -> str:
        """The trouble that a customer's words describe; "other" when none of them is known."""
        for name, words in self._data["symptoms"].items():
            if any(word in text for word in words):
                return str(name)
        return "other"

    def left(self, count: int) -> str:
        """ "还差 3 项", or that nothing is missing."""
        return self["left"].format(count=count) if count else self["left_none"]

    def personal_numbers(self, kinds: Iterable[str]) -> str:
        """ "身份证号码、银行卡号" for the kinds that the filter dropped."""
        return self.listing(self._data["personal_numbers"][kind] for kind in kinds)

    def call_times(self, days: Iterable[date]) -> dict[str, list[dict[str, str]]]:
        """Days and parts of a day to choose from: ``value`` is what choosing says, ``title`` what is shown."""
        words = self._data["call_times"]
        every = str(words["every_day"])
        shown = [{"value": every, "title": every}]
        for day in days:
            title = words["day"].format(day=self.day(day), weekday=words["weekdays"][day.weekday()])
            shown.append({"value": self.day(day), "title": title})
        parts = [str(part) for part in words["parts"]]
        return {"days": shown, "parts": [{"value": part, "title": part} for part in parts]}

    def upload_faults(self, codes: Iterable[str]) -> str:
        """ "有些模糊、光线太暗" for what was found in a photo."""
        return self.listing(str(self._data["upload_faults"][code]) for code in codes)

    def listing(self, items: Iterable[str]) -> str:
        """A list inside a sentence."""
        return self["listing"].join(items)

    @staticmethod
    def number(value: Any) -> str:
        """A plain number without needless zeros."""
        text = f"{Decimal(str(value)):f}"
        return text.rstrip("0").rstrip(".") if "." in text else text

    def money(self, value: Decimal | float, unit: str = "money") -> str:
        """Yuan, rounded to the cent."""
        return self[unit].format(value=self.number(round(Decimal(str(value)), 2)))

    def rate(self, value: Decimal) -> str:
        """Yuan a minute, as the catalogue has it."""
        return self["per_minute"].format(value=self.number(value))

    def percent(self, value: Decimal | float) -> str:
        """0.2 → 20%."""
        return f"{self.number(Decimal(str(value)) * 100)}%"

    def day(self, value: date) -> str:
        """11月24日."""
        return self["date"].format(month=value.month, day=value.day)

    def moment(self, value: datetime) -> str:
        """11月24日 09:05, in China."""
        local = value.astimezone(CHINA)
        return self["moment"].format(month=local.month, day=local.day, hour=local.hour, minute=local.minute)

    def window(self, start: datetime, end: datetime) -> str:
        """11月24日 14:00～17:30, in China (the day once when both are on it)."""
        first, last = start.astimezone(CHINA), end.astimezone(CHINA)
        late = f"{last.hour:02d}:{last.minute:02d}" if first.date() == last.date() else self.moment(last)
        return self["from_to"].format(low=self.moment(first), high=late)

    @staticmethod
    def hotline(number: str) -> str:
        """4001-668-888."""
        return f"{number[:4]}-{number[4:7]}-{number[7:]}"

    def value(self, name: str, value: Any) -> str:
        """The value of a field as a customer reads it."""
        if value is None or value == "":
            return self["skipped"]
        if isinstance(value, (list, tuple, set)):
            return self.listing(self.value(name, item) for item in value) if value else self["none"]
        if isinstance(value, Mapping):
            low, high = self.number(value["from"]), self.number(value["to"])
            return self[_PATTERNS[name]].format(value=self["from_to"].format(low=low, high=high))
        if name == "growth_rate":
            return self._growth(value)
        if name == "contact_name" and len(str(value)) == 1:
            return self["surname"].format(value=value)
        if name == "hotline_number":
            return self.hotline(str(value))
        if name in _PATTERNS:
            return self[_PATTERNS[name]].format(value=self.number(value))
        known = self._data["choices"].get(name) or self.names.get(name) or {}
        return str(known.get(value, value))

    def passed_by(self, name: str) -> str:
        """What stands for a field that he passed by."""
        known: Mapping[str, str] = self._data["passed_by"]
        return str(known.get(name, known["other"]))

    def _growth(self, value: Any) -> str:
        times = {1: "growth_double", 3: "growth_fourfold"}.get(value)
        kind = times or ("growth" if value > 0 else "growth_less" if value else "growth_none")
        return self[kind].format(value=self.percent(abs(value)))

    def assumption(self, name: str, value: Any) -> str:
        """What was put down for somebody who could not say: "用途先按“客户咨询”算"."""
        return self["assumption"].format(label=self.field(name), new=self.value(name, value))

    def change(self, name: str, old: Any, new: Any) -> str:
        """What was noted about a field: "联系电话由“…”改为“…”"."""
        pattern = "note" if old in (None, [], "") else ("dropped" if new in (None, []) else "change")
        return self[pattern].format(
            label=self.field(name), old=self.value(name, old), new=self.value(name, new)
        )
