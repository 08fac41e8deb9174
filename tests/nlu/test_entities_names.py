"""Names of companies and people and lines of business: the trained recogniser, and the rules without it."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from hotline.nlu.entities_extract import extract
    from hotline.nlu.names_crf import NameModel, Sentence, made_up

NAMES = ("company_name", "contact_name", "industry")


@pytest.fixture(scope="module")
def model() -> NameModel:
    return NameModel.train([], synthetic=900, seed=400)


def _named(text: str, tagger: Any) -> list[tuple[str, str]]:
    return [(e["entity"], e["value"]) for e in extract(text, tagger) if e["entity"] in NAMES]


CERTAIN = [
    ("公司全称是宁波佳航模具有限公司", [("company_name", "宁波佳航模具有限公司")]),
    ("我们公司叫杭州青禾包装有限公司", [("company_name", "杭州青禾包装有限公司")]),
    ("联系人是李晓梅，电话13812345678", [("contact_name", "李晓梅")]),
    ("我叫张建国", [("contact_name", "张建国")]),
    ("我姓欧阳", [("contact_name", "欧阳")]),
    ("找王总", [("contact_name", "王")]),
    ("我们是做家装的", [("industry", "家装")]),
    ("多少钱一个月", []),
    ("营业执照要原件吗", []),
    ("转人工", []),
]


@pytest.mark.parametrize(("text", "wanted"), CERTAIN, ids=[c[0] for c in CERTAIN])
def test_the_trained_recogniser_names(text: str, wanted: list[tuple[str, str]], model: NameModel) -> None:
    assert _named(text, model.find) == wanted


@pytest.mark.parametrize(("text", "wanted"), CERTAIN, ids=[c[0] for c in CERTAIN])
def test_the_rules_name_the_same_when_nothing_is_trained(text: str, wanted: list[tuple[str, str]]) -> None:
    assert _named(text, None) == wanted


def test_a_city_inside_a_company_name_is_no_region(model: NameModel) -> None:
    found = {e["entity"] for e in extract("公司全称是宁波佳航模具有限公司", model.find)}
    assert found == {"company_name"}


def test_a_saved_model_finds_the_same(model: NameModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    again = NameModel.load(tmp_path)
    for sentence in made_up(60, seed=7):
        assert again.find(sentence.text) == model.find(sentence.text)


def test_made_up_sentences_are_the_same_for_a_seed_and_annotated_where_they_say() -> None:
    first = made_up(80, seed=1)
    assert first == made_up(80, seed=1) != made_up(80, seed=2)
    for sentence in first:
        assert isinstance(sentence, Sentence)
        for entity, start, end in sentence.spans:
            assert entity in NAMES and sentence.text[start:end].strip()


@pytest.mark.parametrize("text", ["城市改成宁波", "改成宁波", "在宁波"])
def test_a_place_is_no_person_where_none_was_spoken_of(text: str, model: NameModel) -> None:
    assert [(e["entity"], e["value"]) for e in extract(text, model.find)] == [("region", "宁波市")]
