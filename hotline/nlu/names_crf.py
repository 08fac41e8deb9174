"""A small CRF on characters for company names, person names and industries, beside the rules.

It sees the characters, the word lists (surnames, endings, places) and what the rules found, so that
it learns when to trust them. The model file is crfsuite's own binary.
"""

from __future__ import annotations

import random
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pycrfsuite

from hotline.datafile import DATA, load
from hotline.nlu import names
from hotline.nlu.words import tokenizer
from hotline.values.folding import fold
from hotline.values.regions import find as find_regions
from hotline.values.regions import regions

INDUSTRIES = DATA / "lexicon" / "industry.yml"
FILE = "names.crfsuite"
ENTITIES = (names.COMPANY, names.PERSON, names.INDUSTRY)
_OPTIONS = {"c1": 0.05, "c2": 0.01, "max_iterations": 90, "feature.possible_transitions": True}


@dataclass(frozen=True)
class Sentence:
    """A text and what is annotated in it: (entity, start, end)."""

    text: str
    spans: tuple[tuple[str, int, int], ...]


def _marks(length: int, spans: Sequence[tuple[str, int, int]]) -> list[str]:
    marks = ["O"] * length
    for entity, start, end in spans:
        for i in range(start, min(end, length)):
            marks[i] = ("B-" if i == start else "I-") + entity
    return marks


def _kind(char: str) -> str:
    if char.isdigit():
        return "9"
    if char.isascii():
        return "a" if char.isalpha() else "."
    return "字" if "\u3400" <= char <= "\u9fff" else "."


def features(folded: str) -> list[list[str]]:
    """For each character what the model may look at."""
    table = names.rules()
    size = len(folded)
    ends = ["O"] * size
    for match in table.strong.finditer(folded):
        for i in range(match.start(), match.end()):
            ends[i] = "E"
    trades = _marks(size, [("t", *m.span()) for m in _industry_pattern().finditer(folded)])
    places = _marks(size, [("p", f.start, f.end) for f in find_regions(folded)])
    ruled = _marks(
        size,
        [("c", f.start, f.end) for f in names.find_companies(folded, folded)]
        + [("i", f.start, f.end) for f in names.find_industries(folded, folded)]
        + [("n", f.start, f.end) for f in names.find_people(folded, folded)],
    )
    words = _word_marks(folded)
    cues, given = _cues(folded), names.given_chars()
    chars = [c if _kind(c) == "字" else _kind(c) for c in folded]
    padded = ["^^", "^", *chars, "$", "$$"]
    rows = []
    for i in range(size):
        window = padded[i : i + 5]
        row = [f"{k}:{c}" for k, c in enumerate(window)]
        row += [f"01:{window[0]}{window[1]}", f"12:{window[1]}{window[2]}", f"23:{window[2]}{window[3]}"]
        row += [
            f"34:{window[3]}{window[4]}",
            f"123:{''.join(window[1:4])}",
            f"r:{ruled[i]}",
            f"p:{places[i]}",
        ]
        row += [
            f"e:{ends[i]}",
            f"e+:{ends[i + 1] if i + 1 < size else '$'}",
            f"r-:{ruled[i - 1] if i else '^'}",
        ]
        row += [
            f"t:{trades[i]}",
            f"t+:{trades[i + 1] if i + 1 < size else '$'}",
            f"t-:{trades[i - 1] if i else '^'}",
        ]
        row += [
            f"w:{words[i]}",
            f"w-:{words[i - 1] if i else '^'}",
            f"w+:{words[i + 1] if i + 1 < size else '$'}",
        ]
        row.append(f"s:{chars[i] in table.surnames}{chars[i] in given}{chars[i] in table.uncertain}")
        row.append(f"g+:{padded[i + 3] in given}{padded[i + 4] in given}")
        row.append(f"cue:{cues[i]}")
        row.append(f"ahead:{'E' in ends[i : i + 14]}")
        if size <= 5:
            row.append(f"len:{size}")
        rows.append(row)
    return rows


def _word_marks(folded: str) -> list[str]:
    """For each character its place in its word (B, M, E or S) as jieba cuts."""
    marks: list[str] = []
    for word in tokenizer().cut(folded):
        marks += ["S"] if len(word) == 1 else ["B", *["M"] * (len(word) - 2), "E"]
    return marks


