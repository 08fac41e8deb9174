"""Corrections that name the old value: which field they mean, whatever is asked."""

from __future__ import annotations

from typing import Any

import pytest

from hotline.business.corrections import corrected

KNOWN = {
    "monthly_minutes": 3000,
    "bound_numbers": 3,
    "daily_calls": 30,
    "contact_name": "张伟",
    "region": "杭州市",
}


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("不是三千是五千", {"monthly_minutes": 5000}),
        ("不是三千，是五千", {"monthly_minutes": 5000}),
        ("三千改成六千吧", {"monthly_minutes": 6000}),
        ("三个改成五个", {"bound_numbers": 5}),
        ("不是三十是五十", {"daily_calls": 50}),
        ("不是张伟是章伟", {"contact_name": "章伟"}),
        ("不是四千，六千", {}),
        ("是不是要三千", {}),
        ("不是", {}),
    ],
)
def test_the_old_value_tells_the_field(text: str, fixed: dict[str, Any]) -> None:
    assert corrected(text, KNOWN, "region", "budget") == fixed


def test_a_name_corrects_itself_while_it_is_asked() -> None:
    assert corrected("不是张伟是章伟", {}, None, "contact_name") == {"contact_name": "章伟"}


def test_of_two_fields_with_the_old_value_the_one_told_last_is_meant() -> None:
    known = {"seats": 3, "bound_numbers": 3}
    assert corrected("不是三个是五个", known, "bound_numbers", "budget") == {"bound_numbers": 5}
