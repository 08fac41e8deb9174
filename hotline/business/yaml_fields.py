"""A mapping of an operator's YAML file, taken apart field by field with complaints that name the line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from hotline.datafile import Located, LocatedList


class Fields:
    """One mapping of a file, taken apart key by key; `done` complains about what nobody asked for."""

    def __init__(self, value: Any, what: str, parent: Located | LocatedList, at: Any) -> None:
        if not isinstance(value, Located):
            raise parent.error(f"{what}应当是“键: 值”的形式", at)
        self.raw, self.what, self._asked = value, what, set[str]()

    def has(self, key: str) -> bool:
        self._asked.add(key)
        return key in self.raw

    def get(self, key: str) -> Any:
        if not self.has(key):
            raise self.raw.error(f"{self.what}缺少 {key}")
        return self.raw[key]

    def text(self, key: str) -> str:
        value = self.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.raw.error(f"{key} 应当是文字", key)
        return value

    def number(self, key: str, *, above: Decimal | None = None) -> Decimal:
        """A number of zero or more; with `above`, strictly more than it."""
        amount = decimal(self.get(key))
        if amount is None:
            raise self.raw.error(f"{key} 应当是数字，现在是 {self.raw[key]!r}", key)
        if amount < 0:
            raise self.raw.error(f"{key} 不能是负数：{amount}", key)
        if above is not None and amount <= above:
            raise self.raw.error(f"{key} 应当大于 {above}", key)
        return amount

    def count(self, key: str, least: int = 0) -> int:
        value = self.get(key)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.raw.error(f"{key} 应当是整数，现在是 {value!r}", key)
        if value < least:
            raise self.raw.error(f"{key} 不能小于 {least}：{value}", key)
        return value

    def day(self, key: str) -> date:
        value = self.get(key)
        if type(value) is not date:
            raise self.raw.error(f"{key} 应当是日期，例如 2026-01-01", key)
        return value

    def flag(self, key: str) -> bool:
        value = self.get(key)
        if not isinstance(value, bool):
            raise self.raw.error(f"{key} 应当是 true 或 false", key)
        return value

    def one_of(self, key: str, allowed: tuple[str, ...]) -> str:
        value = self.get(key)
        if value not in allowed:
            raise self.raw.error(f"{key} 只能是 {'、'.join(allowed)}", key)
        return str(value)

    def fields(self, key: str, what: str) -> Fields:
        return Fields(self.get(key), what, self.raw, key)

    def items(self, key: str) -> LocatedList:
        value = self.get(key)
        if not isinstance(value, LocatedList):
            raise self.raw.error(f"{key} 应当是列表", key)
        return value

    def words(self, key: str) -> tuple[str, ...]:
        values = self.items(key)
        for index, value in enumerate(values):
            if not isinstance(value, str):
                raise values.error(f"{key} 里应当都是文字：{value!r}", index)
        return tuple(values)

    def done(self) -> None:
        for key in self.raw:
            if key not in self._asked:
                raise self.raw.error(f"{self.what}没有 {key} 这个字段", key)


def decimal(value: Any) -> Decimal | None:
    """A finite decimal number from YAML; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None
