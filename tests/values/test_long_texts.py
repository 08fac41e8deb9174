"""Two thousand characters of anything: every reader of values answers, and soon."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.values import (
    application_ids,
    contact_time,
    counts,
    credit_code,
    digits,
    durations,
    emails,
    growth,
    hotline_numbers,
    minutes,
    money,
    names,
    numerals,
    personal_ids,
    phones,
    regions,
    terms,
)

LONG = 2000
#: what a machine under load takes for two thousand characters is a tenth of this; what grows with the square, more
SECONDS = 2.0

READERS: list[Callable[[str], Any]] = [
    application_ids.find,
    contact_time.find,
    contact_time.parse_contact_time,
    counts.find_bound_numbers,
    counts.find_daily_calls,
    counts.find_seats,
    counts.parse_bound_numbers,
    counts.parse_daily_calls,
    counts.parse_seats,
    credit_code.find,
    credit_code.find_faulty,
    digits.find,
    digits.find_excluded,
    digits.parse_digits,
    durations.find_durations,
    emails.find,
    growth.find,
    growth.parse_growth,
    hotline_numbers.find,
    minutes.find,
    minutes.find_per_call,
    minutes.parse_call_minutes,
    minutes.parse_monthly_minutes,
    money.find,
    money.parse_budget,
    names.clean_company,
    names.clean_person,
    numerals.find,
    numerals.parse_numeral,
    personal_ids.find,
    phones.find,
    regions.find,
    terms.parse_contract_months,
    terms.parse_working_days,
]
PIECES = (
    *(
        "1",
        "9",
        "一",
        "一百零",
        "三千",
        "十一百零",
        "3千一二",
        "一二三四五六七八九零",
        "两",
        "半",
        "点",
        "几",
        "到",
        "或者",
    ),
    *(
        "分钟",
        "小时",
        "个",
        "每月",
        "每天",
        "绑",
        "客服",
        "翻",
        "倍",
        "成",
        "%",
        "涨",
        "差不多",
        "预算",
        "元",
        "先",
        "想要",
    ),
    *(
        "尾号",
        "带",
        "不要",
        "4和",
        "a",
        "1a",
        "@",
        "a@b.",
        "点com",
        "艾特",
        "邮箱",
        "周一到",
        "上午3点到",
        "以后",
        "138",
    ),
    *(
        "我",
        "的",
        "再",
        "这个",
        "就是",
        "刚刚",
        "，",
        "。",
        ",",
        " ",
        "\n",
        "有限公司",
        "北京",
        "姓李",
        "6222",
        "1101",
    ),
)
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), min_size=1, max_size=5).flatmap(
    lambda parts: st.integers(1, LONG).map(lambda size: ("".join(parts) * size)[:LONG])
)


@pytest.mark.parametrize(
    "read", READERS, ids=lambda read: f"{read.__module__.rpartition('.')[2]}.{read.__name__}"
)
def test_no_text_is_too_much_for_a_reader(read: Callable[[str], Any]) -> None:
    """Numerals without end took ten seconds each, and held everybody up."""
    read("一百零分钟")  # what is loaded at first use is loaded
    for piece in PIECES:
        text = (piece * LONG)[:LONG]
        began = time.process_time()
        read(text)
        assert time.process_time() - began < SECONDS, piece


@given(texts)
@settings(max_examples=30, deadline=None)
def test_no_text_makes_a_reader_fail(text: str) -> None:
    for read in READERS:
        read(text)


@pytest.mark.parametrize(
    "text", ["9" * 400, "一" * 400, "每月" + "1" * 310 + "分钟", "1" * 2000, "1亿亿亿亿亿"]
)
def test_a_number_beyond_all_counting_counts_nothing(text: str) -> None:
    assert numerals.parse_numeral(text) is None
    for read in (numerals.find, money.find, minutes.find, counts.find_daily_calls, growth.find):
        assert all(abs(numerals.lowest(found.value)) < 10**13 for found in read(text))


def test_the_largest_numeral_in_words_is_read() -> None:
    words = "九千九百九十九亿九千九百九十九万九千九百九十九"
    assert numerals.parse_numeral(words) == 999_999_999_999
    assert [found.value for found in numerals.find(f"共{words}个")] == [999_999_999_999]
