"""Deleting one person's rows, and rows beyond their time, in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update

from hotline.business import process
from hotline.business.callbacks import WAITING
from hotline.business.cases import Application
from hotline.business.handoff import CLOSED
from hotline.business.retention import Limits, Receipt, Subject
from hotline.business.troubles import SOLVED
from hotline.store.applications import SqlApplications
from hotline.store.database import insert
from hotline.store.models.applications import (
    ApplicationRow,
    AttemptRow,
    ContinueCodeRow,
    ConversationRow,
    DraftRow,
    TurnRow,
)
from hotline.store.models.service import (
    CallbackRow,
    ConsentRow,
    DeletionRow,
    GapRow,
    HandoffRow,
    TicketRow,
    UploadRow,
)

_BY_CONVERSATION: dict[str, Any] = {
    "turns": TurnRow,
    "handoffs": HandoffRow,
    "callbacks": CallbackRow,
    "tickets": TicketRow,
    "gaps": GapRow,
    "consents": ConsentRow,
}


class SqlErasure(SqlApplications):
    """Fulfils `business.retention.ErasureStore`."""

    def subject(self, conversation_id: str) -> Subject:
        found = self.led_to(conversation_id)
        with self._db.session(read_only=True) as session:
            submitted = session.scalars(
                select(ApplicationRow.draft_id).where(ApplicationRow.conversation_id == conversation_id)
            ).all()
        return self._subject({*found, *submitted}, {conversation_id})

    def subject_of_phone(self, phone: str) -> Subject:
        key = self.phone_key(phone)
        with self._db.session(read_only=True) as session:
            drafts = session.scalars(select(DraftRow.draft_id).where(DraftRow.phone_key == key)).all()
            submitted = session.scalars(
                select(ApplicationRow.draft_id).where(ApplicationRow.phone_key == key)
            ).all()
            called = session.scalars(
                select(CallbackRow.conversation_id).where(CallbackRow.phone_key == key)
            ).all()
        return self._subject({*drafts, *submitted}, set(called))

    def _subject(self, draft_ids: set[str], conversation_ids: set[str]) -> Subject:
        with self._db.session(read_only=True) as session:
            shared = session.scalars(
                select(ConversationRow.conversation_id).where(ConversationRow.draft_id.in_(draft_ids))
            ).all()
            rows = session.execute(
                select(ApplicationRow.reference, ApplicationRow.conversation_id).where(
                    ApplicationRow.draft_id.in_(draft_ids)
                )
            ).all()
        conversations = {*conversation_ids, *shared, *(row.conversation_id for row in rows)}
        references = {row.reference for row in rows}
        return Subject(tuple(sorted(conversations)), tuple(sorted(draft_ids)), tuple(sorted(references)))

    def reservations(self, subject: Subject) -> Sequence[tuple[str, str]]:
        query = select(DraftRow.reserved_number, DraftRow.draft_id).where(
            DraftRow.draft_id.in_(subject.draft_ids),
            DraftRow.reserved_number.is_not(None),
            or_(DraftRow.reference.is_(None), DraftRow.reference.in_(subject.references)),
        )
        with self._db.session(read_only=True) as session:
            return [(row.reserved_number, row.draft_id) for row in session.execute(query)]

    def applications(self, subject: Subject) -> Sequence[Application]:
        found = (self.application(reference) for reference in subject.references)
        return [application for application in found if application is not None]

    def erase(self, subject: Subject) -> Mapping[str, int]:
        counts = {}
        for name, model in _BY_CONVERSATION.items():
            counts[name] = self._delete(model, model.conversation_id.in_(subject.conversation_ids))
        counts["uploads"] = self._delete(
            UploadRow,
            or_(
                UploadRow.draft_id.in_(subject.draft_ids),
                UploadRow.conversation_id.in_(subject.conversation_ids),
            ),
        )
        counts["applications"] = self._delete(
            ApplicationRow, ApplicationRow.reference.in_(subject.references)
        )
        counts["drafts"] = self._delete(DraftRow, DraftRow.draft_id.in_(subject.draft_ids))
        return counts

    def add_receipt(self, receipt: Receipt, via: str) -> bool:
        with self._db.session() as session:
            inserted = session.execute(
                insert(self._db, DeletionRow)
                .values(receipt=receipt.receipt, at=receipt.at, via=via, counts=dict(receipt.counts))
                .on_conflict_do_nothing()
            )
        return bool(inserted.rowcount)

    def receipt(self, number: str) -> Receipt | None:
        with self._db.session(read_only=True) as session:
            row = session.get(DeletionRow, number)
            return None if row is None else Receipt(row.receipt, row.at, row.counts, ())

    def expired(self, limits: Limits) -> Sequence[Subject]:
        old_drafts = select(DraftRow.draft_id).where(
            DraftRow.reference.is_(None), DraftRow.updated_at < limits.drafts
        )
        finished = select(ApplicationRow.draft_id).where(
            ApplicationRow.status.in_(process.FINAL), ApplicationRow.updated_at < limits.applications
        )
        with self._db.session(read_only=True) as session:
            drafts = {*session.scalars(old_drafts), *session.scalars(finished)}
        return [self._alone(draft_id) for draft_id in sorted(drafts)]

    def _alone(self, draft_id: str) -> Subject:
        """One draft as a subject: a conversation that goes on with another draft is left alone."""
        with self._db.session(read_only=True) as session:
            here = session.scalars(
                select(ConversationRow.conversation_id).where(ConversationRow.draft_id == draft_id)
            ).all()
            references = session.scalars(
                select(ApplicationRow.reference).where(ApplicationRow.draft_id == draft_id)
            ).all()
        return Subject(tuple(here), (draft_id,), tuple(references))

    def purge(self, limits: Limits) -> Mapping[str, int]:
        counts = {
            "turns": self._delete(TurnRow, TurnRow.at < limits.drafts),
            "codes": self._delete(ContinueCodeRow, ContinueCodeRow.expires_at < limits.now),
            "tries": self._delete(AttemptRow, AttemptRow.updated_at < limits.now - timedelta(days=1)),
            "uploads": self._delete(UploadRow, UploadRow.expires_at < limits.now),
            "gaps": self._delete(GapRow, GapRow.at < limits.service),
            "handoffs": self._delete(
                HandoffRow, (HandoffRow.status == CLOSED) & (HandoffRow.closed_at < limits.service)
            ),
            "callbacks": self._delete(
                CallbackRow, (CallbackRow.status != WAITING) & (CallbackRow.done_at < limits.service)
            ),
            "tickets": self._delete(
                TicketRow, (TicketRow.status == SOLVED) & (TicketRow.updated_at < limits.service)
            ),
        }
        with self._db.session() as session:
            cleared = session.execute(
                update(DraftRow)
                .where(DraftRow.volunteered_until < limits.now)
                .values(volunteered=None, volunteered_until=None)
                .execution_options(synchronize_session=False)
            )
        return {**counts, "volunteered": int(cleared.rowcount)}

    def _delete(self, model: Any, where: Any) -> int:
        with self._db.session() as session:
            gone = session.execute(delete(model).where(where).execution_options(synchronize_session=False))
        return int(gone.rowcount)
