"""A message of a client: answered once, after the commit, in order, whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import tiny_actions
from conftest import House

from hotline.runtime.limits import Limits, Rate
from hotline.runtime.tokens import is_command
from hotline.runtime.unit import Turn, forget_at_commit
from hotline.store.journal import Journal, Received, turn_id_of
from hotline.store.trackers import ConcurrentWrite


async def test_replies_are_numbered_and_can_be_asked_for_again(house: House) -> None:
    first = await house.say("你好")
    second = await house.say("多少钱")
    assert [reply.seq for reply in first + second] == [1, 2]
    assert await house.runner.since("alice", 0) == first + second
    assert await house.runner.since("alice", 1) == second
    assert await house.runner.since("bob", 0) == []


async def test_the_channel_selects_the_variation(house: House) -> None:
    assert await house.texts("你好") == ["您好"]
    assert await house.texts("你好", "bob", channel="wechat") == ["微信您好"]


async def test_a_repeated_delivery_gets_the_same_replies_and_makes_no_second_turn(house: House) -> None:
    first = await house.say("你好", client_id="c1")
    again = await house.say("你好", client_id="c1")
    assert again == first
    assert [turn_id_of("alice", "c1")] == tiny_actions.TURNS
    assert await house.slot("visits") == 1


async def test_two_deliveries_at_once_make_one_turn(house: House) -> None:
    one, two = await asyncio.gather(house.say("你好", client_id="c1"), house.say("你好", client_id="c1"))
    assert one == two
    assert len(tiny_actions.TURNS) == 1


async def test_the_same_client_id_of_another_conversation_is_another_message(house: House) -> None:
    await house.say("你好", "alice", client_id="c1")
    assert (await house.say("你好", "bob", client_id="c1"))[0].seq == 1
    assert len(set(tiny_actions.TURNS)) == 2


async def test_messages_typed_fast_are_answered_in_their_order(house: House) -> None:
    await house.say("申请")
    done = await asyncio.gather(house.texts("云帆科技"), house.texts("13800138000"))
    assert done == [["电话？"], ["云帆科技 已登记，电话 13800138000"]]


async def test_conversations_do_not_wait_for_each_other(house: House) -> None:
    tiny_actions.DELAY["seconds"] = 0.5
    slow = asyncio.create_task(house.say("慢", "alice"))
    await asyncio.sleep(0.1)
    await asyncio.wait_for(house.say("你好", "bob"), 0.35)
    assert not slow.done()
    await slow


async def test_a_turn_may_delete_its_conversation_and_the_next_begins_anew(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.say("你好")
    talk = house.runner._talk

    async def deleting(message: Received, turn: Turn) -> list[dict[str, Any]]:
        assert await asyncio.to_thread(forget_at_commit, "alice"), "an action runs in a thread"
        assert not forget_at_commit("bob")
        return await talk(message, turn)

    monkeypatch.setattr(house.runner, "_talk", deleting)
    farewell = await house.say("你好", client_id="last")
    monkeypatch.undo()
    assert await house.runner.since("alice", 0) == farewell
    assert house.store.known_version("alice") is None
    assert await house.store.retrieve_full_tracker("alice") is None
    assert await house.say("你好", client_id="last") == farewell
    await house.say("你好")
    assert await house.slot("visits") == 1


async def test_a_failing_action_apologises(house: House) -> None:
    assert await house.texts("爆炸") == ["系统繁忙"]
    assert await house.texts("你好") == ["您好"]


async def test_an_action_over_its_time_ends_its_turn_and_the_retry_does_it(
    build: Callable[..., House], journal: Journal
) -> None:
    house = build(journal, seconds=0.05)
    tiny_actions.DELAY["seconds"] = 5.0
    assert await asyncio.wait_for(house.texts("慢", client_id="c1"), 2) == ["系统繁忙"]
    assert house.journal.log.full("alice") == [], "nothing of the turn is kept"
    tiny_actions.DELAY["seconds"] = 0.0
    again = await house.say("慢", client_id="c1")
    assert [reply.seq for reply in again] == [1], "the same message may come again, and is kept then"


async def test_a_failing_validator_lets_nothing_unchecked_into_a_slot(house: House) -> None:
    await house.say("申请")
    await house.say("云帆")
    assert await house.texts("崩溃") == ["系统繁忙", "电话？"]
    assert await house.slot("phone") is None


async def test_a_turn_without_a_word_apologises(house: House) -> None:
    assert await house.texts("闭嘴") == ["系统繁忙"]


async def test_while_paused_the_assistant_is_silent(house: House) -> None:
    assert await house.texts("人工") == ["转人工"]
    assert await house.texts("你好") == []
    assert await house.texts("多少钱") == []


async def test_a_failed_read_is_an_apology_and_the_conversation_goes_on_afterwards(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.say("申请")

    def away(*_: object) -> None:
        raise OSError("disk")

    with monkeypatch.context() as broken:
        broken.setattr(house.journal, "open", away)
        [apology] = await house.say("云帆科技")
    assert (apology.seq, apology.payload["text"]) == (0, "系统繁忙")
    assert await house.texts("云帆科技") == ["电话？"]


async def test_a_failed_commit_tells_nothing_and_the_retry_does(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.say("申请")

    def full(*_: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as broken:
        broken.setattr(house.journal, "commit", full)
        [apology] = await house.say("云帆科技", client_id="c1")
    assert apology.seq == 0
    assert [line.author for line in house.journal.history("alice")] == ["user", "bot"]
    assert await house.texts("云帆科技", client_id="c1") == ["电话？"]


async def test_who_was_overtaken_by_another_process_takes_the_turn_again(
    build: Callable[..., House], journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = build(journal), build(journal)
    await here.say("申请")
    commit, calls = journal.commit, []

    def overtaken(*args: object) -> object:
        calls.append(args)
        if len(calls) == 1:
            raise ConcurrentWrite("alice")
        return commit(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(journal, "commit", overtaken)
    assert await here.texts("云帆科技") == ["电话？"]
    assert await there.texts("13800138000") == ["云帆科技 已登记，电话 13800138000"]


async def test_two_processes_without_a_common_lock_lose_nothing(
    build: Callable[..., House], journal: Journal
) -> None:
    here, there = build(journal), build(journal)
    for _ in range(5):
        await asyncio.gather(here.say("你好"), there.say("你好"))
    assert await here.slot("visits") == 10
    said = journal.since("alice", 0)
    assert [reply.seq for reply in said] == list(range(1, 11))


async def test_a_client_that_goes_away_does_not_stop_its_turn(house: House) -> None:
    tiny_actions.DELAY["seconds"] = 0.2
    client = asyncio.create_task(house.say("慢", client_id="c1"))
    await asyncio.sleep(0.05)
    client.cancel()
    await house.runner.drain()
    assert house.journal.replies(turn_id_of("alice", "c1"))


async def test_an_accepted_message_is_answered_after_a_crash(
    build: Callable[..., House], journal: Journal
) -> None:
    before = build(journal)
    message = await before.runner._received("alice", "c1", "你好", "wechat", None)
    assert journal.accept(message), "and now it crashes"
    assert not journal.accept(message)
    after = build(journal)
    assert await after.runner.recover() == 1
    await after.runner.drain()
    assert [reply.payload["text"] for reply in journal.since("alice", 0)] == ["微信您好"]
    assert await after.runner.recover() == 0


@pytest.mark.parametrize(
    ("message", "reply"),
    [("", "请说点什么"), ("  \n", "请说点什么"), ("/", "请说点什么"), ("长" * 2001, "请不要超过 2000 字")],
    ids=["nothing", "blanks", "a lone slash", "too long"],
)
async def test_what_is_not_let_in_is_told_kindly_and_not_kept(house: House, message: str, reply: str) -> None:
    [notice] = await house.say(message)
    assert (notice.seq, notice.payload["text"]) == (0, reply)
    assert house.journal.history("alice") == []


async def test_who_writes_too_fast_is_asked_to_slow_down(
    build: Callable[..., House], journal: Journal
) -> None:
    house = build(journal, Limits(2000, Rate(2, 0.001), None))
    said = [(await house.texts("多少钱"))[0] for _ in range(3)]
    assert said == ["每月 100 元起", "每月 100 元起", "请慢一点"]
    assert await house.texts("多少钱", "bob") == ["每月 100 元起"]


@pytest.mark.parametrize(
    "command", ["/restart", "／restart", " /restart", "\u200b/restart", "//restart", '/pick{"plan": "x"}']
)
async def test_typed_text_is_never_a_command(house: House, command: str) -> None:
    await house.say("你好")
    assert "已选" not in "".join(await house.texts(command))
    assert await house.slot("visits") == 1


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/restart", True),
        ("\u200b／restart", True),
        ('/inform{"a": 1}', True),
        ('inform{"a": 1}', True),
        ("/submit_application", True),
        ("/::)", False),
        ("/400怎么办", False),
        ("restart", False),
        ("3/4", False),
        ("ok", False),
    ],
)
def test_what_looks_like_a_command(text: str, command: bool) -> None:
    assert is_command(text) is command


async def test_a_button_acts_by_its_token_however_long_its_meaning(house: House) -> None:
    [price] = await house.say("多少钱")
    short, long = (button["payload"] for button in price.payload["buttons"])
    assert len(short) <= 64 and len(long) <= 64
    assert await house.texts(short) == ["已选 mini"]
    assert await house.texts(long) == ["已选 an identifier longer than any token could carry"]
    assert await house.slot("plan") == "an identifier longer than any token could carry"


async def test_a_button_of_one_conversation_is_mere_text_in_another(house: House) -> None:
    [price] = await house.say("多少钱", "alice")
    assert await house.texts(price.payload["buttons"][0]["payload"], "bob") == ["没听懂"]


async def test_after_too_many_actions_the_next_message_is_answered_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house.runner.agent.processor, "max_number_of_predictions", 1)
    await house.say("你好")  # two actions
    monkeypatch.undo()
    assert await house.texts("多少钱") == ["每月 100 元起"]


async def test_a_listener_gets_what_it_missed_and_then_what_comes(house: House) -> None:
    await house.say("你好")
    heard: list[str] = []

    async def listen() -> None:
        async for messages in house.runner.listen("alice", 0, heartbeat=5):
            heard.extend(message.payload["text"] for message in messages)

    listener = asyncio.create_task(listen())
    await asyncio.sleep(0.1)
    await house.runner.say("alice", [{"text": "我是客服小李"}])
    await asyncio.sleep(0.1)
    listener.cancel()
    assert heard == ["您好", "我是客服小李"]


async def test_people_read_both_sides_in_order(house: House) -> None:
    await house.say("你好")
    await house.runner.say("alice", [{"text": "我是客服小李"}])
    lines = house.journal.history("alice")
    assert [(line.author, line.payload["text"]) for line in lines] == [
        ("user", "你好"),
        ("bot", "您好"),
        ("desk", "我是客服小李"),
    ]


async def test_what_is_forgotten_is_gone_everywhere(house: House) -> None:
    await house.say("申请")
    await house.say("多少钱")
    assert house.journal.log.forget(["alice"]) == 1
    house.store.drop("alice")
    assert house.journal.history("alice") == [] and house.journal.log.full("alice") == []
    assert await house.texts("云帆科技") == ["没听懂"]
    assert (await house.say("你好"))[0].seq == 2


async def test_nothing_personal_lies_open_in_the_database(house: House) -> None:
    await house.say("申请")
    await house.say("云帆科技")
    await house.say("13800138000")
    with house.journal.database.engine.connect() as connection:
        for table in ("conversation", "chunk", "inbox", "outbox", "button"):
            for row in connection.exec_driver_sql(f"SELECT * FROM runtime_{table}"):
                stored = b"".join(
                    v if isinstance(v, bytes) else bytes(v) if isinstance(v, memoryview) else str(v).encode()
                    for v in row
                )
                assert "云帆".encode() not in stored and b"13800138000" not in stored


async def test_while_a_person_has_the_conversation_the_message_is_kept_and_nobody_answers(
    house: House,
) -> None:
    held = {"alice"}
    house.runner.held = lambda cid: cid in held
    assert await house.texts("申请") == [] and await house.texts("你好", "bob") == ["您好"]
    assert tiny_actions.TURNS and await house.store.retrieve_full_tracker("alice") is None
    assert await house.say("还在吗", client_id="c1") == [] == await house.say("还在吗", client_id="c1")
    kept = [line.payload["text"] for line in house.journal.history("alice")]
    assert kept == ["申请", "还在吗"]
    assert house.journal.unfinished() == []
    held.clear()
    assert await house.texts("申请") == ["公司全称？"]


async def test_a_message_of_that_time_delivered_again_afterwards_is_not_answered_either(house: House) -> None:
    house.runner.held = lambda _: True
    await house.say("你好", client_id="c1")
    house.runner.held = lambda _: False
    assert await house.say("你好", client_id="c1") == []
