"""Phones, 400 numbers, e-mail, codes: found in every writing, never inside something longer."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric, uscc

from hotline.values import application_ids, credit_code, emails, hotline_numbers, personal_ids, phones
from hotline.values.personal_ids import BANK_CARD, ID_CARD

MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
SPOKEN = str.maketrans("0123456789", "零幺二三四五六七八九")


@given(MOBILES, st.sampled_from(["{}{}{}", "{} {} {}", "{}-{}-{}", "+86 {}{}{}", "{}，{}，{}", "86{}{}{}"]))
def test_a_mobile_number_is_found_in_every_grouping(mobile: str, shape: str) -> None:
    text = "电话是" + shape.format(mobile[:3], mobile[3:7], mobile[7:]) + "。"
    found = phones.find(text)
    assert [f.value for f in found] == [mobile]
    assert mobile in re.sub(r"\D", "", text[found[0].start : found[0].end])


@given(MOBILES)
def test_a_mobile_number_is_found_when_it_is_spoken(mobile: str) -> None:
    assert phones.parse_phone(mobile.translate(SPOKEN)) == mobile


@given(MOBILES)
def test_the_normal_form_is_its_own_normal_form(mobile: str) -> None:
    assert phones.parse_phone(mobile) == mobile


@given(
    st.text("0123456789", min_size=14, max_size=30).filter(lambda d: not d.startswith(("86", "0086"))),
    st.lists(st.integers(3, 6), min_size=6, max_size=8),
    st.sampled_from(["", " ", "-"]),
)
@settings(max_examples=300)
def test_a_phone_is_never_found_inside_a_longer_number(digits: str, sizes: list[int], join: str) -> None:
    groups, rest = [], digits
    for size in sizes:
        groups.append(rest[:size])
        rest = rest[size:]
    text = join.join(g for g in [*groups, rest] if g)
    for item in phones.find(text):
        assert item.value.count("-") == 2, (text, item)  # only a fixed line with its extension is that long


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0571-88886666", "0571-88886666"),
        ("(0571)88886666", "0571-88886666"),
        ("0571 8888 6666", "0571-88886666"),
        ("０５７１８８８８６６６６", "0571-88886666"),
        ("零五七一八八八八六六六六", "0571-88886666"),
        ("010-62345678转12", "010-62345678-12"),
        ("0755-83456789-8012", "0755-83456789-8012"),
        ("+86 571 88886666", "0571-88886666"),
        ("021-51234567转八零一", "021-51234567-801"),
    ],
)
def test_a_fixed_line_is_area_number_extension(text: str, value: str) -> None:
    assert phones.parse_phone(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "12345678901",
        "138123456789",
        "YD40013812345678",
        "13812345678@163.com",
        "1381234567",
        "4001234567",
        "88886666",
    ],
)
def test_what_is_no_phone_gives_none(text: str) -> None:
    assert phones.parse_phone(text) is None


def test_two_phones_are_two_and_no_answer() -> None:
    assert [f.value for f in phones.find("13812345678 13987654321")] == ["13812345678", "13987654321"]
    assert phones.parse_phone("13812345678或者13987654321") is None


@given(st.from_regex(r"400[0-9]{7}", fullmatch=True), st.sampled_from([(3, 7), (4, 7), (3, 6), (5, 8)]))
def test_a_400_number_is_found_in_any_grouping(number: str, cuts: tuple[int, int]) -> None:
    a, b = cuts
    for join in ("", " ", "-"):
        text = f"打{join.join((number[:a], number[a:b], number[b:]))}吧"
        assert [f.value for f in hotline_numbers.find(text)] == [number]
        assert not phones.find(text)
    assert hotline_numbers.parse_hotline_number(number.translate(SPOKEN)) == number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Zhang_San@163.COM", "zhang_san@163.com"),
        ("zhangsan艾特163点com", "zhangsan@163.com"),
        ("zhang san at qq 点 com", "zhangsan@qq.com"),
        ("wang下划线li艾特新浪点com点cn", "wang_li@sina.com.cn"),
        ("abc杠123圈a网易点com", "abc-123@163.com"),
        ("一二三四五六艾特qq点com", "123456@qq.com"),
        ("全小写lihua艾特qq点com", "lihua@qq.com"),
        ("ａｂ＠ｑｑ．ｃｏｍ", "ab@qq.com"),
        ("不是邮箱", None),
        ("abc@", None),
    ],
)
def test_an_address_is_read_typed_or_aloud(text: str, value: str | None) -> None:
    assert emails.parse_email(text) == value


@pytest.mark.parametrize("length", [2_000])
def test_a_long_text_without_an_address_is_read_quickly(length: int) -> None:
    assert emails.find("call analytics dashboard " * (length // 25)) == []


@given(st.from_regex(r"9[123]330106[0-9A-HJ-NPQRTUWXY]{9}", fullmatch=True))
def test_a_credit_code_is_known_by_its_check_character(base: str) -> None:
    code = base + uscc.calc_check_digit(base)
    assert credit_code.parse_credit_code(code.lower()) == code
    assert [f.value for f in credit_code.find(f"代码{code[:4]} {code[4:8]} {code[8:]}")] == [code]
    wrong = base + ("0" if code[-1] != "0" else "1")
    assert credit_code.parse_credit_code(wrong) is None
    if not ric.is_valid(wrong):
        assert [f.value for f in credit_code.find_faulty(f"信用代码{wrong}")] == [wrong]


@given(st.integers(0, 999), st.dates(min_value=date(1930, 1, 1), max_value=date(2020, 1, 1)))
def test_an_id_card_is_masked_in_every_writing(order: int, born: date) -> None:
    base = f"110105{born:%Y%m%d}{order:03d}"
    number = base + ric.calc_check_digit(base + "0")
    for text in (
        number,
        f"{number[:6]} {number[6:14]} {number[14:]}",
        number.lower(),
        number.translate(SPOKEN),
    ):
        masked = personal_ids.mask(f"我的身份证{text}谢谢")
        assert masked.kinds == {ID_CARD}
        assert masked.text == "我的身份证***谢谢"
        assert not phones.find(text)


@given(st.from_regex(r"62[0-9]{14,16}", fullmatch=True))
def test_a_bank_card_is_masked_and_no_phone(base: str) -> None:
    number = base + luhn.calc_check_digit(base)
    grouped = " ".join(number[i : i + 4] for i in range(0, len(number), 4))
    for text in (number, grouped):
        masked = personal_ids.mask(f"卡号{text}")
        assert masked.kinds and number not in masked.text and grouped not in masked.text
        assert masked.kinds <= {BANK_CARD, ID_CARD}


def test_a_valid_credit_code_is_neither_card() -> None:
    assert personal_ids.mask("信用代码91330106673959654P").kinds == frozenset()


def test_a_phone_is_not_masked_as_a_card() -> None:
    assert personal_ids.mask("13812345678").text == "13812345678"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("单号HK7A-3NXC", "HK7A-3NXC"),
        ("hk7a3nxc", "HK7A3NXC"),
        ("申请编号是A20240101001", "A20240101001"),
        ("13812345678", None),
    ],
)
def test_a_reference_is_capital_letters_and_digits(text: str, value: str | None) -> None:
    assert application_ids.parse_application_id(text) == value
