"""One data key a database: a sealed word in it tells at start-up whether the key at hand is the one."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect, literal, select, table

from hotline.store.crypto import VaultError, key_from
from hotline.store.database import Database, insert
from hotline.store.models.service import KeyCheckRow

_WORD, _CONTEXT = "hotline-400", "key_check.sealed"
#: tables whose rows are encrypted, and that have rows as soon as anybody has said anything
_TELLING = ("runtime_inbox", "drafts")


class WrongKey(VaultError):
    """The database was encrypted with another key than the one at hand."""


def in_use(database: Database) -> bool:
    """Whether something encrypted lies in the database, so that a new key would not open it."""
    with database.engine.connect() as connection:
        tables = set(inspect(connection).get_table_names())
        names = [name for name in (KeyCheckRow.__tablename__, *_TELLING) if name in tables]
        return any(
            connection.execute(select(literal(1)).select_from(table(name)).limit(1)).first() for name in names
        )


def data_key(given: str, file: Path, url: str) -> tuple[bytes, bool]:
    """The key that was given, or that of the file; a new one in that file where the database is still empty.

    Whether it was made just now comes with it. Raises WrongKey where data need a key and there is none, VaultError
    for one that is no key.
    """
    if not given and not file.exists():
        database = Database(url)
        try:
            if in_use(database):
                raise WrongKey(
                    f"数据库里已有加密的数据，但没有密钥：找不到 {file}。请把备份的 data.key 放回去，或者设 HOTLINE_DATA_KEY；"
                    "确实要从头开始，请换一个空的数据库（HOTLINE_DATABASE_URL 或 HOTLINE_VAR）"
                )
        finally:
            database.close()
    return key_from(given, file, "HOTLINE_DATA_KEY")


def assert_key(database: Database) -> None:
    """Seal the word if none is there, then open it. Raises WrongKey."""
    vault = database.vault
    if vault is None:
        return
    with database.session() as session:
        first = {"id": 1, "sealed": vault.encrypt(_WORD, _CONTEXT)}
        session.execute(insert(database, KeyCheckRow).values(first).on_conflict_do_nothing())
        sealed = session.execute(select(KeyCheckRow.sealed)).scalar_one()
    try:
        vault.decrypt(sealed, _CONTEXT)
    except VaultError:
        raise WrongKey(
            "数据密钥不对：数据库里的数据是用另一把密钥加密的。请把原来的 data.key 放回 HOTLINE_VAR，或者用 HOTLINE_DATA_KEY 给出原来的密钥"
        ) from None
