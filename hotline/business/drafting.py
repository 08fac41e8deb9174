"""What a conversation does to its draft: record, skip, agree, start over. Each commits before it returns."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from hotline.business import drafts
from hotline.business.cases import Change, Outcome, Refused
from hotline.business.consent import GRANTED, REFUSED, WITHDRAWN, ConsentTerms
from hotline.business.drafts import Completeness, Draft
from hotline.business.fields import FIELDS, PERSONAL, Refusal, normalise
from hotline.business.ports import ApplicationStore
from hotline.business.references import new_id
from hotline.business.volume_said import VOLUME
from hotline.clock import Clock

#: what may still be told after the submission: papers that have to be supplemented
_AFTER_SUBMISSION = frozenset({"material", "papers", "handler", "credit_code", "industry"})


class Drafting:
    """The draft side of `Applications`, keyed by conversation."""

    def __init__(
        self,
        store: ApplicationStore,
        clock: Clock,
        terms: ConsentTerms,
        plans: Callable[[], Collection[str]],
        volunteered_minutes: int = 30,
    ) -> None:
        self._store, self._clock, self.terms = store, clock, terms
        self._plans = plans
        self._volunteered = timedelta(minutes=volunteered_minutes)

    # --- looking

    def draft(self, conversation_id: str, via: str = "") -> Draft:
        """The draft of a conversation (made when there is none). One row is read."""
        found = self._store.load_draft(conversation_id)
        if found is None:
            found = self._store.create_draft(self._fresh(conversation_id, via))
        return self._without_stale(found)

    def open_fields(self, draft: Draft, task: str) -> list[str]:
        """The fields of a task still to be asked, in order; see `drafts.open_fields`."""
        return drafts.open_fields(draft, task)

    def completeness(self, draft: Draft, task: str = drafts.SUBMIT) -> Completeness:
        """What a task still needs, each with why and where; see `drafts.completeness`."""
        return drafts.completeness(draft, task)

    # --- telling

    def record(
        self, conversation_id: str, values: Mapping[str, Any], turn_id: str, channel: str = ""
    ) -> Outcome:
        """Keep what the customer said; `channel` is what the conversation runs on (web, wechat, assist).

        Each value is normalised or refused on its own; None clears a field. Personal fields wait, encrypted
        and short-lived, until the consent is answered. The same values in the same turn (`turn_id`) are
        kept once, and give the same outcome again. Lists grow, see `fields.normalise`.
        """
        request = json.dumps(["record", values], ensure_ascii=False, sort_keys=True, default=str)
        return self._once(
            conversation_id, turn_id, channel, request, lambda draft: self._record(draft, values)
        )

    def erase(self, conversation_id: str, field: str, turn_id: str, channel: str = "") -> Outcome:
        """Forget what a field holds, so that it is open again (`record` with None)."""
        return self.record(conversation_id, {field: None}, turn_id, channel)

    def reopen(self, conversation_id: str, field: str, turn_id: str, channel: str = "") -> Outcome:
        """Have a field asked again; it keeps what it holds until something new is told (`keep` closes it as it was).

        Refused with ``already_submitted`` for what is fixed by then.
        """

        def apply(draft: Draft) -> Outcome:
            if draft.submitted and field not in _AFTER_SUBMISSION:
                return Outcome(refused=(Refused(field, "already_submitted", {"reference": draft.reference}),))
            told = any(name in draft.fields for name in VOLUME) if field in VOLUME else field in draft.fields
            draft.skipped.difference_update(VOLUME if field in VOLUME else (field,))
            if told:
                draft.reopened.add(VOLUME[0] if field in VOLUME else field)
            return Outcome()

        return self._once(conversation_id, turn_id, channel, json.dumps(["reopen", field]), apply)

    def keep(self, conversation_id: str, turn_id: str, channel: str = "") -> Outcome:
        """Leave every reopened field as it was."""

        def apply(draft: Draft) -> Outcome:
            draft.reopened.clear()
            return Outcome()

        return self._once(conversation_id, turn_id, channel, json.dumps(["keep"]), apply)

    def skip(self, conversation_id: str, field: str, turn_id: str, channel: str = "") -> Outcome:
        """Pass a field by: it is not asked again. Refused with ``not_skippable`` for a required one."""

        def apply(draft: Draft) -> Outcome:
            if not drafts.may_skip(draft, field):
                return Outcome(refused=(Refused(field, "not_skippable"),))
            if field in draft.reopened:  # told anew: there is none
                draft.fields.pop(field, None)
                draft.reopened.discard(field)
            draft.skipped.add(field)
            return Outcome()

        return self._once(conversation_id, turn_id, channel, json.dumps(["skip", field]), apply)

    def consent(self, conversation_id: str, decision: str, turn_id: str, channel: str = "") -> Outcome:
        """Note the answer to the consent question: ``granted`` moves in what was volunteered, ``refused``
        drops it, ``withdrawn`` drops the personal fields of the draft too (a submitted application keeps
        its contact until it is deleted). Raises ValueError for another word."""
        apply = {GRANTED: self._grant, REFUSED: self._refuse, WITHDRAWN: self._refuse}.get(decision)
        if apply is None:
            raise ValueError(f"not a consent decision: {decision}")

        def answer(draft: Draft) -> Outcome:
            draft.consent = decision
            self._store.add_consent(draft, decision, self.terms.record(), self._clock.now())
            return apply(draft)

        return self._once(conversation_id, turn_id, channel, json.dumps(["consent", decision]), answer)

    def note_number(self, conversation_id: str, number: str | None, until: datetime | None = None) -> Draft:
        """Note that `number` is reserved for this draft until then (None: no longer)."""
        with self._store.transaction():
            draft = self._locked(conversation_id, "")
            draft.reserved_number, draft.reserved_until = number, until if number else None
            if number:
                draft.fields["hotline_number"] = number
                draft.skipped.discard("hotline_number")
                draft.reopened.discard("hotline_number")
            else:
                draft.fields.pop("hotline_number", None)
            self._save(draft)
        return draft

    def save_dialogue(self, conversation_id: str, dialogue: Mapping[str, Any]) -> None:
        """Keep the dialogue's scratch (a small JSON object) of this conversation."""
        self.draft(conversation_id)
        self._store.save_dialogue(conversation_id, dialogue, self._clock.now())

    def start_over(self, conversation_id: str, channel: str = "") -> Draft:
        """Begin with an empty draft; a consent that was given stays. The old draft's number is for the caller
        to release (`Applications.abandon` does both)."""
        with self._store.transaction():
            old = self._store.load_draft(conversation_id, lock=True)
            fresh = self._fresh(conversation_id, channel or (old.via if old else ""))
            if old is not None and old.consent == GRANTED:
                fresh.consent = GRANTED
            return self._store.create_draft(fresh)

    # --- inside

    def _once(
        self, conversation_id: str, turn_id: str, via: str, request: str, apply: Callable[[Draft], Outcome]
    ) -> Outcome:
        with self._store.transaction():
            done = self._store.recall(conversation_id, turn_id, request)
            if done is not None:
                return _outcome(done)
            draft = self._locked(conversation_id, via)
            outcome = apply(draft)
            self._save(draft)
            self._store.remember(conversation_id, turn_id, request, asdict(outcome), self._clock.now())
        return outcome

    def _record(self, draft: Draft, values: Mapping[str, Any]) -> Outcome:
        changes: list[Change] = []
        refused: list[Refused] = []
        held: list[str] = []
        anew = VOLUME[0] in draft.reopened
        for name, raw in values.items():
            try:
                value = self._checked(draft, name, raw)
            except Refusal as refusal:
                refused.append(Refused(name, refusal.code, refusal.values))
                continue
            if name in PERSONAL and draft.consent != GRANTED and value is not None:
                draft.volunteered[name] = value
                held.append(name)
            else:
                changes += _set(draft, name, value)
        if anew and (
            told := {each for each in VOLUME if values.get(each) is not None and each in draft.fields}
        ):
            for name in set(VOLUME) - told - ({"call_minutes"} if "daily_calls" in told else set()):
                changes += _set(draft, name, None)  # told in other words than before
            draft.reopened.discard(VOLUME[0])
        # calls a day are a new statement about the volume: minutes named earlier no longer hold
        if any(each.field == "daily_calls" for each in changes) and "monthly_minutes" not in values:
            changes += _set(draft, "monthly_minutes", None)
        if held:
            draft.volunteered_until = self._clock.now() + self._volunteered
        return Outcome(tuple(changes), tuple(refused), tuple(held))

    def _checked(self, draft: Draft, name: str, raw: Any) -> Any:
        if draft.submitted and name not in _AFTER_SUBMISSION:
            raise Refusal("already_submitted", reference=draft.reference)
        if name in PERSONAL and draft.consent in (REFUSED, WITHDRAWN) and raw is not None:
            raise Refusal("consent_refused")
        if raw is None and name in FIELDS:
            return None
        anew = name in draft.reopened and not (isinstance(raw, Mapping) and "remove" in raw)
        value = normalise(name, raw, None if anew else draft.fields.get(name))
        if name == "plan" and value not in self._plans():
            raise Refusal("not_a_choice", choices=list(self._plans()))
        return value

    def _grant(self, draft: Draft) -> Outcome:
        waiting, draft.volunteered, draft.volunteered_until = draft.volunteered, {}, None
        changes = [change for name, value in waiting.items() for change in _set(draft, name, value)]
        return Outcome(tuple(changes))

    def _refuse(self, draft: Draft) -> Outcome:
        draft.volunteered, draft.volunteered_until = {}, None
        changes = [change for name in sorted(PERSONAL) for change in _set(draft, name, None)]
        return Outcome(tuple(changes))

    def _fresh(self, conversation_id: str, via: str) -> Draft:
        now = self._clock.now()
        return Draft(new_id(), conversation_id, via, created_at=now, updated_at=now)

    def _locked(self, conversation_id: str, via: str) -> Draft:
        draft = self._store.load_draft(conversation_id, lock=True)
        if draft is None:
            self._store.create_draft(self._fresh(conversation_id, via))
            draft = self._store.load_draft(conversation_id, lock=True)
            assert draft is not None
        draft.via = via or draft.via
        return self._without_stale(draft)

    def _without_stale(self, draft: Draft) -> Draft:
        """Volunteered details whose time is over are gone, whether or not the clean-up ran already."""
        if draft.volunteered_until is not None and draft.volunteered_until <= self._clock.now():
            draft.volunteered, draft.volunteered_until = {}, None
        return draft

    def _save(self, draft: Draft) -> None:
        draft.revision += 1
        draft.updated_at = self._clock.now()
        self._store.save_draft(draft)


def _set(draft: Draft, name: str, value: Any) -> list[Change]:
    old = draft.fields.get(name)
    draft.skipped.discard(name)
    draft.reopened.discard(name)
    if value is None:
        draft.fields.pop(name, None)
    else:
        draft.fields[name] = value
    return [] if old == value else [Change(name, old, value)]


def _outcome(kept: Mapping[str, Any]) -> Outcome:
    return Outcome(
        tuple(Change(**each) for each in kept["changes"]),
        tuple(Refused(**each) for each in kept["refused"]),
        tuple(kept["held"]),
    )
