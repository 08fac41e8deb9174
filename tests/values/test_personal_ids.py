"""Numbers of persons and cards are masked though a digit of them is wrong; nothing else of ours is."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from hotline.business.references import new_reference, spoken_form
from hotline.values.personal_ids import BANK_CARD, ID_CARD, mask


@pytest.mark.parametrize(
    ("text", "kind", "rest"),
    [
        ("330106199003071234", ID_CARD, "***"),
        ("510104199001011234 记一下", ID_CARD, "*** 记一下"),
        ("我的是330106 19900307 1234", ID_CARD, "我的是***"),
        ("33010619900307123x", ID_CARD, "***"),
        ("身份证330106900307123", ID_CARD, "身份证***"),
        ("银行卡号6222021234567890", BANK_CARD, "银行卡号***"),
        ("6222 0212 3456 7890 123", BANK_CARD, "***"),
        ("6222-0212-3456-7890-123", BANK_CARD, "***"),
        ("账号是1234567890123456", BANK_CARD, "账号是***"),
        ("4111111111111111", BANK_CARD, "***"),
    ],
)
def test_masked_with_or_without_a_right_check_digit(text: str, kind: str, rest: str) -> None:
    masked = mask(text)
    assert (masked.text, masked.kinds) == (rest, {kind})


@pytest.mark.parametrize(
    "text",
    [
        "330106900307123",  # fifteen digits that nobody called an ID card
        "990106199003071234",  # no region
        "330106199013071234",  # no month
        "62351234 13812345678",  # two phones
        "6235 1234 138 1234 5678",
        "0571-88886666，3000分钟",
        "信用代码510104199001011234",  # told as a code: he is told that it is mistyped
    ],
)
def test_left_alone(text: str) -> None:
    assert mask(text).text == text


@given(
    st.sampled_from(["11", "33", "44", "51", "65", "71", "81", "82"]),
    st.integers(0, 9999),
    st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    st.integers(0, 9999),
)
def test_region_and_birthday_make_an_id_card(region: str, area: int, born: date, end: int) -> None:
    number = f"{region}{area:04d}{born:%Y%m%d}{end:04d}"
    assert mask(f"号是{number}").kinds or uscc.is_valid(number)


_mobile = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
_landline = st.from_regex(r"0[1-9][0-9]{1,2}-[2-8][0-9]{6,7}", fullmatch=True)
_hotline = st.from_regex(r"400[0-9]{7}", fullmatch=True)
_spaced = _hotline.map(lambda n: f"{n[:3]}-{n[3:6]}-{n[6:]}")
_reference = st.builds(lambda _: spoken_form(new_reference()), st.integers())
_code = st.from_regex(r"(?:1[129]|5[1-39]|9[1-3])[1-6][0-9]{5}[0-9A-HJ-NPQRTUWXY]{9}", fullmatch=True).map(
    lambda base: base + uscc.calc_check_digit(base)
)


@given(st.one_of(_mobile, _landline, _hotline, _spaced, _reference))
def test_phones_and_references_are_never_masked(value: str) -> None:
    for text in (value, f"我的是{value}", f"账号{value}", f"{value}，3000分钟"):
        assert mask(text).text == text


@given(_mobile, _mobile)
def test_two_phones_are_never_masked(one: str, other: str) -> None:
    for text in (f"{one} {other}", f"{one}，{other}", f"{one[:3]} {one[3:7]} {one[7:]} 和 {other}"):
        assert mask(text).text == text


@given(_code)
def test_a_credit_code_is_never_masked(code: str) -> None:
    grouped = " ".join((code[:4], code[4:8], code[8:12], code[12:]))
    for text in (f"信用代码{code}", f"税号{code}", f"信用代码{code.lower()}", f"信用代码{grouped}"):
        assert mask(text).text == text


@given(
    st.integers(10, 99), st.dates(date(1950, 1, 1), date(2010, 1, 1)), st.integers(0, 999)
)  # digits alone, and a date in them
def test_a_credit_code_with_a_date_in_it_is_a_code(place: int, born: date, end: int) -> None:
    base = f"5133{place}{born:%Y%m%d}{end:03d}"
    code = base + uscc.calc_check_digit(base)
    if ric.calc_check_digit(code) == code[-1]:
        assert mask(code).kinds == {ID_CARD}  # both checks fit: a card must not be kept
    else:
        assert mask(code).text == code
