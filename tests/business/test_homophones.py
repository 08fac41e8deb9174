"""Digits that are read as words, and digits for a name."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.business.homophones import FILE, homophones, load_homophones
from hotline.datafile import DataError

WORDS = homophones()


@pytest.mark.parametrize(
    ("six", "reads"),
    [
        ("302168", "一路发"),
        ("300520", "我爱你"),
        ("300918", "就要发"),
        ("300518", "我要发"),
        ("201314", "爱你一生一世"),
    ],
)
def test_common_words_are_heard_in_a_number(six: str, reads: str) -> None:
    assert WORDS.read(six)[0].reads == reads


def test_a_word_inside_a_longer_one_is_not_said_twice() -> None:
    assert [reading.digits for reading in WORDS.read("301688")] == ["1688"]


def test_a_number_without_words_reads_as_nothing() -> None:
    assert WORDS.read("303030") == ()


@pytest.mark.parametrize(
    ("digits", "bad"),
    [
        ("300014", "要死"),
        ("305140", "我死"),
        ("300250", "二百五"),
        ("301314", None),
        ("521314", None),
        ("131414", "要死"),
    ],
)
def test_bad_readings_are_noticed_but_not_inside_a_common_good_one(digits: str, bad: str | None) -> None:
    found = WORDS.bad_in(digits)
    assert (found is None) == (bad is None)


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("广州久发科技有限公司", "久发"),
        ("浙江省杭州市旺旺食品股份有限公司", "旺旺"),
        ("深圳爱家装饰工程有限公司", "爱家"),
        ("三友（上海）贸易有限公司", "三友"),
        ("58同城", "58同城"),
        ("科技", "科技"),
    ],
)
def test_the_part_a_company_is_known_by(name: str, core: str) -> None:
    assert WORDS.core(name) == core


@pytest.mark.parametrize(
    ("name", "digits", "by"),
    [
        ("久发", "98", ("same", "same")),
        ("爱家", "29", ("same", "near")),
        ("三友", "31", ("same", "near")),
        ("小米", "96", ("keypad", "keypad")),
    ],
)
def test_digits_for_a_name_say_how_they_were_found(name: str, digits: str, by: tuple[str, ...]) -> None:
    best = WORDS.for_name(name)[0]
    assert (best.digits, best.reads, best.kind, best.by) == (digits, name, "name", by)


def test_a_short_name_is_also_doubled_and_called_for() -> None:
    found = {reading.digits: reading.reads for reading in WORDS.for_name("久发")}
    assert found["9898"] == "久发久发"
    assert found["5198"] == "我要久发"


def test_digits_in_a_name_stand_for_themselves() -> None:
    assert WORDS.for_name("58同城")[0].digits.startswith("58")


def test_names_are_ranked_by_how_well_they_sound() -> None:
    scores = [reading.score for reading in WORDS.for_name("一路顺风物流")]
    assert scores == sorted(scores, reverse=True)


@given(
    st.text(
        st.sampled_from("久发爱家三友小米顺丰旺诗死八益山石是十世一二四五六七零AB59"), min_size=1, max_size=9
    )
)
def test_no_suggestion_ever_has_a_bad_reading(name: str) -> None:
    for reading in WORDS.for_name(name, limit=50):
        assert WORDS.bad_in(reading.digits) is None
        assert reading.digits.isdigit() and 2 <= len(reading.digits) <= 6
        assert 0 < reading.score <= 1


@given(st.text(max_size=12))
def test_any_text_is_survived(name: str) -> None:
    WORDS.for_name(name)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('digits: "168"', "digits: 168", "文字"),
        ('digits: "168"', 'digits: "1"', "2–6 位"),
        ("weight: 5}", "weight: 0}", "小于 1"),
        ("reads: 一路发,", "read: 一路发,", "缺少 reads"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, old: str, new: str, reason: str) -> None:
    text = FILE.read_text("utf-8")
    assert old in text
    broken = tmp_path / "homophones.yml"
    broken.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(DataError, match=reason):
        load_homophones(broken)
