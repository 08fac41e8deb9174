"""Amounts by the contract: an approximation is the number, only two numbers are a range, the last word counts."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.values import counts, durations, growth, minutes, money

with warnings.catch_warnings():  # spaCy's `packaging` still calls old names of pyparsing
    warnings.simplefilter("ignore", DeprecationWarning)
    from hotline.nlu.entities_extract import extract

#: below, a budget or a month would be nonsense, and is not taken for one
counts_said = st.integers(30, 400)


def _values(text: str, entity: str) -> list[Any]:
    return [e["value"] for e in extract(text) if e["entity"] == entity]


@pytest.mark.parametrize("about", ["{}左右", "大概{}", "{}上下", "不到{}", "最多{}", "差不多{}"])
@given(number=counts_said)
def test_an_approximation_is_the_number_itself(about: str, number: int) -> None:
    assert _values(f"每天{about.format(f'{number}个')}电话", "daily_calls") == [number]
    assert _values(f"每月{about.format(f'{number}分钟')}", "monthly_minutes") == [number]
    assert _values(f"预算每月{about.format(f'{number}块')}", "budget") == [number]


@given(counts_said, st.integers(1, 200), st.sampled_from(["到", "-", "至", "~"]))
def test_two_numbers_are_a_range(low: int, more: int, joint: str) -> None:
    span = {"from": low, "to": low + more}
    assert _values(f"每天{low}{joint}{low + more}个电话", "daily_calls") == [span]
    assert _values(f"每月{low}{joint}{low + more}分钟", "monthly_minutes") == [span]
    assert _values(f"预算每月{low}{joint}{low + more}元", "budget") == [span]


@given(counts_said, counts_said)
def test_a_correction_inside_a_sentence_keeps_the_last(first: int, last: int) -> None:
    assert _values(f"每天{first}个，不对，{last}个电话", "daily_calls") == [last]
    assert _values(f"每月{first}分钟，不对，{last}分钟", "monthly_minutes") == [last]


@given(counts_said)
def test_periods_become_a_month(number: int) -> None:
    assert _values(f"年预算{12 * number}元以内", "budget") == [number]
    assert _values(f"月预算{number}元", "budget") == [number]
    assert minutes.parse_monthly_minutes(f"一年{12 * number}分钟") == number
    assert minutes.parse_monthly_minutes(f"每月{number}小时") == 60 * number
    assert money.parse_budget(f"一年{12 * number}块") == number


@given(st.integers(1, 59))
def test_seconds_are_parts_of_a_minute(number: int) -> None:
    (found,) = durations.find_durations(f"{number}秒")
    assert found.minutes == pytest.approx(number / 60, abs=0.006)


@pytest.mark.parametrize(
    ("said", "rate"),
    [("翻一番", 1.0), ("翻两番", 3.0), ("涨三成", 0.3), ("增长20%", 0.2), ("降两成", -0.2), ("涨一半", 0.5),
     ("到现在的三倍", 2.0), ("不变", 0.0), ("持平", 0.0), ("百分之十五", 0.15), ("不知道", None),
     ("不会怎么涨", 0.0), ("涨不了多少", 0.0), ("不会有太大变化", 0.0), ("应该跟去年一样", 0.0), ("会不会涨", None)],
)  # fmt: skip
def test_growth_is_a_fraction(said: str, rate: float | None) -> None:
    assert growth.parse_growth(said) == rate


@given(st.integers(1, 100))
def test_per_cent_up_and_down(number: int) -> None:
    assert growth.parse_growth(f"增长{number}%") == pytest.approx(number / 100)
    assert growth.parse_growth(f"下降{number}%") == pytest.approx(-number / 100)


@given(st.integers(1, 60))
def test_seats_and_numbers_are_counted_apart(number: int) -> None:
    assert counts.parse_seats(f"{number}个客服") == number
    assert _values(f"{number}个座席", "seats") == [number]
    assert _values(f"绑{number}个手机", "bound_numbers") == [number]


@pytest.mark.parametrize(
    "text",
    ["我要4001668899", "电话13812345678", "0571-88887777转801", "4008001234还在吗", "幺三八幺二三四五六七八"],
)
def test_a_number_to_call_is_no_amount(text: str) -> None:
    amounts = {"monthly_minutes", "daily_calls", "budget", "seats", "bound_numbers", "call_minutes"}
    assert [e for e in extract(text) if e["entity"] in amounts] == []


@given(
    st.text(alphabet=st.sampled_from("一二三十百千万个半分钟块元每天月年到左右约0123456789 ,，"), max_size=24)
)
def test_any_heap_of_numerals_is_read_without_a_failure_and_with_places(text: str) -> None:
    finders = (minutes.find, minutes.find_per_call, money.find, growth.find, counts.find_daily_calls)
    for finder in (*finders, counts.find_seats, counts.find_bound_numbers):
        for found in finder(text):
            assert 0 <= found.start < found.end <= len(text)
            if isinstance(found.value, dict):
                assert found.value["from"] < found.value["to"]
