"""Ready is who can write: a database that only lets itself be read is a reason, and asking it leaves nothing behind."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from conftest import POSTGRES
from edge_site import Stub
from sqlalchemy import create_engine, text

from hotline.channels import operations
from hotline.services import Services, build
from hotline.settings import Settings
from hotline.threads import CHECKS


@pytest.fixture(autouse=True)
def asked_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "KEPT_SECONDS", -1.0)


def health_of(settings: Settings) -> tuple[operations.Health, Services]:
    services = build(settings)
    services.database.upgrade()
    health = operations.Health(services)
    health.runner = Stub()  # type: ignore[assignment]
    return health, services


async def test_a_sqlite_that_another_process_has_locked_is_a_reason(tmp_path: Path) -> None:
    health, services = health_of(Settings(var=tmp_path))
    other = sqlite3.connect(tmp_path / "hotline.db", isolation_level=None)
    assert await health.reasons() == {}
    other.execute("BEGIN IMMEDIATE")
    for _ in range(6):  # as often as a load balancer asks: one thread at most
        assert list(await health.reasons()) == ["database"]
        assert CHECKS.hanging <= 1
    other.execute("ROLLBACK")
    await asyncio.wait([*health._asking.values()])
    assert await health.reasons() == {}
    with services.database.session() as session:  # the connections wait for a writer as long as before
        assert session.execute(text("PRAGMA busy_timeout")).scalar() == 8000
    other.close()
    services.close()


async def test_asking_a_sqlite_writes_nothing_and_keeps_no_lock(tmp_path: Path) -> None:
    health, services = health_of(Settings(var=tmp_path))
    other = sqlite3.connect(tmp_path / "hotline.db", isolation_level=None, timeout=0)
    before = other.execute("PRAGMA data_version").fetchone()
    assert await health.reasons() == {}
    assert other.execute("PRAGMA data_version").fetchone() == before
    other.execute("BEGIN IMMEDIATE")
    other.close()
    services.close()


@pytest.mark.postgres
async def test_a_postgresql_that_only_lets_itself_be_read_is_a_reason(
    tmp_path: Path, own_postgres_url: str
) -> None:
    health, services = health_of(Settings(var=tmp_path, database_url=own_postgres_url))
    assert await health.reasons() == {}
    name = own_postgres_url.rpartition("/")[2]
    admin = create_engine(f"{POSTGRES}/test", isolation_level="AUTOCOMMIT", future=True)
    with admin.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
        services.database.engine.dispose()  # as after a failover: the connections are new ones
        found = await health.reasons()
        assert list(found) == ["database"] and "ReadOnly" in found["database"]
        connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = off"))
    services.database.engine.dispose()
    assert await health.reasons() == {}
    admin.dispose()
    services.close()
