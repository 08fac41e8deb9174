"""One database by its address (SQLite or PostgreSQL): sessions, joint transactions, migrations."""

from __future__ import annotations

import contextvars
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from hotline.store.crypto import Vault
from hotline.store.permits import before_commit
from hotline.store.quick import Quick, told
from hotline.threads import POOLS

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_MS = 8_000  # how long a SQLite writer waits for another one: no longer than a turn waits for its commit
# Each thread (hotline.threads) may hold a connection, also one that hangs; ten are enough in ordinary times
POOL = {"pool_size": 10, "max_overflow": sum(pool.threads for pool in POOLS), "pool_timeout": 4}
_MIGRATION_LOCK = 400_400_400  # PostgreSQL advisory lock: one process migrates at a time


_VIEW: contextvars.ContextVar[dict[Any, Any] | None] = contextvars.ContextVar("hotline_view", default=None)


@contextmanager
def of_a_turn() -> Iterator[None]:
    """Inside, the threads that work one after the other share a view. (What others write meanwhile is seen in the next
    turn, as if it had come a moment later; who writes reads anew, under a lock.)"""
    outside = _VIEW.set({})
    try:
        yield
    finally:
        _VIEW.reset(outside)


class ReadOnly(OSError):
    """The database answers, but takes no writes."""


