"""Numerals: what people write and say, as numbers."""

from __future__ import annotations

import cn2an
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.values.numerals import find, parse_numeral, scale, span


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("三千五", 3500),
        ("一万二", 12000),
        ("3千5", 3500),
        ("1万2千", 12000),
        ("1.5万", 15000),
        ("三点五万", 35000),
        ("2k", 2000),
        ("2k5", 2500),
        ("1.2w", 12000),
        ("3,000", 3000),
        ("两千零五十", 2050),
        ("一万零五百", 10500),
        ("壹万贰仟", 12000),
        ("二百五", 250),
        ("二百零五", 205),
        ("三零零零", 3000),
        ("一亿两千万", 120_000_000),
        ("十五", 15),
        ("俩", 2),
        ("仨", 3),
        ("半", 0.5),
        ("一个半", 1.5),
        ("一点五", 1.5),
        ("三千", 3000),
        ("萬", 10000),
        ("３５００", 3500),
    ],
)
def test_a_numeral_is_its_number(said: str, number: float) -> None:
    assert parse_numeral(said) == number


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("十来个", 10),
        ("一百多", 100),
        ("千把", 1000),
        ("百八十", 100),
        ("千儿八百", 1000),
        ("百十来个", 100),
        ("大概五十左右吧", 50),
        ("不到三百", 300),
        ("最多五百", 500),
        ("十来万", 100_000),
        ("上百", 100),
        ("一千出头", 1000),
        ("二十几", 20),
    ],
)
def test_an_approximation_is_the_number_itself(said: str, number: float) -> None:
    assert parse_numeral(said) == number


@pytest.mark.parametrize(
    ("said", "low", "high"),
    [
        ("两三千", 2000, 3000),
        ("三四十", 30, 40),
        ("三五百", 300, 500),
        ("十七八个", 17, 18),
        ("一百二三十", 120, 130),
        ("一万五六", 15000, 16000),
        ("三到五千", 3000, 5000),
        ("2-3千", 2000, 3000),
        ("3000~5000", 3000, 5000),
        ("五百到八百", 500, 800),
        ("三、五百", 300, 500),
        ("七八个", 7, 8),
        ("五千至三千", 3000, 5000),
    ],
)
def test_two_numbers_are_a_span(said: str, low: int, high: int) -> None:
    assert parse_numeral(said) == {"from": low, "to": high}


@pytest.mark.parametrize("said", ["", "几千", "几十", "好多", "不知道", "三心二意", "abc", "多", "来"])
def test_what_is_no_number_gives_none(said: str) -> None:
    assert parse_numeral(said) is None


@given(st.integers(0, 99_999_999))
def test_formal_chinese_goes_there_and_back(number: int) -> None:
    assert parse_numeral(cn2an.an2cn(number)) == number


@given(st.integers(1, 9), st.sampled_from([100, 1000, 10_000]), st.integers(1, 9))
def test_a_last_digit_without_unit_takes_the_next_lower_one(head: int, unit: int, tail: int) -> None:
    name = {100: "百", 1000: "千", 10_000: "万"}[unit]
    digits = "零一二三四五六七八九"
    said = digits[head] + name + digits[tail]
    assert parse_numeral(said) == head * unit + tail * unit // 10


@given(st.integers(1, 9999), st.integers(1, 9999), st.sampled_from(["到", "-", "~", "至"]))
def test_a_span_is_in_order(one: int, other: int, join: str) -> None:
    value = parse_numeral(f"{one}{join}{other}")
    if one == other:
        assert value == one
    else:
        assert isinstance(value, dict) and value["from"] < value["to"]


@given(st.text("零一二两三四五六七八九十百千万亿半俩几多来点个0123456789.,-~到 ", max_size=14))
@settings(max_examples=400)
def test_any_mixture_is_read_or_refused_and_found_where_it_stands(text: str) -> None:
    parse_numeral(text)
    for item in find(text):
        assert 0 <= item.start < item.end <= len(text)
        again = parse_numeral(text[item.start : item.end])
        assert again == item.value


def test_scaling_keeps_the_order_and_rounds() -> None:
    assert scale(12000, 1 / 12) == 1000
    assert scale({"from": 2000, "to": 3000}, 22) == {"from": 44000, "to": 66000}
    assert span(5, 3) == {"from": 3, "to": 5}
