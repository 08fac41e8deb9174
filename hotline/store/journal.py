"""The journal: what came in, what went out. A repeated delivery is recognised, what was missed can be asked for.

A turn's tracker events, its replies and the mark that it is done are one transaction; replies are sent after it.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hotline.store.models.runtime import ButtonMeaning, Conversation, Inbox, Outbox
from hotline.store.trackers import Append, Tail, TrackerLog, seal, unseal

_IN, _OUT = Inbox.__table__, Outbox.__table__
_CONV, _BUTTON = Conversation.__table__, ButtonMeaning.__table__

BOT, DESK, SYSTEM = "bot", "desk", "system"


class AlreadyDone(Exception):
    """The message was answered meanwhile (by another process): its replies stand in the outbox."""


@dataclass(frozen=True)
class Received:
    """A message of the client. `payload` has `text`, and what the connector wants to remember."""

    turn_id: str
    conversation_id: str
    client_id: str
    channel: str
    payload: dict[str, Any]
    received: float


@dataclass(frozen=True)
class Outgoing:
    """A message to the client. `seq` numbers them within the conversation from 1; 0: not kept (a notice)."""

    conversation_id: str
    seq: int
    author: str
    payload: dict[str, Any]
    created: float
    turn_id: str | None = None


@dataclass(frozen=True)
class Opened:
    """What is known at the beginning of a turn: the replies if it is a repetition, else the tracker's tail."""

    replies: list[Outgoing] | None
    tail: Tail | None
    accepted: bool = False  # the inbox has the message already, unanswered


@dataclass(frozen=True)
class Line:
    """One line of a conversation as people read it. `author` is ``user`` or the author of an Outgoing."""

    author: str
    created: float
    payload: dict[str, Any]
    channel: str | None = None
    seq: int | None = None


def turn_id_of(conversation_id: str, client_id: str) -> str:
    """The turn's id: the same for each delivery of the same message, so that what it does is done once."""
    return hashlib.sha256(f"{conversation_id}\0{client_id}".encode()).hexdigest()[:32]


