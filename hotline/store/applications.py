"""Drafts and applications in SQL: the store behind `business.applications`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hotline.business.cases import Application, Attempt, Event
from hotline.business.drafts import Draft
from hotline.store.crypto import Vault
from hotline.store.database import Database, insert
from hotline.store.models.applications import (
    ApplicationRow,
    AttemptRow,
    ContinueCodeRow,
    ConversationRow,
    DraftRow,
    EventRow,
    TurnRow,
)
from hotline.store.models.service import ConsentRow

_OWN = ("consent", "reserved_number", "reserved_until", "reference", "revision", "created_at", "updated_at")


class SqlApplications:
    """Fulfils `business.ports.ApplicationStore`. Needs a database with a vault."""

    def __init__(self, database: Database) -> None:
        if database.vault is None:
            raise ValueError("drafts hold personal data: the database needs a vault")
        self._db = database
        self._vault: Vault = database.vault

    def transaction(self) -> AbstractContextManager[None]:
        """See `Database.transaction`."""
        return self._db.transaction()

    # --- drafts

    def load_draft(self, conversation_id: str, *, lock: bool = False) -> Draft | None:
        query = (
            select(DraftRow, ConversationRow)
            .join(ConversationRow, ConversationRow.draft_id == DraftRow.draft_id)
            .where(ConversationRow.conversation_id == conversation_id)
        )
        if lock:
            query = query.with_for_update()
        with self._db.session(read_only=not lock) as session:
            found = session.execute(query.execution_options(populate_existing=True)).one_or_none()
        return None if found is None else _draft(*found)

    def create_draft(self, draft: Draft) -> Draft:
        with self._db.session() as session:
            existing = session.get(ConversationRow, draft.conversation_id)
            session.execute(
                insert(self._db, DraftRow).values(draft_id=draft.draft_id, **self._columns(draft))
            )
            values = {
                "draft_id": draft.draft_id,
                "via": draft.via,
                "dialogue": draft.dialogue,
                "updated_at": draft.updated_at,
            }
            if existing is not None:
                session.execute(
                    update(ConversationRow)
                    .where(ConversationRow.conversation_id == draft.conversation_id)
                    .values(**values)
                    .execution_options(synchronize_session=False)
                )
                self._drop_orphan(session, existing.draft_id)
                return draft
            inserted = session.execute(
                insert(self._db, ConversationRow)
                .values(conversation_id=draft.conversation_id, **values)
                .on_conflict_do_nothing()
            )
            if inserted.rowcount == 1:
                return draft
            session.execute(delete(DraftRow).where(DraftRow.draft_id == draft.draft_id))
        first = self.load_draft(draft.conversation_id)
        assert first is not None
        return first

    def save_draft(self, draft: Draft) -> None:
        with self._db.session() as session:
            session.execute(
                update(DraftRow).where(DraftRow.draft_id == draft.draft_id).values(**self._columns(draft))
            )
            session.execute(
                update(ConversationRow)
                .where(ConversationRow.conversation_id == draft.conversation_id)
                .values(via=draft.via, updated_at=draft.updated_at)
            )

    def save_dialogue(self, conversation_id: str, dialogue: Mapping[str, Any], at: datetime) -> None:
        with self._db.session() as session:
            session.execute(
                update(ConversationRow)
                .where(ConversationRow.conversation_id == conversation_id)
                .values(dialogue=dict(dialogue), updated_at=at)
            )

    def link(self, conversation_id: str, draft_id: str, via: str, at: datetime) -> Draft | None:
        values = {"draft_id": draft_id, "via": via, "updated_at": at}
        with self._db.session() as session:
            if session.get(DraftRow, draft_id) is None:
                return None
            before = session.scalar(
                select(ConversationRow.draft_id).where(ConversationRow.conversation_id == conversation_id)
            )
            session.execute(
                insert(self._db, ConversationRow)
                .values(conversation_id=conversation_id, dialogue={}, **values)
                .on_conflict_do_update(index_elements=["conversation_id"], set_=values)
            )
            if before is not None and before != draft_id:
                self._drop_orphan(session, before)
        return self.load_draft(conversation_id)

    def _drop_orphan(self, session: Session, draft_id: str) -> None:
        """An unfinished draft that no conversation leads to any more is nobody's: nothing of it is kept."""
        linked = select(ConversationRow.draft_id).where(ConversationRow.draft_id == draft_id)
        session.execute(
            delete(DraftRow)
            .where(DraftRow.draft_id == draft_id, DraftRow.reference.is_(None), ~linked.exists())
            .execution_options(synchronize_session=False)
        )

    def recall(self, conversation_id: str, turn_id: str, request: str) -> Any | None:
        with self._db.session(read_only=True) as session:
            return session.scalar(
                select(TurnRow.outcome).where(
                    TurnRow.conversation_id == conversation_id,
                    TurnRow.key == self._turn_key(turn_id, request),
                )
            )

    def remember(self, conversation_id: str, turn_id: str, request: str, outcome: Any, at: datetime) -> None:
        with self._db.session() as session:
            session.execute(
                insert(self._db, TurnRow).values(
                    conversation_id=conversation_id,
                    key=self._turn_key(turn_id, request),
                    outcome=outcome,
                    at=at,
                )
            )

    def add_consent(self, draft: Draft, decision: str, terms: Mapping[str, Any], at: datetime) -> None:
        with self._db.session() as session:
            session.add(
                ConsentRow(
                    conversation_id=draft.conversation_id,
                    draft_id=draft.draft_id,
                    decision=decision,
                    via=draft.via,
                    at=at,
                    **terms,
                )
            )
            session.flush()

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
        own = select(ConversationRow.draft_id).where(ConversationRow.conversation_id == draft_or_conversation)
        query = (
            select(ApplicationRow)
            .where(
                (ApplicationRow.conversation_id == draft_or_conversation)
                | (ApplicationRow.draft_id == draft_or_conversation)
                | ApplicationRow.draft_id.in_(own)
            )
            .order_by(ApplicationRow.submitted_at.desc(), ApplicationRow.reference)
        )
        with self._db.session(read_only=True) as session:
            return [_application(row) for row in session.scalars(query)]

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

    def phone_key(self, phone: str) -> str:
        """What a phone number is found again by."""
        return self._vault.fingerprint(phone, "phone")

    def _tail_key(self, reference: str, last_four: str) -> str:
        return self._vault.fingerprint(last_four, f"tail/{reference}")

    def _turn_key(self, turn_id: str, request: str) -> str:
        return self._vault.fingerprint(f"{turn_id}\0{request}", "turn")

    def _code_key(self, code: str) -> str:
        return self._vault.fingerprint(code, "continue")

    def _attempt_key(self, name: str) -> str:
        return self._vault.fingerprint(name, "attempt")

    def _columns(self, draft: Draft) -> dict[str, Any]:
        phone = draft.fields.get("phone")
        return {
            **{name: getattr(draft, name) for name in _OWN},
            "fields": draft.fields,
            "skipped": sorted(draft.skipped),
            "volunteered": draft.volunteered or None,
            "volunteered_until": draft.volunteered_until,
            "phone_key": self.phone_key(phone) if phone else None,
        }


def _tail(phone: str) -> str:
    """The last four digits of a mobile or of a landline (without its extension)."""
    parts = phone.split("-")
    return (parts[1] if len(parts) > 1 else parts[0])[-4:]


def _draft(row: Any, conversation: Any) -> Draft:
    return Draft(
        draft_id=row.draft_id,
        conversation_id=conversation.conversation_id,
        via=conversation.via,
        fields=dict(row.fields),
        skipped=set(row.skipped),
        volunteered=dict(row.volunteered or {}),
        volunteered_until=row.volunteered_until,
        dialogue=dict(conversation.dialogue),
        **{name: getattr(row, name) for name in _OWN},
    )


def _application(row: Any) -> Application:
    return Application(**{name: getattr(row, name) for name in Application.__dataclass_fields__})


def _event_row(reference: str, event: Event) -> Any:
    return EventRow(
        reference=reference, **{name: getattr(event, name) for name in Event.__dataclass_fields__}
    )
