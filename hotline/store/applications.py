"""Drafts and applications in SQL: the store behind `business.applications`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from hotline.business.cases import Application, Attempt, Event
from hotline.store.database import insert
from hotline.store.drafts import SqlDrafts
from hotline.store.models.applications import (
    ApplicationRow,
    AttemptRow,
    ContinueCodeRow,
    ConversationRow,
    EventRow,
)
from hotline.store.quick import Prepared

_APPLICATIONS = ApplicationRow.__table__
_OF = Prepared(
    select(*_APPLICATIONS.c)
    .where(
        (_APPLICATIONS.c.conversation_id == bindparam("id"))
        | (_APPLICATIONS.c.draft_id == bindparam("of"))
        | _APPLICATIONS.c.draft_id.in_(
            select(ConversationRow.draft_id).where(ConversationRow.conversation_id == bindparam("id"))
        )
    )
    .order_by(_APPLICATIONS.c.submitted_at.desc(), _APPLICATIONS.c.reference)
)


class SqlApplications(SqlDrafts):
    """Fulfils `business.ports.ApplicationStore`. Needs a database with a vault."""

    # --- applications

    def add_application(self, application: Application, event: Event) -> bool:
        phone = str(application.fields.get("phone", ""))
        values = {name: getattr(application, name) for name in Application.__dataclass_fields__}
        with self._db.session() as session:
            inserted = session.execute(
                insert(self._db, ApplicationRow)
                .values(
                    **values,
                    phone_key=self.phone_key(phone),
                    tail_key=self._tail_key(application.reference, _tail(phone)),
                    company_key=self._vault.fingerprint(
                        str(application.fields.get("company_name", "")), "company"
                    ),
                )
                .on_conflict_do_nothing()
            )
            if inserted.rowcount != 1:
                return False
            session.add(_event_row(application.reference, event))
            session.flush()
        return True

    def application(self, reference: str, *, lock: bool = False) -> Application | None:
        query = select(ApplicationRow).where(ApplicationRow.reference == reference)
        if lock:
            query = query.with_for_update()
        with self._db.session(read_only=not lock) as session:
            row = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
        return None if row is None else _application(row)

    def applications_of(self, draft_or_conversation: str) -> Sequence[Application]:
        asked = dict.fromkeys([draft_or_conversation, *self.led_to(draft_or_conversation)[1:]])
        with self._db.quick(read_only=True) as connection:
            rows = [row for each in asked for row in connection.execute(_OF, {"id": each, "of": each})]
        found = {row.reference: _application(row) for row in rows}
        newest = sorted(found.values(), key=lambda each: each.reference)
        return sorted(newest, key=lambda each: each.submitted_at, reverse=True)

    def listed(self, status: str | None, limit: int) -> Sequence[Application]:
        query = select(ApplicationRow).order_by(ApplicationRow.submitted_at.desc()).limit(limit)
        if status is not None:
            query = query.where(ApplicationRow.status == status)
        with self._db.session(read_only=True) as session:
            return [_application(row) for row in session.scalars(query)]

    def tail_matches(self, reference: str, last_four: str) -> bool:
        with self._db.session(read_only=True) as session:
            kept = session.scalar(
                select(ApplicationRow.tail_key).where(ApplicationRow.reference == reference)
            )
        return kept is not None and kept == self._tail_key(reference, last_four)

    def move(self, application: Application, event: Event) -> None:
        with self._db.session() as session:
            session.execute(
                update(ApplicationRow)
                .where(ApplicationRow.reference == application.reference)
                .values(
                    status=application.status,
                    expected_from=application.expected_from,
                    expected_to=application.expected_to,
                    expected_certain=application.expected_certain,
                    updated_at=application.updated_at,
                )
            )
            session.add(_event_row(application.reference, event))
            session.flush()

    def history(self, reference: str) -> Sequence[Event]:
        query = select(EventRow).where(EventRow.reference == reference).order_by(EventRow.position)
        with self._db.session(read_only=True) as session:
            return [
                Event(**{name: getattr(row, name) for name in Event.__dataclass_fields__})
                for row in session.scalars(query)
            ]

    # --- wrong tries

    def attempt(self, name: str) -> Attempt | None:
        with self._db.session(read_only=True) as session:
            row = session.get(AttemptRow, self._attempt_key(name), populate_existing=True)
            return None if row is None else Attempt(row.failures, row.locked_until, row.updated_at)

    def save_attempt(self, name: str, attempt: Attempt) -> None:
        values = {
            "failures": attempt.failures,
            "locked_until": attempt.locked_until,
            "updated_at": attempt.updated_at,
        }
        with self._db.session() as session:
            session.execute(
                insert(self._db, AttemptRow)
                .values(key=self._attempt_key(name), **values)
                .on_conflict_do_update(index_elements=["key"], set_=values)
            )

    def forget_attempt(self, name: str) -> None:
        with self._db.session() as session:
            session.execute(delete(AttemptRow).where(AttemptRow.key == self._attempt_key(name)))

    # --- continue codes

    def add_code(self, code: str, kind: str, draft_id: str, now: datetime, expires: datetime) -> bool:
        key = self._code_key(code)
        with self._db.session() as session:
            session.execute(
                delete(ContinueCodeRow).where(
                    (ContinueCodeRow.expires_at <= now)
                    | ((ContinueCodeRow.draft_id == draft_id) & (ContinueCodeRow.kind == kind))
                )
            )
            inserted = session.execute(
                insert(self._db, ContinueCodeRow)
                .values(code_key=key, draft_id=draft_id, kind=kind, created_at=now, expires_at=expires)
                .on_conflict_do_nothing()
            )
        return bool(inserted.rowcount)

    def use_code(self, code: str, now: datetime) -> str | None:
        key = self._code_key(code)
        with self._db.session() as session:
            used = session.execute(
                update(ContinueCodeRow)
                .where(
                    ContinueCodeRow.code_key == key,
                    ContinueCodeRow.used_at.is_(None),
                    ContinueCodeRow.expires_at > now,
                )
                .values(used_at=now)
                .execution_options(synchronize_session=False)
            )
            if used.rowcount != 1:
                return None
            return session.scalar(select(ContinueCodeRow.draft_id).where(ContinueCodeRow.code_key == key))

    # --- inside

    def _tail_key(self, reference: str, last_four: str) -> str:
        return self._vault.fingerprint(last_four, f"tail/{reference}")

    def _code_key(self, code: str) -> str:
        return self._vault.fingerprint(code, "continue")

    def _attempt_key(self, name: str) -> str:
        return self._vault.fingerprint(name, "attempt")


def _tail(phone: str) -> str:
    """The last four digits of a mobile or of a landline (without its extension)."""
    parts = phone.split("-")
    return (parts[1] if len(parts) > 1 else parts[0])[-4:]


def _application(row: Any) -> Application:
    return Application(**{name: getattr(row, name) for name in Application.__dataclass_fields__})


def _event_row(reference: str, event: Event) -> Any:
    return EventRow(
        reference=reference, **{name: getattr(event, name) for name in Event.__dataclass_fields__}
    )
