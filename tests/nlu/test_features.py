"""Sentences as numbers: masks, n-grams, words, sounds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hotline.nlu import features, masks
from hotline.nlu.features import Features

TEXTS = ["办400要多少钱", "400怎么收费", "营业执照要原件吗", "执照复印件行不行", "尾号要888", "尾号要666"]
WEIGHTS = {"char": 1.0, "word": 0.7, "sound": 0.8}


@pytest.fixture(scope="module")
def learned() -> Features:
    return Features.learn(TEXTS, WEIGHTS, least=1)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("电话13812345678", "电话18699990000"),
        ("邮箱 a.b@qq.com", "邮箱 zhang@163.com"),
        ("4001668899还在吗", "4008120066还在吗"),
        ("一天50个", "一天30个"),
        ("每月三千分钟", "每月五千分钟"),
        ("公司叫杭州青禾包装有限公司", "公司叫宁波佳航模具有限公司"),
        ("尾号888", "尾号666"),
    ],
)
def test_which_value_was_said_does_not_matter(one: str, other: str) -> None:
    assert masks.mask(one) == masks.mask(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("打10086", "打12580"),
        ("400和800", "400和600"),
        ("4001开头", "4002开头"),
        ("万一没人接", "一万没人接"),
    ],
)
def test_numbers_that_are_names_stay_apart(one: str, other: str) -> None:
    assert masks.mask(one) != masks.mask(other)


@pytest.mark.parametrize(("one", "other"), [("录音", "路音"), ("公章", "工章"), ("执照", "直照")])
def test_homophones_sound_the_same(one: str, other: str) -> None:
    assert features.sounds(one) == features.sounds(other)


@pytest.mark.parametrize(("one", "other"), [("四十", "是十"), ("兰州", "南州"), ("资料", "知料")])
def test_what_many_speakers_do_not_tell_apart_is_blurred(one: str, other: str) -> None:
    assert features.blurred_sounds(one) == features.blurred_sounds(other)


def test_every_block_of_a_row_has_the_length_of_its_weight(learned: Features) -> None:
    places, values = learned.row(TEXTS[0])
    for block, start in zip(learned.blocks, learned.starts, strict=False):
        inside = (places >= start) & (places < start + len(block.columns))
        assert np.linalg.norm(values[inside]) == pytest.approx(WEIGHTS[block.name], rel=1e-5)


def test_the_matrix_is_its_rows(learned: Features) -> None:
    matrix = learned.matrix(TEXTS)
    assert matrix.shape == (len(TEXTS), learned.width)
    for number, text in enumerate(TEXTS):
        places, values = learned.row(text)
        dense = np.zeros(learned.width, np.float32)
        dense[places] = values
        assert matrix[number].toarray()[0] == pytest.approx(dense, abs=1e-6)


def test_unknown_text_gives_an_empty_row(learned: Features) -> None:
    places, values = learned.row("☃")
    assert len(places) == len(values) == 0 or values.sum() > 0  # the ends of a sentence may be known


def test_rare_terms_can_be_left_out() -> None:
    assert Features.learn(TEXTS, WEIGHTS, least=2).width < Features.learn(TEXTS, WEIGHTS, least=1).width


def test_saved_features_are_the_same(learned: Features, tmp_path: Path) -> None:
    learned.save(tmp_path)
    again = Features.load(tmp_path)
    for text in (*TEXTS, "执照丢了"):
        for one, other in zip(learned.row(text), again.row(text), strict=True):
            assert np.array_equal(one, other)
