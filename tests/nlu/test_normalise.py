"""One way of writing, and where each character of it came from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.nlu.normalise import normalise

#: (written or heard, normal form, what it shows)
CASES = [
    ("４００電話", "400电话", "full width and traditional script"),
    ("四零零电话", "400电话", "the number read digit by digit"),
    ("四百电话多少钱", "400电话多少钱", "the number read as a hundred"),
    ("四百块够吗", "四百块够吗", "money is no number"),
    ("我们有四百个人", "我们有四百个人", "nor are people"),
    ("打幺零零八六", "打10086", "the service line"),
    ("嗯那个我想问一下", "我想问一下", "fillers in front"),
    ("我我我想办", "我想办", "stutter"),
    ("多少钱？？？？", "多少钱?", "marks that multiply"),
    ("哈哈哈哈哈哈", "哈哈", "laughter"),
    ("一天三十个，不对，五十个", "一天五十个", "a correction keeps the last"),
    ("刚才填的三十个不对，是五十个", "刚才填的三十个不对,是五十个", "what was said before stays visible"),
    ("三千分钟，哦不，四千分钟", "四千分钟", "however it is put"),
    ("8个坐席，写错了，18个坐席", "18个坐席", "with what is counted"),
    ("尾号668 打错了 是688", "尾号688", "and for digits"),
    ("手机号写错了，是13812345678", "手机号写错了,是13812345678", "a field that was wrong is another matter"),
    ("OK 没问题", "ok 没问题", "lower case"),
    ("", "", "nothing"),
    ("   ", "", "blanks"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), [case[:2] for case in CASES], ids=[case[2] for case in CASES])
def test_the_normal_form(text: str, wanted: str) -> None:
    assert normalise(text).text == wanted


@given(
    st.text(
        alphabet=st.sampled_from("我想办四百零幺二三电话電話嗯呃那个，。？ 不对是４0abＡ\u3000😀"),
        max_size=40,
    )
)
def test_any_text_is_normalised_with_a_place_for_every_character(text: str) -> None:
    found = normalise(text)
    assert found.original == text and len(found.spans) == len(found.text)
    assert all(0 <= start < end <= len(text) for start, end in found.spans)
    starts = [start for start, _ in found.spans]
    assert starts == sorted(starts)


@given(st.text(max_size=60))
def test_nothing_that_can_be_typed_breaks_it(text: str) -> None:
    found = normalise(text)
    assert len(found.spans) == len(found.text)


@pytest.mark.parametrize("text", [case[0] for case in CASES])
def test_the_normal_form_of_a_normal_form_is_itself(text: str) -> None:
    once = normalise(text).text
    assert normalise(once).text == once


def test_a_piece_is_found_again_in_the_original() -> None:
    found = normalise("嗯，那个，我打四零零電話")
    start = found.text.index("400电话")
    begin, end = found.span(start, start + len("400电话"))
    assert found.original[begin:end] == "四零零電話"


@pytest.mark.parametrize(("start", "end"), [(0, 0), (2, 1), (0, 99)])
def test_an_impossible_piece_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="no such piece"):
        normalise("你好").span(start, end)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("M7CR-2HHH", "m7cr-2hhh"),
        ("编号HHH7-CRK2", "编号hhh7-crk2"),
        ("哈哈哈哈", "哈哈"),
        ("ooooo好", "oo好"),
        ("好好好好的", "好好的"),
    ],
)
def test_what_is_drawn_out_is_shortened_but_no_code(said: str, written: str) -> None:
    assert normalise(said).text == written
