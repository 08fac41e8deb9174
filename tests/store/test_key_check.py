"""The data key is the one that the database was encrypted with, or nothing starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from hotline.services import build
from hotline.settings import Settings
from hotline.store.crypto import Vault, VaultError
from hotline.store.database import Database
from hotline.store.key_check import WrongKey, data_key, in_use

ONE, OTHER = Vault(b"1" * 32), Vault(b"2" * 32)


def test_the_same_key_opens_the_database_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    for _ in range(2):
        Database(url, ONE).upgrade()


def test_another_key_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    Database(url, ONE).upgrade()
    with pytest.raises(WrongKey, match="HOTLINE_DATA_KEY"):
        Database(url, OTHER).upgrade()
    Database(url, Vault(b"2" * 32, (b"1" * 32,))).upgrade()  # a key that was changed, the old one still known


def test_no_new_key_is_made_beside_encrypted_data(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path)
    first = build(settings)
    first.database.upgrade()
    first.close()
    (tmp_path / "data.key").unlink()
    with pytest.raises(WrongKey, match=r"data\.key"):
        build(settings)
    assert not (tmp_path / "data.key").exists()


def test_an_empty_database_gets_its_key(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'hotline.db'}")
    assert not in_use(database)
    assert data_key("", tmp_path / "data.key", str(database.url))[1]


def test_what_is_no_key_is_told_by_the_name_of_its_setting(tmp_path: Path) -> None:
    with pytest.raises(VaultError, match="HOTLINE_DATA_KEY"):
        build(Settings(var=tmp_path, data_key="abc"))
