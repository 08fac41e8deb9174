"""Yes, no and "I cannot say" in few words."""

from __future__ import annotations

import pytest

from hotline.business.assent import about_right, brief, left_to_us, says_no, says_yes, undecided


@pytest.mark.parametrize(
    "text",
    [
        "可以",
        "好",
        "好的呀",
        "确认",
        "行",
        "嗯嗯",
        "就这个",
        "行，就这样吧",
        "嗯 可以",
        "OK",
        "那就按这个来吧",
        "是的，没问题。",
    ],
)
def test_yes(text: str) -> None:
    assert says_yes(text) and brief(text) and not says_no(text)


@pytest.mark.parametrize(
    "text", ["可以不", "好贵", "是公司", "行政", "对不起", "要录音", "确认一下价格", "", "成都", "不可以"]
)
def test_no_yes(text: str) -> None:
    assert not says_yes(text)


@pytest.mark.parametrize("text", ["不用", "不要了", "算了", "跳过", "没有", "不，不用了"])
def test_no(text: str) -> None:
    assert says_no(text) and not says_yes(text)


@pytest.mark.parametrize("text", ["看情况吧", "这个真说不准", "不好说", "没概念", "随便", "你定吧"])
def test_undecided(text: str) -> None:
    assert undecided(text) and not says_yes(text) and not says_no(text)


def test_only_leaving_it_to_us_accepts_whatever_we_propose() -> None:
    assert left_to_us("你看着办") and left_to_us("随便") and not left_to_us("说不准")


@pytest.mark.parametrize(
    ("text", "right"), [("差不多吧", True), ("应该够了", True), ("大概不够", False), ("差不多吗", False)]
)
def test_about_right(text: str, right: bool) -> None:
    assert about_right(text) is right
