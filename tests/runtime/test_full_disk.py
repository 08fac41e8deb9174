"""A disk that is really full: a small file system of its own, where that may be mounted (as root on Linux)."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import KEY, House, sqlite

from hotline.store.crypto import Vault
from hotline.store.database import Database
from hotline.store.journal import Journal
from hotline.store.trackers import TrackerLog

Build = Callable[..., House]
BUSY = ["系统繁忙"]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """An empty file system of 4 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)]
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root may mount a file system")
    if subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("no file system may be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def fill(disk: Path) -> Path:
    """Take what room is left."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (65536, 4096, 512, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
    return ballast


async def test_what_was_acknowledged_before_a_full_disk_is_there_and_what_was_not_succeeds_afterwards(
    build: Build, disk: Path
) -> None:
    database = sqlite(disk)
    house = build(Journal(TrackerLog(database, Vault(KEY))))
    await house.say("申请")
    ballast = fill(disk)
    answered, refused = [], None
    for n in range(60):  # the journal's pages that are there already may still be written
        if await house.texts("多少钱", client_id=f"ask-{n}") == BUSY:
            refused = f"ask-{n}"
            break
        answered.append(f"ask-{n}")
    assert refused, "the disk was never full"
    assert await house.texts("多少钱", client_id=refused) == BUSY, "still full: told again, no crash"
    assert house.journal.since("alice", 0), "reading goes on on a full disk"

    ballast.unlink()
    assert await house.texts("多少钱", client_id=refused) == ["每月 100 元起", "公司全称？"]
    assert await house.texts("云帆科技") == ["电话？"], "the form is still open"
    heard = [e["message_id"] for e in house.journal.log.full("alice") if e["event"] == "user"]
    assert [each for each in heard if each.startswith("ask-")] == [*answered, refused]
    database.close()


async def test_a_process_that_starts_on_a_full_disk_answers_as_soon_as_there_is_room(
    build: Build, disk: Path
) -> None:
    first = sqlite(disk)
    house = build(Journal(TrackerLog(first, Vault(KEY))))
    await house.say("申请")
    first.close()
    ballast = fill(disk)
    database = sqlite_as_it_is(disk)
    later = build(Journal(TrackerLog(database, Vault(KEY))))
    assert await later.texts("云帆科技", client_id="c1") == BUSY
    ballast.unlink()
    assert await later.texts("云帆科技", client_id="c1") == ["电话？"]
    database.close()


def sqlite_as_it_is(folder: Path) -> Database:
    return Database(f"sqlite:///{folder / 'test.db'}", Vault(KEY))
