"""The Rasa component: trains, persists, loads, and writes entities into messages."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from rasa.engine.graph import ExecutionContext, GraphSchema
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.engine.storage.resource import Resource
    from rasa.shared.nlu.training_data.message import Message
    from rasa.shared.nlu.training_data.training_data import TrainingData

    from hotline.nlu.entities import HotlineEntities

TEXT = "我们是杭州的，每天五十个电话，尾号要668，电话１３８ 1234 5678"


@pytest.mark.parametrize("names", [True, False])
def test_the_component_survives_training_and_loading(tmp_path: Path, names: bool) -> None:
    storage, resource = LocalModelStorage.create(tmp_path), Resource("entities")
    context = ExecutionContext(GraphSchema({}))
    config = {**HotlineEntities.get_default_config(), "names": names, "synthetic": 60}
    HotlineEntities.create(config, storage, resource, context).train(
        TrainingData(
            [
                Message.build(
                    "我叫张伟", entities=[{"entity": "contact_name", "start": 2, "end": 4, "value": "张伟"}]
                )
            ]
        )
    )
    loaded = HotlineEntities.load(config, storage, resource, context)
    (message,) = loaded.process([Message.build(TEXT)])
    entities = [e for e in message.get("entities") if e["entity"] != "industry"]
    assert [(e["entity"], e.get("role"), e["value"]) for e in entities] == [
        ("region", None, "杭州市"),
        ("daily_calls", None, 50),
        ("number_digits", "suffix", "668"),
        ("phone", None, "13812345678"),
    ]
    assert {e["extractor"] for e in entities} == {"HotlineEntities"}
    assert TEXT[entities[-1]["start"] : entities[-1]["end"]] == "１３８ 1234 5678"
    assert "entities" in message.as_dict(only_output_properties=True)


def test_rules_and_word_lists_are_part_of_the_fingerprint(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = HotlineEntities.get_default_config()
    before = HotlineEntities.fingerprint_addon(config)
    assert before == HotlineEntities.fingerprint_addon(config)
    changed = tmp_path / "names.yml"
    changed.write_text("surnames: 王", encoding="utf-8")
    monkeypatch.setattr("hotline.nlu.entities.NAMES_PATH", changed)
    assert HotlineEntities.fingerprint_addon(config) != before
