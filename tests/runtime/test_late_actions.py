"""An action that takes too long: nothing more of it is kept and its turn is given up, or it is waited for."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher
from sqlalchemy import select

from hotline.clock import CHINA
from hotline.runtime.actions import InProcessActions
from hotline.runtime.unit import GivenUp
from hotline.store.database import Database
from hotline.store.models.applications import AttemptRow

Work = Callable[["Writer"], None]
LIMIT = 0.2


class Writer:
    """An action that does `work` in a thread, as ours do, and says so. (No subclass of Action: those are all registered.)"""

    def __init__(self, database: Database, work: Work) -> None:
        self.database, self.work = database, work
        self.release, self.ended = threading.Event(), threading.Event()
        self.error: BaseException | None = None

    def name(self) -> str:
        return "action_write"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[Any]:
        await asyncio.to_thread(self._perform)
        dispatcher.utter_message(text="kept")
        return []

    def _perform(self) -> None:
        try:
            self.work(self)
        except BaseException as error:
            self.error = error
            raise
        finally:
            self.ended.set()

    def write(self, key: str) -> None:
        with self.database.session() as session:
            session.add(AttemptRow(key=key, failures=1, updated_at=datetime.now(CHINA)))


def kept(database: Database) -> list[str]:
    with database.session(read_only=True) as session:
        return sorted(session.execute(select(AttemptRow.key)).scalars())


@pytest.fixture(autouse=True)
def empty(database: Database) -> Iterator[None]:
    with database.session() as session:
        session.query(AttemptRow).delete()
    yield


async def run(writer: Writer) -> list[dict[str, Any]]:
    executor = ActionExecutor()
    executor.actions[writer.name()] = writer.run
    endpoint = InProcessActions(None, LIMIT, executor)
    tracker = Tracker.from_dict({"sender_id": "alice", "slots": {}, "events": [], "latest_message": {}})
    _, messages = await endpoint.act(writer.name(), tracker)
    return [{key: message[key] for key in ("text", "response") if message.get(key)} for message in messages]


async def test_what_an_action_would_commit_after_its_turn_was_given_up_is_rolled_back(
    database: Database,
) -> None:
    def work(writer: Writer) -> None:
        writer.release.wait(10)
        writer.write("late")

    writer = Writer(database, work)
    with pytest.raises(GivenUp):
        await run(writer)
    writer.release.set()
    await asyncio.to_thread(writer.ended.wait, 10)
    assert type(writer.error).__name__ == "TooLate"
    assert kept(database) == []


async def test_a_commit_inside_a_joint_transaction_is_refused_as_well(database: Database) -> None:
    def work(writer: Writer) -> None:
        with writer.database.transaction():
            writer.write("first")
            writer.release.wait(10)
            writer.write("second")

    writer = Writer(database, work)
    with pytest.raises(GivenUp):
        await run(writer)
    writer.release.set()
    await asyncio.to_thread(writer.ended.wait, 10)
    assert kept(database) == []


async def test_an_action_that_has_committed_is_waited_for_and_says_so(database: Database) -> None:
    def work(writer: Writer) -> None:
        writer.write("done")
        writer.release.wait(LIMIT * 1.5)

    assert await run(Writer(database, work)) == [{"text": "kept"}]
    assert kept(database) == ["done"]


async def test_one_that_does_not_end_even_then_commits_nothing_more(database: Database) -> None:
    def work(writer: Writer) -> None:
        writer.write("done")
        writer.release.wait(10)
        writer.write("late")

    writer = Writer(database, work)
    with pytest.raises(GivenUp):
        await run(writer)
    writer.release.set()
    await asyncio.to_thread(writer.ended.wait, 10)
    assert kept(database) == ["done"]


async def test_an_action_of_a_turn_that_was_given_up_commits_nothing(database: Database) -> None:
    def work(writer: Writer) -> None:
        writer.release.wait(10)
        writer.write("late")

    writer = Writer(database, work)
    turn = asyncio.create_task(run(writer))
    await asyncio.sleep(LIMIT / 4)
    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn
    writer.release.set()
    await asyncio.to_thread(writer.ended.wait, 10)
    assert kept(database) == []


async def test_reading_and_what_others_commit_go_on_after_an_action_was_given_up(database: Database) -> None:
    def work(writer: Writer) -> None:
        writer.release.wait(10)
        kept(writer.database)

    writer = Writer(database, work)
    with pytest.raises(GivenUp):
        await run(writer)
    writer.release.set()
    await asyncio.to_thread(writer.ended.wait, 10)
    assert writer.error is None
    Writer(database, work).write("another")
    assert kept(database) == ["another"]