_CUE_COMPANY = re.compile(
    r"公司名?称?|单位|全称|全名|名称|店名?叫|厂子?叫|店叫|抬头|注册名|企业名?称?|我代表|我们叫"
)
_CUE_PERSON = re.compile(
    r"联系人|負責人|负责人|经办人|法人|老板叫?|我叫|俺叫|姓名|名字|找|申请人|店长|院长|打给|同事|叫我|聯絡人"
)
_CUE_TRADE = re.compile(r"行业|做|卖|开了?个?|搞|弄|主营|干|我们是|适合|咱家|生产")
_CUE_REACH = 12


def _cues(folded: str) -> list[str]:
    """For each character the kind and distance of the last cue word before it."""
    marks = ["-"] * len(folded)
    for kind, pattern in (("t", _CUE_TRADE), ("c", _CUE_COMPANY), ("n", _CUE_PERSON)):
        for match in pattern.finditer(folded):
            for i in range(match.end(), min(match.end() + _CUE_REACH, len(folded))):
                distance = i - match.end()
                marks[i] = f"{kind}{distance if distance < 3 else '+' if distance < 6 else '++'}"
    return marks


class NameModel:
    """The trained tagger."""

    def __init__(self, path: Path) -> None:
        self._bytes = (
            path.read_bytes()
        )  # crfsuite reads from this very object: it must live as long as the tagger
        self._tagger = pycrfsuite.Tagger()
        self._tagger.open_inmemory(self._bytes)

    @classmethod
    def train(cls, sentences: Sequence[Sentence], synthetic: int, seed: int) -> NameModel:
        """Learn from annotated sentences (others count as "no name in it") and `synthetic` made-up ones."""
        trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
        trainer.set_params(_OPTIONS)
        for sentence in [*sentences, *made_up(synthetic, seed)]:
            folded = fold(sentence.text)
            if folded:
                spans = [s for s in sentence.spans if s[0] in ENTITIES]
                trainer.append(features(folded), _marks(len(folded), spans))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / FILE
            trainer.train(str(path))
            return cls(path)

    def save(self, folder: Path) -> None:
        """Write the model into a folder."""
        (folder / FILE).write_bytes(self._bytes)

    @classmethod
    def load(cls, folder: Path) -> NameModel:
        """Read what `save` wrote."""
        return cls(folder / FILE)

    def find(self, folded: str) -> list[tuple[str, int, int]]:
        """(entity, start, end) of every name in a folded text."""
        if not folded:
            return []
        found: list[tuple[str, int, int]] = []
        for i, tag in enumerate(self._tagger.tag(features(folded))):
            if tag == "O":
                continue
            begins, entity = tag[0] == "B", tag[2:]
            if not begins and found and found[-1][0] == entity and found[-1][2] == i:
                found[-1] = (entity, found[-1][1], i + 1)
            else:
                found.append((entity, i, i + 1))
        trimmed = [_trimmed(folded, *item) for item in found]
        return [f for f in trimmed if f[2] - f[1] >= (1 if f[0] == names.PERSON else 2)]


_HEAD_OF_COMPANY = re.compile(r".*(?:[,，。;；:：]|给我们|帮我们|替我们)")
_HEAD_OF_INDUSTRY = re.compile(r"[做搞干](?=[\u4e00-\u9fff]{2})")
_NO_COMPANY = re.compile(r"的|那种|没有|什么|怎么")


def _trimmed(folded: str, entity: str, start: int, end: int) -> tuple[str, int, int]:
    """Without blanks at the ends; a company begins after the last comma, and holds no 的; a place is none (an empty span)."""
    piece = folded[start:end]
    start, end = start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())
    if entity == names.INDUSTRY and _HEAD_OF_INDUSTRY.match(folded, start, end):
        start += 1
    if entity == names.COMPANY:
        head = _HEAD_OF_COMPANY.match(folded[start:end])
        start += head.end() if head else 0
        piece = folded[start:end]
        if _NO_COMPANY.search(piece) or any(f.length == len(piece) for f in find_regions(piece)):
            return entity, start, start
    if entity == names.PERSON and not _CUE_PERSON.search(folded, 0, start):
        # 宁波 begins with a surname too: a place is a person only where a person was spoken of
        piece = folded[start:end]
        if any(f.length == len(piece) for f in find_regions(piece)):
            return entity, start, start
    return entity, start, end


