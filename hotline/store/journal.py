"""The journal: what came in, what went out. A repeated delivery is recognised, what was missed can be asked for.

A turn's tracker events, its replies and the mark that it is done are one transaction; replies are sent after it.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hotline.store.quick import Prepared, Quick
from hotline.store.trackers import Append, Tail, TrackerLog, seal, unseal

_INBOX = "SELECT turn_id, conversation_id, client_id, channel, received, payload, state FROM runtime_inbox"
_OUTBOX = "SELECT conversation_id, seq, turn_id, author, created, payload FROM runtime_outbox"
_MESSAGE = Prepared(f"{_INBOX} WHERE turn_id = :turn_id")
_RECEIVE = (
    "INSERT INTO runtime_inbox (turn_id, conversation_id, client_id, channel, state, received, done, payload)"
    " VALUES (:turn_id, :conversation_id, :client_id, :channel, :state, :received, :done, :payload)"
)
_ACCEPT = Prepared(f"{_RECEIVE} ON CONFLICT (turn_id) DO NOTHING")
_FINISH = Prepared(
    f"{_RECEIVE} ON CONFLICT (turn_id) DO UPDATE SET state = 'done', done = excluded.done"
    " WHERE runtime_inbox.state = 'received'"
)
_UNFINISHED = Prepared(f"{_INBOX} WHERE state = 'received' AND received < :before ORDER BY received")
_ASKED = Prepared(f"{_INBOX} WHERE conversation_id = :id ORDER BY received DESC LIMIT :limit")
_REPLIES = Prepared(f"{_OUTBOX} WHERE turn_id = :turn_id ORDER BY seq")
_SINCE = Prepared(f"{_OUTBOX} WHERE conversation_id = :id AND seq > :seq ORDER BY seq LIMIT :limit")
_ASKED_SINCE = Prepared(
    f"{_INBOX} WHERE conversation_id = :id AND received > :moment ORDER BY received LIMIT :limit"
)
_CLOSE = Prepared(
    "UPDATE runtime_inbox SET state = 'failed', done = :now WHERE turn_id = :turn_id AND state = 'received'"
)
_OVERTAKEN = Prepared(
    "SELECT 1 FROM runtime_inbox WHERE conversation_id = :conversation_id AND state = 'done'"
    " AND received > :received LIMIT 1"
)
_LAST = Prepared("SELECT max(seq) FROM runtime_outbox WHERE conversation_id = :id")
_SAID = Prepared(f"{_OUTBOX} WHERE conversation_id = :id ORDER BY seq DESC LIMIT :limit")
_SAY = Prepared(
    "INSERT INTO runtime_outbox (conversation_id, seq, turn_id, author, created, payload)"
    " VALUES (:conversation_id, :seq, :turn_id, :author, :created, :payload)"
)
_TAKE_NUMBERS = Prepared(
    "UPDATE runtime_conversation SET next_seq = next_seq + :count, touched = :now WHERE id = :id"
)
_NEXT_NUMBER = Prepared("SELECT next_seq FROM runtime_conversation WHERE id = :id")
_BEGIN = Prepared(
    "INSERT INTO runtime_conversation (id, version, length, tail_from, next_seq, touched)"
    " VALUES (:id, 0, 0, 0, 1, :now) ON CONFLICT (id) DO NOTHING"
)
_MEANING = Prepared("SELECT payload FROM runtime_button WHERE conversation_id = :id AND digest = :digest")
_MEAN = Prepared(
    "INSERT INTO runtime_button (conversation_id, digest, created, payload)"
    " VALUES (:id, :digest, :now, :payload) ON CONFLICT (conversation_id, digest) DO NOTHING"
)

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
    accepted: Received | None = None  # the message, when the inbox has it already, unanswered


@dataclass(frozen=True)
class Line:
    """One line of a conversation as people read it. `author` is ``user`` or the author of an Outgoing."""

    author: str
    created: float
    payload: dict[str, Any]
    channel: str | None = None
    seq: int | None = None
    client_id: str | None = None  # the client's own id of a message of his


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
        with self.database.quick(read_only=True) as connection:
            row = connection.execute(_MESSAGE, {"turn_id": turn_id}).first()
            if row is not None and row.state != "received":
                return Opened(self._replies(connection, turn_id), None)
            tail = self.log.tail(connection, conversation_id, known_version)
            return Opened(None, tail, None if row is None else self._received(row))

    def accept(self, message: Received) -> bool:
        """Keep a message before it is worked on, for channels that confirm receipt first. False: known already."""
        with self.database.quick() as connection:
            row = self._inbox_row(message, "received", None)
            return bool(connection.execute(_ACCEPT, row).rowcount)

    def commit(
        self,
        message: Received,
        saves: Sequence[Append],
        payloads: Sequence[dict[str, Any]],
        buttons: Mapping[str, str] | None = None,
        forget: bool = False,
    ) -> list[Outgoing]:
        """End a turn: tracker events, replies and the inbox mark, all or nothing; the numbered replies.

        With `forget` everything else of the conversation is deleted with it (its customer wished so): the
        replies are its first ones again, numbered from 1, and the next message begins anew. Raises AlreadyDone if somebody else answered the message, ConcurrentWrite if the conversation moved.
        """
        with self.database.quick() as connection:
            return self.commit_in(connection, message, saves, payloads, buttons, forget)

    def commit_in(
        self,
        connection: Quick,
        message: Received,
        saves: Sequence[Append],
        payloads: Sequence[dict[str, Any]],
        buttons: Mapping[str, str] | None = None,
        forget: bool = False,
    ) -> list[Outgoing]:
        """`commit` within a transaction of the caller."""
        now = self.now()
        if not connection.execute(_FINISH, self._inbox_row(message, "done", now)).rowcount:
            raise AlreadyDone(message.turn_id)
        if forget:
            self.log.forget_in(connection, [message.conversation_id])
            wordless = replace(message, payload={"text": ""})
            connection.execute(_FINISH, self._inbox_row(wordless, "done", now))
        for append in () if forget else saves:
            self.log.append(connection, append, now)
        self._keep_buttons(connection, message.conversation_id, buttons or {}, now)
        return self._say(connection, message.conversation_id, payloads, BOT, message.turn_id, now)

    def _inbox_row(self, message: Received, state: str, done: float | None) -> dict[str, Any]:
        return {
            "turn_id": message.turn_id,
            "conversation_id": message.conversation_id,
            "client_id": message.client_id[:128],
            "channel": message.channel,
            "state": state,
            "received": message.received,
            "done": done,
            "payload": seal(self.vault, message.payload, f"inbox:{message.turn_id}"),
        }

    def unfinished(self, before: float | None = None) -> list[Received]:
        """Messages accepted (before a moment, epoch seconds) and never answered: to be answered after a crash."""
        moment = self.now() + 1 if before is None else before
        with self.database.quick(read_only=True) as connection:
            rows = connection.execute(_UNFINISHED, {"before": moment})
            return [self._received(row) for row in rows]

    def close(self, message: Received, payloads: Sequence[dict[str, Any]]) -> list[Outgoing]:
        """Give up a message that was accepted: nobody carries it out any more, and `payloads` are all that its sender
        hears of it. Raises AlreadyDone if it was answered, or closed, meanwhile."""
        now = self.now()
        with self.database.quick() as connection:
            if not connection.execute(_CLOSE, {"turn_id": message.turn_id, "now": now}).rowcount:
                raise AlreadyDone(message.turn_id)
            return self._say(connection, message.conversation_id, payloads, SYSTEM, message.turn_id, now)

    def overtaken(self, message: Received) -> bool:
        """Whether a later message of the conversation was answered."""
        with self.database.quick(read_only=True) as connection:
            return connection.execute(_OVERTAKEN, vars(message)).first() is not None

    def _received(self, row: Any) -> Received:
        payload = unseal(self.vault, row.payload, f"inbox:{row.turn_id}")
        return Received(row.turn_id, row.conversation_id, row.client_id, row.channel, payload, row.received)

    def replies(self, turn_id: str) -> list[Outgoing]:
        """What a turn answered."""
        with self.database.quick(read_only=True) as connection:
            return self._replies(connection, turn_id)

    def _replies(self, connection: Quick, turn_id: str) -> list[Outgoing]:
        return [self._outgoing(row) for row in connection.execute(_REPLIES, {"turn_id": turn_id})]

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
        with self.database.quick() as connection:
            self._keep_buttons(connection, conversation_id, buttons or {}, now)
            return self._say(connection, conversation_id, payloads, author, None, now)

    def _say(
        self,
        connection: Quick,
        conversation_id: str,
        payloads: Sequence[dict[str, Any]],
        author: str,
        turn_id: str | None,
        now: float,
    ) -> list[Outgoing]:
        if not payloads:
            return []
        first = self._numbers(connection, conversation_id, len(payloads), now)
        messages = [
            Outgoing(conversation_id, first + n, author, payload, now, turn_id)
            for n, payload in enumerate(payloads)
        ]
        rows = [
            {**vars(message), "payload": seal(self.vault, message.payload, _place(message))}
            for message in messages
        ]
        connection.execute(_SAY, rows)
        return messages

    @staticmethod
    def _numbers(connection: Quick, conversation_id: str, count: int, now: float) -> int:
        """Take `count` numbers; the row's lock keeps them without gaps or doubles."""
        values = {"id": conversation_id, "count": count, "now": now}
        if not connection.execute(_TAKE_NUMBERS, values).rowcount:
            connection.execute(_BEGIN, {"id": conversation_id, "now": now})
            connection.execute(_TAKE_NUMBERS, values)
        after: int = connection.execute(_NEXT_NUMBER, {"id": conversation_id}).scalar()
        return after - count

    def since(self, conversation_id: str, seq: int, limit: int = 200) -> list[Outgoing]:
        """What was said after number `seq`, oldest first."""
        values = {"id": conversation_id, "seq": seq, "limit": limit}
        with self.database.quick(read_only=True) as connection:
            return [self._outgoing(row) for row in connection.execute(_SINCE, values)]

    def _outgoing(self, row: Any) -> Outgoing:
        sealed = Outgoing(row.conversation_id, row.seq, row.author, {}, row.created, row.turn_id)
        return replace(sealed, payload=unseal(self.vault, row.payload, _place(sealed)))

    def history(self, conversation_id: str, limit: int = 200) -> list[Line]:
        """The last lines of both sides in the order of time, for people."""
        values = {"id": conversation_id, "limit": limit}
        with self.database.quick(read_only=True) as connection:
            asked = connection.execute(_ASKED, values).all()
            said = connection.execute(_SAID, values).all()
        return self._lines(asked, said)[-limit:]

    def lines_since(
        self, conversation_id: str, seq: int, moment: float, limit: int = 200
    ) -> tuple[list[Line], int]:
        """Both sides after outgoing number `seq` and after a moment (epoch seconds) for what came in, in the
        order of time; and the last outgoing number there is (less than `seq`: the conversation was deleted).
        """
        values = {"id": conversation_id, "seq": seq, "moment": moment, "limit": limit}
        with self.database.quick(read_only=True) as connection:
            asked = connection.execute(_ASKED_SINCE, values).all()
            said = connection.execute(_SINCE, values).all()
            last = connection.execute(_LAST, values).scalar()
        return self._lines(asked, said), int(last or 0)

    def last(self, conversation_id: str) -> int:
        """The last outgoing number; 0 when nothing was said."""
        with self.database.quick(read_only=True) as connection:
            return int(connection.execute(_LAST, {"id": conversation_id}).scalar() or 0)

    def _lines(self, asked: Sequence[Any], said: Sequence[Any]) -> list[Line]:
        lines = []
        for row in asked:
            message = self._received(row)
            lines.append(
                Line("user", message.received, message.payload, message.channel, None, message.client_id)
            )
        for row in said:
            out = self._outgoing(row)
            lines.append(Line(out.author, out.created, out.payload, None, out.seq))
        lines.sort(key=lambda line: (line.created, line.seq or 0))
        return lines

    # --- buttons

    def button(self, conversation_id: str, digest: str) -> str | None:
        """The stored meaning of a long button."""
        values = {"id": conversation_id, "digest": digest}
        with self.database.quick(read_only=True) as connection:
            data = connection.execute(_MEANING, values).scalar()
        return None if data is None else unseal(self.vault, data, f"button:{conversation_id}:{digest}")

    def _keep_buttons(
        self, connection: Quick, conversation_id: str, buttons: Mapping[str, str], now: float
    ) -> None:
        for digest, meaning in buttons.items():
            data = seal(self.vault, meaning, f"button:{conversation_id}:{digest}")
            values = {"id": conversation_id, "digest": digest, "now": now, "payload": data}
            connection.execute(_MEAN, values)


def _place(message: Outgoing) -> str:
    """Where an outgoing message lies, which is encrypted with it."""
    return f"outbox:{message.conversation_id}:{message.seq}"
