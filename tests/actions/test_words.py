"""Whatever may be asked, refused or explained has its words, and every word's values are there."""

from __future__ import annotations

import re

import pytest

from actions.questions import FORMS
from hotline import datafile
from hotline.business.fields import MATERIALS
from hotline.runtime.phrases import Phrases

RESPONSES = Phrases.from_file().responses
FIELDS = sorted({field for fields in FORMS.values() for field in fields})
LABELS = datafile.load(datafile.DATA / "lexicon" / "labels.yml")


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("kind", ["ask", "reask", "explain", "example"])
def test_every_field_can_be_asked_put_again_explained_and_shown_by_example(kind: str, field: str) -> None:
    name = f"utter_{kind}_{field}"
    if (kind, field) == ("ask", "hotline_number"):
        name += "_wish"
    assert RESPONSES[name][0]["text"].strip()


@pytest.mark.parametrize("field", FIELDS)
def test_a_question_put_again_says_what_is_left_and_an_example_what_was_not_heard(field: str) -> None:
    assert RESPONSES[f"utter_reask_{field}"][0]["text"].startswith("{left}")
    assert RESPONSES[f"utter_example_{field}"][0]["text"].startswith("{lead}")


@pytest.mark.parametrize("field", FIELDS)
def test_a_choice_can_still_be_pressed_after_an_answer_that_was_none(field: str) -> None:
    asked = RESPONSES.get(f"utter_ask_{field}", [{}])[0].get("buttons")
    if asked and field not in ("call_minutes", "consent", "submit_confirmed"):
        assert RESPONSES[f"utter_example_{field}"][0]["buttons"] == asked


def test_consent_names_purpose_kinds_retention_and_deletion() -> None:
    text = RESPONSES["utter_ask_consent"][0]["text"]
    assert all(word in text for word in ("用途", "内容", "保存", "删除", "{days}"))


def test_nobody_is_addressed_without_respect() -> None:
    for name, variations in RESPONSES.items():
        for variation in variations:
            assert not re.search(r"你(?!们?好)", str(variation.get("text", ""))), name


def test_loose_words_stand_for_values_that_exist() -> None:
    for field, values in LABELS["answers"].items():
        assert set(values) <= {*LABELS["choices"][field], "personal"}


def test_short_names_of_papers_stand_for_papers_that_exist() -> None:
    assert set(LABELS["papers"]) <= set(MATERIALS)
