"""The base of all models and the column types that behave alike on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import DateTime, LargeBinary, MetaData, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import declarative_base
from sqlalchemy.types import TypeDecorator

from hotline.clock import CHINA
from hotline.store.crypto import Vault

# constraint names are fixed, so that a later migration can name what it changes
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Base: Any = declarative_base(metadata=MetaData(naming_convention=NAMES))


class UTCDateTime(TypeDecorator):
    """An aware time in Python (Asia/Shanghai when read), naive UTC in the database.

    A naive time is refused: nobody could tell which zone was meant.
    """

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without zone cannot be stored")
        return value.astimezone(timezone.utc).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=timezone.utc).astimezone(CHINA)


class JSONText(TypeDecorator):
    """A small JSON value as text; for what is not personal."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


class EncryptedText(TypeDecorator):
    """Text that lies encrypted in the database. `context` (``table.column``) is authenticated with it, so
    that a ciphertext moved to another column does not open. The key is the `Vault` given to `Database`.
    """

    impl = Text
    cache_ok = True

    def __init__(self, context: str) -> None:
        super().__init__()
        self.context = context

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else vault_of(dialect).encrypt(value, self.context)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else vault_of(dialect).decrypt(value, self.context)


class EncryptedJSON(EncryptedText):
    """A JSON value that lies encrypted in the database."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        text = None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)
        return super().process_bind_param(text, dialect)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        text = super().process_result_value(value, dialect)
        return None if text is None else json.loads(text)


class EncryptedBytes(TypeDecorator):
    """Bytes (an uploaded file) that lie encrypted in the database."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, context: str) -> None:
        super().__init__()
        self.context = context

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else vault_of(dialect).encrypt_bytes(value, self.context)

    def process_result_value(self, value: Any, dialect: Dialect) -> bytes | None:
        return None if value is None else vault_of(dialect).decrypt_bytes(bytes(value), self.context)


def vault_of(dialect: Dialect) -> Vault:
    """The vault of the database that this dialect object belongs to (each engine has its own)."""
    vault = getattr(dialect, "hotline_vault", None)
    if not isinstance(vault, Vault):
        raise RuntimeError("this database was opened without a vault: pass Database(url, vault)")
    return vault
