"""The trimmed tracker says and knows what Rasa's untrimmed one does, and costs the same at any length."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import tiny_actions
from conftest import KEY, House, sqlite
from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.events import (
    ActionExecuted,
    AllSlotsReset,
    BotUttered,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)

from hotline.runtime import tracker as tracker_module
from hotline.runtime.events import TailBegins, decode, state_of
from hotline.runtime.output import Collected
from hotline.runtime.tracker import SnapshotTrackerStore, assert_store
from hotline.store.crypto import Vault
from hotline.store.journal import Journal
from hotline.store.trackers import ConcurrentWrite, TrackerLog

WORDS = [
    "你好",
    "多少钱",
    "申请",
    "申请",
    "云帆科技",
    "13800138000",
    "不是电话",
    "取消",
    "清空",
    "撤回",
    "胡言",
    "闭嘴",
]
TIGHT: list[dict[str, int]] = [
    {"keep": 1, "most": 2, "cached": 0},
    {"keep": 2, "most": 3, "cached": 8},
    {"keep": 5, "most": 10, "cached": 0},
]


async def stock_says(agent: Any, message: str, who: str = "alice") -> list[str]:
    output = Collected("web")
    await agent.handle_message(
        UserMessage(message, output, who, input_channel="web", metadata={"turn_id": "t"})
    )
    return [reply["text"] for reply in output.messages]


def known(tracker: Any) -> dict[str, Any]:
    state = state_of(tracker)
    slots = {name: value for name, value in state["slots"].items() if name != "session_started_metadata"}
    return {"slots": slots, "paused": state["paused"], "loop": tracker.active_loop_name}


def as_stored(tracker: Any) -> Any:
    """A tracker's state as JSON has it (tuples are lists)."""
    return json.loads(json.dumps(state_of(tracker)))


@pytest.mark.parametrize("seed", [0, 6])
@pytest.mark.parametrize("tail", TIGHT, ids=lambda t: "-".join(f"{k}{v}" for k, v in t.items()))
async def test_random_conversations_go_as_they_do_with_rasas_own_store(
    build: Callable[..., House], tmp_path: Path, stock_agent: Any, tail: dict[str, int], seed: int
) -> None:
    dice = random.Random(seed)
    house = build(Journal(TrackerLog(sqlite(tmp_path), Vault(KEY))), **tail)
    who = f"caller-{seed}-{tail}"
    for _ in range(40):
        message = dice.choice(WORDS)
        expected = await stock_says(stock_agent, message, who)
        assert await house.texts(message, who) == (expected or ["系统繁忙"]), message
        mine, theirs = await house.store.retrieve(who), await stock_agent.tracker_store.retrieve(who)
        assert mine is not None
        house.store.keep_in_memory(mine)
        assert known(mine) == known(theirs), message


@pytest.mark.parametrize("back", [1, 2, 4])
async def test_a_rewind_that_goes_behind_the_tail_is_exact_from_the_next_message_on(
    build: Callable[..., House],
    journal: Journal,
    stock_agent: Any,
    monkeypatch: pytest.MonkeyPatch,
    back: int,
) -> None:
    monkeypatch.setattr(tiny_actions.ActionRewind, "back", back)
    house = build(journal, keep=1, most=2, cached=0)
    who = f"rewinder-{back}-{journal.database.is_sqlite}"
    for message in ["你好", "申请", "云帆科技", "多少钱", "撤回", "多少钱", "13800138000", "你好"]:
        expected = await stock_says(stock_agent, message, who)
        said = await house.texts(message, who)
        mine, theirs = await house.store.retrieve(who), await stock_agent.tracker_store.retrieve(who)
        assert known(mine) == known(theirs), message
        assert said == (expected or ["系统繁忙"])


