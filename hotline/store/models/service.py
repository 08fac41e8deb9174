"""Everything around an application: consent, people, troubles, uploads, deletions, unanswered messages."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, String, UniqueConstraint, text

from hotline.store.models.applications import CODE, CONVERSATION, ID, KEY
from hotline.store.models.base import (
    Base,
    EncryptedBytes,
    EncryptedJSON,
    EncryptedText,
    JSONText,
    UTCDateTime,
)


class ConsentRow(Base):
    """An answer to the consent question; kept as evidence, without anything personal in it."""

    __tablename__ = "consents"

    id = Column(Integer, primary_key=True, autoincrement=True)
    conversation_id = Column(String(CONVERSATION), nullable=False, index=True)
    draft_id = Column(String(ID), nullable=False, index=True)
    decision = Column(String(16), nullable=False)
    version = Column(String(16), nullable=False)
    purpose = Column(String(CODE), nullable=False)
    kinds = Column(JSONText, nullable=False)
    via = Column(String(16), nullable=False)
    at = Column(UTCDateTime, nullable=False)


class HandoffRow(Base):
    """A conversation given to a person, with what that person has to know."""

    __tablename__ = "handoffs"
    __table_args__ = (
        Index("ix_handoffs_queue", "status", "priority", "created_at"),
        # a conversation has one open handoff at most
        Index(
            "uq_handoffs_open",
            "conversation_id",
            unique=True,
            sqlite_where=text("status <> 'closed'"),
            postgresql_where=text("status <> 'closed'"),
        ),
    )

    handoff_id = Column(String(ID), primary_key=True)
    conversation_id = Column(String(CONVERSATION), nullable=False, index=True)
    turn_id = Column(String(CONVERSATION), nullable=False)
    via = Column(String(16), nullable=False)
    reason = Column(String(CODE), nullable=False)
    priority = Column(Integer, nullable=False)
    status = Column(String(16), nullable=False)
    context = Column(EncryptedJSON("handoffs.context"), nullable=False)
    taken_by = Column(String(64))
    outcome = Column(EncryptedText("handoffs.outcome"))
    created_at = Column(UTCDateTime, nullable=False)
    taken_at = Column(UTCDateTime)
    closed_at = Column(UTCDateTime)


class CallbackRow(Base):
    """A promised call: whom, when, what about."""

    __tablename__ = "callbacks"
    __table_args__ = (UniqueConstraint("conversation_id", "turn_id"),)

    callback_id = Column(String(ID), primary_key=True)
    conversation_id = Column(String(CONVERSATION), nullable=False, index=True)
    turn_id = Column(String(CONVERSATION), nullable=False)
    reference = Column(String(16), index=True)
    contact = Column(EncryptedJSON("callbacks.contact"), nullable=False)
    phone_key = Column(String(KEY), nullable=False, index=True)
    topic = Column(EncryptedText("callbacks.topic"))
    window_from = Column(UTCDateTime, nullable=False, index=True)
    window_to = Column(UTCDateTime, nullable=False)
    status = Column(String(16), nullable=False)
    created_at = Column(UTCDateTime, nullable=False)
    done_at = Column(UTCDateTime)


class TicketRow(Base):
    """A trouble after activation that the first checks did not mend."""

    __tablename__ = "tickets"
    __table_args__ = (UniqueConstraint("conversation_id", "turn_id"),)

    number = Column(String(16), primary_key=True)
    conversation_id = Column(String(CONVERSATION), nullable=False, index=True)
    turn_id = Column(String(CONVERSATION), nullable=False)
    reference = Column(String(16), index=True)
    symptom = Column(String(CODE), nullable=False)
    checks = Column(JSONText, nullable=False)
    detail = Column(EncryptedJSON("tickets.detail"), nullable=False)
    status = Column(String(16), nullable=False)
    created_at = Column(UTCDateTime, nullable=False, index=True)
    updated_at = Column(UTCDateTime, nullable=False)


class GuidedTestRow(Base):
    """The results of the test after activation (T01–T18) for one application."""

    __tablename__ = "guided_tests"

    reference = Column(ForeignKey("applications.reference", ondelete="CASCADE"), primary_key=True)
    results = Column(JSONText, nullable=False)
    started_at = Column(UTCDateTime, nullable=False)
    finished_at = Column(UTCDateTime)


class GapRow(Base):
    """A message that found no answer, for the operators who write the answers."""

    __tablename__ = "gaps"
    __table_args__ = (UniqueConstraint("conversation_id", "turn_id"),)

    id = Column(Integer, primary_key=True, autoincrement=True)
    conversation_id = Column(String(CONVERSATION), nullable=False, index=True)
    turn_id = Column(String(CONVERSATION), nullable=False)
    via = Column(String(16), nullable=False)
    message = Column(EncryptedText("gaps.message"), nullable=False)
    guesses = Column(JSONText, nullable=False)
    at = Column(UTCDateTime, nullable=False, index=True)


class UploadRow(Base):
    """A licence that was sent in: encrypted, for a reviewer, until retention takes it."""

    __tablename__ = "uploads"
    __table_args__ = (UniqueConstraint("draft_id", "content_key"),)

    upload_id = Column(String(ID), primary_key=True)
    conversation_id = Column(String(CONVERSATION), nullable=False, index=True)
    draft_id = Column(String(ID), nullable=False, index=True)
    material = Column(String(CODE), nullable=False)
    media_type = Column(String(CODE), nullable=False)
    size = Column(Integer, nullable=False)
    width = Column(Integer)
    height = Column(Integer)
    sharpness = Column(Float)
    findings = Column(JSONText, nullable=False)
    content_key = Column(String(KEY), nullable=False)
    content = Column(EncryptedBytes("uploads.content"), nullable=False)
    created_at = Column(UTCDateTime, nullable=False)
    expires_at = Column(UTCDateTime, nullable=False, index=True)


class DeletionRow(Base):
    """The receipt of a deletion: when and how much, never whose."""

    __tablename__ = "deletions"

    receipt = Column(String(16), primary_key=True)
    at = Column(UTCDateTime, nullable=False)
    via = Column(String(16), nullable=False)
    counts = Column(JSONText, nullable=False)


class KeyCheckRow(Base):
    """A word sealed with the data key, by which a start with another key is noticed; one row."""

    __tablename__ = "key_check"

    id = Column(Integer, primary_key=True, autoincrement=False)
    sealed = Column(String(128), nullable=False)
