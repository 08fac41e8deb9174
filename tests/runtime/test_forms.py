"""Slot extraction taken short gives the events that Rasa's own gives."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.core.actions.action import ActionExtractSlots
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa_sdk import Action
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import ActionExecutor

from hotline.datafile import ROOT
from hotline.runtime import forms
from hotline.runtime.actions import InProcessActions
from hotline.runtime.tracker import TailTracker

OURS = {
    "intents": ["inform"],
    "actions": ["action_validate_slot_mappings"],
    "slots": {"city": {"type": "text", "influence_conversation": False, "mappings": [{"type": "custom"}]}},
}


class Understand(Action):
    def name(self) -> str:
        return "action_validate_slot_mappings"

    async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        dispatcher.utter_message(text=f"heard {tracker.latest_message['text']}")
        return [SlotSet("city", tracker.latest_message["text"])]


@pytest.fixture
def action() -> ActionExtractSlots:
    forms.install()
    executor = ActionExecutor()
    executor.register_action(Understand)
    return ActionExtractSlots(InProcessActions(None, 5.0, executor))


async def extracted(action: ActionExtractSlots, tracker: DialogueStateTracker, domain: Domain) -> list[Any]:
    for event in (ActionExecuted("action_listen"), UserUttered("杭州", intent={"name": "inform"})):
        tracker.update(event)
    nlg = NaturalLanguageGenerator.create(None, domain)
    events = await action.run(CollectingOutputChannel(), nlg, tracker, domain)
    return [{k: v for k, v in event.as_dict().items() if k != "timestamp"} for event in events]


async def test_where_our_action_fills_all_slots_the_short_way_gives_the_same(action: Any) -> None:
    domain = Domain.from_dict(OURS)
    assert forms.filled_by_us(domain)
    short = await extracted(action, TailTracker("a", domain.slots), domain)
    stock = await extracted(action, DialogueStateTracker("a", domain.slots), domain)
    assert short == stock and len(short) == 2


@pytest.mark.parametrize(
    "mapping",
    [{"type": "from_text"}, {"type": "from_entity", "entity": "city"}, {"type": "custom", "action": "x"}],
)
def test_a_mapping_that_rasa_acts_on_keeps_rasas_way(mapping: dict[str, str]) -> None:
    slot = {"type": "text", "influence_conversation": False, "mappings": [mapping]}
    assert not forms.filled_by_us(Domain.from_dict({**OURS, "slots": {**OURS["slots"], "other": slot}}))  # type: ignore[dict-item]


def test_our_own_domain_goes_the_short_way() -> None:
    import yaml

    slots = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["slots"]
    assert all(mapping == {"type": "custom"} for slot in slots.values() for mapping in slot["mappings"])
