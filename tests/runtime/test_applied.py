"""A tracker of ours has Rasa's list of the events that count, and copies of it go their own way."""

from __future__ import annotations

import gc
import random
import weakref

import pytest
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActionReverted,
    ActiveLoop,
    AllSlotsReset,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.slots import TextSlot
from rasa.shared.core.trackers import DialogueStateTracker

from hotline.runtime.tracker import TailTracker

FORMS = ["need_form", "contact_form"]
LIKELY = 0.3  # an event of a form


def any_event(chance: random.Random) -> Event:
    """Mostly what happens in a conversation, sometimes what undoes it."""
    if chance.random() < LIKELY:
        name = chance.choice(FORMS)
        made = [ActionExecuted(name), ActionExecuted(name), ActiveLoop(name), ActiveLoop(None)]
        return chance.choice([*made, ActionExecutionRejected(name)])
    plain = [
        UserUttered("x", intent={"name": "affirm"}),
        UserUttered("x", intent={"name": "affirm"}),
        ActionExecuted("action_listen"),
        ActionExecuted("action_answer"),
        SlotSet("region", "杭州"),
        BotUttered("y"),
        DefinePrevUserUtteredFeaturization(False),
    ]
    back = [UserUtteranceReverted(), ActionReverted(), Restarted(), SessionStarted()]
    return chance.choice(plain if chance.random() < 0.9 else back)


@pytest.mark.parametrize("seed", range(60))
def test_it_is_rasas_list_after_each_event(seed: int) -> None:
    chance = random.Random(seed)
    ours, theirs = TailTracker("x", []), DialogueStateTracker("x", [])
    for _ in range(80):
        event = any_event(chance)
        ours.events.append(event)
        theirs.events.append(event)
        if chance.random() < 0.5:  # several events may come between two questions
            assert ours.applied_events() == theirs.applied_events()
        if chance.random() < 0.1:  # a twin goes its own way, and leaves ours alone
            twin = ours.copy()
            twin.events.append(UserUtteranceReverted())
            twin.applied_events()
    assert ours.applied_events() == theirs.applied_events()


def test_a_change_of_the_list_that_was_given_changes_nothing() -> None:
    tracker = TailTracker("x", [])
    tracker.events.append(ActionExecuted("action_listen"))
    tracker.applied_events().clear()
    assert len(tracker.applied_events()) == 1


def test_events_that_were_replaced_are_taken_in_anew() -> None:
    tracker = TailTracker("x", [])
    tracker.events.extend([ActionExecuted("action_listen"), UserUttered("a"), UserUttered("b")])
    assert len(tracker.applied_events()) == 3
    tracker.events.clear()
    tracker.events.extend([ActionExecuted("action_listen"), UserUttered("c")])
    assert [event.text for event in tracker.applied_events()[1:]] == ["c"]


def test_a_copy_shares_no_slot_that_changes() -> None:
    slots = [TextSlot("region", mappings=[{}]), TextSlot("plan", mappings=[{}])]
    tracker = TailTracker("x", slots)
    tracker.update(SlotSet("region", "杭州"))
    twin = tracker.copy()
    twin.update(SlotSet("region", "宁波"))
    tracker.update(SlotSet("plan", "mini"))
    assert (tracker.get_slot("region"), twin.get_slot("region")) == ("杭州", "宁波")
    assert (tracker.get_slot("plan"), twin.get_slot("plan")) == ("mini", None)
    twin.update(AllSlotsReset())
    assert tracker.get_slot("region") == "杭州"
    tracker.update(Restarted())
    assert (tracker.get_slot("region"), twin.get_slot("region")) == (None, None)
    assert slots[0].value is None


def test_a_copy_is_gone_as_soon_as_nobody_has_it() -> None:
    tracker = TailTracker("x", [])
    tracker.events.append(ActionExecuted("action_listen"))
    tracker.applied_events()
    twin = tracker.copy()
    twin.events.append(UserUttered("a"))
    twin.applied_events()
    gone = weakref.ref(twin)
    gc.disable()  # a cycle would wait for the collector, a dozen a turn
    try:
        del twin
        assert gone() is None
    finally:
        gc.enable()
