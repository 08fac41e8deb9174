"""What was acknowledged: answered in order when something failed, or told and closed; never carried out too late."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import tiny_actions
from conftest import House
from sqlalchemy.exc import OperationalError

from hotline.runtime import finishing
from hotline.store.journal import Journal, Outgoing, turn_id_of
from hotline.threads import Pool

Build = Callable[..., House]
NOT_DONE = "刚才那句没有处理成"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses that a test can wait for."""
    monkeypatch.setattr(finishing, "PAUSES", (0.05, 0.05, 0.05))
    monkeypatch.setattr(finishing, "CLOSING_SECONDS", 0.05)
    tiny_actions.TURNS.clear()


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch, journal: Journal) -> Iterator[set[str]]:
    """Calls of the journal (by name) that fail as long as they stand in here."""
    names: set[str] = set()
    for name in ("open", "commit", "close"):
        real = getattr(journal, name)

        def sometimes(*args: Any, name: str = name, real: Any = real) -> Any:
            if name in names:
                raise OperationalError(name, None, Exception("server closed the connection"))
            return real(*args)

        monkeypatch.setattr(journal, name, sometimes)
    yield names


async def accepted(house: House, text: str, client_id: str, who: str = "alice") -> Any:
    """A message that is durable, and nobody works on it: the process that took it was killed."""
    message = await house.runner._received(who, client_id, text, "web", None)
    assert house.runner.journal.accept(message)
    return message


def spoken(journal: Journal, who: str = "alice") -> list[str]:
    return [str(each.payload["text"]) for each in journal.since(who, 0)]


async def test_what_failed_is_tried_again_before_the_next_message_and_its_sender_hears_of_it(
    house: House, journal: Journal, away: set[str]
) -> None:
    told: list[Outgoing] = []

    async def meanwhile(notice: Outgoing) -> None:
        told.append(notice)
        away.clear()

    first, second = await accepted(house, "你好", "c1"), await accepted(house, "多少钱", "c2")
    away.add("commit")
    work = [house.runner.finisher.finish(first, meanwhile), house.runner.finisher.finish(second)]
    await asyncio.wait_for(asyncio.gather(*work, house.say("你好", client_id="c3")), 10)
    assert spoken(journal) == ["您好", "每月 100 元起", "您好"]
    assert [(each.seq, each.payload["text"]) for each in told] == [(0, "正在再试")]
    assert await house.slot("visits") == 2


async def test_what_cannot_be_done_is_told_and_no_restart_carries_it_out(
    build: Build, house: House, journal: Journal, away: set[str]
) -> None:
    message = await accepted(house, "你好", "c1")
    away.add("open")
    [told] = await asyncio.wait_for(house.runner.finisher.finish(message), 10)
    assert told.seq == 1 and spoken(journal) == [NOT_DONE]
    away.clear()
    after = build(journal)
    assert await after.runner.recover() == 0
    assert await after.texts("你好", client_id="c1") == [NOT_DONE], "delivered again it is told again"
    assert spoken(journal) == [NOT_DONE] and not journal.log.full("alice")


async def test_what_cannot_be_closed_now_is_closed_when_the_database_is_back(
    house: House, journal: Journal, away: set[str]
) -> None:
    message = await accepted(house, "你好", "c1")
    away.update(("open", "close"))
    [told] = await asyncio.wait_for(house.runner.finisher.finish(message), 10)
    assert told.seq == 0
    assert journal.unfinished() == [message]
    away.clear()
    for _ in range(200):
        if spoken(journal):
            break
        await asyncio.sleep(0.02)
    assert spoken(journal) == [NOT_DONE] and journal.unfinished() == []


