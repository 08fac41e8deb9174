"""Disk full, database locked, database away: the customer is told, nothing is lost, and it goes on by itself."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import tiny_actions
from conftest import KEY, House, sqlite
from sqlalchemy import create_engine, event, text

from hotline.store import database as database_module
from hotline.store.crypto import Vault
from hotline.store.database import Database
from hotline.store.journal import Journal
from hotline.store.trackers import TrackerLog

Build = Callable[..., House]
BUSY = ["系统繁忙"]


def journal_on(database: Database) -> Journal:
    return Journal(TrackerLog(database, Vault(KEY)))


@contextmanager
def full_disk(database: Database) -> Iterator[None]:
    """No connection of this database may make its file any larger, as on a full disk (SQLITE_FULL)."""

    def limit(connection: Any, *_: Any) -> None:
        cursor = connection.cursor()
        (pages,) = cursor.execute("PRAGMA page_count").fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages}")
        cursor.close()

    def lift(connection: Any, *_: Any) -> None:
        connection.execute("PRAGMA max_page_count = 1073741823")

    database.engine.dispose()
    event.listen(database.engine, "checkout", limit)
    try:
        yield
    finally:
        event.remove(database.engine, "checkout", limit)
        event.listen(database.engine, "checkout", lift)


def fill_the_last_page(database: Database) -> None:
    """Leave no room in pages that are there already."""
    with database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE ballast (data BLOB)")
        connection.exec_driver_sql("INSERT INTO ballast VALUES (zeroblob(200000))")


@contextmanager
def hidden(database: Path) -> Iterator[None]:
    """The files of a database are away, and what stands in their place cannot be opened."""
    moved = [
        (file, file.with_name(f"away-{file.name}")) for file in database.parent.glob(f"{database.name}*")
    ]
    for file, away in moved:
        file.rename(away)
    database.mkdir()
    try:
        yield
    finally:
        database.rmdir()
        for file, away in moved:
            away.rename(file)


async def test_on_a_full_disk_the_customer_is_told_and_the_retry_succeeds_when_there_is_room(
    build: Build, tmp_path: Path
) -> None:
    database = sqlite(tmp_path)
    fill_the_last_page(database)
    house = build(journal_on(database))
    await house.say("申请")
    apologies = 0
    with full_disk(database):
        for n in range(60):  # until the pages with room left are full
            said = await house.texts("多少钱", client_id=f"ask-{n}")
            if said == BUSY:
                apologies += 1
                break
    assert apologies, "the disk was never full"
    lost = f"ask-{n}"
    assert await house.texts("多少钱", client_id=lost) == ["每月 100 元起", "公司全称？"]
    assert await house.texts("云帆科技") == ["电话？"], "the form is still open"
    heard = [e["message_id"] for e in house.journal.log.full("alice") if e["event"] == "user"]
    assert heard.count(lost) == 1
    assert len(set(heard)) == len(heard)


async def test_a_database_locked_by_another_process_is_waited_for(build: Build, tmp_path: Path) -> None:
    house = build(journal_on(sqlite(tmp_path)))
    await house.say("申请")
    other = sqlite3.connect(tmp_path / "test.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    turn = asyncio.create_task(house.texts("云帆科技"))
    await asyncio.sleep(0.3)
    assert not turn.done(), "nothing is said before it is written"
    other.execute("COMMIT")
    assert await asyncio.wait_for(turn, 5) == ["电话？"]
    other.close()


async def test_a_lock_that_does_not_end_is_told_and_the_retry_succeeds_afterwards(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "BUSY_MS", 200)
    tiny_actions.TURNS.clear()
    house = build(journal_on(sqlite(tmp_path)))
    await house.say("你好")
    other = sqlite3.connect(tmp_path / "test.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert await asyncio.wait_for(house.texts("你好", client_id="c1"), 10) == BUSY
    assert house.journal.since("alice", 1) == [], "reading goes on meanwhile"
    other.execute("ROLLBACK")
    other.close()
    assert await house.texts("你好", client_id="c1") == ["您好"]
    assert await house.slot("visits") == 2


async def test_a_database_file_that_is_gone_is_told(build: Build, tmp_path: Path) -> None:
    database = sqlite(tmp_path)
    house = build(journal_on(database))
    await house.say("申请")
    database.engine.dispose()
    with hidden(tmp_path / "test.db"):
        assert await house.texts("云帆科技", client_id="c1") == BUSY
    assert await house.texts("云帆科技", client_id="c1") == ["电话？"]


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[Database]:
    made = Database(postgres_url, Vault(KEY))
    made.upgrade()
    with made.engine.begin() as connection:
        for table in ("conversation", "chunk", "inbox", "outbox", "button"):
            connection.execute(text(f"TRUNCATE runtime_{table}"))
    yield made
    made.close()


@pytest.fixture
def admin(postgres_url: str) -> Iterator[Callable[..., None]]:
    """Run a statement on the server, beside the database in use (its name is {name})."""
    base, _, name = postgres_url.rpartition("/")
    engine = create_engine(f"{base}/test", isolation_level="AUTOCOMMIT", future=True)

    def run(statement: str) -> None:
        with engine.connect() as connection:
            connection.execute(text(statement.format(name=name)))

    yield run
    run("ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    engine.dispose()


TERMINATE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"


@pytest.mark.postgres
async def test_connections_cut_between_two_turns_are_not_even_noticed(
    build: Build, postgres: Database, admin: Callable[..., None]
) -> None:
    house = build(journal_on(postgres))
    await house.say("申请")
    admin(TERMINATE)
    assert await house.texts("云帆科技") == ["电话？"]


@pytest.mark.postgres
async def test_a_connection_cut_in_the_middle_of_the_commit_is_told_and_the_retry_succeeds(
    build: Build, postgres: Database, admin: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    house = build(journal_on(postgres))
    await house.say("申请")
    append = house.journal.log.append

    def cut(*args: Any) -> None:
        append(*args)
        admin(TERMINATE)

    with monkeypatch.context() as once:
        once.setattr(house.journal.log, "append", cut)
        assert await house.texts("云帆科技", client_id="c1") == BUSY
    assert await house.texts("云帆科技", client_id="c1") == ["电话？"]
    heard = [e["message_id"] for e in house.journal.log.full("alice") if e["event"] == "user"]
    assert heard.count("c1") == 1


@pytest.mark.postgres
async def test_a_server_that_refuses_everybody_is_told_and_found_again(
    build: Build, postgres: Database, admin: Callable[..., None]
) -> None:
    house = build(journal_on(postgres))
    await house.say("申请")
    admin("ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    admin(TERMINATE)
    assert await house.texts("云帆科技", client_id="c1") == BUSY
    assert await house.texts("云帆科技", client_id="c1") == BUSY
    admin("ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    assert await house.texts("云帆科技", client_id="c1") == ["电话？"]


async def test_the_event_loop_never_stands_still_while_the_database_is_slow(
    build: Build, tmp_path: Path
) -> None:
    house = build(journal_on(sqlite(tmp_path)))
    await house.say("你好")
    other = sqlite3.connect(tmp_path / "test.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    turn = asyncio.create_task(house.say("你好"))
    longest, last = 0.0, asyncio.get_running_loop().time()
    for _ in range(40):
        await asyncio.sleep(0.01)
        now = asyncio.get_running_loop().time()
        longest, last = max(longest, now - last), now
    other.execute("ROLLBACK")
    other.close()
    await turn
    assert longest < 0.25, f"the loop stood still for {longest:.2f} s"
