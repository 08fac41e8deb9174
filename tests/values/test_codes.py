"""Codes and addresses: whole, checked, in any grouping, and never a piece of something longer."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from hotline.values import application_ids, credit_code, emails, hotline_numbers, personal_ids

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_SPOKEN = dict(zip("0123456789", "零幺二三四五六七八九", strict=True))

bodies = st.builds(
    lambda area, rest: "91" + area + rest,
    st.sampled_from(["330106", "510104", "440305", "110108"]),
    st.text(_ALPHABET, min_size=9, max_size=9),
)
codes = bodies.map(lambda body: body + uscc.calc_check_digit(body))
numbers = st.text("0123456789", min_size=7, max_size=7).map(lambda rest: "400" + rest)
locals_ = st.from_regex(r"[a-z][a-z0-9]{1,9}", fullmatch=True)


@given(codes)
def test_a_code_is_found_however_it_is_written(code: str) -> None:
    grouped = " ".join((code[:6], code[6:12], code[12:])).lower()
    for said in (code, code.lower(), grouped):
        assert credit_code.parse_credit_code(said) == code
        (found,) = credit_code.find(f"信用代码是{said}，请登记")
        assert found.value == code and f"信用代码是{said}，请登记"[found.start : found.end] == said


@given(codes, st.integers(2, 17), st.sampled_from(_ALPHABET))
def test_one_wrong_character_is_no_code_but_is_shown_as_faulty(code: str, place: int, wrong: str) -> None:
    spoiled = code[:place] + wrong + code[place + 1 :]
    if wrong == code[place] or uscc.is_valid(spoiled) or ric.is_valid(spoiled):
        return
    assert credit_code.find(f"信用代码{spoiled}") == []
    assert [found.value for found in credit_code.find_faulty(f"信用代码{spoiled}")] == [spoiled]
    assert credit_code.parse_credit_code(spoiled) is None


@given(codes, st.sampled_from("0123456789AB"))
def test_a_code_inside_a_longer_string_is_none(code: str, more: str) -> None:
    assert credit_code.find(f"信用代码{code}{more}") == []


@given(numbers, st.sampled_from(["{}{}{}", "{}-{}-{}", "{} {} {}", "{}{}-{}"]))
def test_a_400_number_in_any_grouping(number: str, form: str) -> None:
    said = form.format(number[:3], number[3:6], number[6:])
    text = f"我要{said}这个号"
    (found,) = hotline_numbers.find(text)
    assert found.value == number and text[found.start : found.end] == said


@given(numbers)
def test_a_400_number_read_aloud(number: str) -> None:
    said = "四零零" + "".join(_SPOKEN[digit] for digit in number[3:])
    assert hotline_numbers.parse_hotline_number(said) == number


@given(numbers, st.sampled_from("0123456789"))
def test_ten_digits_of_eleven_are_no_400_number(number: str, more: str) -> None:
    assert hotline_numbers.find(f"号码{number}{more}") == []
    assert hotline_numbers.find(f"号码{number[:-1]}") == []


@given(locals_, st.sampled_from(["163.com", "qq.com", "126.com", "sina.com.cn", "my-firm.cn"]))
def test_an_address_typed_in_any_case(local: str, host: str) -> None:
    text = f"邮箱{local.upper()}@{host}，谢谢"
    (found,) = emails.find(text)
    assert found.value == f"{local}@{host}"


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("zhangsan艾特163点com", "zhangsan@163.com"),
        ("li si at qq dot com", "lisi@qq.com"),
        ("王一二三艾特", None),
        ("幺三八零零艾特幺三九点com", "13800@139.com"),
        ("a下划线b艾特网易点com", "a_b@163.com"),
        ("qq邮箱是123456789", "123456789@qq.com"),
        ("邮箱回头给你", None),
        ("a@b", None),
    ],
)
def test_an_address_read_aloud(said: str, address: str | None) -> None:
    assert emails.parse_email(said) == address


@given(
    st.dates(date(1930, 1, 1), date(2020, 1, 1)),
    st.integers(0, 999),
    st.sampled_from(["330106", "510107", "110105", "420106"]),
)
def test_an_identity_card_is_masked_and_never_a_code(born: date, serial: int, area: str) -> None:
    body = f"{area}{born:%Y%m%d}{serial:03d}"
    card = body + ric.calc_check_digit(body + "0")
    for text in (f"身份证{card}", f"身份证{card.lower()}谢谢"):
        masked = personal_ids.mask(text)
        assert card[:17] not in masked.text and masked.kinds
    assert credit_code.find(card) == []


@given(codes)
def test_a_company_code_that_is_called_so_is_not_masked(code: str) -> None:
    text = f"统一社会信用代码{code}"
    assert personal_ids.mask(text).text == text


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("申请编号HL20250407-0093", "HL20250407-0093"),
        ("hl20250407-0093", "HL20250407-0093"),
        ("13812345678", None),
    ],
)
def test_references(said: str, value: str | None) -> None:
    assert application_ids.parse_application_id(said) == value
