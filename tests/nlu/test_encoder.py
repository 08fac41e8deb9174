"""The encoder's weights in 4 bit, and rows that are kept instead of being computed again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from hotline.nlu import e5file
from hotline.nlu.encoder import Head, encode_cached, key, store_rows, stored_head, stored_rows


class _Engine:
    """Two numbers per sentence: its length, and how many sentences were read so far."""

    name, size = "counting", 2

    def __init__(self, known: Mapping[str, np.ndarray] | None = None) -> None:
        self.head: Head | None = None
        self.known: Mapping[str, np.ndarray] = known or {}
        self.read: list[str] = []

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        self.read += texts
        return np.array([[len(text), len(self.read)] for text in texts], np.float32)


def test_a_sentence_is_read_once(tmp_path: Path) -> None:
    engine, cache = _Engine(), tmp_path / "rows.npz"
    first = encode_cached(["一", "二二", "一"], engine, cache)
    assert first[:, 0].tolist() == [1, 2, 1] and sorted(engine.read) == ["一", "二二"]
    again = encode_cached(["二二", "三三三"], engine, cache)
    assert again[:, 0].tolist() == [2, 3] and engine.read[2:] == ["三三三"]


def test_another_encoder_reads_for_itself(tmp_path: Path) -> None:
    one, other = _Engine(), _Engine()
    other.name = "another"
    encode_cached(["一"], one, tmp_path / "rows.npz")
    encode_cached(["一"], other, tmp_path / "rows.npz")
    assert other.read == ["一"]


def test_what_the_encoder_brings_is_not_read(tmp_path: Path) -> None:
    engine = _Engine({key("一"): np.array([7, 7], np.float16)})
    assert encode_cached(["一"], engine, tmp_path / "rows.npz").tolist() == [[7, 7]]
    assert engine.read == [] and not (tmp_path / "rows.npz").exists()
    assert encode_cached(["二二", "一"], engine, tmp_path / "rows.npz")[1].tolist() == [7, 7]
    assert engine.read == ["二二"]


def test_rows_lie_beside_the_layers_and_the_head(tmp_path: Path) -> None:
    layers = tmp_path / "layers.npz"
    head = {"head": np.eye(2, dtype=np.float32), "head_bias": np.zeros(2), "labels": np.array(["a", "b"])}
    np.savez(layers, **{"l6.q.w": np.zeros(18, np.uint8)}, **head)
    assert stored_rows(layers) == {}
    for value in (1, 2):
        store_rows(layers, ["一"], np.full((1, 2), value))
    assert stored_rows(layers)[key("一")].tolist() == [2, 2]
    found = stored_head(layers)
    assert found is not None and found.labels == ["a", "b"]
    with np.load(layers) as stored:
        assert stored["l6.q.w"].shape == (18,)


@pytest.mark.parametrize("spread", [0.0, 0.03, 5.0])
def test_numbers_that_were_packed_once_are_packed_without_loss(spread: float) -> None:
    values = np.random.default_rng(1).normal(0, spread, 32 * 200).astype(np.float32)
    once = e5file.unpack(e5file.pack(values))
    assert np.array_equal(e5file.unpack(e5file.pack(once)), once)
    assert np.abs(once - values).max() <= np.abs(values).max() / 7


def test_a_block_is_packed_no_worse_than_with_the_plain_scale() -> None:
    blocks = np.random.default_rng(2).normal(0, 1, (500, 32)).astype(np.float32)
    error = ((e5file.unpack(e5file.pack(blocks)).reshape(-1, 32) - blocks) ** 2).sum(axis=1)
    extreme = blocks[np.arange(500), np.abs(blocks).argmax(axis=1)]
    scale = (extreme / -8).astype(np.float16).astype(np.float32)[:, None]
    plain = ((np.clip(np.round(blocks / scale), -8, 7) * scale - blocks) ** 2).sum(axis=1)
    assert (error <= plain + 1e-5).all() and error.sum() < 0.97 * plain.sum()
