"""After activation: faults (first checks, then a ticket) and the guided test that closes the journey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from hotline.business import process
from hotline.business.applications import Applications
from hotline.business.cases import NotDone
from hotline.business.drafts import Draft
from hotline.business.references import new_reference
from hotline.business.troubles_file import OTHER, TestItem, TroubleCheck, TroublesCatalog
from hotline.clock import Clock

OPEN, SOLVED, WITH_PERSON = "open", "solved", "with_person"
CAUSE, FINE, UNKNOWN = ANSWERS = ("cause", "fine", "unknown")  # to a check: this is it; this is not it
PASSED, FAILED, SKIPPED = RESULTS = ("passed", "failed", "skipped")


@dataclass(frozen=True)
class Ticket:
    """A fault that stays. `checks`: what was looked at (check id → cause, fine, unknown)."""

    number: str
    conversation_id: str
    turn_id: str
    reference: str | None
    symptom: str
    checks: Mapping[str, str]
    detail: Mapping[str, Any]
    status: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class GuidedTest:
    """How far the test of an application's number is: item id → passed, failed, skipped."""

    reference: str
    results: Mapping[str, str]
    started_at: datetime
    finished_at: datetime | None = None


@dataclass(frozen=True)
class TestState:
    """The next item (None: all done), what failed, how many of how many are done, the status now."""

    __test__ = False

    next_item: TestItem | None
    failed: tuple[TestItem, ...]
    done: int
    total: int
    status: str


class TroubleStore(Protocol):
    """Where tickets and tests are kept."""

    def add_ticket(self, ticket: Ticket) -> Ticket:
        """Keep it, once for a conversation and turn; raises LookupError when the number is taken."""
        ...

    def ticket(self, number: str) -> Ticket | None: ...

    def tickets(self, statuses: Sequence[str]) -> Sequence[Ticket]:
        """Oldest first."""
        ...

    def save_ticket(self, ticket: Ticket) -> None: ...

    def guided_test(self, reference: str) -> GuidedTest | None: ...

    def save_guided_test(self, test: GuidedTest) -> None: ...


class Troubles:
    """First aid by checks; a ticket if it stays."""

    def __init__(self, store: TroubleStore, catalog: TroublesCatalog, clock: Clock) -> None:
        self._store, self.catalog, self._clock = store, catalog, clock

    def next_check(self, symptom: str, answers: Mapping[str, str]) -> TroubleCheck | None:
        """The first check of a symptom that was not answered; None when nothing is left to look at, or the
        cause is found. An unknown symptom counts as ``other``."""
        if CAUSE in answers.values():
            return None
        checks = self.catalog.checks.get(symptom, self.catalog.checks[OTHER])
        return next((each for each in checks if each.id not in answers), None)

    def cause(self, symptom: str, answers: Mapping[str, str]) -> TroubleCheck | None:
        """The check that found the cause, if one did."""
        checks = self.catalog.checks.get(symptom, ())
        return next((each for each in checks if answers.get(each.id) == CAUSE), None)

    def report(
        self, draft: Draft, symptom: str, answers: Mapping[str, str], description: str, turn_id: str
    ) -> Ticket:
        """Open a ticket; the same turn gives the same one. Raises ValueError for an unknown answer."""
        if wrong := set(answers.values()) - set(ANSWERS):
            raise ValueError(f"not an answer to a check: {sorted(wrong)}")
        now = self._clock.now()
        ticket = Ticket(
            number=new_reference(),
            conversation_id=draft.conversation_id,
            turn_id=turn_id,
            reference=draft.reference,
            symptom=symptom if symptom in self.catalog.checks else OTHER,
            checks=dict(answers),
            detail={"description": description, "hotline_number": draft.fields.get("hotline_number")},
            status=OPEN,
            created_at=now,
            updated_at=now,
        )
        while True:
            try:
                return self._store.add_ticket(ticket)
            except LookupError:
                ticket = replace(ticket, number=new_reference())

    def set_status(self, number: str, status: str) -> Ticket | NotDone:
        """Move a ticket: open, with_person, solved. NotDone: ``no_match``, ``not_possible``."""
        ticket = self._store.ticket(number)
        if ticket is None:
            return NotDone("no_match", {})
        if status not in (OPEN, WITH_PERSON, SOLVED) or ticket.status == SOLVED:
            return NotDone("not_possible", {"status": ticket.status, "target": status})
        moved = replace(ticket, status=status, updated_at=self._clock.now())
        self._store.save_ticket(moved)
        return moved

    def open_tickets(self) -> list[Ticket]:
        """What nobody has solved yet, oldest first."""
        return list(self._store.tickets([OPEN, WITH_PERSON]))


