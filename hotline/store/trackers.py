"""The event log of each conversation, and the state before its tail: a turn reads as much in its thousandth
message as in its fifth. Knows events as dictionaries only; ``hotline.runtime.tracker`` gives them sense.

An event log is appended in chunks, one a turn: compressed, encrypted, bound to their place. The statements are
ready-made text, because a turn waits for them and SQLAlchemy takes longer to build one than SQLite to run it.
"""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hotline.business.retention import Subject
from hotline.store.crypto import Vault
from hotline.store.database import Database
from hotline.store.quick import Prepared, Quick

Events = list[dict[str, Any]]

_HEAD = Prepared("SELECT version, length, tail_from, base FROM runtime_conversation WHERE id = :id")
_TAIL = Prepared(
    "SELECT position, data FROM runtime_chunk"
    " WHERE conversation_id = :id AND position >= :start ORDER BY position"
)
_MOVE = Prepared(
    "UPDATE runtime_conversation SET version = version + 1, length = :length, tail_from = :tail_from,"
    " touched = :now WHERE id = :id AND version = :version"
)
_MOVE_AND_REBASE = Prepared(
    "UPDATE runtime_conversation SET version = version + 1, length = :length, tail_from = :tail_from,"
    " touched = :now, base = :base WHERE id = :id AND version = :version"
)
_BEGIN = Prepared(
    "INSERT INTO runtime_conversation (id, version, length, tail_from, base, next_seq, touched)"
    " VALUES (:id, 1, :length, :tail_from, :base, 1, :now) ON CONFLICT (id) DO NOTHING"
)
_ADD = Prepared(
    "INSERT INTO runtime_chunk (conversation_id, position, count, turn_id, created, data)"
    " VALUES (:id, :position, :count, :turn_id, :now, :data)"
)
_KEYS = Prepared("SELECT id FROM runtime_conversation WHERE version > 0")
_UNTOUCHED = Prepared("SELECT id FROM runtime_conversation WHERE touched < :moment")
_FORGET = [
    Prepared(f"DELETE FROM runtime_{table} WHERE conversation_id = :id")  # noqa: S608 - our own names
    for table in ("chunk", "inbox", "outbox", "button")
]
_FORGET_HEAD = Prepared("DELETE FROM runtime_conversation WHERE id = :id")


class ConcurrentWrite(Exception):
    """The conversation moved on since it was read: nothing was written, read it again."""


@dataclass(frozen=True)
class Tail:
    """What a turn begins with. `chunks` are the positions at which the chunks of `events` begin."""

    version: int
    length: int
    base: dict[str, Any] | None = None
    events: Events = field(default_factory=list)
    chunks: tuple[int, ...] = ()
    unchanged: bool = False  # still at the version the reader knows: nothing else was read


@dataclass(frozen=True)
class Append:
    """New events for a conversation that stood at `version` with `length` events when it was read."""

    conversation_id: str
    version: int
    length: int
    events: Events
    tail_from: int
    base: dict[str, Any] | None = None
    rebased: bool = False  # `base` is to be stored; otherwise the stored one stays
    turn_id: str | None = None


def seal(vault: Vault, value: Any, context: str) -> bytes:
    """A JSON value, compressed and encrypted for one place."""
    plain = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain).encode()
    return vault.encrypt_bytes(zlib.compress(plain, 1), context)


