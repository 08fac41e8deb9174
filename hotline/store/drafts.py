"""Drafts in SQL. A turn reads its own several times and writes it now and then: by ready-made statements."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from hotline.business.drafts import Draft
from hotline.store.crypto import Vault
from hotline.store.database import Database, insert
from hotline.store.models.applications import ConversationRow, DraftRow, TurnRow
from hotline.store.models.service import ConsentRow
from hotline.store.quick import Prepared
from hotline.values.plain import copied

#: in a conversation's scratch: the submitted drafts that it led to before its present one
BEFORE = "drafts_before"
_OWN = ("consent", "reserved_number", "reserved_until", "reference", "revision", "created_at", "updated_at")
_KEPT = (*_OWN, "fields", "skipped", "reopened", "volunteered", "volunteered_until", "phone_key")
_DRAFTS, _TALKS, _TURNS = DraftRow.__table__, ConversationRow.__table__, TurnRow.__table__
_FIND = (
    select(*_DRAFTS.c, _TALKS.c.conversation_id, _TALKS.c.via, _TALKS.c.dialogue)
    .join(_TALKS, _TALKS.c.draft_id == _DRAFTS.c.draft_id)
    .where(_TALKS.c.conversation_id == bindparam("id"))
)
_LOAD, _LOCK = Prepared(_FIND), Prepared(_FIND.with_for_update())
_SAVE = Prepared(update(_DRAFTS).where(_DRAFTS.c.draft_id == bindparam("of")), *_KEPT)
_TOUCH = Prepared(update(_TALKS).where(_TALKS.c.conversation_id == bindparam("of")), "via", "updated_at")
_RECALL = Prepared(
    select(_TURNS.c.outcome).where(
        _TURNS.c.conversation_id == bindparam("id"), _TURNS.c.key == bindparam("of")
    )
)
_REMEMBER = Prepared(_TURNS.insert(), "conversation_id", "key", "outcome", "at")


class SqlDrafts:
    """Fulfils `business.ports.DraftStore` but for the tries. Needs a database with a vault."""

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
        view = None if lock else self._db.view
        row = None if view is None else view.get(conversation_id)
        if row is None:
            with self._db.quick(read_only=not lock) as connection:
                row = connection.execute(_LOCK if lock else _LOAD, {"id": conversation_id}).first()
            if row is not None and view is not None:
                view[conversation_id] = row
        return None if row is None else _draft(row)

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
                kept = {BEFORE: _led_to(existing)} if self._is_submitted(session, existing.draft_id) else {}
                session.execute(
                    update(ConversationRow)
                    .where(ConversationRow.conversation_id == draft.conversation_id)
                    .values(**{**values, "dialogue": {**draft.dialogue, **kept}})
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
        with self._db.quick() as connection:
            connection.execute(_SAVE, {"of": draft.draft_id, **self._columns(draft)})
            values = {"of": draft.conversation_id, "via": draft.via, "updated_at": draft.updated_at}
            connection.execute(_TOUCH, values)

    def save_dialogue(self, conversation_id: str, dialogue: Mapping[str, Any], at: datetime) -> None:
        with self._db.session() as session:
            row = session.get(ConversationRow, conversation_id)
            kept = {BEFORE: row.dialogue[BEFORE]} if row is not None and BEFORE in row.dialogue else {}
            session.execute(
                update(ConversationRow)
                .where(ConversationRow.conversation_id == conversation_id)
                .values(dialogue={**dialogue, **kept}, updated_at=at)
            )

    @staticmethod
    def _is_submitted(session: Session, draft_id: str) -> bool:
        found = session.scalar(select(DraftRow.reference).where(DraftRow.draft_id == draft_id))
        return found is not None

    def led_to(self, conversation_id: str) -> list[str]:
        """The drafts that a conversation leads to: the present one, and submitted ones that it went on from."""
        draft = self.load_draft(conversation_id)
        return [] if draft is None else _led_to(draft)

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
        values = {"id": conversation_id, "of": self._turn_key(turn_id, request)}
        with self._db.quick(read_only=True) as connection:
            return connection.execute(_RECALL, values).scalar()

    def remember(self, conversation_id: str, turn_id: str, request: str, outcome: Any, at: datetime) -> None:
        key = self._turn_key(turn_id, request)
        values = {"conversation_id": conversation_id, "key": key, "outcome": outcome, "at": at}
        with self._db.quick() as connection:
            connection.execute(_REMEMBER, values)

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

    def phone_key(self, phone: str) -> str:
        """What a phone number is found again by."""
        return self._vault.fingerprint(phone, "phone")

    def _turn_key(self, turn_id: str, request: str) -> str:
        return self._vault.fingerprint(f"{turn_id}\0{request}", "turn")

    def _columns(self, draft: Draft) -> dict[str, Any]:
        phone = draft.fields.get("phone")
        return {
            **{name: getattr(draft, name) for name in _OWN},
            "fields": draft.fields,
            "skipped": sorted(draft.skipped),
            "reopened": sorted(draft.reopened),
            "volunteered": draft.volunteered or None,
            "volunteered_until": draft.volunteered_until,
            "phone_key": self.phone_key(phone) if phone else None,
        }


def _led_to(row: Any) -> list[str]:
    return list(dict.fromkeys([row.draft_id, *row.dialogue.get(BEFORE, ())]))


def _draft(row: Any) -> Draft:
    """The caller's own, for several may be made of one row (`Database.view`)."""
    return Draft(
        draft_id=row.draft_id,
        conversation_id=row.conversation_id,
        via=row.via,
        fields=copied(row.fields),
        skipped=set(row.skipped),
        reopened=set(row.reopened),
        volunteered=copied(row.volunteered or {}),
        volunteered_until=row.volunteered_until,
        dialogue=copied(row.dialogue),
        **{name: getattr(row, name) for name in _OWN},
    )