def made_up(count: int, seed: int) -> list[Sentence]:
    """Sentences put together from the carriers and parts of data/lexicon/names.yml; the same for the same seed."""
    chance, data = random.Random(seed), names.word_lists()
    kinds = [
        ("carriers_company", names.COMPANY),
        ("carriers_person", names.PERSON),
        ("carriers_industry", names.INDUSTRY),
    ]
    kinds = [*kinds, *kinds, ("carriers_surname", "surname")]
    sentences = []
    for number in range(count):
        carriers, entity = kinds[number % len(kinds)]
        made = _MAKERS[entity](chance, data)
        parts = {
            "{}": (names.PERSON if entity == "surname" else entity, made),
            "{p}": (names.PERSON, _person(chance, data)),
        }
        parts["{c}"] = (names.COMPANY, _company(chance, data))
        parts["{i}"] = (names.INDUSTRY, _industry(chance, data))
        parts["{t}"] = ("", "1" + "".join(chance.choice("3456789") for _ in range(10)))
        sentences.append(_filled(chance.choice(data[carriers]), parts))
    return [*sentences, *(Sentence(text, ()) for text in data["plain_sentences"])]


def _filled(carrier: str, parts: dict[str, tuple[str, str]]) -> Sentence:
    text, spans, rest = "", [], carrier
    while rest:
        nearest = min(((rest.find(key), key) for key in parts if key in rest), default=None)
        if nearest is None:
            break
        place, key = nearest
        entity, value = parts[key]
        text += rest[:place]
        if entity:
            spans.append((entity, len(text), len(text) + len(value)))
        text, rest = text + value, rest[place + len(key) :]
    return Sentence(text + rest, tuple(spans))


def _company(chance: random.Random, data: dict[str, Any]) -> str:
    brand = "".join(chance.choice(data["brand_chars"]) for _ in range(chance.choice((2, 2, 2, 3, 4))))
    names_of_places = [n for n in regions().names if 2 <= len(n) <= 4]
    place = chance.choice(names_of_places) if chance.random() < 0.6 else ""
    shape = chance.random()
    if shape < 0.5:
        ending = chance.choice(("有限公司", "有限责任公司", "股份有限公司", "集团有限公司"))
        if place and chance.random() < 0.2:
            return f"{brand}{chance.choice(data['business_words'])}（{place}）{ending}"
        return place + brand + chance.choice(data["business_words"]) + ending
    body = chance.choice(data["short_bodies"]) if chance.random() < 0.5 else brand
    if shape < 0.85:
        return (
            (place if chance.random() < 0.5 else "") + body + chance.choice(data["company_ends_strong"][6:])
        )
    return (
        (place or "")
        + body
        + chance.choice(data["business_words"])
        + chance.choice(("公司", "中心", "店", "厂", ""))
    )


def _person(chance: random.Random, data: dict[str, Any]) -> str:
    kind = chance.random()
    if kind < 0.04:
        return str(chance.choice(data["rare_people"]))
    if kind < 0.1:
        surname = chance.choice(data["compound_surnames"])
    else:
        common = data["surnames"][:120] if chance.random() < 0.8 else data["surnames"]
        surname = chance.choice(common)
    return str(surname) + "".join(chance.choice(data["given_chars"]) for _ in range(chance.choice((1, 2, 2))))


def _industry(chance: random.Random, data: dict[str, Any]) -> str:
    return chance.choice(_industry_words())


@lru_cache(maxsize=1)
def _industry_words() -> tuple[str, ...]:
    return tuple(str(word) for word in load(INDUSTRIES)["words"])


@lru_cache(maxsize=1)
def _industry_pattern() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, _industry_words()), key=len, reverse=True)))


def _surname(chance: random.Random, data: dict[str, Any]) -> str:
    return str(chance.choice(data["surnames"][:200]))


_MAKERS = {names.COMPANY: _company, names.PERSON: _person, names.INDUSTRY: _industry, "surname": _surname}
