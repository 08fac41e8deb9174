"""Changes taken back by a word."""

from __future__ import annotations

from typing import Any

import pytest

from hotline.business.undoing import undone

KNOWN = {"budget": 500, "company_name": "上海云航科技有限公司", "feature": ["ivr"]}
PAST = [
    [{"field": "budget", "old": 800, "new": 500}],
    [{"field": "company_name", "old": "上海云帆科技有限公司", "new": "上海云航科技有限公司"}],
]
WORDS = {"budget": ["预算"], "company_name": ["公司名称", "公司名", "名称"]}
OLD_NAME = {"company_name": "上海云帆科技有限公司"}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("算了还是八百吧", {"budget": 800}),
        ("还是改回八百", {"budget": 800}),
        ("还是800块吧", {"budget": 800}),
        ("改回去", {"budget": 800}),
        ("还是原来那个吧", {"budget": 800}),
        ("还是原来那个预算吧", {"budget": 800}),
        ("预算还是之前的吧", {"budget": 800}),
        ("预算改回八百", {"budget": 800}),
        ("预算改回六百", {"budget": 600}),
        ("不改了还是之前的", {"budget": 800}),
        ("公司名还是改回原来的", OLD_NAME),
        ("公司名称再改回上海云帆科技有限公司", OLD_NAME),
        ("还是上海云帆科技有限公司", OLD_NAME),
        ("还是六百吧", {}),
        ("还是原来那个号码吧", {}),
        ("能改回去吗", {}),
        ("原来的预算太高", {}),
    ],
)
def test_the_value_before_comes_back(text: str, values: dict[str, Any]) -> None:
    assert undone(text, KNOWN, PAST, WORDS) == values


def test_what_was_changed_again_since_is_not_touched() -> None:
    assert undone("改回去", {**KNOWN, "budget": 900}, PAST[:1], WORDS) == {}


def test_a_list_comes_back_whole() -> None:
    past = [[{"field": "feature", "old": ["recording"], "new": ["ivr"]}]]
    assert undone("改回去", KNOWN, past, WORDS) == {"feature": {"set": ["recording"]}}
