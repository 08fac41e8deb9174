"""Conversations as the runtime keeps them: the event log, and the messages that came in and went out."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, LargeBinary, String, UniqueConstraint

from hotline.store.models.base import Base

# times are epoch seconds, as in Rasa's events; all LargeBinary columns are encrypted by the repositories


class Conversation(Base):
    """One row a conversation. `version` moves with each tracker write: who read an older one may not write."""

    __tablename__ = "runtime_conversation"

    id = Column(String(128), primary_key=True)
    version = Column(Integer, nullable=False)
    length = Column(Integer, nullable=False)  # events in the log
    tail_from = Column(Integer, nullable=False)  # position of the first chunk that a turn needs
    base = Column(LargeBinary)  # the state before that chunk; empty: the beginning
    next_seq = Column(Integer, nullable=False)  # number of the next outgoing message
    touched = Column(Float, nullable=False, index=True)


class Chunk(Base):
    """The events of one turn. `position` is the number of its first event in the conversation."""

    __tablename__ = "runtime_chunk"

    conversation_id = Column(String(128), primary_key=True)
    position = Column(Integer, primary_key=True, autoincrement=False)
    count = Column(Integer, nullable=False)
    turn_id = Column(String(32))
    created = Column(Float, nullable=False)
    data = Column(LargeBinary, nullable=False)


class Inbox(Base):
    """One row a message of the client, found by the client's own id, so that a repetition is recognised."""

    __tablename__ = "runtime_inbox"
    __table_args__ = (
        UniqueConstraint("conversation_id", "client_id"),
        Index("ix_runtime_inbox_state_received", "state", "received"),
    )

    turn_id = Column(String(32), primary_key=True)
    conversation_id = Column(String(128), nullable=False)
    client_id = Column(String(128), nullable=False)
    channel = Column(String(32), nullable=False)
    state = Column(String(16), nullable=False)  # received, done
    received = Column(Float, nullable=False)
    done = Column(Float)
    payload = Column(LargeBinary, nullable=False)


class Outbox(Base):
    """What was said to the client, numbered without gaps within the conversation."""

    __tablename__ = "runtime_outbox"
    __table_args__ = (Index("ix_runtime_outbox_turn_id", "turn_id"),)

    conversation_id = Column(String(128), primary_key=True)
    seq = Column(Integer, primary_key=True, autoincrement=False)
    turn_id = Column(String(32))  # empty: not an answer (a person's message, a notice)
    author = Column(String(16), nullable=False)  # bot, desk, system
    created = Column(Float, nullable=False)
    payload = Column(LargeBinary, nullable=False)


class ButtonMeaning(Base):
    """What a button means whose meaning is too long to be carried by its token."""

    __tablename__ = "runtime_button"

    conversation_id = Column(String(128), primary_key=True)
    digest = Column(String(32), primary_key=True)
    created = Column(Float, nullable=False)
    payload = Column(LargeBinary, nullable=False)