async def test_an_expired_session_begins_anew_and_carries_the_slots(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for message in ("申请", "云帆科技", "多少钱"):
        await house.say(message)
    later = time.time() + 61 * 60
    monkeypatch.setattr(time, "time", lambda: later)
    await house.say("你好")
    tracker = await house.store.retrieve("alice")
    assert tracker is not None
    assert (tracker.get_slot("company"), tracker.active_loop_name) == ("云帆科技", None)
    assert sum(isinstance(event, UserUttered) for event in tracker.events) == 1, (
        "the old session is not loaded"
    )


async def test_a_restart_forgets_the_slots_for_good(build: Callable[..., House], journal: Journal) -> None:
    house = build(journal, keep=1, most=2, cached=0)
    for message in ("你好", "你好", "你好", "申请", "云帆科技"):
        await house.say(message)
    tracker = await house.store.retrieve("alice")
    assert tracker is not None
    tracker.update_with_events([Restarted(), ActionExecuted("action_listen")], house.store.domain)
    await house.store.save(tracker)
    after = await house.store.retrieve("alice")
    assert after is not None
    assert known(after) == {"slots": {}, "paused": False, "loop": None}
    await house.say("你好")
    assert await house.slot("visits") == 1


async def test_slots_reset_after_the_cut_fall_back_to_their_initial_values_not_to_the_cuts(
    build: Callable[..., House], journal: Journal
) -> None:
    house = build(journal, keep=1, most=2, cached=0)
    [price] = await house.say("多少钱")
    await house.say(price.payload["buttons"][0]["payload"])
    for _ in range(4):
        await house.say("你好")
    assert await house.slot("plan") == "mini"
    await house.say("清空")
    assert (await house.slot("plan"), await house.slot("visits")) == ("basic", None)


async def test_a_long_conversation_reads_and_writes_as_little_as_a_short_one(
    build: Callable[..., House], journal: Journal
) -> None:
    house = build(journal, cached=0)
    await house.say("申请")
    sizes = []
    for _ in range(60):
        await house.say("多少钱")
        tail = journal.log.read("alice")
        assert tail is not None
        sizes.append(len(tail.events))
    assert max(sizes[30:]) <= max(sizes[:30])
    assert len(journal.log.full("alice")) > 5 * max(sizes)
    assert await house.texts("云帆科技") == ["电话？"], "the form is still open"


async def test_the_record_keeps_every_event(build: Callable[..., House], journal: Journal) -> None:
    house = build(journal, keep=1, most=2, cached=0)
    said = [text for _ in range(8) for text in await house.texts("多少钱")]
    full = await house.store.retrieve_full_tracker("alice")
    assert full is not None
    assert [e.text for e in full.events if isinstance(e, BotUttered)] == said
    assert not any(isinstance(event, TailBegins) for event in full.events)


async def test_a_tracker_in_memory_equals_the_one_read_anew(
    build: Callable[..., House], journal: Journal
) -> None:
    house = build(journal, keep=2, most=4)
    for message in WORDS * 3:
        await house.say(message)
        kept = await house.store.retrieve("alice")
        anew = await SnapshotTrackerStore(house.store.domain, log=journal.log).retrieve("alice")
        assert kept is not None and anew is not None
        house.store.keep_in_memory(kept)
        assert as_stored(kept) == as_stored(anew)
        strip = [e for e in kept.events if not isinstance(e, TailBegins)]
        again = [e for e in anew.events if not isinstance(e, TailBegins)]
        assert [type(e) for e in strip] == [type(e) for e in again]
        assert kept.mark is not None and anew.mark is not None
        assert json.loads(json.dumps(asdict(kept.mark))) == json.loads(json.dumps(asdict(anew.mark)))


async def test_of_two_writers_that_read_the_same_only_one_wins(
    build: Callable[..., House], journal: Journal
) -> None:
    here, there = build(journal, cached=0), build(journal, cached=0)
    await here.say("你好")
    one, two = await here.store.retrieve("alice"), await there.store.retrieve("alice")
    assert one is not None and two is not None
    one.update(SlotSet("visits", 10.0))
    two.update(SlotSet("visits", 20.0))
    await here.store.save(one)
    with pytest.raises(ConcurrentWrite):
        await there.store.save(two)
    assert await here.slot("visits") == 10


async def test_of_two_writers_that_begin_a_conversation_only_one_wins(house: House) -> None:
    one = await house.store.create_tracker("new")
    two = await house.store.create_tracker("new")
    await house.store.save(one)
    with pytest.raises(ConcurrentWrite):
        await house.store.save(two)


async def test_a_tracker_made_elsewhere_begins_a_conversation_and_never_replaces_one(house: House) -> None:
    foreign = InMemoryTrackerStore(house.store.domain).init_tracker("alice")
    foreign.update(SlotSet("visits", 7.0))
    await house.store.save(foreign)
    assert await house.slot("visits") == 7
    again = InMemoryTrackerStore(house.store.domain).init_tracker("alice")
    again.update(SlotSet("visits", 8.0))
    with pytest.raises(ConcurrentWrite):
        await house.store.save(again)


async def test_a_failed_read_raises_and_does_not_blank_the_conversation(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.say("你好")

    def away(*_: object) -> None:
        raise OSError("database is gone")

    monkeypatch.setattr(house.store.log, "read", away)
    with pytest.raises(OSError, match="gone"):
        await house.store.retrieve("alice")


async def test_reading_twice_at_once_gives_two_trackers_of_the_same_state(house: House) -> None:
    await house.say("你好")
    one, two = await asyncio.gather(house.store.retrieve("alice"), house.store.retrieve("alice"))
    assert one is not None and two is not None and one is not two
    assert state_of(one) == state_of(two)


async def test_an_unknown_conversation_is_none_and_leaves_no_trace(house: House) -> None:
    assert await house.store.retrieve("nobody") is None
    await house.store.create_tracker("nobody")
    assert list(await house.store.keys()) == []


async def test_a_slot_that_the_domain_no_longer_has_is_left_out() -> None:
    from rasa.shared.core.trackers import DialogueStateTracker

    state = {"slots": {"gone": 1}, "loop": None, "paused": False, "latest_action": {}, "followup": None}
    tracker = DialogueStateTracker("x", [])
    tracker.update(TailBegins(state))
    assert tracker.current_slot_values() == {}


def test_events_survive_their_dictionaries() -> None:
    events = [SessionStarted(), AllSlotsReset(), UserUtteranceReverted(), SlotSet("a", [1, {"from": 2}])]
    for event in events:
        again = decode(json.loads(json.dumps(event.as_dict())))
        assert type(again) is type(event) and again.as_dict() == event.as_dict()


def test_an_event_of_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="teleport"):
        decode({"event": "teleport"})


def test_a_wrong_store_is_noticed_at_start(stock_agent: Any) -> None:
    with pytest.raises(RuntimeError, match="InMemoryTrackerStore"):
        assert_store(stock_agent)


def test_rasas_fail_safe_wrapper_is_taken_off(house: House) -> None:
    from rasa.core.tracker_store import FailSafeTrackerStore

    agent = house.runner.agent
    agent.tracker_store = FailSafeTrackerStore(house.store)
    assert assert_store(agent) is house.store
    assert agent.tracker_store is house.store and agent.processor is not None
    assert agent.processor.tracker_store is house.store


def test_as_many_turns_are_kept_as_the_longest_rule_needs() -> None:
    assert tracker_module.KEEP >= 3 and tracker_module.MOST > tracker_module.KEEP
