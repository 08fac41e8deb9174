"""Which list of numbers is before both sides: the latest one, until choices of another kind take its place."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.core.events import ActiveLoop, BotUttered, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from hotline.runtime import number_scene
from hotline.runtime.number_scene import MOST_TURNS, heard, scene, settle

SHOWN = ["4001216888", "4001931188"]
LIST = [f'/reserve_number{{"hotline_number": "{number}"}}' for number in SHOWN]


def said(*payloads: str) -> list[Event]:
    buttons = [{"title": f"按钮{place}", "payload": each} for place, each in enumerate(payloads)]
    return [UserUttered("话"), BotUttered("答", data={"buttons": buttons})]


def talk(*turns: list[Event], form: str = "", asked: str = "") -> DialogueStateTracker:
    events: list[Event] = [SlotSet("shown_numbers", SHOWN), *(event for turn in turns for event in turn)]
    if form:
        events += [ActiveLoop(form), SlotSet("requested_slot", asked)]
    tracker = DialogueStateTracker("x", [])
    tracker.slots = _slots()
    tracker.update_with_events(events, None)
    return tracker


def _slots() -> dict[str, Any]:
    from rasa.shared.core.slots import AnySlot

    names = ("shown_numbers", "requested_slot", "hotline_number")
    return {name: AnySlot(name, [{}], influence_conversation=False) for name in names}


def test_a_list_just_shown() -> None:
    found = scene(talk(said(*LIST)), "web")
    assert (found.shown, found.fresh, found.bare) == (tuple(SHOWN), True, True)


def test_an_answer_in_between_does_not_make_it_forgotten_on_the_web() -> None:
    found = scene(talk(said(*LIST), said("/faq_number_fee", "/search_number")), "web")
    assert (found.shown, found.fresh) == (tuple(SHOWN), False)


@pytest.mark.parametrize("channel", ["wechat", "voice"])
def test_where_choices_bear_numbers_the_newer_ones_are_meant(channel: str) -> None:
    assert scene(talk(said(*LIST), said("/faq_number_fee")), channel).shown == ()
    assert scene(talk(said(*LIST), said()), channel).shown == tuple(SHOWN)


def test_the_choices_of_a_question_take_its_place() -> None:
    assert scene(talk(said(*LIST), said('/inform{"channel": "hall"}')), "web").shown == ()


def test_the_one_number_that_was_just_spoken_of() -> None:
    assert scene(talk(said(*LIST), said(LIST[1])), "web").pointed == SHOWN[1]
    assert scene(talk(said(*LIST)), "web").pointed is None


def test_long_ago_is_forgotten() -> None:
    turns = [said() for _ in range(MOST_TURNS)]
    assert scene(talk(said(*LIST), *turns), "web").shown == ()


@pytest.mark.parametrize(
    ("asked", "bare"),
    [("hotline_number", True), ("applicant_type", True), ("bound_numbers", False), ("phone", False)],
)
def test_no_bare_number_while_a_number_is_asked(asked: str, bare: bool) -> None:
    assert scene(talk(said(*LIST), form="need_form", asked=asked), "web").bare is bare


def test_reserved_in_answer_to_the_last_message() -> None:
    reserved = [*said(), SlotSet("hotline_number", SHOWN[0])]
    assert scene(talk(reserved), "web").just_kept
    assert not scene(talk(reserved, said()), "web").just_kept
    assert not scene(talk([*said(), SessionStarted(), BotUttered("欢迎回来")]), "web").just_kept


def test_the_title_of_a_choice_is_that_choice() -> None:
    assert heard("按钮0", talk(said(*LIST)), "web") is None
    assert heard("第二个", talk(said(*LIST)), "web") is not None
    assert heard("第二个", None, "web") is None


def test_digits_said_of_a_list_are_a_wish_though_they_sound_like_a_question() -> None:
    entity = {"entity": "number_digits", "value": "4007", "role": "prefix"}
    for text, meant in (("换成4007开头的", number_scene.SEARCH), ("4007开头是哪家的", "faq_number_prefix")):
        parsed = {"text": text, "intent": {"name": "faq_number_prefix"}, "entities": [entity]}
        settle(parsed, None, talk(said(*LIST)), "web")
        assert parsed["intent"]["name"] == meant
