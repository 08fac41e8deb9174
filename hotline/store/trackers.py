"""The event log of each conversation, and the state before its tail: reading a turn's needs costs the same
however long the conversation is. Knows events as dictionaries only; ``hotline.runtime.tracker`` gives them sense.

An event log is appended in chunks, one a turn: compressed, encrypted, bound to their place.
"""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hotline.store.crypto import Vault
from hotline.store.database import Database
from hotline.store.models.runtime import ButtonMeaning, Chunk, Conversation, Inbox, Outbox

Events = list[dict[str, Any]]
_CHUNK, _CONV = Chunk.__table__, Conversation.__table__


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
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain).encode()
    return vault.encrypt_bytes(zlib.compress(text, 1), context)


def _plain(value: Any) -> Any:
    """numpy's numbers, which the NLU pipeline leaves in its results."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} is no JSON value")


def unseal(vault: Vault, data: bytes, context: str) -> Any:
    """Opens what `seal` made for the same place. Raises VaultError."""
    return json.loads(zlib.decompress(vault.decrypt_bytes(bytes(data), context)))


class TrackerLog:
    """Reads and writes; thread-safe as the database is."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self.database = database
        self.vault = vault

    def tail(self, session: Session, conversation_id: str, known: int | None = None) -> Tail | None:
        """What the next turn needs, or None for a conversation that has no tracker yet.

        If the conversation still stands at the `known` version, the events are left out and `unchanged` is set.
        """
        head = session.execute(
            select(_CONV.c.version, _CONV.c.length, _CONV.c.tail_from, _CONV.c.base).where(
                _CONV.c.id == conversation_id
            )
        ).first()
        if head is None or not head.version:
            return None
        if head.version == known:
            return Tail(head.version, head.length, unchanged=True)
        rows = session.execute(
            select(_CHUNK.c.position, _CHUNK.c.data)
            .where(_CHUNK.c.conversation_id == conversation_id, _CHUNK.c.position >= head.tail_from)
            .order_by(_CHUNK.c.position)
        ).all()
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
        with self.database.session(read_only=True) as session:
            return self.tail(session, conversation_id, known)

    def full(self, conversation_id: str) -> Events:
        """All events ever logged, oldest first."""
        with self.database.session(read_only=True) as session:
            rows = session.execute(
                select(_CHUNK.c.position, _CHUNK.c.data)
                .where(_CHUNK.c.conversation_id == conversation_id)
                .order_by(_CHUNK.c.position)
            ).all()
        return self._open(conversation_id, rows)

    def _open(self, conversation_id: str, rows: Sequence[Any]) -> Events:
        events: Events = []
        for row in rows:
            events += unseal(self.vault, row.data, f"chunk:{conversation_id}:{row.position}")
        return events

    def append(self, session: Session, new: Append, now: float | None = None) -> None:
        """Write one append. Raises ConcurrentWrite, and has then written nothing."""
        now = time.time() if now is None else now
        values: dict[str, Any] = {
            "version": new.version + 1,
            "length": new.length + len(new.events),
            "tail_from": new.tail_from,
            "touched": now,
        }
        if new.rebased:
            values["base"] = (
                None if new.base is None else seal(self.vault, new.base, f"base:{new.conversation_id}")
            )
        moved = session.execute(
            update(_CONV)
            .where(_CONV.c.id == new.conversation_id, _CONV.c.version == new.version)
            .values(**values)
        ).rowcount
        if not moved:
            self._begin(session, new, values)
        if new.events:
            session.execute(
                insert(_CHUNK).values(
                    conversation_id=new.conversation_id,
                    position=new.length,
                    count=len(new.events),
                    turn_id=new.turn_id,
                    created=now,
                    data=seal(self.vault, new.events, f"chunk:{new.conversation_id}:{new.length}"),
                )
            )

    @staticmethod
    def _begin(session: Session, new: Append, values: dict[str, Any]) -> None:
        if new.version:
            raise ConcurrentWrite(new.conversation_id)
        try:
            with session.begin_nested():
                session.execute(insert(_CONV).values(id=new.conversation_id, next_seq=1, **values))
        except IntegrityError as error:
            raise ConcurrentWrite(new.conversation_id) from error

    def write(self, new: Append) -> None:
        """`append` in a transaction of its own."""
        with self.database.session() as session:
            self.append(session, new)

    def keys(self) -> list[str]:
        """All conversations that have a tracker."""
        with self.database.session(read_only=True) as session:
            return [row[0] for row in session.execute(select(_CONV.c.id).where(_CONV.c.version > 0))]

    def untouched_since(self, moment: float) -> list[str]:
        """Conversations in which nothing was written after `moment` (epoch seconds)."""
        with self.database.session(read_only=True) as session:
            return [row[0] for row in session.execute(select(_CONV.c.id).where(_CONV.c.touched < moment))]

    def forget(self, conversation_ids: Iterable[str]) -> int:
        """Delete everything the runtime keeps of these conversations; how many there were."""
        count = 0
        with self.database.session() as session:
            for conversation_id in conversation_ids:
                for model in (Chunk, Inbox, Outbox, ButtonMeaning):
                    table = model.__table__
                    session.execute(delete(table).where(table.c.conversation_id == conversation_id))
                count += session.execute(delete(_CONV).where(_CONV.c.id == conversation_id)).rowcount
        return count
