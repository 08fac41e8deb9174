"""Spoiled sentences: the training's own, and those of the exams, made in another way."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.nlu import augment, noise
from hotline.nlu.words import blurred

TEXTS = ["营业执照要原件还是复印件", "办一个400电话要多少钱", "我想把绑定的手机换掉", "尾号要三个八，别带四"]
sentences = st.sampled_from(TEXTS)


@pytest.mark.parametrize("text", TEXTS)
def test_the_same_seed_gives_the_same_copies_and_another_seed_others(text: str) -> None:
    first = augment.copies(text, augment.KINDS, 6, 400)
    assert first == augment.copies(text, augment.KINDS, 6, 400)
    assert first != augment.copies(text, augment.KINDS, 6, 401)
    assert 1 <= len(first) <= 6 and text not in first


def test_no_kind_and_no_copy_are_possible() -> None:
    assert augment.copies(TEXTS[0], augment.KINDS, 0, 400) == []


@given(sentences, st.integers(0, 200))
def test_a_homophone_keeps_length_and_sound(text: str, seed: int) -> None:
    changed = augment.homophone(text, random.Random(seed))
    assert len(changed) == len(text)
    assert [blurred(c) for c in changed] == [blurred(c) for c in text]


@given(sentences, st.integers(0, 200))
def test_what_is_dropped_leaves_the_order_of_the_rest(text: str, seed: int) -> None:
    changed = augment.drop(text, random.Random(seed))
    rest = iter(text)
    assert len(changed) < len(text) and all(char in rest for char in changed)


@given(sentences, st.integers(0, 200))
def test_a_doubled_or_swapped_character_is_no_new_one(text: str, seed: int) -> None:
    changed = augment.double(text, random.Random(seed))
    assert set(changed) == set(text) and len(changed) - len(text) in (0, 1)


@given(sentences, st.integers(0, 200))
def test_a_filler_only_adds(text: str, seed: int) -> None:
    changed = iter(augment.filler(text, random.Random(seed)))
    assert all(char in changed for char in text)


def test_a_merged_line_has_no_marks() -> None:
    assert augment.merge("尾号要 888，行吗？", random.Random(1)) == "尾号要888行吗"


@pytest.mark.parametrize("change", [noise.typed, noise.spoken])
def test_exam_noise_is_seeded_and_changes_most_sentences(change: object) -> None:
    assert callable(change)
    first = [change(text, 7) for text in TEXTS]
    assert first == [change(text, 7) for text in TEXTS]
    assert any(one != text for one, text in zip(first, TEXTS, strict=True))
    assert first != [change(text, 8) for text in TEXTS]


@given(sentences, st.integers(0, 100))
def test_a_recognised_line_has_neither_marks_nor_the_digits_400(text: str, seed: int) -> None:
    heard = noise.spoken(text, seed)
    assert "，" not in heard and heard.strip()


def test_the_exam_does_not_use_the_fillers_that_training_has_seen() -> None:
    assert not {head.strip() for head in noise._HEADS} & set(augment.FILLERS)
