"""Every phrase of entity_phrases.yml yields exactly the entities written beside it."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest
import yaml

with warnings.catch_warnings():  # spaCy's `packaging` still calls old names of pyparsing
    warnings.simplefilter("ignore", DeprecationWarning)
    from hotline.nlu.entities_extract import extract

_NAMES = {"company_name", "contact_name", "industry"}
_CASES = [
    (group, phrase, wanted)
    for group, phrases in yaml.safe_load(
        (Path(__file__).parent / "entity_phrases.yml").read_text(encoding="utf-8")
    ).items()
    for phrase, wanted in phrases.items()
]


def _shown(entity: dict[str, Any]) -> str:
    value = entity["value"]
    if isinstance(value, dict):
        value = f"{value['from']}..{value['to']}"
    role = f":{entity['role']}" if entity.get("role") else ""
    return f"{entity['entity']}{role}={value}"


@pytest.mark.parametrize(("group", "phrase", "wanted"), _CASES, ids=[c[1] for c in _CASES])
def test_a_phrase_means_these_entities_and_no_others(group: str, phrase: str, wanted: str) -> None:
    """Lines of business and names have their own specification."""
    found = [_shown(e) for e in extract(phrase) if e["entity"] not in _NAMES]
    assert sorted(set(found)) == sorted(set(wanted.split()))


def test_the_table_is_broad() -> None:
    assert len(_CASES) >= 250


@pytest.mark.parametrize("case", _CASES[::5], ids=[c[1] for c in _CASES[::5]])
def test_offsets_cut_the_named_piece_out_of_the_original_text(case: tuple[str, str, str]) -> None:
    text = f"嗯嗯，那个　{case[1]}，好吧"
    for entity in extract(text):
        piece = text[entity["start"] : entity["end"]]
        assert piece and piece.strip() == piece
        assert 0 <= entity["start"] < entity["end"] <= len(text)
        if entity["entity"] in {"contact_time", "contact_name", "company_name", "industry"}:
            assert entity["value"] == piece
