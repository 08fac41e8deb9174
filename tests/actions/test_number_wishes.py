"""What a sentence wishes of a number, beside what the recogniser names; and how wishes add up."""

from __future__ import annotations

from typing import Any

import pytest

from actions import wishes
from hotline.business.number_wishes import spoken


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("尾号是1688的4001号码", {"prefix": "4001"}),
        ("要4007号段的", {"prefix": "4007"}),
        ("要2024年开头的后六位", {"prefix": "2024"}),
        ("后六位想要2024开头", {"prefix": "2024"}),
        ("4001的号码，后六位用88开头", {"prefix": "400188"}),
        ("543210有吗", {"contains": ("543210",)}),
        ("那个698的便宜的", {"contains": ("698",), "cheap": True}),
        ("伟号8的", {"suffix": "8"}),
        ("便宜点的号码", {"cheap": True}),
        ("好记一点的", {"patterns": ("pair", "repeat", "sequence")}),
        ("要四个8连着的", {"contains": ("8888",)}),
        ("便宜点", {}),
        ("400电话怎么收费", {}),
        ("10086有吗", {}),
        ("每月3000分钟", {}),
        ("我的手机是13800138000", {}),
    ],
)
def test_spoken(text: str, parts: dict[str, Any]) -> None:
    assert spoken(text) == parts


SUFFIX = {"entity": "number_digits", "value": "1688", "role": "suffix"}


def test_the_segment_stands_beside_the_suffix() -> None:
    assert wishes.heard([SUFFIX], "尾号是1688的4001号码") == {"suffix": "1688", "prefix": "4001"}


@pytest.mark.parametrize(
    ("kept", "new", "together"),
    [
        ({"suffix": "66"}, {"excluded": "4"}, {"suffix": "66", "excluded": "4"}),
        ({"suffix": "66", "excluded": "4"}, {"excluded": "7"}, {"suffix": "66", "excluded": "47"}),
        ({"suffix": "66", "seen": ["4001000066"]}, {"prefix": "4007"}, {"suffix": "66", "prefix": "4007"}),
        ({"suffix": "66"}, {"price_ceiling": 100.0}, {"suffix": "66", "price_ceiling": 100.0}),
        (
            {"suffix": "66", "excluded": "4", "price_ceiling": 100.0},
            {"suffix": "88"},
            {"suffix": "88", "excluded": "4", "price_ceiling": 100.0},
        ),
        ({"suffix": "66"}, {"contains": ("8",)}, {"contains": ("8",)}),
        ({"suffix": "66"}, {}, {}),
    ],
)
def test_added(kept: dict[str, Any], new: dict[str, Any], together: dict[str, Any]) -> None:
    once = wishes.added(kept, new)
    assert once == together
    assert wishes.added(once, new) == (together if new else {})
