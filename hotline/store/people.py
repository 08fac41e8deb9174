"""Handoffs, callbacks, tickets, guided tests and unanswered messages in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select, update

from hotline.business.callbacks import Callback
from hotline.business.gaps import Gap
from hotline.business.handoff import CLOSED, WAITING, WITH_PERSON, Handoff
from hotline.business.troubles import GuidedTest, Ticket
from hotline.store.crypto import Vault
from hotline.store.database import Database, insert
from hotline.store.models.service import CallbackRow, GapRow, GuidedTestRow, HandoffRow, TicketRow
from hotline.store.quick import Prepared

_HANDOFFS = HandoffRow.__table__
_OF_TALK = _HANDOFFS.c.conversation_id == bindparam("id")
#: each turn asks whether a person has the conversation
_HELD = Prepared(select(_HANDOFFS.c.handoff_id).where(_OF_TALK, _HANDOFFS.c.status == bindparam("status")))
_OPEN = Prepared(select(*_HANDOFFS.c).where(_OF_TALK, _HANDOFFS.c.status != bindparam("status")))
_EARLIER = or_(
    _HANDOFFS.c.created_at < bindparam("at"),
    and_(_HANDOFFS.c.created_at == bindparam("at"), _HANDOFFS.c.handoff_id < bindparam("before")),
)
_AHEAD = Prepared(
    select(func.count()).where(
        _HANDOFFS.c.status == bindparam("status"),
        or_(
            _HANDOFFS.c.priority < bindparam("priority"),
            and_(_HANDOFFS.c.priority == bindparam("priority"), _EARLIER),
        ),
    )
)


class SqlPeople:
    """Fulfils the stores of `business.handoff`, `callbacks`, `troubles` and `gaps`. Needs a vault."""

    def __init__(self, database: Database) -> None:
        if database.vault is None:
            raise ValueError("conversations are personal: the database needs a vault")
        self._db = database
        self._vault: Vault = database.vault

    # --- handoffs

    def open_handoff(self, conversation_id: str) -> Handoff | None:
        with self._db.quick(read_only=True) as connection:
            row = connection.execute(_OPEN, {"id": conversation_id, "status": CLOSED}).first()
            return None if row is None else _made(Handoff, row)

    def with_person(self, conversation_id: str) -> bool:
        with self._db.quick(read_only=True) as connection:
            return (
                connection.execute(_HELD, {"id": conversation_id, "status": WITH_PERSON}).first() is not None
            )

    def ahead_of(self, handoff: Handoff) -> int:
        values = {
            "status": WAITING,
            "priority": handoff.priority,
            "at": handoff.created_at,
            "before": handoff.handoff_id,
        }
        with self._db.quick(read_only=True) as connection:
            return int(connection.execute(_AHEAD, values).scalar())

    def add_handoff(self, handoff: Handoff) -> Handoff:
        with self._db.session() as session:
            session.execute(insert(self._db, HandoffRow).values(**_values(handoff)).on_conflict_do_nothing())
            row = session.scalars(
                select(HandoffRow).where(
                    HandoffRow.conversation_id == handoff.conversation_id, HandoffRow.status != CLOSED
                )
            ).one()
            return _made(Handoff, row)

    def handoff(self, handoff_id: str) -> Handoff | None:
        return self._one(select(HandoffRow).where(HandoffRow.handoff_id == handoff_id), Handoff)

    def change_handoff(self, handoff: Handoff, expected: str) -> bool:
        return self._change(
            HandoffRow,
            (HandoffRow.handoff_id == handoff.handoff_id) & (HandoffRow.status == expected),
            {
                name: getattr(handoff, name)
                for name in ("status", "taken_by", "taken_at", "outcome", "closed_at")
            },
        )

    def handoffs(self, statuses: Sequence[str]) -> Sequence[Handoff]:
        query = (
            select(HandoffRow)
            .where(HandoffRow.status.in_(statuses))
            .order_by(HandoffRow.priority, HandoffRow.created_at, HandoffRow.handoff_id)
        )
        return self._many(query, Handoff)

    def handoff_counts(self) -> list[tuple[str, str, int]]:
        """How many there are on record: (reason, status, count)."""
        query = select(HandoffRow.reason, HandoffRow.status, func.count()).group_by(
            HandoffRow.reason, HandoffRow.status
        )
        with self._db.session(read_only=True) as session:
            return [(reason, status, count) for reason, status, count in session.execute(query)]

    # --- callbacks

    def add_callback(self, callback: Callback) -> Callback:
        key = self._vault.fingerprint(callback.contact["phone"], "phone")
        with self._db.session() as session:
            session.execute(
                insert(self._db, CallbackRow)
                .values(**_values(callback), phone_key=key)
                .on_conflict_do_nothing()
            )
            row = session.scalars(
                select(CallbackRow).where(
                    CallbackRow.conversation_id == callback.conversation_id,
                    CallbackRow.turn_id == callback.turn_id,
                )
            ).one()
            return _made(Callback, row)

    def callback(self, callback_id: str) -> Callback | None:
        return self._one(select(CallbackRow).where(CallbackRow.callback_id == callback_id), Callback)

    def change_callback(self, callback: Callback, expected: str) -> bool:
        return self._change(
            CallbackRow,
            (CallbackRow.callback_id == callback.callback_id) & (CallbackRow.status == expected),
            {"status": callback.status, "done_at": callback.done_at},
        )

    def callbacks(
        self, status: str, until: datetime | None = None, conversation_id: str | None = None
    ) -> Sequence[Callback]:
        query = select(CallbackRow).where(CallbackRow.status == status)
        if until is not None:
            query = query.where(CallbackRow.window_from < until)
        if conversation_id is not None:
            query = query.where(CallbackRow.conversation_id == conversation_id)
        return self._many(query.order_by(CallbackRow.window_from, CallbackRow.created_at), Callback)

    # --- tickets and tests

    def add_ticket(self, ticket: Ticket) -> Ticket:
        with self._db.session() as session:
            session.execute(insert(self._db, TicketRow).values(**_values(ticket)).on_conflict_do_nothing())
            row = session.scalars(
                select(TicketRow).where(
                    TicketRow.conversation_id == ticket.conversation_id,
                    TicketRow.turn_id == ticket.turn_id,
                )
            ).one_or_none()
            if row is None:
                raise LookupError("the ticket number is taken")
            return _made(Ticket, row)

    def ticket(self, number: str) -> Ticket | None:
        return self._one(select(TicketRow).where(TicketRow.number == number), Ticket)

    def tickets(self, statuses: Sequence[str]) -> Sequence[Ticket]:
        query = select(TicketRow).where(TicketRow.status.in_(statuses))
        return self._many(query.order_by(TicketRow.created_at, TicketRow.number), Ticket)

    def save_ticket(self, ticket: Ticket) -> None:
        self._change(
            TicketRow,
            TicketRow.number == ticket.number,
            {"status": ticket.status, "updated_at": ticket.updated_at},
        )

    def guided_test(self, reference: str) -> GuidedTest | None:
        return self._one(select(GuidedTestRow).where(GuidedTestRow.reference == reference), GuidedTest)

    def save_guided_test(self, test: GuidedTest) -> None:
        values = {"results": dict(test.results), "finished_at": test.finished_at}
        with self._db.session() as session:
            session.execute(
                insert(self._db, GuidedTestRow)
                .values(reference=test.reference, started_at=test.started_at, **values)
                .on_conflict_do_update(index_elements=["reference"], set_=values)
            )

    # --- unanswered messages

    def add_gap(self, gap: Gap) -> None:
        values = {**_values(gap), "guesses": [list(guess) for guess in gap.guesses]}
        with self._db.session() as session:
            session.execute(insert(self._db, GapRow).values(**values).on_conflict_do_nothing())

    def gaps(self, since: datetime | None = None) -> Sequence[Gap]:
        query = select(GapRow).order_by(GapRow.at.desc(), GapRow.id.desc())
        if since is not None:
            query = query.where(GapRow.at >= since)
        with self._db.session(read_only=True) as session:
            return [
                Gap(
                    row.conversation_id,
                    row.turn_id,
                    row.via,
                    row.message,
                    tuple((name, confidence) for name, confidence in row.guesses),
                    row.at,
                )
                for row in session.scalars(query)
            ]

    # --- inside

    def _one(self, query: Any, kind: Any) -> Any:
        with self._db.session(read_only=True) as session:
            row = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
            return None if row is None else _made(kind, row)

    def _many(self, query: Any, kind: Any) -> list[Any]:
        with self._db.session(read_only=True) as session:
            rows = session.scalars(query.execution_options(populate_existing=True))
            return [_made(kind, row) for row in rows]

    def _change(self, model: Any, where: Any, values: dict[str, Any]) -> bool:
        statement = update(model).where(where).values(**values)
        with self._db.session() as session:
            changed = session.execute(statement.execution_options(synchronize_session=False))
        return bool(changed.rowcount)


def _values(thing: Any) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in thing.__dataclass_fields__}


def _made(kind: Any, row: Any) -> Any:
    return kind(**{name: getattr(row, name) for name in kind.__dataclass_fields__})