class GuidedTests:
    """The test after activation, item by item; passed, it closes the journey."""

    def __init__(
        self, store: TroubleStore, applications: Applications, catalog: TroublesCatalog, clock: Clock
    ) -> None:
        self._store, self._applications, self._catalog, self._clock = store, applications, catalog, clock

    def items(self, features: Sequence[str]) -> tuple[TestItem, ...]:
        """The items that apply with these features."""
        return tuple(item for item in self._catalog.test if not item.needs or set(item.needs) & set(features))

    def remaining(self, reference: str) -> tuple[TestItem, ...] | NotDone:
        """What is to be tested: the items without a result, or if there are none, those that failed. As `state`."""
        state = self.state(reference)
        if isinstance(state, NotDone):
            return state
        application = self._applications.application(reference)
        test = self._store.guided_test(reference)
        assert application is not None
        items = self.items(application.fields.get("feature") or ())
        return tuple(each for each in items if test is None or each.id not in test.results) or state.failed

    def item(self, identifier: str) -> TestItem:
        """One item of the test. Raises KeyError."""
        found = next((each for each in self._catalog.test if each.id == identifier), None)
        if found is None:
            raise KeyError(identifier)
        return found

    def state(self, reference: str) -> TestState | NotDone:
        """Where the test is. NotDone: ``no_match``; ``not_possible`` (status) before activation."""
        application = self._applications.application(reference)
        if application is None:
            return NotDone("no_match", {})
        if application.status not in (process.ACTIVATED, process.TESTED, process.CLOSED):
            return NotDone("not_possible", {"status": application.status, "target": process.TESTED})
        test = self._store.guided_test(reference)
        results = test.results if test else {}
        items = self.items(application.fields.get("feature") or ())
        return TestState(
            next_item=next((item for item in items if item.id not in results), None),
            failed=tuple(item for item in items if results.get(item.id) == FAILED),
            done=sum(item.id in results for item in items),
            total=len(items),
            status=application.status,
        )

    def record(self, reference: str, item: str, result: str, channel: str = "") -> TestState | NotDone:
        """Note the result of one item (again: the later one holds). When the last one is in and none failed,
        the application is tested, and with that closed. Raises ValueError for an unknown item or result."""
        if result not in RESULTS or all(item != each.id for each in self._catalog.test):
            raise ValueError(f"not a test result: {item} {result}")
        state = self.state(reference)
        if isinstance(state, NotDone):
            return state
        now = self._clock.now()
        test = self._store.guided_test(reference) or GuidedTest(reference, {}, now)
        test = replace(test, results={**test.results, item: result})
        self._store.save_guided_test(test)
        state = self.state(reference)
        if isinstance(state, TestState) and state.next_item is None and not state.failed:
            self._store.save_guided_test(replace(test, finished_at=now))
            self._close(reference, state.status, channel)
            return self.state(reference)
        return state

    def _close(self, reference: str, status: str, channel: str) -> None:
        way = {process.ACTIVATED: (process.TESTED, process.CLOSED), process.TESTED: (process.CLOSED,)}
        for target in way.get(status, ()):
            self._applications.advance(
                reference, target, actor=process.CUSTOMER, reason="test_passed", channel=channel
            )