async def test_a_commit_that_came_through_unheard_is_answered_and_not_done_again(
    house: House, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = await accepted(house, "你好", "c1")
    commit, times = journal.commit, []

    def unheard(*args: Any) -> Any:
        times.append(1)
        commit(*args)
        raise OperationalError("COMMIT", None, Exception("no answer"))

    monkeypatch.setattr(journal, "commit", unheard)
    replies = await asyncio.wait_for(house.runner.finisher.finish(message), 10)
    assert [each.payload["text"] for each in replies] == ["您好"] and len(times) == 1
    assert await house.slot("visits") == 1


async def test_a_message_that_a_later_one_overtook_is_not_carried_out(
    build: Build, house: House, journal: Journal
) -> None:
    await accepted(house, "你好", "c1")  # by a process that is killed
    await house.say("多少钱")
    after = build(journal)
    assert await after.runner.recover() == 1
    await after.runner.drain()
    assert spoken(journal) == ["每月 100 元起", NOT_DONE]
    assert await after.runner.recover() == 0


async def test_one_that_is_old_is_not_carried_out(build: Build, house: House, journal: Journal) -> None:
    await accepted(house, "你好", "c1")
    later = time.time() + finishing.RECENT_SECONDS + 1
    journal.now = lambda: later
    after = build(journal)
    assert await after.runner.recover() == 1
    await after.runner.drain()
    assert spoken(journal) == [NOT_DONE]


async def test_what_a_restart_finds_is_answered_before_what_comes_then(
    build: Build, house: House, journal: Journal
) -> None:
    await accepted(house, "你好", "c1")
    after = build(journal)
    await after.runner.recover()
    await after.say("多少钱")
    assert spoken(journal) == ["您好", "每月 100 元起"]


async def test_at_shutdown_nobody_waits_for_another_try_and_the_next_start_makes_it(
    build: Build, house: House, journal: Journal, away: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finishing, "PAUSES", (30.0,))
    message = await accepted(house, "你好", "c1")
    away.add("commit")
    work = asyncio.create_task(house.runner.finisher.finish(message))
    await asyncio.sleep(0.2)
    await asyncio.wait_for(house.runner.drain(), 5)
    assert await work == []
    away.clear()
    after = build(journal)
    assert await after.runner.recover() == 1
    await after.runner.drain()
    assert spoken(journal) == ["您好"]


async def test_an_action_that_hangs_is_not_begun_again_beside_itself(
    build: Build, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    hang, pool, begun = threading.Event(), Pool("test", 8), []  # type: ignore[var-annotated]

    def wait() -> list[Any]:
        begun.append(1)
        hang.wait()
        raise RuntimeError("too late")

    monkeypatch.setattr(
        tiny_actions.ActionDawdle, "run", lambda self, dispatcher, tracker, domain: pool.run(wait)
    )
    house = build(journal, seconds=10)
    house.runner.turn_seconds = 0.1
    message = await accepted(house, "慢", "c1")
    await asyncio.wait_for(house.runner.finisher.finish(message), 10)
    hang.set()
    assert len(begun) == 1
    assert journal.replies(turn_id_of("alice", "c1"))


async def test_what_is_acknowledged_is_answered_though_its_sender_has_gone_away(
    house: House, journal: Journal
) -> None:
    accepting = asyncio.create_task(house.runner.accept("alice", "c1", "你好", "web"))
    for _ in range(3):
        await asyncio.sleep(0)
    accepting.cancel()  # the socket dropped while the message was being written
    await house.runner.accept("bob", "c1", "多少钱", "web")  # and this one's after its acknowledgement
    await house.runner.drain()
    assert spoken(journal) == ["您好"] and spoken(journal, "bob") == ["每月 100 元起"]
    assert journal.unfinished() == []


async def test_its_sender_may_begin_to_listen_after_the_first_failure(
    house: House, journal: Journal, away: set[str]
) -> None:
    told: list[str] = []

    async def tell(notice: Outgoing) -> None:
        told.append(str(notice.payload["text"]))

    away.add("commit")
    work = await house.runner.accept("alice", "c1", "你好", "web")
    for _ in range(200):
        if work._notice is not None:
            break
        await asyncio.sleep(0.005)
    away.clear()
    replies = await asyncio.wait_for(work.replies(tell), 10)
    assert told == ["正在再试"] and [each.payload["text"] for each in replies] == ["您好"]


async def test_the_same_id_with_other_words_is_what_was_acknowledged(house: House, journal: Journal) -> None:
    await accepted(house, "你好", "c1")
    again = await house.runner.accept("alice", "c1", "多少钱", "web")
    assert not again.fresh
    assert [each.payload["text"] for each in await again.replies()] == ["您好"]
    assert spoken(journal) == ["您好"]
    [line] = [each for each in journal.history("alice") if each.author == "user"]
    assert line.payload["text"] == "你好"


async def test_what_cannot_be_closed_has_one_closer_however_often_it_is_found(
    house: House, journal: Journal, away: set[str]
) -> None:
    message = await accepted(house, "你好", "c1")
    later = message.received + finishing.FORGOTTEN_SECONDS + 1
    journal.now = lambda: later
    away.add("close")
    assert await house.runner.sweep() == 1
    for _ in range(200):
        if house.runner.finisher._closing:
            break
        await asyncio.sleep(0.005)
    assert [await house.runner.sweep() for _ in range(3)] == [0, 0, 0]
    assert len(house.runner.finisher._closing) == 1
    away.clear()
    for _ in range(200):
        if spoken(journal):
            break
        await asyncio.sleep(0.02)
    assert spoken(journal) == [NOT_DONE] and not house.runner.finisher._closing


async def test_what_nobody_works_on_is_closed_while_the_process_runs(house: House, journal: Journal) -> None:
    message = await accepted(house, "你好", "c1")
    assert await house.runner.sweep() == 0, "somebody may still be at work on it"
    later = message.received + finishing.FORGOTTEN_SECONDS + 1
    journal.now = lambda: later
    assert await house.runner.sweep() == 1
    await house.runner.drain()
    assert spoken(journal) == [NOT_DONE] and journal.unfinished() == []
