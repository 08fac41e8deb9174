"""The store's ground: engines, transactions, migrations, encryption."""

from __future__ import annotations

import os
import stat
import threading
from datetime import datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError

from hotline.clock import CHINA
from hotline.store.crypto import Vault, VaultError, key_from, parse_key
from hotline.store.database import Database
from hotline.store.models import applications, service
from hotline.store.models.base import Base
from tests.databases import VAULT

OURS = {
    mapper.class_.__tablename__
    for mapper in Base.registry.mappers
    if mapper.class_.__module__ in (applications.__name__, service.__name__)
}


def attempt(session: object, key: str = "k", failures: int = 1) -> None:
    now = datetime.now(CHINA)
    session.add(applications.AttemptRow(key=key, failures=failures, updated_at=now))  # type: ignore[attr-defined]


def test_the_migrated_schema_is_the_one_the_models_describe(database: Database) -> None:
    def only_ours(_object: object, name: str, kind: str, _reflected: bool, _to: object) -> bool:
        return kind != "table" or name in OURS

    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": only_ours, "compare_type": True}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_migrating_twice_from_another_directory_changes_nothing(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    database.upgrade()
    with database.session(read_only=True) as session:
        assert session.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1


def test_a_failed_session_leaves_nothing(database: Database) -> None:
    with pytest.raises(KeyError), database.session() as session:
        attempt(session)
        session.flush()
        raise KeyError("after the write")
    with database.session(read_only=True) as session:
        assert session.get(applications.AttemptRow, "k") is None


def test_sessions_inside_a_transaction_commit_together_or_not_at_all(database: Database) -> None:
    with pytest.raises(KeyError), database.transaction():
        with database.session() as session:
            attempt(session, "first")
        with database.session() as session:
            attempt(session, "second")
        raise KeyError("at the end")
    with database.transaction(), database.session() as session:
        attempt(session, "third")
    with database.session(read_only=True) as session:
        assert {row.key for row in session.query(applications.AttemptRow)} == {"third"}


def test_another_thread_does_not_join_a_transaction(database: Database) -> None:
    seen: list[int] = []

    def look() -> None:
        with database.session(read_only=True) as session:
            seen.append(session.query(applications.AttemptRow).count())

    with database.transaction(), database.session() as session:
        attempt(session)
        session.flush()
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    assert seen == [0]


def test_concurrent_writers_lose_no_update(database: Database) -> None:
    with database.session() as session:
        attempt(session, failures=0)

    def count() -> None:
        for _ in range(10):
            with database.session() as session:
                query = session.query(applications.AttemptRow).filter_by(key="k").with_for_update()
                query.one().failures += 1

    threads = [threading.Thread(target=count) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.session(read_only=True) as session:
        assert session.get(applications.AttemptRow, "k").failures == 60


def test_foreign_keys_hold(database: Database) -> None:
    with pytest.raises(IntegrityError), database.session() as session:
        session.add(
            applications.ConversationRow(
                conversation_id="c", draft_id="none", via="", dialogue={}, updated_at=datetime.now(CHINA)
            )
        )


def test_times_come_back_aware_and_equal(database: Database) -> None:
    moment = datetime(2026, 11, 24, 1, 2, 3, 456789, CHINA)
    with database.session() as session:
        session.add(applications.AttemptRow(key="k", failures=1, locked_until=moment, updated_at=moment))
    with database.session(read_only=True) as session:
        assert session.get(applications.AttemptRow, "k").locked_until == moment
        stored = session.execute(text("SELECT CAST(locked_until AS VARCHAR) FROM attempts")).scalar()
    assert str(stored).startswith("2026-11-23 17:02:03"), "UTC in the database"


def test_a_time_without_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="without zone"), database.session() as session:
        session.add(applications.AttemptRow(key="k", failures=1, updated_at=datetime(2026, 1, 1)))


def test_sqlite_survives_a_power_cut_by_its_settings(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/new/h.db")
    with database.session() as session:
        pragmas = {
            name: session.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    assert stat.S_IMODE((tmp_path / "new" / "h.db").stat().st_mode) == 0o600
    database.close()


def test_an_encrypted_column_without_a_vault_says_so(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/h.db")
    database.upgrade()
    with pytest.raises(StatementError, match="without a vault"), database.session() as session:
        session.add(
            service.GapRow(conversation_id="c", turn_id="t", via="", message="m", guesses=[], at=None)
        )
    database.close()


def test_a_ciphertext_opens_only_with_its_key_and_in_its_place() -> None:
    sealed = VAULT.encrypt("王小明", "drafts.fields")
    assert VAULT.decrypt(sealed, "drafts.fields") == "王小明"
    with pytest.raises(VaultError, match="changed or moved"):
        VAULT.decrypt(sealed, "gaps.message")
    with pytest.raises(VaultError, match="another key"):
        Vault(os.urandom(32)).decrypt(sealed, "drafts.fields")
    with pytest.raises(VaultError, match="not an encrypted value"):
        VAULT.decrypt("王小明", "drafts.fields")


def test_equal_texts_have_different_ciphertexts_and_equal_fingerprints() -> None:
    assert VAULT.encrypt("a", "x") != VAULT.encrypt("a", "x")
    assert VAULT.fingerprint("a", "phone") == VAULT.fingerprint("a", "phone")
    assert VAULT.fingerprint("a", "phone") != VAULT.fingerprint("a", "company")


def test_an_old_key_still_opens_what_it_closed() -> None:
    old, new = os.urandom(32), os.urandom(32)
    sealed = Vault(old).encrypt("a", "x")
    assert Vault(new, previous=(old,)).decrypt(sealed, "x") == "a"


def test_the_first_run_makes_a_private_key_file_and_the_second_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "var" / "data.key"
    key, made = key_from("", file, "HOTLINE_DATA_KEY")
    assert made and stat.S_IMODE(file.stat().st_mode) == 0o600
    assert key_from("", file, "HOTLINE_DATA_KEY") == (key, False)
    assert key_from(key.hex(), file, "HOTLINE_DATA_KEY") == (key, False)


@pytest.mark.parametrize("text", ["", "short", "0" * 63, "!" * 44])
def test_a_key_of_the_wrong_kind_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(VaultError) as caught:
        parse_key(text)
    assert not text or text not in str(caught.value)