class Database:
    """Thread-safe. `vault` opens encrypted columns; without it, only plain tables can be used."""

    def __init__(self, url: str, vault: Vault | None = None) -> None:
        self.url = make_url(url)
        self._joint = threading.local()
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine: Engine = self._sqlite() if self.is_sqlite else self._server()
        self.engine.dialect.hotline_vault = vault
        self._reading = self.engine.execution_options(hotline_read_only=True)
        self.vault = vault

    def _sqlite(self) -> Engine:
        if not self.url.database or self.url.database == ":memory:":
            raise ValueError("SQLite 数据库要有文件名，例如 sqlite:///var/hotline.db")
        path = Path(self.url.database)
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
        engine = create_engine(
            self.url,
            future=True,
            hide_parameters=True,  # in an error's text
            poolclass=QueuePool,
            **POOL,
            connect_args={"check_same_thread": False, "timeout": BUSY_MS / 1000},
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", self._begun)
        return engine

    def _server(self) -> Engine:
        from hotline.store import postgres

        engine = create_engine(
            self.url,
            future=True,
            hide_parameters=True,  # in an error's text
            pool_pre_ping=True,
            **POOL,
            connect_args={**postgres.KEEPALIVE, "connection_factory": postgres.Impatient},
        )
        event.listen(engine, "connect", postgres.prepare)
        self._limited = postgres.begin
        event.listen(engine, "begin", self._begun)
        return engine

    def _begun(self, connection: Connection) -> None:
        read_only = bool(connection.get_execution_options().get("hotline_read_only"))
        self._begin(connection.exec_driver_sql, connection.info, read_only)

    def _begin(self, run: Callable[[str], Any], known: dict[Any, Any], read_only: bool) -> None:
        """Begin a transaction on a connection, of which `known` is remembered: whether its commits wait for the disk."""
        waits = not getattr(self._joint, "followed", False)
        if not self.is_sqlite:
            self._limited(run)
            if not (waits or read_only):  # psycopg2 begins by itself
                run("SET LOCAL synchronous_commit TO OFF")
            return
        if not read_only and known.get("waits", True) != waits:
            run(f"PRAGMA synchronous={'FULL' if waits else 'NORMAL'}")
            known["waits"] = waits
        run("BEGIN DEFERRED" if read_only else "BEGIN IMMEDIATE")

    @contextmanager
    def session(self, *, read_only: bool = False) -> Iterator[Session]:
        """A session in one transaction: committed at the end, rolled back on an exception.

        Raises TooLate instead of committing what an action wrote that was given up meanwhile.

        On SQLite a writing session takes the write lock at its start (no upgrade of a read lock, which
        would fail at once), a reading one never waits. Inside `transaction` all sessions of this thread are
        the same one.
        """
        joint = getattr(self._joint, "session", None)
        with self._seen_anew(read_only):
            if joint is not None:
                yield joint
                return
            engine = self._reading if read_only else self.engine
            with Session(engine, future=True, expire_on_commit=False) as own, own.begin():
                yield own
                if not read_only:
                    before_commit()

    @contextmanager
    def quick(self, *, read_only: bool = False) -> Iterator[Quick]:
        """As `session`, for prepared statements only: without SQLAlchemy's way from Python to the driver."""
        joint = getattr(self._joint, "session", None)
        with self._seen_anew(read_only):
            if joint is not None:
                joint.flush()
                yield Quick(joint.connection().connection, self.engine.dialect)
                return
            with self._own(read_only) as own:
                yield own

    @contextmanager
    def _own(self, read_only: bool) -> Iterator[Quick]:
        """A transaction for prepared statements on a connection of its own."""
        pooled = self.engine.raw_connection()
        try:
            with self._told(pooled, "BEGIN"):
                self._begin(pooled.cursor().execute, pooled.info, read_only)
            yield Quick(pooled, self.engine.dialect)
            if not read_only:
                before_commit()
            with self._told(pooled, "COMMIT"):
                pooled.commit()
        except BaseException as error:
            if getattr(error, "connection_invalidated", False):
                pooled.invalidate(error)
            raise
        finally:
            pooled.close()  # rolls back what was not committed

    @contextmanager
    def followed(self) -> Iterator[None]:
        """Inside, this thread's commits do not wait for the disk, because one that does follows (the turn's) before
        anybody is told of them: the log is on the disk in its order, so who waits for his part waits for theirs.
        """
        outside = getattr(self._joint, "followed", False)
        self._joint.followed = True
        try:
            yield
        finally:
            self._joint.followed = outside

    @contextmanager
    def unhurried(self) -> Iterator[None]:
        """Inside, this thread's statements may take as long as they need: work of an operator, not of a turn."""
        if self.is_sqlite:
            yield
            return
        from hotline.store import postgres

        with postgres.unhurried():
            yield

    @contextmanager
    def one_view(self) -> Iterator[None]:
        """Inside, this thread may keep what it read (`view`), until it writes something; within a turn (`of_a_turn`)
        it finds there what the threads before it read."""
        shared = _VIEW.get()
        self._joint.view = {} if shared is None else shared
        try:
            yield
        finally:
            self._joint.view = None

    @property
    def view(self) -> dict[Any, Any] | None:
        """What this thread keeps of what it read; None outside of `one_view` and inside a transaction."""
        if getattr(self._joint, "session", None) is not None:
            return None
        view: dict[Any, Any] | None = getattr(self._joint, "view", None)
        return view

    @contextmanager
    def _seen_anew(self, read_only: bool) -> Iterator[None]:
        """A write ends the view: at its begin, and at its end what was read beside it before its commit."""
        view = None if read_only else getattr(self._joint, "view", None)
        if view is None:
            yield
            return
        view.clear()
        try:
            yield
        finally:
            view.clear()

    @contextmanager
    def _told(self, connection: Any, what: str) -> Iterator[None]:
        dialect = self.engine.dialect
        try:
            yield
        except dialect.dbapi.Error as error:
            raise told(error, what, dialect, connection) from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Several services' work as one: every `session` of this thread joins, all commit together or none.

        Never held across an ``await``; nested use joins the outer one.
        """
        if getattr(self._joint, "session", None) is not None:
            yield
            return
        with self.session() as session:
            self._joint.session = session
            try:
                yield
                session.flush()
            finally:
                self._joint.session = None

    def assert_writable(self, wait_ms: int) -> None:
        """Find out whether something could be written, without writing: SQLite's lock is taken, waited for so long at
        most, and given back at once; PostgreSQL is asked whether it takes writes (after a failover it may not).

        Raises what the database says, or ReadOnly.
        """
        pooled = self.engine.raw_connection()
        try:
            with self._told(pooled, "BEGIN"):
                cursor = pooled.cursor()
                if self.is_sqlite:
                    cursor.execute(f"PRAGMA busy_timeout={wait_ms}")
                    try:
                        cursor.execute("BEGIN IMMEDIATE")
                        cursor.execute("ROLLBACK")
                    finally:
                        cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")
                else:
                    cursor.execute("SHOW transaction_read_only")  # on a standby it is always on
                    if cursor.fetchone()[0] == "on":
                        raise ReadOnly(str(self.engine.url.host))
        except BaseException as error:
            if getattr(error, "connection_invalidated", False):
                pooled.invalidate(error)
            raise
        finally:
            pooled.close()

    def upgrade(self, revision: str = "heads") -> None:
        """Bring the schema up to date (Alembic), from any directory, safe against a second process.

        Raises WrongKey when the data in it were encrypted with another key.
        """
        with self.engine.connect():  # a server that is silent is waited for as in a turn, the work is not
            pass
        logging.getLogger("alembic").setLevel(logging.WARNING)
        with self.unhurried(), self.engine.begin() as connection:
            if not self.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
            command.upgrade(alembic_config(connection), revision)
        if revision == "heads":
            from hotline.store.key_check import assert_key  # which needs this module

            assert_key(self)

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def insert(database: Database, model: Any) -> Any:
    """An INSERT that knows ON CONFLICT, in the dialect at hand."""
    return (sqlite if database.is_sqlite else postgresql).insert(model)


def alembic_config(connection: Connection) -> Config:
    """Alembic's settings for one open connection; there is no alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, below
    for pragma in (
        f"busy_timeout={BUSY_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",  # what was acknowledged survives a power cut (but see `Database.followed`)
        "foreign_keys=ON",
        "temp_store=MEMORY",
        "secure_delete=ON",  # deleted personal data is overwritten in the file
    ):
        connection.execute(f"PRAGMA {pragma}")
