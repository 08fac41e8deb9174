"""Databases for tests: an empty, migrated one of either kind. PostgreSQL tests skip when there is none."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from hotline.store.crypto import Vault
from hotline.store.database import Database

POSTGRES = os.environ.get("HOTLINE_TEST_POSTGRES", "postgresql+psycopg2://postgres@127.0.0.1/test")
VAULT = Vault(bytes(range(32)))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file; tests take copies of it."""
    path = tmp_path_factory.mktemp("store") / "template.db"
    database = Database(f"sqlite:///{path}")
    database.upgrade()
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    database.close()
    return path


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a migrated schema of its own, dropped at the end."""
    schema = f"hotline_test_{uuid.uuid4().hex[:12]}"
    admin = create_engine(POSTGRES, future=True, connect_args={"connect_timeout": 3})
    try:
        with admin.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
    except Exception as error:
        pytest.skip(f"no PostgreSQL at {admin.url!r}: {type(error).__name__}")
    url = f"{POSTGRES}?options=-csearch_path%3D{schema}"
    database = Database(url)
    database.upgrade()
    database.close()
    yield url
    with admin.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    admin.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty, migrated database: each test runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "hotline.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        database = Database(f"sqlite:///{path}", VAULT)
    else:
        database = Database(request.getfixturevalue("postgres_url"), VAULT)
    yield database
    if not database.is_sqlite:
        _empty(database)
    database.close()


def _empty(database: Database) -> None:
    """Delete all rows (quicker than TRUNCATE for a few of them)."""
    with database.session() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))  # no foreign keys meanwhile
        names = session.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"))
        deletions = [f"DELETE FROM {name}" for (name,) in names if name != "alembic_version"]
        session.execute(text("; ".join(deletions)))
