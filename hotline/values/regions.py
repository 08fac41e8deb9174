"""Provinces and prefecture-level cities by every name people use, to their standard names.

The names are data (data/catalog/regions.yml).
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from hotline.datafile import DATA, DataError, Located, load
from hotline.values.folding import fold
from hotline.values.found import Found

PATH = DATA / "catalog" / "regions.yml"
_KEYS = ("provinces", "city_names", "nicknames", "not_before", "not_after")
_LETTER_BEFORE = "在于来自到去是,，。、 的全"
_LETTER_AFTER = ",，。、 的地省牌企市上内办这"


class Regions:
    """The names, ready for looking up.

    Raises DataError when the file is malformed or gives one spelling two meanings.
    """

    def __init__(self, path: Path = PATH) -> None:
        data = load(path)
        if not isinstance(data, Located):
            raise DataError(path, 1, "文件应当是“键: 值”的形式")
        for key in _KEYS:
            if key not in data:
                raise data.error(f"缺少 {key}")
        self.names: dict[str, str] = {}
        self.letters: dict[str, str] = {}
        self.provinces: dict[str, str] = {}
        only_full = set(data.get("only_full", []))
        for province in data["provinces"]:
            self._province(province, data["city_names"], only_full)
        for spelling, name in data["nicknames"].items():
            if name not in self.provinces:
                raise data["nicknames"].error(f"没有这个地区：{name}", spelling)
            target = self.letters if len(spelling) == 1 else self.names
            target[spelling] = name
        self.not_before = {k: tuple(v) for k, v in data["not_before"].items()}
        self.not_after = {k: tuple(v) for k, v in data["not_after"].items()}
        self.everywhere = self.not_before.pop("*", ())
        self.firsts = {name[0] for name in self.names}
        self.longest = max(map(len, self.names))

    def _province(self, province: Located, city_names: Located, only_full: set[str]) -> None:
        name = province["name"]
        self._add(name, name, province)
        self.provinces[name] = name
        for spelling in province.get("also", []):
            self._add(spelling, name, province)
        for letter in province.get("letter", []):
            self.letters[letter] = name
        for city in province.get("cities", []):
            self.provinces[city] = name
            self._add(city, city, province)
            short = [city[:-1]] if city.endswith("市") and len(city) > 2 else []
            for spelling in [*short, *city_names.get(city, [])]:
                if spelling not in only_full and spelling not in self.names:
                    self._add(spelling, city, province)

    def _add(self, spelling: str, name: str, place: Located) -> None:
        known = self.names.get(spelling)
        if known and known != name:
            raise place.error(f"“{spelling}”既指{known}又指{name}")
        self.names[spelling] = name

    def at(self, folded: str, start: int) -> Found | None:
        """The longest name that begins here, unless its surroundings say it is no place."""
        if folded[start] in self.firsts:
            for length in range(min(self.longest, len(folded) - start), 1, -1):
                spelling = folded[start : start + length]
                if spelling in self.names:
                    return self._checked(folded, start, spelling)
        if folded[start] in self.letters:
            return self._letter(folded, start)
        return None

    def _checked(self, folded: str, start: int, spelling: str) -> Found | None:
        end = start + len(spelling)
        after = folded[end : end + 3]
        if after.startswith((*self.everywhere, *self.not_before.get(spelling, ()))):
            return None
        if folded[:start].endswith(self.not_after.get(spelling, ()) or ("\0",)):
            return None
        return Found(start, end, self.names[spelling])

    def _letter(self, folded: str, start: int) -> Found | None:
        before = folded[start - 1] if start else " "
        after = folded[start + 1] if start + 1 < len(folded) else " "
        free = before in _LETTER_BEFORE and after in _LETTER_AFTER
        if folded[start] in "新青云贵川宁吉黑京甘蒙苏津辽秦云藏":
            free = after == "省" or (before in "在" and after in ",，。 ")
        return Found(start, start + 1, self.letters[folded[start]]) if free else None


@lru_cache(maxsize=1)
def regions() -> Regions:
    """The names of the data file, read once."""
    return Regions()


def find(text: str) -> list[Found]:
    """Every province or city named in the text, in standard form."""
    folded, table = fold(text), regions()
    found, position = [], 0
    while position < len(folded):
        item = table.at(folded, position)
        if item:
            found.append(item)
        position = item.end if item else position + 1
    return found


def parse_region(text: str) -> str | None:
    """The region of an answer; of "浙江杭州" the smaller one; None when two different ones are named."""
    core = fold(text).strip("。., 的吧")
    table = regions()
    if core in table.letters:
        return table.letters[core]
    values = [item.value for item in find(text)]
    if not values and f"{core}市" in table.names:
        return table.names[f"{core}市"]
    smaller = [v for v in values if not any(table.provinces[w] == v and w != v for w in values)]
    return smaller[0] if len(set(smaller)) == 1 else None


def province_of(name: str) -> str | None:
    """The province (or municipality) of a standard name, or None for an unknown one."""
    return regions().provinces.get(name)
