"""A database or a Redis that says nothing at all, as behind a network that swallows what is sent."""

from __future__ import annotations

import asyncio
import contextlib
import os
import uuid
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
import structlog
import tiny_actions
from conftest import KEY, House
from proxy import Network, network
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from hotline.runtime import locks, patience
from hotline.runtime.bell import Bell
from hotline.runtime.locks import ConversationLocks
from hotline.store import postgres
from hotline.store.crypto import Vault
from hotline.store.database import Database
from hotline.store.journal import Journal, turn_id_of
from hotline.store.trackers import TrackerLog
from hotline.threads import JOURNAL

Build = Callable[..., House]
BUSY = ["系统繁忙"]
REDIS = os.environ.get("HOTLINE_TEST_REDIS", "redis://127.0.0.1:6379/9")
GENEROUS = 10.0  # seconds, where the limits make it less than two


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limits of a turn, so short that a test can wait for them."""
    monkeypatch.setattr(postgres, "SILENCE_SECONDS", 0.5)
    monkeypatch.setattr(patience, "BEGIN_SECONDS", 0.8)
    monkeypatch.setattr(patience, "COMMIT_SECONDS", 0.8)
    monkeypatch.setattr(patience, "SHORT_SECONDS", 0.2)


@pytest.fixture
def far(postgres_url: str, short: None) -> Iterator[tuple[Database, Network]]:
    """A PostgreSQL behind a network."""
    with network(5432) as between:
        made = Database(postgres_url.replace("127.0.0.1", f"127.0.0.1:{between.port}"), Vault(KEY))
        made.upgrade()
        with made.engine.begin() as connection:
            for table in ("conversation", "chunk", "inbox", "outbox", "button"):
                connection.execute(text(f"TRUNCATE runtime_{table}"))
        yield made, between
        made.close()


def journal_on(database: Database) -> Journal:
    return Journal(TrackerLog(database, Vault(KEY)))


@pytest.mark.postgres
async def test_everybody_is_told_while_the_database_is_silent_and_its_threads_come_back(
    build: Build, far: tuple[Database, Network]
) -> None:
    database, between = far
    house = build(journal_on(database))
    await house.say("申请")
    with between.silent():
        people = [f"visitor-{n}" for n in range(30)]
        told = await asyncio.wait_for(
            asyncio.gather(*(house.texts("你好", who, client_id="c1") for who in people)), GENEROUS
        )
        assert told == [BUSY] * len(people)
        for _ in range(200):
            if not JOURNAL.hanging:
                break
            await asyncio.sleep(0.05)
        assert not JOURNAL.hanging, "the driver waits for ever"
    house.runner.patience._suspected_until = 0.0
    assert await house.texts("云帆科技") == ["电话？"]
    assert [await house.texts("你好", who, client_id="c1") for who in people[:3]] == [["您好"]] * 3


@pytest.mark.postgres
async def test_a_commit_of_which_nobody_knows_whether_it_came_through_is_answered_once(
    build: Build, far: tuple[Database, Network], monkeypatch: pytest.MonkeyPatch
) -> None:
    database, between = far
    tiny_actions.TURNS.clear()
    house = build(journal_on(database))
    await house.say("你好")
    append = house.journal.log.append
    with between.silent():
        between._open.set()

        def lose_the_answer(*args: object) -> None:
            append(*args)  # type: ignore[arg-type]
            between._open.clear()

        with monkeypatch.context() as once:
            once.setattr(house.journal.log, "append", lose_the_answer)
            assert await asyncio.wait_for(house.texts("你好", client_id="c1"), GENEROUS) == BUSY
    assert await house.texts("你好", client_id="c1") == ["您好"]
    assert await house.texts("你好", client_id="c1") == ["您好"]
    assert await house.slot("visits") == 2
    heard = [e["message_id"] for e in house.journal.log.full("alice") if e["event"] == "user"]
    assert heard.count("c1") == 1


@pytest.mark.postgres
async def test_a_commit_that_succeeded_unheard_is_recognised(
    build: Build, far: tuple[Database, Network], monkeypatch: pytest.MonkeyPatch
) -> None:
    house = build(journal_on(far[0]))
    commit = house.journal.commit

    def unheard(*args: object) -> None:
        commit(*args)  # type: ignore[arg-type]
        raise OperationalError("COMMIT", None, Exception("no answer"))

    with monkeypatch.context() as once:
        once.setattr(house.journal, "commit", unheard)
        assert await house.texts("你好", client_id="c1") == BUSY
    assert house.journal.replies(turn_id_of("alice", "c1"))
    assert await house.texts("你好", client_id="c1") == ["您好"]
    assert await house.slot("visits") == 1


@pytest.mark.postgres
def test_a_statement_and_a_lock_have_limits_but_the_operators_work_has_none(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "_LIMITS", "SET statement_timeout = 200; SET lock_timeout = 100")
    database = Database(postgres_url, Vault(KEY))
    slow = text("SELECT pg_sleep(0.4)")
    with database.session(read_only=True) as session, pytest.raises(OperationalError):
        session.execute(slow)
    with database.unhurried(), database.session(read_only=True) as session:
        session.execute(slow)
    key = uuid.uuid4().int % 10**9
    take = text("SELECT pg_advisory_xact_lock(:key)").bindparams(key=key)
    with database.session() as holder:
        holder.execute(take)
        with database.engine.begin() as other, pytest.raises(OperationalError):
            other.execute(take)
    database.close()


# --- Redis


@pytest.fixture
def far_redis(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Network]]:
    """A Redis behind a network, and its limits short."""
    monkeypatch.setattr(locks, "ANSWER_SECONDS", 0.5)
    monkeypatch.setattr(locks, "WAIT_SECONDS", 0.2)
    parts = urlsplit(REDIS)
    with network(parts.port or 6379) as between:
        yield f"redis://127.0.0.1:{between.port}{parts.path}", between


async def with_redis(build: Build, journal: Journal, url: str) -> House:
    house = build(journal)
    house.runner.agent.lock_store = ConversationLocks(redis_url=url)
    try:
        await house.runner.agent.lock_store.backend.ping()
    except Exception as error:
        pytest.skip(f"no Redis at {REDIS}: {type(error).__name__}")
    return house


@pytest.mark.redis
@pytest.mark.parametrize("way", ["cut", "silent"])
async def test_a_redis_that_fails_after_the_commit_takes_nothing_from_the_answer(
    build: Build, journal: Journal, far_redis: tuple[str, Network], monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    url, between = far_redis
    house = await with_redis(build, journal, url)
    who, commit = uuid.uuid4().hex, journal.commit

    def then_fail(*args: object) -> object:
        done = commit(*args)  # type: ignore[arg-type]
        between.cut() if way == "cut" else between._open.clear()
        return done

    monkeypatch.setattr(journal, "commit", then_fail)
    assert await asyncio.wait_for(house.texts("你好", who), GENEROUS) == ["您好"]
    between._open.set()
    await house.runner.agent.lock_store.close()


@pytest.mark.redis
async def test_a_silent_redis_is_told_soon(
    build: Build, journal: Journal, far_redis: tuple[str, Network]
) -> None:
    url, between = far_redis
    house = await with_redis(build, journal, url)
    with between.silent():
        assert await asyncio.wait_for(house.texts("你好", client_id="c1"), GENEROUS) == BUSY
    assert await house.texts("你好", client_id="c1") == ["您好"]
    await house.runner.agent.lock_store.close()


@pytest.mark.redis
async def test_a_silent_redis_keeps_nobody_who_rings(
    far_redis: tuple[str, Network], monkeypatch: pytest.MonkeyPatch
) -> None:
    from hotline.runtime import bell as bell_module

    monkeypatch.setattr(bell_module, "ANSWER_SECONDS", 0.5)
    url, between = far_redis
    bell = Bell(url)
    await bell.ring("alice")
    with between.silent():
        await asyncio.wait_for(bell.ring("alice"), GENEROUS)
    await bell.stop()


async def rings(here: Bell, there: Bell) -> bool:
    """Whether a ring here is heard there, in the end."""
    with there.listen("alice") as rung:
        for _ in range(100):
            await here.ring("alice")
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(rung.wait(), 0.1)
                return True
    return False


@pytest.mark.redis
async def test_who_listens_behind_a_swallowed_connection_notices_and_hears_again(
    far_redis: tuple[str, Network], monkeypatch: pytest.MonkeyPatch
) -> None:
    from hotline.runtime import bell as bell_module

    monkeypatch.setattr(bell_module, "log", structlog.wrap_logger(None, wrapper_class=structlog.BoundLogger))
    monkeypatch.setattr(bell_module, "QUIET_SECONDS", 0.2)
    monkeypatch.setattr(bell_module, "ANSWER_SECONDS", 0.5)
    url, between = far_redis
    here, there = Bell(REDIS), Bell(url)
    await there.start()
    try:
        assert await rings(here, there)
        with structlog.testing.capture_logs() as logged, there.listen("bob") as looked:
            between.forget()
            assert await rings(here, there), "deaf for ever"
            assert looked.is_set(), "what rang while it was deaf is looked for"
        assert [event["event"] for event in logged] == ["bell.connection_lost", "bell.connection_back"]
        assert logged[0]["error"] == "Deaf"
    finally:
        await here.stop()
        await there.stop()


@pytest.mark.redis
async def test_a_long_silence_without_a_fault_breaks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from hotline.runtime import bell as bell_module

    monkeypatch.setattr(bell_module, "log", structlog.wrap_logger(None, wrapper_class=structlog.BoundLogger))
    monkeypatch.setattr(bell_module, "QUIET_SECONDS", 0.02)
    here, there = Bell(REDIS), Bell(REDIS)
    await there.start()
    try:
        assert await rings(here, there)
        with structlog.testing.capture_logs() as logged:
            await asyncio.sleep(0.5)  # some twenty questions and answers
            assert await rings(here, there)
        assert logged == []
    finally:
        await here.stop()
        await there.stop()
