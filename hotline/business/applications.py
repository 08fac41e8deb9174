"""An application from submission to its end: one transaction each, an append-only history, no guessing."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hotline.business import drafts, process, reviewing
from hotline.business.calendar import Calendar
from hotline.business.cases import Application, Cancelled, Event, NotDone, StatusView, Submitted
from hotline.business.channels import ChannelGuide
from hotline.business.consent import GRANTED, ConsentTerms
from hotline.business.drafting import Drafting
from hotline.business.drafts import Draft
from hotline.business.fields import PERSONAL
from hotline.business.ports import ApplicationStore, NumberHold
from hotline.business.references import new_reference, parse_reference
from hotline.business.reviewing import Seen
from hotline.business.tries import TryGuard
from hotline.clock import CHINA, Clock


class Applications(Drafting):
    """Drafts (see `Drafting`) and what becomes of them. Thread-safe; every method is one transaction."""

    def __init__(
        self,
        store: ApplicationStore,
        clock: Clock,
        *,
        calendar: Calendar,
        channels: ChannelGuide,
        terms: ConsentTerms,
        plans: Callable[[], Collection[str]],
        hold: NumberHold | None = None,
        volunteered_minutes: int = 30,
    ) -> None:
        super().__init__(store, clock, terms, plans, volunteered_minutes)
        self._calendar, self._channels, self._hold = calendar, channels, hold
        self._guard = TryGuard(store, clock)

    # --- the customer's side

    def submit(
        self,
        conversation_id: str,
        channel: str = "",
        actor: str = process.CUSTOMER,
        *,
        seen: Seen | None,
        cost: str = "",
    ) -> Submitted | NotDone:
        """Make the draft an application (预受理). `channel` is what the conversation runs on.

        `seen` is what the customer was shown (`reviewing.seen`; None: nothing yet), `cost` what the lines about
        money say now: only what he saw is submitted, whoever else has the draft at hand.
        In one transaction: the record with its reference, the first event, the reservation extended. A
        repeated call gives the same application. NotDone: ``incomplete`` with ``missing`` (`Missing`s),
        ``changed`` with ``fields`` (it is not what he saw; show it and ask again), ``number_lost`` with
        ``number`` (another customer has it now; choose again).
        """
        with self._store.transaction():
            draft = self._locked(conversation_id, channel)
            now = reviewing.seen(draft, cost)
            differs = reviewing.changed(seen or {}, now)
            if draft.reference:
                application = self._existing(draft.reference)
                return Submitted(application, self._next_step(application), again=True, differs=differs)
            report = drafts.completeness(draft)
            if not report.complete:
                return NotDone("incomplete", {"missing": report.missing})
            if seen != now:  # before the reservation is extended: nothing may come of a yes to something else
                return NotDone("changed", {"fields": differs})
            if (number := draft.reserved_number) and not self._keep(draft, number):
                draft.reserved_number = draft.reserved_until = None
                draft.fields.pop("hotline_number", None)
                self._save(draft)
                return NotDone("number_lost", {"number": number})
            application = self._add(draft, actor)
            draft.reference = application.reference
            self._save(draft)
        return Submitted(application, self._next_step(application))

    def status(self, reference: str, last_four: str, asker: str) -> StatusView | NotDone:
        """Where an application stands, for whoever knows its reference and the last four digits of the
        contact phone. `asker` is the conversation that asks.

        NotDone: ``no_match`` (never which of the two was wrong) with ``tries_left``, after five wrong tries
        by one asker or at one reference ``locked`` with ``until``.
        """
        plain = parse_reference(reference) or reference.strip().upper()[:32]
        names = (f"status/asker/{asker}", f"status/reference/{plain}")
        with self._store.transaction():
            if until := self._guard.locked_until(names):
                return NotDone("locked", {"until": until})
            application = self._store.application(plain)
            if application is None or not self._store.tail_matches(plain, last_four.strip()):
                left = self._guard.fail(names)
                if left:
                    return NotDone("no_match", {"tries_left": left})
                return NotDone("locked", {"until": self._guard.locked_until(names)})
            self._guard.forget(names)
            return self.view(application)

    def own(self, conversation_id: str) -> list[Application]:
        """The applications that this conversation (or its shared draft) submitted, newest first."""
        return list(self._store.applications_of(conversation_id))

    def cancel(
        self, reference: str, reason: str, channel: str = "", actor: str = process.CUSTOMER
    ) -> Cancelled | NotDone:
        """End an application (whoever calls has made sure that it is his) and free its number.

        NotDone: ``not_possible`` or ``not_allowed`` with ``status`` (after signing, the contract rules)."""
        with self._store.transaction():
            moved = self._advance(reference, process.CANCELLED, actor, reason, channel)
            if isinstance(moved, NotDone):
                return moved
            return Cancelled(reference, moved.hotline_number)

    def abandon(self, conversation_id: str, channel: str = "") -> Cancelled | NotDone:
        """Give up the unfinished draft: its number is freed, the conversation begins with an empty one.

        NotDone: ``already_submitted`` with ``reference`` (then `cancel` is meant)."""
        with self._store.transaction():
            draft = self._locked(conversation_id, channel)
            if draft.reference:
                return NotDone("already_submitted", {"reference": draft.reference})
            number = draft.reserved_number
            if number and self._hold:
                self._hold.release(number, draft.draft_id)
            self.start_over(conversation_id, channel)
            return Cancelled(None, number)

    def open_another(self, conversation_id: str, channel: str = "", *, keep: bool = True) -> Draft | NotDone:
        """A new draft beside the application that was submitted, which stays as it is and can be asked for.

        With `keep` it begins with what is known of the unit and its contact (`drafts.OWN`); after a cancellation
        or a refusal with the need too, since the same is applied for again (not plan and number: prices and
        inventory are those of today). A consent that was given stays.
        NotDone: ``not_submitted``, when there is nothing beside which to begin."""
        with self._store.transaction():
            old = self._locked(conversation_id, channel)
            if old.reference is None:
                return NotDone("not_submitted", {})
            before = self._store.application(old.reference)
            same = before is None or before.status in (process.CANCELLED, process.REJECTED)
            fresh = self._fresh(conversation_id, old.via)
            fresh.consent = old.consent if old.consent == GRANTED else fresh.consent
            names = (set(old.fields) | old.skipped) - drafts.ONCE if same else drafts.OWN
            if keep:
                wanted = {name for name in names if fresh.consent == GRANTED or name not in PERSONAL}
                fresh.fields = {name: value for name, value in old.fields.items() if name in wanted}
                fresh.skipped = old.skipped & wanted
            return self._store.create_draft(fresh)

    def give_back(self, conversation_id: str) -> str | None:
        """Let go the number of the unfinished draft; which it was, None if there was none."""
        with self._store.transaction():
            draft = self._locked(conversation_id, "")
            number = draft.reserved_number
            if draft.reference or number is None:
                return None
            if self._hold:
                self._hold.release(number, draft.draft_id)
            self.note_number(conversation_id, None)
            return number

    # --- the staff's side

    def advance(
        self,
        reference: str,
        status: str,
        *,
        actor: str,
        reason: str,
        channel: str = "",
        actor_name: str | None = None,
        note: str | None = None,
    ) -> Application | NotDone:
        """Move an application on. NotDone: ``no_match``, ``unknown_status``, ``not_possible``,
        ``not_allowed`` with ``status`` and ``target``."""
        with self._store.transaction():
            return self._advance(reference, status, actor, reason, channel, actor_name, note)

    def application(self, reference: str) -> Application | None:
        """The application itself, contact details included: for staff."""
        return self._store.application(parse_reference(reference) or reference)

    def listed(self, status: str | None = None, limit: int = 20) -> list[Application]:
        """Applications (of one status), newest first: for staff."""
        return list(self._store.listed(status, limit))

    def history(self, reference: str) -> list[Event]:
        """All steps, oldest first."""
        return list(self._store.history(reference))

    def view(self, application: Application) -> StatusView:
        """What may be told about it."""
        events = tuple(
            replace(event, actor_name=None, note=None) for event in self._store.history(application.reference)
        )
        return StatusView(
            reference=application.reference,
            status=application.status,
            since=events[-1].at,
            submitted_on=application.submitted_at.astimezone(CHINA).date(),
            expected_from=application.expected_from,
            expected_to=application.expected_to,
            expected_certain=application.expected_certain,
            hotline_number=application.hotline_number,
            plan=application.plan,
            next_step=self._next_step(application),
            history=events,
        )

    # --- inside

    def _existing(self, reference: str) -> Application:
        application = self._store.application(reference)
        if application is None:
            raise LookupError("a draft names an application that is gone")
        return application

    def _next_step(self, application: Application) -> Any:
        return self._channels.next_step(application.channel, application.status)

    def _keep(self, draft: Draft, number: str) -> bool:
        return self._hold is None or self._hold.extend(number, draft.draft_id, self._hold_end())

    def _hold_end(self) -> datetime:
        return self._clock.now() + timedelta(days=self._channels.hold_days)

    def _add(self, draft: Draft, actor: str) -> Application:
        now = self._clock.now()
        expected = self._expected(now)
        application = Application(
            reference=new_reference(),
            draft_id=draft.draft_id,
            conversation_id=draft.conversation_id,
            via=draft.via,
            status=process.SUBMITTED,
            channel=draft.fields["channel"],
            plan=draft.fields["plan"],
            hotline_number=draft.reserved_number or draft.fields.get("hotline_number"),
            fields=dict(draft.fields),
            submitted_at=now,
            expected_from=expected.earliest,
            expected_to=expected.latest,
            expected_certain=expected.certain,
            updated_at=now,
        )
        event = Event(1, now, actor, process.DRAFT, process.SUBMITTED, "submitted", draft.via)
        process.check_transition(process.DRAFT, process.SUBMITTED, actor)
        while not self._store.add_application(application, event):
            application = replace(application, reference=new_reference())
        return application

    def _expected(self, start: datetime) -> Any:
        """F108: counted in working days from the day after; anew from the day papers are supplemented."""
        day = start.astimezone(CHINA).date()
        return self._calendar.expected(day, self._channels.review_least, self._channels.review_most)

    def _advance(
        self,
        reference: str,
        status: str,
        actor: str,
        reason: str,
        via: str,
        actor_name: str | None = None,
        note: str | None = None,
    ) -> Application | NotDone:
        before = self._store.application(reference, lock=True)
        if before is None:
            return NotDone("no_match", {})
        try:
            process.check_transition(before.status, status, actor)
        except process.IllegalTransition as illegal:
            return NotDone(illegal.code, {"status": before.status, "target": status})
        now = self._clock.now()
        after = replace(before, status=status, updated_at=now)
        if (before.status, status) == (process.SUPPLEMENT, process.REVIEWING):
            again = self._expected(now)
            after = replace(
                after,
                expected_from=again.earliest,
                expected_to=again.latest,
                expected_certain=again.certain,
            )
        position = self._store.history(reference)[-1].position + 1
        event = Event(position, now, actor, before.status, status, reason, via, actor_name, note)
        self._store.move(after, event)
        self._move_number(after)
        return after

    def _move_number(self, application: Application) -> None:
        """The number follows its application: freed at a bad end, his own at activation, else kept longer."""
        number, holder = application.hotline_number, application.draft_id
        if self._hold is None or number is None:
            return
        if application.status in (process.CANCELLED, process.REJECTED):
            self._hold.release(number, holder)
        elif application.status == process.ACTIVATED:
            self._hold.assign(number, holder)
        elif application.status not in (process.TESTED, process.CLOSED):
            self._hold.extend(number, holder, self._hold_end())
