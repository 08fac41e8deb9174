"""Self-corrections: what is said last counts, where it can only be a correction."""

from __future__ import annotations

import pytest

from hotline.nlu.normalise import normalise
from hotline.values.oops import settled


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("绑五个 不 六个", "绑六个"),
        ("五个，不对，六个", "六个"),
        ("先绑三个吧，不，四个", "先绑四个"),
        ("五个 哦不 六个", "六个"),
        ("三千分钟 不是 五千分钟", "五千分钟"),
    ],
)
def test_the_last_one_counts(text: str, wanted: str) -> None:
    assert settled(text) == wanted and normalise(text).text == wanted


@pytest.mark.parametrize(
    "text", ["要8不要4", "三个不要四个", "两个手机不带座机", "五个不够", "三个人不绑五个号"]
)
def test_a_no_that_takes_nothing_back(text: str) -> None:
    assert settled(text) == text
