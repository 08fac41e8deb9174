"""Our reader of sentences gives Rasa what its own would; the messages are cheap to copy and still safe."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.message import Message

from hotline.datafile import DATA, DataError
from hotline.nlu.importer import SentenceImporter

MORE = """version: "3.1"
nlu:
- synonym: 上海市
  examples: |
    - 魔都
- intent: greet
  examples: |
    - 早上好呀
"""


def _plain(message: Message) -> tuple[Any, ...]:
    marks = [
        (e["start"], e["end"], e["entity"], str(e["value"]), e.get("role"))
        for e in message.get("entities", [])
    ]
    return message.get("text"), message.get("intent"), tuple(marks)


@pytest.mark.parametrize("name", ["07_contract.yml", "dialogue_inform.yml"])
def test_it_reads_what_rasa_reads(name: str) -> None:
    place = str(DATA / "nlu" / name)
    ours = SentenceImporter(training_data_paths=[place]).get_nlu_data()
    stock = RasaFileImporter(training_data_paths=[place]).get_nlu_data()
    assert len(ours.training_examples) > 100
    assert set(map(_plain, ours.training_examples)) == set(map(_plain, stock.training_examples))


def test_a_file_with_more_than_intents_is_read_by_rasa(tmp_path: Path) -> None:
    (tmp_path / "more.yml").write_text(MORE, encoding="utf-8")
    importer = SentenceImporter(
        training_data_paths=[str(tmp_path / "more.yml"), str(DATA / "nlu" / "05_channel.yml")]
    )
    for _turn in range(2):
        found = importer.get_nlu_data()
        assert found.entity_synonyms == {"魔都": "上海市"}
        assert {"greet", "faq_channel_hall"} <= found.intents


def test_a_line_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yml"
    broken.write_text(
        'version: "3.1"\nnlu:\n- intent: greet\n  examples: |\n    - 你好\n    早\n', encoding="utf-8"
    )
    with pytest.raises(DataError, match=r"broken\.yml:6"):
        SentenceImporter(training_data_paths=[str(broken)]).get_nlu_data()


def test_a_copy_shares_nothing_that_changes() -> None:
    found = SentenceImporter(training_data_paths=[str(DATA / "nlu" / "dialogue_inform.yml")]).get_nlu_data()
    first = next(message for message in found.training_examples if message.get("entities"))
    twin = copy.deepcopy(first)
    assert twin == first and hash(twin) == hash(first)
    twin.get("entities")[0]["value"] = "别的"
    twin.set("intent", "greet")
    assert first.get("intent") != "greet" and first.get("entities")[0]["value"] != "别的"
    assert twin != first
