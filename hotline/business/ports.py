"""What the business asks of the outside: the store and the numbers. `hotline/store` fulfils them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from hotline.business.cases import Application, Attempt, Event
from hotline.business.drafts import Draft


class UnitOfWork(Protocol):
    """All or nothing."""

    def transaction(self) -> AbstractContextManager[None]:
        """Everything done in this thread inside the block commits together, or not at all."""
        ...


class NumberHold(Protocol):
    """The inventory's side of a reservation; `holder` is a draft's id."""

    def extend(self, number: str, holder: str, until: datetime) -> bool:
        """Keep the number longer. False when `holder` does not hold it (any more)."""
        ...

    def release(self, number: str, holder: str) -> bool:
        """Give the number back. False when `holder` did not hold it."""
        ...

    def assign(self, number: str, holder: str) -> bool:
        """It is his for good (activation). False when `holder` did not hold it."""
        ...


class Tries(UnitOfWork, Protocol):
    """Counts of wrong tries; names are kept as fingerprints only."""

    def attempt(self, name: str) -> Attempt | None: ...

    def save_attempt(self, name: str, attempt: Attempt) -> None: ...

    def forget_attempt(self, name: str) -> None: ...


class DraftStore(Tries, Protocol):
    """Drafts, and what each turn has already done to them."""

    def load_draft(self, conversation_id: str, *, lock: bool = False) -> Draft | None:
        """The draft of a conversation; with `lock`, nobody else changes it until the transaction ends."""
        ...

    def create_draft(self, draft: Draft) -> Draft:
        """Keep a new draft for its conversation; returns what is kept: another process may have been first
        for a conversation that had none. An older unfinished draft that nothing leads to is deleted."""
        ...

    def save_draft(self, draft: Draft) -> None: ...

    def save_dialogue(self, conversation_id: str, dialogue: Mapping[str, Any], at: datetime) -> None: ...

    def link(self, conversation_id: str, draft_id: str, via: str, at: datetime) -> Draft | None:
        """Let a conversation work on an existing draft from now on (its own: as in `create_draft`)."""
        ...

    def recall(self, conversation_id: str, turn_id: str, request: str) -> Any | None:
        """What this turn answered to this very request before, if it did."""
        ...

    def remember(
        self, conversation_id: str, turn_id: str, request: str, outcome: Any, at: datetime
    ) -> None: ...

    def add_consent(self, draft: Draft, decision: str, terms: Mapping[str, Any], at: datetime) -> None:
        """Note an answer to the consent question (append-only)."""
        ...


class ApplicationStore(DraftStore, Protocol):
    """Submitted applications and their history."""

    def add_application(self, application: Application, event: Event) -> bool:
        """False when the reference is taken."""
        ...

    def application(self, reference: str, *, lock: bool = False) -> Application | None: ...

    def tail_matches(self, reference: str, last_four: str) -> bool:
        """Whether the contact phone of the application ends in these four digits."""
        ...

    def applications_of(self, draft_or_conversation: str) -> Sequence[Application]:
        """Newest first."""
        ...

    def listed(self, status: str | None, limit: int) -> Sequence[Application]:
        """Newest first, of one status or all."""
        ...

    def move(self, application: Application, event: Event) -> None:
        """Keep the new state together with the step that led there."""
        ...

    def history(self, reference: str) -> Sequence[Event]:
        """Oldest first."""
        ...
