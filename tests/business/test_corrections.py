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
        ("三千不够，改成五千", {"monthly_minutes": 5000}),
        ("每月三千分钟不够，改成五千", {"monthly_minutes": 5000}),
        ("三千太少了，按五千算", {"monthly_minutes": 5000}),
        ("三千是去年的，今年五千", {"monthly_minutes": 5000}),
        ("是五千不是三千", {"monthly_minutes": 5000}),
        ("多加两千分钟", {"monthly_minutes": 5000}),
        ("分钟数翻倍", {"monthly_minutes": 6000}),
        ("再加两个手机", {"bound_numbers": 5}),
        ("电话也没那么多，二十个", {"daily_calls": 20}),
        ("接听的就两个座机", {"bound_numbers": 2}),
        ("不是三个手机，是两个座机，不是张伟是章伟", {"bound_numbers": 2, "contact_name": "章伟"}),
        ("三千分钟够不够", {}),
        ("三千不够吗", {}),
        ("三千分钟不够怎么办", {}),
        ("多加两千分钟多少钱", {}),
        ("少算四千分钟", {}),
    ],
)
def test_the_old_value_tells_the_field(text: str, fixed: dict[str, Any]) -> None:
    assert corrected(text, KNOWN, "region", "budget").values == fixed


def test_a_name_corrects_itself_while_it_is_asked() -> None:
    assert corrected("不是张伟是章伟", {}, None, "contact_name").values == {"contact_name": "章伟"}


def test_of_two_fields_with_the_old_value_the_one_told_last_is_meant() -> None:
    known = {"seats": 3, "bound_numbers": 3}
    assert corrected("不是三个是五个", known, "bound_numbers", "budget").values == {"bound_numbers": 5}


def test_more_and_less_mean_what_was_told_last() -> None:
    assert corrected("少算一千", KNOWN, "monthly_minutes", "region").values == {"monthly_minutes": 2000}
    assert corrected("翻倍", KNOWN, "daily_calls", "region").values == {"daily_calls": 60}
    assert corrected("翻倍", KNOWN, "daily_calls", "growth_rate").values == {}


def test_characters_are_added_to_the_name_of_the_firm() -> None:
    known = {"company_name": "云帆科技有限公司", "region": "武汉市"}
    fixed = corrected("公司名加个湖北两个字", known, None, "email")
    assert fixed.values == {"company_name": "湖北云帆科技有限公司"}


def test_what_is_left_of_the_message_is_read_on() -> None:
    fixed = corrected("不是三个手机，是两个座机，联系人换成孙越", KNOWN, None, None)
    assert fixed.values == {"bound_numbers": 2}
    assert "联系人换成孙越" in fixed.rest and "座机" not in fixed.rest
