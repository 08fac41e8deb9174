"""What six digits form, and which grade that is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.business.catalog import load_catalog
from hotline.business.patterns import PATTERNS, WISHES, mask, traits

TIERS = load_catalog().tiers
digits = st.text("0123456789", min_size=6, max_size=6)


@pytest.mark.parametrize(
    ("six", "main", "tier"),
    [
        ("905183", "plain", "N0"),
        ("318788", "aa", "N1"),
        ("190787", "aba", "N1"),
        ("188392", "inside_pair", "N1"),
        ("305566", "aabb", "N2"),
        ("316868", "abab", "N2"),
        ("316886", "abba", "N2"),
        ("277739", "inside_run", "N2"),
        ("302888", "aaa", "N3"),
        ("907456", "sequence_up_3", "N3"),
        ("207987", "sequence_down_3", "N3"),
        ("306789", "sequence_up_4", "N4"),
        ("119876", "sequence_down_4", "N4"),
        ("112266", "aabbcc", "N4"),
        ("168168", "abcabc", "N4"),
        ("686868", "ababab", "N4"),
        ("123321", "mirror", "N4"),
        ("666888", "aaabbb", "N4"),
        ("206666", "aaaa", "N5"),
        ("145678", "sequence_up_5", "N5"),
        ("388888", "aaaaa", "N6"),
        ("888883", "inside_run_5", "N6"),
        ("888888", "aaaaaa", "N6"),
        ("123456", "sequence_up_6", "N6"),
        ("987654", "sequence_down_6", "N6"),
    ],
)
def test_the_main_pattern_and_the_grade(six: str, main: str, tier: str) -> None:
    judged = traits(six)
    assert judged.main == main
    assert TIERS.of_patterns(judged.patterns).id == tier


@pytest.mark.parametrize(
    ("six", "date"),
    [
        ("880405", "880405"),
        ("991231", "991231"),
        ("370229", "0229"),
        ("880230", None),
        ("881305", None),
        ("301987", "1987"),
        ("302024", "2024"),
        ("301887", None),
    ],
)
def test_a_date_is_recognised_only_if_it_exists(six: str, date: str | None) -> None:
    assert traits(six).date == date


def test_a_date_is_the_main_thing_only_where_the_shape_is_weak() -> None:
    assert traits("370816").main == "date"
    assert traits("880808").main == "abab"


def test_why_it_is_good_is_said_with_the_digits() -> None:
    reasons = {reason.code: dict(reason.values) for reason in traits("302888").reasons}
    assert reasons == {"aaa": {"digits": "888"}, "without_4": {}, "liked_digits": {"digits": "8"}}
    assert "without_4" not in {reason.code for reason in traits("302884").reasons}


def test_a_four_makes_a_number_less_sought_after() -> None:
    assert traits("302884").has4
    assert traits("302884").score < traits("302885").score


@pytest.mark.parametrize("wrong", ["12345", "1234567", "12a456", "", "１２３４５６"])
def test_anything_but_six_digits_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="six digits"):
        traits(wrong)


@given(digits)
def test_every_number_has_a_pattern_a_grade_and_a_bounded_score(six: str) -> None:
    judged = traits(six)
    assert judged.patterns and set(judged.patterns) <= set(PATTERNS)
    assert 0 <= judged.score <= 1000
    assert judged.has4 == ("4" in six)
    assert TIERS.of_patterns(judged.patterns) in TIERS.all


@given(digits)
def test_the_digits_of_a_reason_stand_in_the_number(six: str) -> None:
    for reason in traits(six).reasons:
        if reason.code not in ("without_4", "liked_digits"):
            assert reason.values["digits"] in six


@given(digits)
def test_a_mirrored_sequence_runs_the_other_way(six: str) -> None:
    if traits(six).patterns[0] == "sequence_up_6":
        assert traits(six[::-1]).patterns[0] == "sequence_down_6"
    assert ("mirror" in traits(six).patterns) == (six == six[::-1])
    assert ("abcabc" in traits(six).patterns) == (six[:3] == six[3:])


@given(digits)
def test_a_mask_says_which_digits_occur(six: str) -> None:
    assert {str(bit) for bit in range(10) if mask(six) >> bit & 1} == set(six)


def test_the_customers_words_for_patterns_cover_ours() -> None:
    named = {pattern for patterns in WISHES.values() for pattern in patterns}
    assert named == set(PATTERNS)
