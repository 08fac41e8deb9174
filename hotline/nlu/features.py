"""Sentence → sparse numbers: character n-grams, words and pinyin syllables, tf-idf weighted.

Three blocks, each brought to length 1 and weighted, so that no block drowns another.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

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
        known = [(self.columns[term], count) for term, count in counts.items() if term in self.columns]
        if not known:
            return [], np.zeros(0, np.float32)
        places = [place for place, _ in known]
        values = (1 + np.log(np.array([count for _, count in known], np.float32))) * self.rarity[places]
        return places, values * (self.weight / float(np.sqrt(values @ values)))


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
        masked = [mask(text) for text in texts]
        blocks = []
        for name, weight in weights.items():
            spread: Counter[str] = Counter()
            for text in masked:
                spread.update(set(ANALYSERS[name](text)))
            kept = sorted(term for term, count in spread.items() if count >= least)
            rarity = np.array([np.log((1 + len(masked)) / (1 + spread[t])) + 1 for t in kept], np.float32)
            blocks.append(Block(name, weight, {term: i for i, term in enumerate(kept)}, rarity))
        return cls(blocks)

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
        rows = [self.row(text) for text in texts]
        ends = np.cumsum([0, *(len(places) for places, _ in rows)])
        places = np.concatenate([p for p, _ in rows]) if rows else np.zeros(0, np.int64)
        values = np.concatenate([v for _, v in rows]) if rows else np.zeros(0, np.float32)
        return csr_matrix((values, places, ends), shape=(len(rows), self.width))

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
