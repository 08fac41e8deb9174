"""The arithmetic of the examinations, on answers that can be counted by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.examine import scores
from hotline.examine.scores import Answer, Rates

ANSWERS = [
    Answer("greet", "greet", 0.9, 0.0),
    Answer("greet", "thank", 0.6, 0.1),
    Answer("thank", "out_of_scope", 0.5, 0.5),
    Answer("thank", "thank", 0.8, 0.2),
    Answer("out_of_scope", "out_of_scope", 0.9, 0.9),
    Answer("out_of_scope", "nlu_fallback", 0.9, 0.3),
    Answer("out_of_scope", "greet", 0.7, 0.2),
    Answer("out_of_scope", "out_of_scope", 0.7, 0.7),
]


def test_shares() -> None:
    assert scores.accuracy(ANSWERS) == 4 / 8
    assert scores.foreign_recall(ANSWERS) == 3 / 4
    assert scores.refused_proper(ANSWERS) == 1 / 4
    assert scores.accuracy([]) == scores.foreign_recall([]) == scores.refused_proper([]) == 0


def test_precision_and_recall_of_an_intent() -> None:
    table = scores.per_intent(ANSWERS)
    assert (table["thank"].precision, table["thank"].recall) == (1 / 2, 1 / 2)
    assert table["greet"] == Rates(hits=1, false=1, missed=1)
    assert table["nlu_fallback"].recall == 0


def test_confusions_are_counted_in_one_direction() -> None:
    assert scores.confusions(ANSWERS)["greet", "thank"] == 1
    assert ("thank", "greet") not in scores.confusions(ANSWERS)
    assert ("thank", "thank") not in scores.confusions(ANSWERS)


def test_the_curve_falls_with_the_threshold() -> None:
    curve = scores.foreign_curve(ANSWERS, (0.2, 0.5, 0.8))
    assert curve == [(0.2, 1.0, 0.5), (0.5, 0.5, 0.25), (0.8, 0.25, 0.0)]
    assert scores.foreign_curve(ANSWERS[:2], (0.5,)) == []


def test_calibration_compares_confidence_with_truth() -> None:
    bins = scores.calibration(ANSWERS, (0.0, 0.65, 1.0))
    assert [one.number for one in bins] == [2, 6]
    assert bins[0].right == 0 and bins[0].confidence == pytest.approx(0.55)
    assert scores.calibration_error(bins) == pytest.approx((2 * 0.55 + 6 * abs(4.9 / 6 - 4 / 6)) / 8)


@given(st.lists(st.floats(0, 1), min_size=1))
def test_every_answer_falls_into_exactly_one_bin(confidences: list[float]) -> None:
    answers = [Answer("greet", "greet", confidence) for confidence in confidences]
    assert sum(b.number for b in scores.calibration(answers, (0.0, 0.3, 0.5, 0.95, 1.0))) == len(answers)


def test_an_entity_must_be_right_in_name_value_and_role() -> None:
    wanted = [
        ("seats", 3, None),
        ("number_digits", "668", "suffix"),
        ("budget", {"from": 300, "to": 500}, None),
    ]
    found = [
        ("seats", 3.0, None),
        ("number_digits", "668", "contains"),
        ("budget", {"from": 300.0, "to": 500}, None),
    ]
    table = scores.entity_rates(wanted, found)
    assert table == {"seats": Rates(1), "budget": Rates(1), "number_digits": Rates(0, 1, 1)}
    assert scores.together(table.values()).f1 == pytest.approx(2 / 3)


def test_what_is_found_twice_is_wrong_once() -> None:
    assert scores.entity_rates([("seats", 3, None)], [("seats", 3, None)] * 2) == {"seats": Rates(1, 1)}


def test_tables_add_up() -> None:
    one, other = {"seats": Rates(1, 1, 0)}, {"seats": Rates(2, 0, 1), "plan": Rates(1)}
    assert scores.merged([one, other]) == {"plan": Rates(1), "seats": Rates(3, 1, 1)}


def test_percentiles() -> None:
    assert scores.percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert scores.percentile(list(map(float, range(100))), 0.95) == 95.0
    with pytest.raises(ValueError):
        scores.percentile([], 0.5)
