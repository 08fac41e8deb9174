"""Digits read as words (168 一路发), and digits for a company's or product's name through its pinyin."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product
from pathlib import Path

from pypinyin import Style, lazy_pinyin

from hotline.business.yaml_fields import Fields
from hotline.datafile import DATA, Located, load

FILE = DATA / "catalog" / "homophones.yml"
SHIELDS = 4  # words of at least this weight are so common that nobody hears the bad reading inside
SAME, NEAR, KEYPAD = 1.0, 0.6, 0.25  # how well a digit stands for a syllable
_REGION = re.compile(r"^[一-鿿]{2,4}?(?:省|自治区)|^[一-鿿]{2,3}?市|^[一-鿿]{2,3}?[区县](?=[一-鿿]{2})")


@dataclass(frozen=True)
class Word:
    """Digits that are read as a word; `weight` 1–5."""

    digits: str
    reads: str
    weight: int


@dataclass(frozen=True)
class Reading:
    """How (a part of) a number can be read: `kind` word (in use), name (stands for the customer's name)."""

    digits: str
    reads: str
    kind: str
    score: float
    by: tuple[str, ...] = ()  # for a name: same, near or keypad for each character


@dataclass(frozen=True)
class Homophones:
    """The words, the bad readings, and which syllables a digit can stand for."""

    words: tuple[Word, ...]
    bad: Mapping[str, str]
    same: Mapping[str, str]  # syllable → digits
    near: Mapping[str, str]
    keypad: Mapping[str, str]  # letter → digit
    ignored: tuple[str, ...]
    places: tuple[str, ...]

    def bad_in(self, digits: str) -> str | None:
        """The bad reading that the digits contain (要死), or None. A common good word shields its digits."""
        heard = [bad for bad in self.bad if bad in digits]
        if not heard:
            return None
        shields = [span for word in self._common if word in digits for span in _places(word, digits)]
        for bad in heard:
            for start, end in _places(bad, digits):
                if not any(first <= start and end <= last for first, last in shields):
                    return self.bad[bad]
        return None

    @cached_property
    def _common(self) -> tuple[str, ...]:
        return tuple(word.digits for word in self.words if word.weight >= SHIELDS)

    def read(self, digits: str) -> tuple[Reading, ...]:
        """The words in use that the digits contain, best first: heavier, longer, nearer the end."""
        found = []
        for word in self.words:
            at = digits.rfind(word.digits)
            if at >= 0:
                end = at + len(word.digits) == len(digits)
                found.append(Reading(word.digits, word.reads, "word", word.weight + len(word.digits) + end))
        found.sort(key=lambda each: -each.score)
        return tuple(
            each
            for rank, each in enumerate(found)
            if not any(each.digits in better.digits for better in found[:rank])
        )

    def core(self, name: str) -> str:
        """The part of a company's name that it is known by: without place, trade and legal form."""
        rest = re.sub(r"[（(].*?[）)]|[^0-9A-Za-z一-鿿]", "", name)
        for _ in range(2):  # 浙江省杭州市…, 浙江杭州…
            shorter = _REGION.sub("", rest)
            if shorter == rest:
                shorter = rest[len(next((place for place in self.places if rest.startswith(place)), "")) :]
            rest = shorter or rest
        while suffix := next((word for word in self.ignored if rest.endswith(word) and rest != word), None):
            rest = rest[: -len(suffix)]
        return rest

    def for_name(self, name: str, limit: int = 8) -> tuple[Reading, ...]:
        """Two to six digits that can be read as the name, best first, never with a bad reading.

        Short names are also doubled (久发 → 9898) and called for (我要… 51); a long name is read by its
        first two to four characters.
        """
        core = self.core(name)
        options = [self._digits(syllable) for syllable in _syllables(core)]
        found: dict[str, Reading] = {}
        for length in {len(options), 4, 3, 2}:
            if 0 < length <= min(6, len(options)) and all(options[:length]):
                factor = 1.0 if length == len(options) else 0.6
                self._collect(
                    options[:length], core[:length] if length < len(options) else core, factor, found
                )
        ranked = sorted(found.values(), key=lambda each: (-each.score, -len(each.digits), each.digits))
        return tuple(ranked[:limit])

    def _collect(
        self,
        options: list[list[tuple[str, float, str]]],
        reads: str,
        factor: float,
        found: dict[str, Reading],
    ) -> None:
        for combination in product(*options):
            digits = "".join(digit for digit, _, _ in combination)
            score = factor * sum(weight for _, weight, _ in combination) / len(combination)
            by = tuple(kind for _, _, kind in combination)
            for variant, said, share in self._variants(digits, reads):
                reading = Reading(variant, said, "name", round(score * share, 3), by)
                known = found.get(variant)
                if self.bad_in(variant) is None and (known is None or known.score < reading.score):
                    found[variant] = reading

    def _variants(self, digits: str, core: str) -> list[tuple[str, str, float]]:
        found = [(digits, core, 1.0)] if len(digits) > 1 else []
        if len(digits) in (2, 3):
            found.append((digits * 2, core * 2, 0.97))
        if len(digits) <= 4:
            found.append(("51" + digits, "我要" + core, 0.95))
        return found

    def _digits(self, syllable: str) -> list[tuple[str, float, str]]:
        """The digits for one syllable (at most four), each with its closeness and why."""
        if syllable.isdigit():
            return [(syllable, SAME, "same")]
        found = [(digit, SAME, "same") for digit in self.same.get(syllable, "")]
        found += [(digit, NEAR, "near") for digit in self.near.get(syllable, "")]
        if not found and syllable[:1] in self.keypad:
            found = [(self.keypad[syllable[0]], KEYPAD, "keypad")]
        return found[:4]


def _places(piece: str, digits: str) -> list[tuple[int, int]]:
    """Where a piece stands in the digits, also overlapping: start and end of each."""
    size = len(piece)
    starts = range(len(digits) - size + 1)
    return [(at, at + size) for at in starts if digits.startswith(piece, at)]


def _syllables(text: str) -> list[str]:
    """One piece per character: toneless pinyin, a Latin letter or a digit as itself."""
    return lazy_pinyin(text.lower(), style=Style.NORMAL, errors=list)  # type: ignore[arg-type]


def load_homophones(path: Path = FILE) -> Homophones:
    """Read the file. Raises DataError with line and reason."""
    value = load(path)
    nothing = Located()
    nothing.file, nothing.line = str(path), 1
    top = Fields(value, "文件", nothing, None)
    listed = top.items("words")
    words = tuple(_word(Fields(item, "谐音", listed, at)) for at, item in enumerate(listed))
    bad = {}
    for at, item in enumerate(top.items("bad")):
        fields = Fields(item, "坏读法", top.items("bad"), at)
        bad[_digits_of(fields)] = fields.text("reads")
        fields.done()
    same, near = _sounds(top.fields("sounds", "sounds "))
    keypad_fields = top.fields("keypad", "keypad ")
    keypad = {letter: digit for digit in keypad_fields.raw for letter in keypad_fields.text(digit)}
    ignored = tuple(sorted(top.words("ignored"), key=len, reverse=True))
    places = top.words("places")
    top.done()
    return Homophones(words, bad, same, near, keypad, ignored, places)


@lru_cache(maxsize=1)
def homophones() -> Homophones:
    """The file of the house, read once."""
    return load_homophones()


def _word(fields: Fields) -> Word:
    word = Word(_digits_of(fields), fields.text("reads"), fields.count("weight", 1))
    fields.done()
    return word


def _digits_of(fields: Fields) -> str:
    digits = fields.text("digits")
    if not (digits.isascii() and digits.isdigit() and 2 <= len(digits) <= 6):
        raise fields.raw.error(f"digits 应当是带引号的 2–6 位数字：{digits!r}", "digits")
    return digits


def _sounds(outer: Fields) -> tuple[dict[str, str], dict[str, str]]:
    same: dict[str, str] = {}
    near: dict[str, str] = {}
    for digit in outer.raw:
        inner = outer.fields(digit, f"sounds {digit} ")
        for table, key in ((same, "same"), (near, "near")):
            for syllable in inner.words(key):
                if digit not in table.get(syllable, ""):
                    table[syllable] = table.get(syllable, "") + digit
        inner.done()
    return same, near
