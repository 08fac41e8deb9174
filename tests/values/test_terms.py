"""Days a month a business is open, and the longest contract somebody would sign."""

from __future__ import annotations

import pytest

from hotline.values.terms import parse_contract_months, parse_working_days


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("一个月开30天", 30),
        ("一个月开二十六天", 26),
        ("我们一个月30天都营业", 30),
        ("全年无休", 30),
        ("天天开门", 30),
        ("周末也有人", 30),
        ("一周开六天", 26),
        ("每周上班5天", 22),
        ("一个月大概30个电话", None),
        ("审核要7天吧", None),
        ("30天能办好", None),
        ("一个月开40天", None),
    ],
)
def test_days_open(text: str, days: int | None) -> None:
    assert parse_working_days(text) == days


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("36个月太长了，我们最多签两年", 24),
        ("不行，最多签一年", 12),
        ("就按一年的来", 12),
        ("合同签两年", 24),
        ("我想签12个月", 12),
        ("两年太久了", None),
        ("不想签两年", None),
        ("开了三年了", None),
        ("公司成立五年", None),
    ],
)
def test_the_longest_contract(text: str, months: int | None) -> None:
    assert parse_contract_months(text) == months