class Journal:
    """Synchronous and thread-safe; `now` gives epoch seconds."""

    def __init__(self, log: TrackerLog, now: Callable[[], float] = time.time) -> None:
        self.log, self.database, self.vault, self.now = log, log.database, log.vault, now

    # --- turns

    def open(self, conversation_id: str, turn_id: str, known_version: int | None = None) -> Opened:
        """Read what the turn needs, in one transaction."""
        with self.database.session(read_only=True) as session:
            state = session.execute(select(_IN.c.state).where(_IN.c.turn_id == turn_id)).scalar()
            if state == "done":
                return Opened(self._replies(session, turn_id), None)
            return Opened(None, self.log.tail(session, conversation_id, known_version), state is not None)

    def accept(self, message: Received) -> bool:
        """Keep a message before it is worked on, for channels that confirm receipt first. False: known already."""
        try:
            with self.database.session() as session:
                session.execute(insert(_IN).values(**self._inbox_row(message), state="received"))
        except IntegrityError:
            return False
        return True

    def commit(
        self,
        message: Received,
        saves: Sequence[Append],
        payloads: Sequence[dict[str, Any]],
        buttons: Mapping[str, str] | None = None,
    ) -> list[Outgoing]:
        """End a turn: tracker events, replies and the inbox mark, all or nothing; the numbered replies.

        Raises AlreadyDone if the message was answered by somebody else, ConcurrentWrite if the conversation moved.
        """
        with self.database.session() as session:
            return self.commit_in(session, message, saves, payloads, buttons)

    def commit_in(
        self,
        session: Session,
        message: Received,
        saves: Sequence[Append],
        payloads: Sequence[dict[str, Any]],
        buttons: Mapping[str, str] | None = None,
    ) -> list[Outgoing]:
        """`commit` within a transaction of the caller."""
        now = self.now()
        self._finish(session, message, now)
        for append in saves:
            self.log.append(session, append, now)
        self._keep_buttons(session, message.conversation_id, buttons or {}, now)
        return self._say(session, message.conversation_id, payloads, BOT, message.turn_id, now)

    def _finish(self, session: Session, message: Received, now: float) -> None:
        done = session.execute(
            update(_IN)
            .where(_IN.c.turn_id == message.turn_id, _IN.c.state == "received")
            .values(state="done", done=now)
        ).rowcount
        if done:
            return
        try:
            with session.begin_nested():
                session.execute(insert(_IN).values(**self._inbox_row(message), state="done", done=now))
        except IntegrityError as error:
            raise AlreadyDone(message.turn_id) from error

    def _inbox_row(self, message: Received) -> dict[str, Any]:
        return {
            "turn_id": message.turn_id,
            "conversation_id": message.conversation_id,
            "client_id": message.client_id[:128],
            "channel": message.channel,
            "received": message.received,
            "payload": seal(self.vault, message.payload, f"inbox:{message.turn_id}"),
        }

    def unfinished(self, before: float | None = None) -> list[Received]:
        """Messages accepted (before a moment, epoch seconds) and never answered: to be worked on after a crash."""
        query = select(_IN).where(_IN.c.state == "received").order_by(_IN.c.received)
        if before is not None:
            query = query.where(_IN.c.received < before)
        with self.database.session(read_only=True) as session:
            return [self._received(row) for row in session.execute(query)]

    def _received(self, row: Any) -> Received:
        payload = unseal(self.vault, row.payload, f"inbox:{row.turn_id}")
        return Received(row.turn_id, row.conversation_id, row.client_id, row.channel, payload, row.received)

    def replies(self, turn_id: str) -> list[Outgoing]:
        """What a turn answered."""
        with self.database.session(read_only=True) as session:
            return self._replies(session, turn_id)

    def _replies(self, session: Session, turn_id: str) -> list[Outgoing]:
        rows = session.execute(select(_OUT).where(_OUT.c.turn_id == turn_id).order_by(_OUT.c.seq))
        return [self._outgoing(row) for row in rows]

    # --- messages out

    def say(
        self,
        conversation_id: str,
        payloads: Sequence[dict[str, Any]],
        author: str = DESK,
        buttons: Mapping[str, str] | None = None,
    ) -> list[Outgoing]:
        """Messages that are not an answer of the bot: a person's, a notice. Joins a transaction in progress."""
        now = self.now()
        with self.database.session() as session:
            self._keep_buttons(session, conversation_id, buttons or {}, now)
            return self._say(session, conversation_id, payloads, author, None, now)

    def _say(
        self,
        session: Session,
        conversation_id: str,
        payloads: Sequence[dict[str, Any]],
        author: str,
        turn_id: str | None,
        now: float,
    ) -> list[Outgoing]:
        if not payloads:
            return []
        first = self._numbers(session, conversation_id, len(payloads), now)
        messages = [
            Outgoing(conversation_id, first + n, author, payload, now, turn_id)
            for n, payload in enumerate(payloads)
        ]
        session.execute(
            insert(_OUT),
            [
                {
                    "conversation_id": conversation_id,
                    "seq": message.seq,
                    "turn_id": turn_id,
                    "author": author,
                    "created": now,
                    "payload": seal(self.vault, message.payload, f"outbox:{conversation_id}:{message.seq}"),
                }
                for message in messages
            ],
        )
        return messages

    @staticmethod
    def _numbers(session: Session, conversation_id: str, count: int, now: float) -> int:
        """Take `count` numbers; the row's lock keeps them without gaps or doubles."""
        take = (
            update(_CONV)
            .where(_CONV.c.id == conversation_id)
            .values(next_seq=_CONV.c.next_seq + count, touched=now)
        )
        if not session.execute(take).rowcount:
            blank = {"version": 0, "length": 0, "tail_from": 0, "next_seq": 1, "touched": now}
            try:
                with session.begin_nested():
                    session.execute(insert(_CONV).values(id=conversation_id, **blank))
            except IntegrityError:  # another writer began it just now
                pass
            session.execute(take)
        after = session.execute(select(_CONV.c.next_seq).where(_CONV.c.id == conversation_id)).scalar_one()
        return after - count

    def since(self, conversation_id: str, seq: int, limit: int = 200) -> list[Outgoing]:
        """What was said after number `seq`, oldest first."""
        query = (
            select(_OUT)
            .where(_OUT.c.conversation_id == conversation_id, _OUT.c.seq > seq)
            .order_by(_OUT.c.seq)
            .limit(limit)
        )
        with self.database.session(read_only=True) as session:
            return [self._outgoing(row) for row in session.execute(query)]

    def _outgoing(self, row: Any) -> Outgoing:
        payload = unseal(self.vault, row.payload, f"outbox:{row.conversation_id}:{row.seq}")
        return Outgoing(row.conversation_id, row.seq, row.author, payload, row.created, row.turn_id)

    def history(self, conversation_id: str, limit: int = 200) -> list[Line]:
        """The last lines of both sides in the order of time, for people."""
        inbox = select(_IN).where(_IN.c.conversation_id == conversation_id)
        outbox = select(_OUT).where(_OUT.c.conversation_id == conversation_id)
        with self.database.session(read_only=True) as session:
            asked = session.execute(inbox.order_by(_IN.c.received.desc()).limit(limit)).all()
            said = session.execute(outbox.order_by(_OUT.c.seq.desc()).limit(limit)).all()
        lines = []
        for row in asked:
            message = self._received(row)
            lines.append(Line("user", message.received, message.payload, message.channel))
        for row in said:
            out = self._outgoing(row)
            lines.append(Line(out.author, out.created, out.payload, None, out.seq))
        lines.sort(key=lambda line: (line.created, line.seq or 0))
        return lines[-limit:]

    # --- buttons

    def button(self, conversation_id: str, digest: str) -> str | None:
        """The stored meaning of a long button."""
        query = select(_BUTTON.c.payload).where(
            _BUTTON.c.conversation_id == conversation_id, _BUTTON.c.digest == digest
        )
        with self.database.session(read_only=True) as session:
            data = session.execute(query).scalar()
        return None if data is None else unseal(self.vault, data, f"button:{conversation_id}:{digest}")

    def _keep_buttons(
        self, session: Session, conversation_id: str, buttons: Mapping[str, str], now: float
    ) -> None:
        for digest, meaning in buttons.items():
            known = select(_BUTTON.c.digest).where(
                _BUTTON.c.conversation_id == conversation_id, _BUTTON.c.digest == digest
            )
            if session.execute(known).first() is None:
                data = seal(self.vault, meaning, f"button:{conversation_id}:{digest}")
                session.execute(
                    insert(_BUTTON).values(
                        conversation_id=conversation_id, digest=digest, created=now, payload=data
                    )
                )
