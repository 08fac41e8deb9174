"""Every question × every field of every form: the question is answered, the form stays, nothing is lost.

A form stays at its field whatever is asked, so one conversation per field hears its questions one after the other (as
buttons, so that this tests the dialogue and not the recogniser). Each time a third of the product runs, another third at
each field, so that every question meets ten fields and more; with `HOTLINE_SOAK=1` all of it. With each field
also a few typed questions, every act of a dialogue, cancelling, and a person.
"""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from actions.questions import FORMS
from hotline.brain import Brain
from hotline.business.references import new_reference
from tests.dialogues.runner import Player
from tests.dialogues.starts import begin_at, open_at

pytestmark = pytest.mark.model

#: what the papers hang on is asked by the need's form when both are open
FIELDS = [
    (form, field)
    for form, fields in FORMS.items()
    for field in fields
    if not (form == "materials_form" and field in FORMS["need_form"])
]
SOAK = os.environ.get("HOTLINE_SOAK") == "1"
PORTIONS = 3
OPENED_BY = {
    "need_form": "/recommend_plan",
    "number_form": "/search_number",
    "callback_form": "/request_callback",
    "status_form": "/check_application_status",
}
#: what is asked by typing beside each field, three of them a field
TYPED = [
    ("审核要几天", "review_time"),
    ("客户打进来要钱吗", "caller_charge"),
    ("都要准备哪些材料", "materials_list"),
    ("怎么缴费", "payment_methods"),
    ("能开发票吗", "invoice"),
    ("营业执照有什么要求", "business_license"),
    ("400电话能往外打吗", "outbound"),
    ("我的资料安全吗", "privacy"),
]
#: what may be said at any time and leaves the form at its field: text, a response that must be heard
ACTS = [
    ("为什么要问这个", None),
    ("没听清，再说一遍", None),
    ("没看懂", None),
    ("我都填了什么", None),
    ("你能做什么", "utter_capabilities"),
    ("你是真人还是机器人", "utter_bot_challenge"),
    ("谢谢", "utter_thank"),
    ("等一下", "utter_wait"),
]
#: the same, said otherwise than the recogniser would hear it
TALK = [
    ("我都告诉你什么了", "utter_recap"),
    ("麻烦你快一点", "utter_hurry"),
    ("不用人工了", "utter_person_not_called"),
    ("一年下来多少钱", None),
]


async def reach(brain: Brain, form: str, field: str) -> Player:
    """A conversation that is being asked `field`."""
    player = Player(brain)
    if form == "test_form":
        begin_at(brain.services, player.cid, "activated")
        await player.send("帮我测试")
    else:
        open_at(brain.services, player.cid, form, field)
        await player.tap(OPENED_BY.get(form, "/apply"))
    if field == "phone_tail":
        await player.tap("/inform" + json.dumps({"application_id": new_reference()}))
    await still(player, form, field, "开头")
    return player


async def still(player: Player, form: str | None, field: str | None, after: str) -> Any:
    """Assert where the conversation stands, and that it was answered well-formed."""
    tracker = await player.brain.agent.tracker_store.retrieve(player.cid)
    assert tracker is not None
    asked = tracker.get_slot("requested_slot") if tracker.active_loop_name else None
    assert (tracker.active_loop_name, asked) == (form, field), f"“{after}”以后：{player.heard()}"
    assert 1 <= len(player.replies) <= 3, f"“{after}”以后说了 {len(player.replies)} 段话"
    assert player.raw_names() == [], f"“{after}”以后"
    return tracker


def test_no_form_is_forgotten() -> None:
    assert len(FIELDS) == 31 and set(OPENED_BY) <= set(FORMS)


@pytest.mark.parametrize(("form", "field"), FIELDS, ids=lambda name: str(name))
async def test_everything_may_be_asked_at_every_field(brain: Brain, form: str, field: str) -> None:
    player = await reach(brain, form, field)
    held = player.draft_fields()
    first = FIELDS.index((form, field))
    topics = list(brain.services.knowledge.topics)
    for topic in topics if SOAK else topics[first % PORTIONS :: PORTIONS]:
        await player.tap(f"/faq_{topic}")
        await still(player, form, field, topic)
        assert topic in player._topics(), f"{topic} 没有答：{player.heard()}"
    for shift in range(3):
        text, topic = TYPED[(first + shift) % len(TYPED)]
        await player.send(text)
        await still(player, form, field, text)
        assert topic in player._topics(), f"“{text}”没有答 {topic}：{player.heard()}"
    for text, response in ACTS:
        await player.send(text)
        tracker = await still(player, form, field, text)
        assert response is None or response in player._spoken(tracker), f"“{text}”：{player.heard()}"
    assert player.draft_fields() == held, "问问题改动了草稿"


@pytest.mark.parametrize(("form", "field"), FIELDS, ids=lambda name: str(name))
async def test_leaving_and_a_person_at_every_field(brain: Brain, form: str, field: str) -> None:
    player = await reach(brain, form, field)
    held = player.draft_fields()
    await player.send("算了，不办了")
    tracker = await still(player, None, None, "不办了")
    assert "utter_cancelled_task" in player._spoken(tracker), player.heard()
    await player.send(player.button("接着办"))
    if form != "status_form":  # what was asked there is asked anew
        await still(player, form, field, "接着办")
    await player.send("转人工")
    tracker = await still(player, None, None, "转人工")
    assert brain.services.handoffs.current(player.cid) is not None
    assert player.draft_fields() == held


@pytest.mark.parametrize("text", ["改天再说", "先这样吧", "回头再弄"])
@pytest.mark.parametrize(("form", "field"), FIELDS, ids=lambda name: str(name))
async def test_breaking_off_agrees_to_nothing_at_any_field(
    brain: Brain, form: str, field: str, text: str
) -> None:
    player = await reach(brain, form, field)
    held, submitted = player.draft_fields(), len(brain.services.applications.own(player.cid))
    consent = brain.services.applications.draft(player.cid).consent
    await player.send(text)
    await still(player, None, None, text)
    assert player.draft_fields() == held
    assert brain.services.applications.draft(player.cid).consent == consent
    assert len(brain.services.applications.own(player.cid)) == submitted


@pytest.mark.parametrize(("form", "field"), FIELDS, ids=lambda name: str(name))
async def test_other_words_about_the_talk_at_every_field(brain: Brain, form: str, field: str) -> None:
    player = await reach(brain, form, field)
    held = player.draft_fields()
    for text, response in TALK:
        await player.send(text)
        tracker = await still(player, form, field, text)
        assert response is None or response in player._spoken(tracker), f"“{text}”：{player.heard()}"
    assert player.draft_fields() == held
