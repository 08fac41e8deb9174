"""Sentence → sparse numbers: character n-grams, words and pinyin syllables, tf-idf weighted.

Three blocks, each brought to length 1 and weighted, so that no block drowns another.
"""

from __future__ import annotations

import itertools
import json
import math
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, hstack

from hotline.nlu.masks import mask
from hotline.nlu.words import blurred, syllable, words

Terms = list[str]


def _grams(units: Sequence[str], longest: int, joint: str = "") -> Terms:
    return [
        joint.join(units[start : start + size])
        for size in range(1, longest + 1)
        for start in range(len(units) - size + 1)
    ]


def characters(text: str) -> Terms:
    """Character n-grams 1–4 with the sentence's ends."""
    return _grams(f"^{text}$", 4)


def word_terms(text: str) -> Terms:
    """jieba words, and pairs of neighbours."""
    found = words(text)
    return [*found, *(a + "_" + b for a, b in itertools.pairwise(found))]


def sounds(text: str) -> Terms:
    """Pinyin syllables 1–3."""
    return _grams([syllable(char) for char in text if char.isalnum() or char >= "\ue000"], 3, " ")


def blurred_sounds(text: str) -> Terms:
    """Pinyin syllables 1–3 with zh=z, ng=n and the like."""
    return _grams([blurred(char) for char in text if char.isalnum() or char >= "\ue000"], 3, " ")


ANALYSERS: dict[str, Callable[[str], Terms]] = {
    "char": characters,
    "word": word_terms,
    "sound": sounds,
    "blur": blurred_sounds,
}


@dataclass
class Block:
    """One family of terms: its columns, their rarity and the block's weight."""

    name: str
    weight: float
    columns: dict[str, int]
    rarity: np.ndarray

    def row(self, masked: str) -> tuple[list[int], np.ndarray]:
        """Columns and values (length ``weight``) of one sentence."""
        counts = Counter(ANALYSERS[self.name](masked))
        columns = self.columns
        known = {columns[term]: count for term, count in counts.items() if term in columns}
        if not known:
            return [], np.zeros(0, np.float32)
        places = list(known)
        values = self.rarity[places]
        if len(known) != sum(known.values()):  # hardly a term comes twice in a sentence
            values *= 1 + np.log(np.array(list(known.values()), np.float32))
        return places, values * (self.weight / math.sqrt(float(values @ values)))


class Features:
    """All blocks side by side."""

    def __init__(self, blocks: list[Block]) -> None:
        self.blocks = blocks
        self.starts = np.cumsum([0, *(len(block.columns) for block in blocks)])

    @property
    def width(self) -> int:
        """Number of columns."""
        return int(self.starts[-1])

    @classmethod
    def learn(cls, texts: Iterable[str], weights: dict[str, float], least: int = 2) -> Features:
        """Collect the terms of normalised ``texts`` that occur in ``least`` of them at least."""
        tally = Tally.of(list(texts), tuple(weights))
        return tally.learn(weights, least, np.arange(tally.size))

    def row(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """Columns and values of one normalised text."""
        masked = mask(text)
        places, values = [], []
        for block, start in zip(self.blocks, self.starts, strict=False):
            found, weights = block.row(masked)
            places.append(np.array(found, np.int64) + start)
            values.append(weights)
        return np.concatenate(places), np.concatenate(values).astype(np.float32)

    def matrix(self, texts: Sequence[str]) -> csr_matrix:
        """One row per text."""
        tally = Tally.of(texts, tuple(block.name for block in self.blocks))
        return tally.matrix(self, np.arange(tally.size))

    def save(self, folder: Path) -> None:
        """Write ``features.json`` and ``rarity.npz``."""
        plain = [{"name": b.name, "weight": b.weight, "terms": list(b.columns)} for b in self.blocks]
        (folder / "features.json").write_text(json.dumps(plain, ensure_ascii=False), encoding="utf-8")
        np.savez(folder / "rarity.npz", **{block.name: block.rarity for block in self.blocks})

    @classmethod
    def load(cls, folder: Path) -> Features:
        """Read what ``save`` wrote."""
        plain = json.loads((folder / "features.json").read_text(encoding="utf-8"))
        with np.load(folder / "rarity.npz", allow_pickle=False) as rarity:
            return cls(
                [
                    Block(b["name"], b["weight"], {t: i for i, t in enumerate(b["terms"])}, rarity[b["name"]])
                    for b in plain
                ]
            )


@dataclass(frozen=True)
class Tally:
    """Texts taken apart once, so that features can be learned from any part of them without doing it again."""

    size: int
    terms: dict[str, list[str]]  # of each block, sorted
    counts: dict[str, csr_matrix]  # of each block: how often a text (row) has a term (column)

    @classmethod
    def of(cls, texts: Sequence[str], names: Sequence[str]) -> Tally:
        """Count the terms of normalised ``texts`` for each of the blocks ``names``."""
        masked = [mask(text) for text in texts]
        counted = {name: _count(masked, ANALYSERS[name]) for name in names}
        return cls(len(masked), {n: c[0] for n, c in counted.items()}, {n: c[1] for n, c in counted.items()})

    def learn(self, weights: dict[str, float], least: int, shown: np.ndarray) -> Features:
        """Features from the rows ``shown`` alone, as if there were no others."""
        blocks = []
        for name, weight in weights.items():
            spread = np.bincount(self.counts[name][shown].indices, minlength=len(self.terms[name]))
            kept = np.flatnonzero(spread >= least)
            rarity = (np.log((1 + len(shown)) / (1 + spread[kept])) + 1).astype(np.float32)
            columns = {self.terms[name][place]: number for number, place in enumerate(kept)}
            blocks.append(Block(name, weight, columns, rarity))
        return Features(blocks)

    def matrix(self, features: Features, wanted: np.ndarray) -> csr_matrix:
        """The rows ``wanted`` as ``features`` see them."""
        parts = []
        for block in features.blocks:
            terms = self.terms[block.name]
            column = np.array([block.columns.get(term, -1) for term in terms], np.int64)
            found = self.counts[block.name][wanted][:, np.flatnonzero(column >= 0)]
            order = column[column >= 0]
            values = (1 + np.log(found.data)) * block.rarity[order][found.indices]
            rows = np.repeat(np.arange(len(wanted)), np.diff(found.indptr))
            length = np.sqrt(np.bincount(rows, values * values, len(wanted)))
            values *= block.weight / np.where(length == 0, 1, length)[rows]
            shape = (len(wanted), len(block.columns))
            parts.append(csr_matrix((values.astype(np.float32), order[found.indices], found.indptr), shape))
        return hstack(parts, "csr", np.float32)


def _count(texts: Sequence[str], analyser: Callable[[str], Terms]) -> tuple[list[str], csr_matrix]:
    places: dict[str, int] = {}
    ends, found = [0], array("i")
    for text in texts:
        found.extend([places.setdefault(term, len(places)) for term in analyser(text)])
        ends.append(len(found))
    ordered = sorted(places)
    column = np.empty(len(ordered), np.int32)
    column[[places[term] for term in ordered]] = np.arange(len(ordered), dtype=np.int32)
    ones, indices = np.ones(len(found), np.float32), column[np.frombuffer(found, np.int32)]
    counts = csr_matrix((ones, indices, np.array(ends)), (len(texts), len(ordered)))
    counts.sum_duplicates()
    return ordered, counts
