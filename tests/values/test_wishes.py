"""Digits wanted and unwanted, places, times to call, names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.values import contact_time, digits, names, regions
from hotline.values.folding import fold

tails = st.text("0123456789", min_size=2, max_size=6)


@given(tails)
def test_a_tail_is_a_suffix_wherever_it_stands(tail: str) -> None:
    for text in (f"尾号{tail}的", f"尾号要{tail}", f"{tail}结尾的号"):
        (found,) = digits.find(text)
        assert (found.value, found.role) == (tail, "suffix") and text[found.start : found.end] == tail


@given(st.sampled_from("0123456789"), st.sampled_from("三四五"))
def test_so_many_of_a_digit(digit: str, times: str) -> None:
    wanted = digit * {"三": 3, "四": 4, "五": 5}[times]
    assert digits.parse_digits(f"{times}个{digit}") == wanted
    assert [(f.value, f.role) for f in digits.find(f"尾号{times}个{digit}")] == [(wanted, "suffix")]


@given(st.sampled_from("0123456789"), st.sampled_from(["不要{}", "不带{}", "别有{}", "{}不要", "避开{}"]))
def test_a_digit_that_is_not_wanted_is_not_wanted_elsewhere_either(digit: str, form: str) -> None:
    text = form.format(digit)
    assert [found.value for found in digits.find_excluded(text)] == [digit]
    assert digits.find(text) == []


def test_each_unwanted_digit_is_one() -> None:
    assert [found.value for found in digits.find_excluded("不要4和7")] == ["4", "7"]
    assert [found.value for found in digits.find_excluded("不要47")] == ["4", "7"]


@given(tails, st.sampled_from("48"))
def test_wishes_side_by_side_do_not_mix(tail: str, unwanted: str) -> None:
    text = f"尾号{tail}，不要{unwanted}"
    assert [found.value for found in digits.find(text)] == [tail]
    assert [found.value for found in digits.find_excluded(text)] == [unwanted]


@pytest.mark.parametrize(
    ("said", "place"),
    [("魔都", "上海市"), ("沪", "上海市"), ("浙江", "浙江省"), ("杭州", "杭州市"), ("蓉城", "成都市"),
     ("我在广州这边", "广州市"), ("內蒙古", "内蒙古自治区"), ("北京市", "北京市"), ("火星", None), ("", None)],
)  # fmt: skip
def test_places_have_one_name(said: str, place: str | None) -> None:
    assert regions.parse_region(said) == place


@given(st.sampled_from(sorted(set(regions.regions().names.values()))))
def test_every_standard_name_is_its_own_and_lies_in_a_province(name: str) -> None:
    assert regions.parse_region(name) == name
    province = regions.province_of(name)
    assert province is None or regions.province_of(province) in (None, province)


@pytest.mark.parametrize("said", ["明天下午三点", "工作日上午", "晚上七点以后", "周末", "随时"])
def test_a_time_to_call_is_kept_in_the_customers_words(said: str) -> None:
    assert contact_time.parse_contact_time(said) == said


@pytest.mark.parametrize(
    ("said", "person"),
    [("李晓梅女士", "李晓梅"), ("我叫陈浩", "陈浩"), ("免贵姓王，王建国", "王建国"), ("张", None)],
)
def test_a_persons_name_has_no_title(said: str, person: str | None) -> None:
    assert names.clean_person(said) == person


@given(st.text(max_size=60))
def test_folding_keeps_every_place(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.sampled_from("尾号要不带开头结4678八四七三个中间，和 "), max_size=20))
def test_any_wish_is_read_without_a_failure(text: str) -> None:
    for found in (*digits.find(text), *digits.find_excluded(text)):
        assert found.value.isdigit() and 0 <= found.start < found.end <= len(text)
