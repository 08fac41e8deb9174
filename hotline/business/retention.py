"""Nothing is kept longer than promised, and one person's data is deleted everywhere, with a receipt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from hotline.business import process
from hotline.business.cases import Application
from hotline.business.consent import ConsentTerms
from hotline.business.ports import NumberHold, UnitOfWork
from hotline.business.references import new_reference
from hotline.clock import Clock

#: from the signature on, the contract itself has to be kept (PIPL, article 47: a period set by law)
KEPT = frozenset({process.SIGNED, process.PAID, process.ACTIVATED, process.TESTED, process.CLOSED})
SERVICE_DAYS = 90  # closed handoffs, done calls, unanswered messages


@dataclass(frozen=True)
class Subject:
    """Everything that belongs to one person, by name: what every eraser is given."""

    conversation_ids: tuple[str, ...]
    draft_ids: tuple[str, ...]
    references: tuple[str, ...]


@dataclass(frozen=True)
class Receipt:
    """What a deletion did: rows by kind, and applications that a contract obliges to keep."""

    receipt: str
    at: datetime
    counts: Mapping[str, int]
    kept: tuple[str, ...]


@dataclass(frozen=True)
class Limits:
    """Ends of retention: what is older than these moments goes."""

    now: datetime
    drafts: datetime
    service: datetime
    applications: datetime


class Eraser(Protocol):
    """Whoever keeps something about conversations (tracker, journal, transcripts) and can delete it.

    Called inside the store's transaction, in its thread: what works on the same database commits with it.
    """

    name: str

    def erase(self, subject: Subject) -> int:
        """Delete everything of these conversations and applications; returns how much it was."""
        ...


class ErasureStore(UnitOfWork, Protocol):
    """The store's side of deletion and retention."""

    def subject(self, conversation_id: str) -> Subject:
        """The conversations that share its draft, their drafts and applications."""
        ...

    def subject_of_phone(self, phone: str) -> Subject:
        """Everything whose contact phone is this one."""
        ...

    def reservations(self, subject: Subject) -> Sequence[tuple[str, str]]:
        """Numbers held for its drafts: (number, holder)."""
        ...

    def applications(self, subject: Subject) -> Sequence[Application]: ...

    def erase(self, subject: Subject) -> Mapping[str, int]:
        """Delete every row of the subject; rows by kind."""
        ...

    def add_receipt(self, receipt: Receipt, via: str) -> bool:
        """False when the number is taken."""
        ...

    def receipt(self, number: str) -> Receipt | None: ...

    def expired(self, limits: Limits) -> Sequence[Subject]:
        """Unfinished drafts and finished applications beyond their time, each as a subject."""
        ...

    def purge(self, limits: Limits) -> Mapping[str, int]:
        """Delete single rows beyond their time (volunteered details, codes, tries, uploads, service)."""
        ...


class Retention:
    """Deletion on request and by time."""

    def __init__(
        self,
        store: ErasureStore,
        clock: Clock,
        terms: ConsentTerms,
        *,
        draft_days: int = 30,
        hold: NumberHold | None = None,
        erasers: Sequence[Eraser] = (),
    ) -> None:
        self._store, self._clock, self._terms, self._hold = store, clock, terms, hold
        self._draft_days = draft_days
        self._erasers = list(erasers)

    def register(self, eraser: Eraser) -> None:
        """Let another room (tracker, journal, transcripts) take part in every deletion."""
        self._erasers.append(eraser)

    def erase(self, conversation_id: str, via: str = "") -> Receipt:
        """Delete everything of the person behind a conversation; running applications end with it and free
        their numbers. Applications under contract stay (`Receipt.kept`)."""
        with self._store.transaction():
            return self._erase(self._store.subject(conversation_id), via)

    def erase_phone(self, phone: str, via: str = "") -> Receipt:
        """The same by contact phone (normalised), over all conversations: for staff who know the caller."""
        with self._store.transaction():
            return self._erase(self._store.subject_of_phone(phone), via)

    def receipt(self, number: str) -> Receipt | None:
        """Look a receipt up again (without `kept`)."""
        return self._store.receipt(number)

    def run(self) -> dict[str, int]:
        """The clean-up, to be called now and then: rows by kind that were deleted."""
        now = self._clock.now()
        limits = Limits(
            now=now,
            drafts=now - timedelta(days=self._draft_days),
            service=now - timedelta(days=SERVICE_DAYS),
            applications=now - timedelta(days=self._terms.application_days),
        )
        total: Counter[str] = Counter()
        for subject in self._store.expired(limits):
            with self._store.transaction():
                total.update(self._delete(subject))
        with self._store.transaction():
            total.update(self._store.purge(limits))
        return {kind: count for kind, count in total.items() if count}

    def _erase(self, subject: Subject, via: str) -> Receipt:
        kept = tuple(each.reference for each in self._store.applications(subject) if each.status in KEPT)
        references = tuple(each for each in subject.references if each not in kept)
        counts = self._delete(Subject(subject.conversation_ids, subject.draft_ids, references))
        receipt = Receipt(new_reference(), self._clock.now(), counts, kept)
        while not self._store.add_receipt(receipt, via):
            receipt = Receipt(new_reference(), receipt.at, counts, kept)
        return receipt

    def _delete(self, subject: Subject) -> dict[str, int]:
        if self._hold is not None:
            for number, holder in self._store.reservations(subject):
                self._hold.release(number, holder)
        counts = dict(self._store.erase(subject))
        for eraser in self._erasers:
            counts[eraser.name] = counts.get(eraser.name, 0) + eraser.erase(subject)
        return counts
