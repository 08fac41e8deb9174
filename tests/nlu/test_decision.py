"""What values have to say about the intent."""

from __future__ import annotations

import pytest

from hotline.nlu.decision import covered, settled


def _ranking(*pairs: tuple[str, float]) -> list[dict[str, object]]:
    return [{"name": name, "confidence": chance} for name, chance in pairs]


def _entity(name: str, start: int, end: int) -> dict[str, object]:
    return {"entity": name, "start": start, "end": end, "value": ""}


def test_a_refused_sentence_that_is_all_value_tells_us_something() -> None:
    for refusal in ("out_of_scope", "nlu_fallback"):
        found = settled("武汉", _ranking((refusal, 0.7), ("greet", 0.2)), [_entity("region", 0, 2)])
        assert found[0] == {"name": "inform", "confidence": 0.7}
        confidences = [one["confidence"] for one in found]
        assert confidences == sorted(confidences, reverse=True)
        assert len({one["name"] for one in found}) == len(found)


def test_two_values_and_a_blank_count_as_all() -> None:
    entities = [_entity("industry", 0, 3), _entity("usage_scenario", 4, 6)]
    assert covered("修空调 售后", entities) == 1.0
    assert settled("修空调 售后", _ranking(("out_of_scope", 0.9)), entities)[0]["name"] == "inform"


@pytest.mark.parametrize(
    ("text", "first", "entity"),
    [
        ("武汉天气怎么样", "out_of_scope", _entity("region", 0, 2)),  # more is said than the value
        ("武汉", "faq_channel_hall", _entity("region", 0, 2)),  # not refused
        ("张伟", "out_of_scope", _entity("contact_name", 0, 2)),  # a name may be anybody's
        ("？？", "nlu_fallback", _entity("region", 0, 2)),  # nothing to cover
    ],
)
def test_otherwise_the_reading_stands(text: str, first: str, entity: dict[str, object]) -> None:
    ranking = _ranking((first, 0.8), ("greet", 0.1))
    assert settled(text, ranking, [entity]) is ranking


def test_no_ranking_stays_none() -> None:
    assert settled("武汉", [], [_entity("region", 0, 2)]) == []


def test_a_cautious_refusal_is_taken_back_for_a_nearly_certain_reading_with_a_value() -> None:
    ranking = _ranking(("out_of_scope", 0.06), ("inform", 0.93))
    assert settled("我们修空调 售后", ranking, [_entity("usage_scenario", 6, 8)])[0]["name"] == "inform"
    assert settled("我们修空调 售后", ranking, [])[0]["name"] == "out_of_scope"
