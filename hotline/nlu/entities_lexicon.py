"""Entities named by words: spaCy's phrase patterns over the word lists of data/lexicon, and their homophones.

The lists are data. A word of three or more characters is also recognised by its sound, since a
recogniser writes 通化录音 for 通话录音.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import spacy
from pypinyin.pinyin_dict import pinyin_dict
from spacy.language import Language
from spacy.matcher import PhraseMatcher

from hotline.datafile import DATA, Located, load
from hotline.values.folding import fold
from hotline.values.found import Found

FOLDER = DATA / "lexicon"
NAMES = (
    "feature",
    "plan",
    "material",
    "channel",
    "applicant_type",
    "usage_scenario",
    "number_pattern",
    "industry",
)
_LEAST_BY_SOUND, _MOST_BY_SOUND = 3, 8
_TONES = str.maketrans("āáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜńňǹḿ", "aaaaooooeeeeiiiiuuuuvvvvnnnm")


def lexicon_paths() -> list[Path]:
    """The files whose content decides what is recognised."""
    return [FOLDER / f"{name}.yml" for name in NAMES]


@lru_cache(maxsize=1)
def _sounds() -> dict[str, str]:
    """The toneless syllable of each character, in its most usual reading."""
    sounds = {}
    for code, readings in pinyin_dict.items():
        if 0x4E00 <= code <= 0x9FFF:
            sounds[chr(code)] = readings.split(",")[0].translate(_TONES)
    return sounds


def _blurred(syllable: str) -> str:
    """Accents made one: zh/z, ch/c, sh/s, ang/an, eng/en, ing/in."""
    blurred = re.sub(r"^([zcs])h", r"\1", syllable)
    return re.sub(r"(?<=[aei])ng$", "n", blurred)


_COUNTED = re.compile(r"\s?(?:元|块|分钟?|个|通|人|位|名|条|次|多)")


@dataclass(frozen=True)
class Named:
    """A value of one entity and where it is named; `exact` is False when only the sound agrees."""

    entity: str
    found: Found
    exact: bool = True


@dataclass(frozen=True)
class _Context:
    before: dict[str, tuple[str, ...]]
    after: dict[str, tuple[str, ...]]

    def allows(self, folded: str, start: int, end: int) -> bool:
        """Whether no neighbouring word says that the word means something else here."""
        word = folded[start:end]
        if folded.startswith(self.before.get(word, ()), end):
            return False
        return not folded[:start].endswith(self.after.get(word, ()))


class Lexicon:
    """All word lists, compiled. Raises DataError on a malformed list or a word under two values."""

    def __init__(self, paths: Iterable[Path] | None = None) -> None:
        self._nlp: Language = spacy.blank("zh")
        self._matcher = PhraseMatcher(self._nlp.vocab)
        self._meanings: dict[str, list[tuple[str, str]]] = {}
        self._context: dict[str, _Context] = {}
        self._patterns: list[tuple[str, str, re.Pattern[str]]] = []
        self._by_sound: dict[tuple[str, ...], list[tuple[str, str]]] = {}
        self._pairs: tuple[re.Pattern[str], dict[str, str]] | None = None
        for path in paths or lexicon_paths():
            self._read(load(path))
        self._matcher.add("word", [self._doc(word) for word in self._meanings])
        self._compile_sounds()

    def _doc(self, text: str) -> spacy.tokens.Doc:
        return spacy.tokens.Doc(self._nlp.vocab, words=list(text), spaces=[False] * len(text))

    def _read(self, data: Located) -> None:
        entity, words = data["entity"], data["words"]
        if isinstance(words, list):
            for word in words:
                self._add(entity, word, str(word), data)
        else:
            for value, spellings in words.items():
                for word in spellings:
                    self._add(entity, word, str(value), words)
        self._context[entity] = _Context(
            {k: tuple(map(str, v)) for k, v in data.get("not_before", {}).items()},
            {k: tuple(map(str, v)) for k, v in data.get("not_after", {}).items()},
        )
        for item in data.get("patterns", []):
            try:
                self._patterns.append((entity, item["value"], re.compile(item["pattern"])))
            except re.error as error:
                raise item.error(f"正则写法有误：{error}", "pattern") from error
        if "pairs" in data:
            self._add_pairs(data["pairs"])

    def _add(self, entity: str, word: str, value: str, place: Located) -> None:
        spelling = fold(str(word)).strip()
        known = [v for e, v in self._meanings.get(spelling, []) if e == entity and v != value]
        if known:
            raise place.error(f"“{word}”同时写在 {known[0]} 和 {value} 下")
        if (entity, value) not in self._meanings.setdefault(spelling, []):
            self._meanings[spelling].append((entity, value))

    def _add_pairs(self, pairs: Located) -> None:
        name = "|".join(sorted(map(re.escape, pairs), key=len, reverse=True))
        self._pairs = (
            re.compile(
                rf"(?P<first>{name})(?:版|板|套餐|那?档)?(?P<link>和|跟|与|还是|或者?|vs|对比|比|、|跟那个|,)(?:那个|这个)?(?P<second>{name})(?![务部中人员业务])(?:版|板|套餐|档)?"
            ),
            {k: str(v) for k, v in pairs.items()},
        )

    def _compile_sounds(self) -> None:
        sounds = _sounds()
        for word, meanings in self._meanings.items():
            usable = [m for m in meanings if m[0] != "industry"]
            if usable and _LEAST_BY_SOUND <= len(word) <= _MOST_BY_SOUND and all(c in sounds for c in word):
                key = tuple(sounds[c] for c in word)
                self._by_sound.setdefault(key, usable)
                if len(word) > _LEAST_BY_SOUND:
                    self._by_sound.setdefault(tuple(_blurred(s) for s in key), usable)

    def find(self, folded: str) -> list[Named]:
        """Everything named in a folded text, overlapping ones included."""
        found = self._exact(folded)
        for entity, value, pattern in self._patterns:
            for match in pattern.finditer(folded):
                found.append(Named(entity, Found(match.start("group"), match.end("group"), value)))
        found += self._paired(folded)
        taken = [n.found for n in found]
        found += [n for n in self._sounding(folded) if not any(n.found.overlaps(t) for t in taken)]
        return found

    def _exact(self, folded: str) -> list[Named]:
        found = []
        for _, start, end in self._matcher(self._doc(folded)) if folded else []:
            if folded[start].isascii() and folded[start].isalnum() and not _free(folded, start, end):
                continue
            if folded[start:end].isdigit() and _COUNTED.match(folded, end):
                continue  # 3456元 is money, not a number in sequence
            for entity, value in self._meanings[folded[start:end]]:
                if self._context[entity].allows(folded, start, end):
                    found.append(Named(entity, Found(start, end, value)))
        return found

    def _paired(self, folded: str) -> list[Named]:
        if self._pairs is None:
            return []
        pattern, values = self._pairs
        found = []
        for match in pattern.finditer(folded):
            said = folded[match.start() : match.end()]
            if not re.search(r"版|板|套餐|档|哪|比|区别|差|选|vs|对比", said + folded[match.end() :]):
                continue
            for group in ("first", "second"):
                found.append(Named("plan", Found(match.start(group), match.end(group), values[match[group]])))
        return found

    def _sounding(self, folded: str) -> list[Named]:
        """Words that agree in sound only: all syllables, from four on also in a southern accent."""
        sounds = _sounds()
        heard = [sounds.get(c, "") for c in folded]
        blurred = [_blurred(s) for s in heard]
        found = []
        for start in range(len(folded)):
            for length in range(_LEAST_BY_SOUND, _MOST_BY_SOUND + 1):
                end = start + length
                if end > len(folded) or not heard[end - 1]:
                    break
                meanings = self._by_sound.get(tuple(heard[start:end]))
                if meanings is None and length > _LEAST_BY_SOUND:
                    meanings = self._by_sound.get(tuple(blurred[start:end]))
                for entity, value in meanings or []:
                    found.append(Named(entity, Found(start, end, value), exact=False))
        return found


def _free(folded: str, start: int, end: int) -> bool:
    """A word in letters or digits stands free of other letters and digits."""
    before = folded[start - 1] if start else " "
    after = folded[end] if end < len(folded) else " "
    return not (before.isascii() and before.isalnum()) and not (after.isascii() and after.isalnum())


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The word lists of the product, compiled once."""
    return Lexicon()
