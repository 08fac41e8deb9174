"""Giving a conversation to a person with all that the person has to know, and getting it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from hotline.business.cases import NotDone
from hotline.business.desk import Desk
from hotline.business.drafts import Draft, completeness
from hotline.business.references import new_id
from hotline.clock import Clock

WAITING, WITH_PERSON, CLOSED = "waiting", "with_person", "closed"

#: why a conversation goes to a person → how soon (1 first)
REASONS: dict[str, int] = {
    "complaint": 1,
    "failure": 1,  # something broke inside; he must not suffer for it
    "requested": 2,
    "misunderstood": 2,  # twice not understood, or three invalid answers
    "trouble": 2,  # a fault after activation
    "outbound": 3,  # wants to call out: F002, F133
    "high_risk": 3,  # F088, R18
    "scope_unsure": 3,
    "foreign_person": 3,  # F093
    "beyond_catalogue": 3,
    "complex": 3,
    "suspended_service": 3,  # 停机保号, 过户: F049, F124
}


@dataclass(frozen=True)
class Handoff:
    """One conversation in a person's hands, or waiting for them."""

    handoff_id: str
    conversation_id: str
    turn_id: str
    via: str
    reason: str
    priority: int
    status: str
    context: Mapping[str, Any]
    created_at: datetime
    taken_by: str | None = None
    taken_at: datetime | None = None
    outcome: str | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True)
class Requested:
    """What may honestly be said now: how many wait before him, whether somebody is there, when next."""

    handoff: Handoff
    again: bool
    ahead: int
    staffed: bool
    next_staffed: datetime


class HandoffStore(Protocol):
    """Where handoffs are kept."""

    def open_handoff(self, conversation_id: str) -> Handoff | None:
        """The one that is waiting or with a person."""
        ...

    def with_person(self, conversation_id: str) -> bool: ...

    def add_handoff(self, handoff: Handoff) -> Handoff:
        """Keep it, unless the conversation has an open one: then that is returned."""
        ...

    def ahead_of(self, handoff: Handoff) -> int:
        """How many that are waiting come before it."""
        ...

    def handoff(self, handoff_id: str) -> Handoff | None: ...

    def change_handoff(self, handoff: Handoff, expected: str) -> bool:
        """Keep the new state if it still stands at `expected`; False when somebody was quicker."""
        ...

    def handoffs(self, statuses: Sequence[str]) -> Sequence[Handoff]:
        """By priority, then by age."""
        ...


class Handoffs:
    """The queue between the assistant and the people at the desk."""

    def __init__(self, store: HandoffStore, desk: Desk, clock: Clock) -> None:
        self._store, self._desk, self._clock = store, desk, clock

    def request(
        self, conversation_id: str, reason: str, context: Mapping[str, Any], turn_id: str, via: str = ""
    ) -> Requested:
        """Put a conversation in the queue; one that is there already stays where it is.

        `context` is the snapshot for the person (see `context_of`), kept encrypted. Raises KeyError for a
        reason that is not in `REASONS`.
        """
        now, priority = self._clock.now(), REASONS[reason]
        kept, again = self._store.open_handoff(conversation_id), True
        if kept is None:
            fresh = Handoff(new_id(), conversation_id, turn_id, via, reason, priority, WAITING, context, now)
            kept = self._store.add_handoff(fresh)
            again = kept.handoff_id != fresh.handoff_id
        return Requested(
            handoff=kept,
            again=again,
            ahead=self.ahead(kept),
            staffed=self._desk.is_staffed(now),
            next_staffed=self._desk.next_staffed(now),
        )

    def current(self, conversation_id: str) -> Handoff | None:
        """The open handoff of a conversation: while it is ``with_person``, the assistant keeps silent."""
        return self._store.open_handoff(conversation_id)

    def held(self, conversation_id: str) -> bool:
        """Whether a person has the conversation: the assistant keeps silent until it is closed."""
        return self._store.with_person(conversation_id)

    def handoff(self, handoff_id: str) -> Handoff | None:
        """One on record."""
        return self._store.handoff(handoff_id)

    def waiting(self) -> list[Handoff]:
        """The queue, in the order to be served."""
        return list(self._store.handoffs([WAITING]))

    def with_people(self) -> list[Handoff]:
        """Conversations that people are in."""
        return list(self._store.handoffs([WITH_PERSON]))

    def ahead(self, handoff: Handoff) -> int:
        """How many are served before it."""
        return self._store.ahead_of(handoff) if handoff.status == WAITING else 0

    def take(self, handoff_id: str, person: str) -> Handoff | NotDone:
        """Somebody takes a conversation. NotDone: ``no_match``, ``not_possible`` (status, taken_by)."""
        return self._change(
            handoff_id, WAITING, status=WITH_PERSON, taken_by=person, taken_at=self._clock.now()
        )

    def close(self, handoff_id: str, person: str, outcome: str) -> Handoff | NotDone:
        """Give the conversation back to the assistant, with what came of it (kept encrypted).

        NotDone: ``no_match``, ``not_possible``, ``not_allowed`` (another person has it)."""
        current = self._store.handoff(handoff_id)
        if current is not None and current.taken_by not in (None, person):
            return NotDone("not_allowed", {"status": current.status, "taken_by": current.taken_by})
        return self._change(
            handoff_id, WITH_PERSON, status=CLOSED, outcome=outcome, closed_at=self._clock.now()
        )

    def withdraw(self, conversation_id: str) -> Handoff | None:
        """The customer does not want a person any more; only while nobody has taken it."""
        current = self._store.open_handoff(conversation_id)
        if current is None or current.status != WAITING:
            return None
        closed = replace(current, status=CLOSED, outcome="withdrawn", closed_at=self._clock.now())
        return closed if self._store.change_handoff(closed, WAITING) else None

    def _change(self, handoff_id: str, expected: str, **values: Any) -> Handoff | NotDone:
        current = self._store.handoff(handoff_id)
        if current is None:
            return NotDone("no_match", {})
        changed = replace(current, **values)
        if self._store.change_handoff(changed, expected):
            return changed
        now = self._store.handoff(handoff_id) or current
        return NotDone("not_possible", {"status": now.status, "taken_by": now.taken_by})


def context_of(draft: Draft, recent: Sequence[Mapping[str, Any]] = (), **more: Any) -> dict[str, Any]:
    """The snapshot for a person: what is known, what is missing, the last messages (`recent`, as the caller
    has them), and whatever else helps (findings, the failed answers)."""
    return {
        "fields": dict(draft.fields),
        "missing": [each.field for each in completeness(draft).missing],
        "consent": draft.consent,
        "reserved_number": draft.reserved_number,
        "reference": draft.reference,
        "recent": [dict(each) for each in recent],
        **more,
    }
