"""Prepared statements give what SQLAlchemy would give, on both databases, and fail as it would."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import bindparam, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from hotline.clock import CHINA
from hotline.store.database import Database, of_a_turn
from hotline.store.models.applications import AttemptRow, TurnRow
from hotline.store.models.numbers import Number
from hotline.store.permits import TooLate, permit
from hotline.store.quick import Prepared, Quick

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=CHINA)
TRIES, TURNS, NUMBERS = AttemptRow.__table__, TurnRow.__table__, Number.__table__
ADD = Prepared(TRIES.insert(), "key", "failures", "updated_at")
ALL = Prepared(select(TRIES.c.key, TRIES.c.failures, TRIES.c.updated_at).order_by(TRIES.c.key))
RAISE = Prepared(update(TRIES).where(TRIES.c.key == bindparam("of")), "failures")
COUNT = Prepared("SELECT count(*), max(failures) FROM attempts WHERE key LIKE :like")


def add(database: Database, *keys: str) -> None:
    with database.quick() as connection:
        connection.execute(ADD, [{"key": key, "failures": 1, "updated_at": NOW} for key in keys])


def keys(database: Database) -> list[str]:
    with database.quick(read_only=True) as connection:
        return [row.key for row in connection.execute(ALL)]


def test_values_go_in_and_come_out_as_with_sqlalchemy(database: Database) -> None:
    add(database, "a", "b")
    with database.quick() as connection:
        assert connection.execute(RAISE, {"of": "b", "failures": 4}).rowcount == 1
        assert connection.execute(RAISE, {"of": "c", "failures": 4}).rowcount == 0
    with database.quick(read_only=True) as connection:
        rows = connection.execute(ALL).all()
        assert tuple(connection.execute(COUNT, {"like": "%"}).first() or ()) == (2, 4)
        assert connection.execute(COUNT, {"like": "x%"}).scalar() == 0
    with database.session(read_only=True) as session:
        wanted = session.execute(select(TRIES.c.key, TRIES.c.failures, TRIES.c.updated_at).order_by("key"))
        assert [tuple(row) for row in rows] == [tuple(row) for row in wanted.all()]
    assert rows[0].updated_at == NOW


def test_personal_values_lie_encrypted(database: Database) -> None:
    statement = Prepared(TURNS.insert(), "conversation_id", "key", "outcome", "at")
    with database.quick() as connection:
        values = {"conversation_id": "c", "key": "k", "outcome": {"phone": "13800138000"}, "at": NOW}
        connection.execute(statement, values)
        raw = connection.execute(Prepared("SELECT outcome FROM draft_turns")).scalar()
        read = connection.execute(Prepared(select(TURNS.c.outcome))).scalar()
    assert "13800138000" not in str(raw)
    assert read == {"phone": "13800138000"}


def test_a_failure_leaves_nothing_and_the_connection_serves_on(database: Database) -> None:
    with pytest.raises(KeyError), database.quick() as connection:
        connection.execute(ADD, {"key": "a", "failures": 1, "updated_at": NOW})
        raise KeyError("after the write")
    assert keys(database) == []
    with pytest.raises(KeyError, match="failures"), database.quick() as connection:
        connection.execute(ADD, {"key": "a", "updated_at": NOW})
    add(database, "a")
    assert keys(database) == ["a"]


def test_errors_are_sqlalchemys_and_tell_no_values(database: Database) -> None:
    add(database, "zhang-san")
    with pytest.raises(IntegrityError) as told:
        add(database, "zhang-san")
    assert "zhang-san" not in str(told.value.statement)
    assert told.value.params is None
    with pytest.raises(DBAPIError), database.quick() as connection:
        connection.execute(Prepared("SELECT nothing FROM nowhere"))
    assert keys(database) == ["zhang-san"]


def test_it_joins_a_transaction_and_sees_what_was_written_in_it(database: Database) -> None:
    with pytest.raises(KeyError), database.transaction():
        with database.session() as session:
            session.add(AttemptRow(key="orm", failures=1, updated_at=NOW))
        add(database, "quick")
        assert keys(database) == ["orm", "quick"]
        raise KeyError("at the end")
    assert keys(database) == []


def test_who_was_given_up_does_not_commit(database: Database) -> None:
    with permit("slow") as allowed:
        with pytest.raises(TooLate), database.quick() as connection:
            connection.execute(ADD, {"key": "late", "failures": 1, "updated_at": NOW})
            allowed.withdraw()
        assert keys(database) == []  # reading is still allowed


def test_one_view_ends_with_a_write(database: Database) -> None:
    assert database.view is None
    with database.one_view():
        assert database.view is not None
        database.view["draft"] = "as it was"
        keys(database)
        assert database.view == {"draft": "as it was"}
        with database.transaction():
            assert database.view is None
        assert database.view == {}
        database.view["draft"] = "as it was"
        add(database, "a")
        assert database.view == {}
    assert database.view is None


def test_a_list_of_unknown_length_is_refused(database: Database) -> None:
    statement = Prepared(select(TRIES.c.key).where(TRIES.c.key.in_(["a", "b"])))
    with pytest.raises(ValueError, match="unknown length"), database.quick() as connection:
        connection.execute(statement)


def test_a_later_moment_is_a_later_moment(database: Database) -> None:
    statement = Prepared(select(TRIES.c.key).where(TRIES.c.updated_at < bindparam("moment")))
    add(database, "a")
    with database.quick(read_only=True) as connection:
        assert connection.execute(statement, {"moment": NOW}).all() == []
        assert connection.execute(statement, {"moment": NOW + timedelta(microseconds=1)}).scalar() == "a"


def test_fractions_and_percent_signs_are_read_as_they_are(database: Database) -> None:
    with database.session() as session:
        row = {
            "number": "4001234567",
            "six": "234567",
            "from2": "34567",
            "from3": "4567",
            "reverse": "765432",
        }
        row |= {"pattern": "plain", "tier": "plain", "score": 3, "mask": 252, "held_until": 12.25}
        session.execute(NUMBERS.insert(), row)
    typed = Prepared(select(NUMBERS.c.held_until, NUMBERS.c.score))
    plain = Prepared("SELECT held_until, 'a%' FROM numbers WHERE number LIKE '400%'")
    with database.quick(read_only=True) as connection:
        assert tuple(connection.execute(typed).first() or ()) == (12.25, 3)
        assert tuple(connection.execute(plain).first() or ()) == (12.25, "a%")


def test_what_was_read_beside_a_write_is_not_kept_beyond_it(database: Database) -> None:
    with database.one_view():
        with database.session() as session:
            session.add(AttemptRow(key="a", failures=1, updated_at=NOW))
            assert database.view is not None
            database.view["draft"] = "as it was before the commit"
        assert database.view == {}
        with pytest.raises(KeyError), database.quick() as connection:
            database.view["draft"] = "as it was before the commit"
            connection.execute(ADD, {})
        assert database.view == {}


def test_many_threads_may_use_a_statement_for_the_first_time(database: Database) -> None:
    add(database, "a", "b")
    for _ in range(5):
        fresh = Prepared(select(TRIES.c.key, TRIES.c.updated_at).where(TRIES.c.key == bindparam("of")))
        start = threading.Barrier(8)

        def read(key: str, fresh: Prepared = fresh, start: threading.Barrier = start) -> tuple[str, datetime]:
            start.wait(10)
            with database.quick(read_only=True) as connection:
                row = connection.execute(fresh, {"of": key}).first()
            assert row is not None
            return row.key, row.updated_at

        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(read, "abababab")) == [(key, NOW) for key in "abababab"]


def waits(database: Database, connection: Quick | Session) -> bool:
    """Whether the commit in progress will wait for the disk."""
    ask = "PRAGMA synchronous" if database.is_sqlite else "SHOW synchronous_commit"
    if isinstance(connection, Quick):
        found = connection.execute(Prepared(ask)).scalar()
    else:
        found = connection.execute(text(ask)).scalar()
    return found in (2, "on")


def test_only_commits_that_another_one_follows_do_not_wait_for_the_disk(database: Database) -> None:
    def asked() -> list[bool]:
        found = []
        with database.quick() as connection:
            found.append(waits(database, connection))
        with database.session() as session:
            found.append(waits(database, session))
        with database.transaction(), database.quick() as connection:
            found.append(waits(database, connection))
        return found

    assert asked() == [True] * 3
    with database.followed():
        assert asked() == [False] * 3
        with ThreadPoolExecutor(1) as other:
            assert other.submit(asked).result() == [True] * 3
        keys(database)
        assert asked() == [False] * 3
    assert asked() == [True] * 3
    with pytest.raises(KeyError), database.followed():
        raise KeyError
    assert asked() == [True] * 3


def test_the_threads_of_a_turn_share_a_view_until_one_of_them_writes(database: Database) -> None:
    def kept(value: str | None = None) -> dict[str, str]:
        with database.one_view():
            assert database.view is not None
            if value:
                database.view["draft"] = value
            return dict(database.view)

    def in_a_thread(work: Callable[[], object]) -> object:
        found: list[object] = []
        here = contextvars.copy_context()
        thread = threading.Thread(target=lambda: found.append(here.run(work)))
        thread.start()
        thread.join()
        return found[0]

    with of_a_turn():
        kept("as it was")
        assert in_a_thread(kept) == {"draft": "as it was"}
        with database.one_view():
            add(database, "a")
        assert in_a_thread(kept) == {}
        kept("as it is")
        with of_a_turn():
            assert kept() == {}, "another turn begins with nothing"
    assert kept() == {}
