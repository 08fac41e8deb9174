"""Drafts and applications. What a customer told us lies encrypted; keyed hashes serve to find it again."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, UniqueConstraint

from hotline.store.models.base import Base, EncryptedJSON, EncryptedText, JSONText, UTCDateTime

ID = 32  # characters of our own ids (hex)
CONVERSATION = 128
KEY = 64  # a fingerprint
CODE = 40  # a status, reason or other code word


class DraftRow(Base):
    """One customer's draft; conversations on several channels may share it."""

    __tablename__ = "drafts"

    draft_id = Column(String(ID), primary_key=True)
    fields = Column(EncryptedJSON("drafts.fields"), nullable=False)
    skipped = Column(JSONText, nullable=False)
    reopened = Column(JSONText, nullable=False, server_default="[]")
    consent = Column(String(16), nullable=False)
    volunteered = Column(EncryptedJSON("drafts.volunteered"))
    volunteered_until = Column(UTCDateTime, index=True)
    reserved_number = Column(String(10))
    reserved_until = Column(UTCDateTime)
    reference = Column(String(16), index=True)
    phone_key = Column(String(KEY), index=True)
    revision = Column(Integer, nullable=False)
    created_at = Column(UTCDateTime, nullable=False)
    updated_at = Column(UTCDateTime, nullable=False, index=True)


class ConversationRow(Base):
    """Which draft a conversation works on, and the scratch of its dialogue."""

    __tablename__ = "draft_conversations"

    conversation_id = Column(String(CONVERSATION), primary_key=True)
    draft_id = Column(ForeignKey("drafts.draft_id", ondelete="CASCADE"), nullable=False, index=True)
    via = Column(String(16), nullable=False)
    dialogue = Column(EncryptedJSON("draft_conversations.dialogue"), nullable=False)
    updated_at = Column(UTCDateTime, nullable=False)


class TurnRow(Base):
    """What a turn has already done, so that doing it again does nothing (key: turn and what was asked)."""

    __tablename__ = "draft_turns"

    conversation_id = Column(String(CONVERSATION), primary_key=True)
    key = Column(String(KEY), primary_key=True)
    outcome = Column(EncryptedJSON("draft_turns.outcome"), nullable=False)
    at = Column(UTCDateTime, nullable=False, index=True)


class ApplicationRow(Base):
    """A submitted application: what was submitted, and where it stands."""

    __tablename__ = "applications"
    __table_args__ = (Index("ix_applications_status_submitted", "status", "submitted_at"),)

    reference = Column(String(16), primary_key=True)
    draft_id = Column(String(ID), nullable=False, index=True)
    conversation_id = Column(String(CONVERSATION), nullable=False, index=True)
    via = Column(String(16), nullable=False)
    status = Column(String(CODE), nullable=False)
    channel = Column(String(16), nullable=False)
    plan = Column(String(32), nullable=False)
    hotline_number = Column(String(10))
    fields = Column(EncryptedJSON("applications.fields"), nullable=False)
    phone_key = Column(String(KEY), nullable=False, index=True)
    tail_key = Column(String(KEY), nullable=False)
    company_key = Column(String(KEY), nullable=False, index=True)
    submitted_at = Column(UTCDateTime, nullable=False)
    expected_from = Column(Date, nullable=False)
    expected_to = Column(Date, nullable=False)
    expected_certain = Column(Boolean, nullable=False)
    updated_at = Column(UTCDateTime, nullable=False, index=True)


class EventRow(Base):
    """One step of an application. Append-only: a trigger refuses changes."""

    __tablename__ = "application_events"
    __table_args__ = (UniqueConstraint("reference", "position"),)

    id = Column(Integer, primary_key=True, autoincrement=True)
    reference = Column(ForeignKey("applications.reference", ondelete="CASCADE"), nullable=False)
    position = Column(Integer, nullable=False)
    at = Column(UTCDateTime, nullable=False)
    actor = Column(String(16), nullable=False)
    actor_name = Column(EncryptedText("application_events.actor_name"))
    from_status = Column(String(CODE), nullable=False)
    to_status = Column(String(CODE), nullable=False)
    reason = Column(String(CODE), nullable=False)
    note = Column(EncryptedText("application_events.note"))
    via = Column(String(16), nullable=False)


class AttemptRow(Base):
    """Wrong tries at something guarded (a status, a continue code), by fingerprint of who or what."""

    __tablename__ = "attempts"

    key = Column(String(KEY), primary_key=True)
    failures = Column(Integer, nullable=False)
    locked_until = Column(UTCDateTime)
    updated_at = Column(UTCDateTime, nullable=False, index=True)


class ContinueCodeRow(Base):
    """A code that carries a draft to another channel; only its fingerprint is kept."""

    __tablename__ = "continue_codes"

    code_key = Column(String(KEY), primary_key=True)
    draft_id = Column(ForeignKey("drafts.draft_id", ondelete="CASCADE"), nullable=False, index=True)
    kind = Column(String(8), nullable=False)
    created_at = Column(UTCDateTime, nullable=False)
    expires_at = Column(UTCDateTime, nullable=False, index=True)
    used_at = Column(UTCDateTime)
