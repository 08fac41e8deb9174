"""What a field keeps, and why it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from hotline.business.fields import FIELDS, REFUSALS, Refusal, normalise


@pytest.mark.parametrize(
    ("field", "said", "kept"),
    [
        ("monthly_minutes", 3500, 3500),
        ("monthly_minutes", "三千五百分钟", 3500),
        ("monthly_minutes", {"from": 2000, "to": 3000}, {"from": 2000, "to": 3000}),
        ("monthly_minutes", {"from": 2000, "to": 2000}, 2000),
        ("call_minutes", "一分半", 1.5),
        ("daily_calls", 12.2, 13),
        ("growth_rate", "翻一番", 1),
        ("budget", "一年一万二", 1000),
        ("phone", "138 0013 8000", "13800138000"),
        ("phone", "+86-13800138000", "13800138000"),
        ("phone", "１３８００１３８０００", "13800138000"),
        ("phone", "我的电话是13800138000", "13800138000"),
        ("phone", "021-62345678转801", "021-62345678-801"),
        ("phone", "(010) 62345678", "010-62345678"),
        ("email", "Wang@QQ.com", "wang@qq.com"),
        ("region", "浙江杭州", "杭州市"),
        ("credit_code", "9111 0000 6000 3734 1l", "91110000600037341L"),
        ("hotline_number", "400-123-4567", "4001234567"),
        ("company_name", " 杭州晨星科技有限公司。", "杭州晨星科技有限公司"),
        ("contact_time", "明天下午", "明天下午"),
        ("papers", {"business_license": {"stamped": True, "expires": "2027-01-01"}}, ...),
    ],
)
def test_a_value_is_kept_in_its_one_form(field: str, said: Any, kept: Any) -> None:
    assert normalise(field, said) == (said if kept is ... else kept)


@pytest.mark.parametrize(
    ("field", "said", "code"),
    [
        ("applicant_type", "personal", "personal_not_eligible"),
        ("applicant_type", "firm", "not_a_choice"),
        ("monthly_minutes", -3, "out_of_range"),
        ("monthly_minutes", 10**9, "out_of_range"),
        ("monthly_minutes", "inf", "not_a_number"),
        ("monthly_minutes", float("nan"), "not_a_number"),
        ("monthly_minutes", "看情况", "not_a_number"),
        ("monthly_minutes", {"from": 3000, "to": 2000}, "range_reversed"),
        ("bound_numbers", {"from": 1, "to": 2}, "not_a_number"),
        ("phone", "1380013800", "phone_length"),
        ("phone", "62345678", "phone_no_area_code"),
        ("phone", "400-123-4567", "phone_is_400"),
        ("phone", "+1 415 555 2671", "phone_not_mainland"),
        ("phone", "12345678901", "phone_wrong"),
        ("phone", "没有", "phone_wrong"),
        ("email", "wang@qq", "email_wrong"),
        ("email", "a" * 65 + "@qq.com", "email_wrong"),
        ("region", "火星", "region_unknown"),
        ("credit_code", "911100006000373", "credit_code_length"),
        ("credit_code", "91110000600037341X", "credit_code_check"),
        ("credit_code", "I1110000600037341L", "credit_code_characters"),
        ("hotline_number", "4008001234", "number_not_mobile_segment"),
        ("hotline_number", "400123", "number_length"),
        ("company_name", "   ", "empty"),
        ("company_name", "123456", "no_letters"),
        ("company_name", "公司", "too_short"),
        ("company_name", "长" * 61, "too_long"),
        ("papers", {"business_license": {"expires": "下个月"}}, "not_a_date"),
        ("papers", {"passport": {}}, "not_a_choice"),
        ("shoe_size", 42, "unknown_field"),
    ],
)
def test_a_wrong_value_is_refused_with_a_code(field: str, said: Any, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        normalise(field, said)
    assert refused.value.code == code


@given(
    st.sampled_from(sorted(FIELDS)),
    st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.booleans()),
)
def test_anything_at_all_is_kept_or_refused_with_a_known_code(field: str, said: Any) -> None:
    try:
        kept = normalise(field, said)
    except Refusal as refusal:
        assert refusal.code in REFUSALS
    else:
        assert normalise(field, kept if field != "papers" else {}, None) is not None


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=17, max_size=17))
def test_every_right_credit_code_is_kept_and_every_slip_of_one_character_is_not(body: str) -> None:
    try:
        code = body + uscc.calc_check_digit(body)
        uscc.validate(code)
    except Exception:
        return
    assert normalise("credit_code", code) == code
    other = ("0" if code[0] != "0" else "1") + code[1:]
    with pytest.raises(Refusal):
        normalise("credit_code", other)


def test_details_about_papers_add_up() -> None:
    first = normalise("papers", {"business_license": {"stamped": False}})
    both = normalise("papers", {"business_license": {"stamped": True, "legible": True}}, first)
    more = normalise("papers", {"legal_person_id": {"both_sides": False}}, both)
    assert more == {
        "business_license": {"stamped": True, "legible": True},
        "legal_person_id": {"both_sides": False},
    }