def _plain(value: Any) -> Any:
    """numpy's numbers, which the NLU pipeline leaves in its results."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} is no JSON value")


def unseal(vault: Vault, data: bytes, context: str) -> Any:
    """Opens what `seal` made for the same place. Raises VaultError."""
    return json.loads(zlib.decompress(vault.decrypt_bytes(bytes(data), context)))


class TrackerLog:
    """Reads and writes; thread-safe as the database is. Methods that take a connection join its transaction."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self.database = database
        self.vault = vault

    def tail(self, connection: Quick, conversation_id: str, known: int | None = None) -> Tail | None:
        """What the next turn needs, or None for a conversation that has no tracker yet.

        If the conversation still stands at the `known` version, the events are left out (`unchanged`).
        """
        head = connection.execute(_HEAD, {"id": conversation_id}).first()
        if head is None or not head.version:
            return None
        if head.version == known:
            return Tail(head.version, head.length, unchanged=True)
        rows = connection.execute(_TAIL, {"id": conversation_id, "start": head.tail_from}).all()
        base = None if head.base is None else unseal(self.vault, head.base, f"base:{conversation_id}")
        return Tail(
            version=head.version,
            length=head.length,
            base=base,
            events=self._open(conversation_id, rows),
            chunks=tuple(row.position for row in rows),
        )

    def read(self, conversation_id: str, known: int | None = None) -> Tail | None:
        """`tail` in a transaction of its own."""
        with self.database.quick(read_only=True) as connection:
            return self.tail(connection, conversation_id, known)

    def full(self, conversation_id: str) -> Events:
        """All events ever logged, oldest first."""
        with self.database.quick(read_only=True) as connection:
            rows = connection.execute(_TAIL, {"id": conversation_id, "start": 0}).all()
        return self._open(conversation_id, rows)

    def _open(self, conversation_id: str, rows: Sequence[Any]) -> Events:
        events: Events = []
        for row in rows:
            events += unseal(self.vault, row.data, f"chunk:{conversation_id}:{row.position}")
        return events

    def append(self, connection: Quick, new: Append, now: float) -> None:
        """Write one append. Raises ConcurrentWrite, and the caller's transaction has then to be given up."""
        values: dict[str, Any] = {
            "id": new.conversation_id,
            "version": new.version,
            "length": new.length + len(new.events),
            "tail_from": new.tail_from,
            "now": now,
        }
        if new.rebased or not new.version:
            base = new.base if new.rebased else None
            place = f"base:{new.conversation_id}"
            values["base"] = None if base is None else seal(self.vault, base, place)
        moved = connection.execute(_MOVE_AND_REBASE if new.rebased else _MOVE, values).rowcount
        if not moved and not new.version:
            moved = connection.execute(_BEGIN, values).rowcount
        if not moved:
            raise ConcurrentWrite(new.conversation_id)
        if new.events:
            place = f"chunk:{new.conversation_id}:{new.length}"
            chunk = {"id": new.conversation_id, "position": new.length, "count": len(new.events), "now": now}
            data = seal(self.vault, new.events, place)
            connection.execute(_ADD, {**chunk, "turn_id": new.turn_id, "data": data})

    def write(self, new: Append) -> None:
        """`append` in a transaction of its own."""
        with self.database.quick() as connection:
            self.append(connection, new, time.time())

    def keys(self) -> list[str]:
        """All conversations that have a tracker."""
        with self.database.quick(read_only=True) as connection:
            return [row[0] for row in connection.execute(_KEYS)]

    def untouched_since(self, moment: float) -> list[str]:
        """Conversations in which nothing was written after `moment` (epoch seconds)."""
        with self.database.quick(read_only=True) as connection:
            return [row[0] for row in connection.execute(_UNTOUCHED, {"moment": moment})]

    def forget(self, conversation_ids: Iterable[str]) -> int:
        """Delete everything the runtime keeps of these conversations; how many there were."""
        with self.database.quick() as connection:
            return self.forget_in(connection, conversation_ids)

    @staticmethod
    def forget_in(connection: Quick, conversation_ids: Iterable[str]) -> int:
        """`forget` within a transaction of the caller."""
        count = 0
        for conversation_id in conversation_ids:
            for statement in _FORGET:
                connection.execute(statement, {"id": conversation_id})
            count += connection.execute(_FORGET_HEAD, {"id": conversation_id}).rowcount
        return count


class LogEraser:
    """Event logs and messages in the deletion of a person (fulfils `business.retention.Eraser`).

    A conversation whose turn is under way cannot be deleted under it: `postpone` says so, and the turn then
    forgets it with its own commit.
    """

    name = "conversations"

    def __init__(self, log: TrackerLog) -> None:
        self._log = log
        self.postpone: Callable[[str], bool] = lambda _: False

    def erase(self, subject: Subject) -> int:
        """See `Eraser`."""
        later = {each for each in subject.conversation_ids if self.postpone(each)}
        return len(later) + self._log.forget(each for each in subject.conversation_ids if each not in later)
