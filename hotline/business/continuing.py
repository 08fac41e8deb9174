"""Going on with the same application on another channel: a code is shown here and said there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from hotline.business.cases import NotDone
from hotline.business.drafting import Drafting
from hotline.business.drafts import Draft
from hotline.business.ports import DraftStore, NumberHold
from hotline.business.references import new_digits, new_long_code
from hotline.business.tries import TryGuard
from hotline.clock import Clock

SHORT, LONG = "short", "long"
LIVES = {SHORT: timedelta(minutes=15), LONG: timedelta(hours=24)}
_EVERYBODY = "continue/everybody"
_EVERYBODY_LIMIT = 200  # wrong codes of all conversations within half an hour: somebody is guessing


@dataclass(frozen=True)
class ContinueCode:
    """A code for one use: six digits to say or type, or a long one that travels in a message."""

    code: str
    kind: str
    expires_at: datetime


class ContinueStore(DraftStore, Protocol):
    """Where codes are kept, as fingerprints."""

    def add_code(self, code: str, kind: str, draft_id: str, now: datetime, expires: datetime) -> bool:
        """Keep a code; an older one of its kind for the draft dies. False when a live one is equal."""
        ...

    def use_code(self, code: str, now: datetime) -> str | None:
        """The draft id of a live code, which is dead from now on; None for any other."""
        ...


class Continuing:
    """Makes and redeems continue codes."""

    def __init__(
        self, store: ContinueStore, drafts: Drafting, clock: Clock, hold: NumberHold | None = None
    ) -> None:
        self._store, self._drafts, self._clock, self._hold = store, drafts, clock, hold
        self._guard = TryGuard(store, clock)
        self._everybody = TryGuard(store, clock, limit=_EVERYBODY_LIMIT)

    def issue(self, conversation_id: str, kind: str = SHORT) -> ContinueCode:
        """A new code for the conversation's draft: 15 minutes (``short``) or 24 hours (``long``)."""
        draft = self._drafts.draft(conversation_id)
        now = self._clock.now()
        expires = now + LIVES[kind]
        while True:
            code = new_digits() if kind == SHORT else new_long_code()
            if self._store.add_code(code, kind, draft.draft_id, now, expires):
                return ContinueCode(code, kind, expires)

    def redeem(self, conversation_id: str, code: str, via: str = "") -> Draft | NotDone:
        """Let this conversation go on with the draft behind the code. Its own unfinished draft is given up.

        NotDone: ``no_match`` with ``tries_left`` (wrong, used and expired look the same), ``locked`` with
        ``until`` after five wrong ones.
        """
        names = [f"continue/asker/{conversation_id}"]
        with self._store.transaction():
            until = self._guard.locked_until(names) or self._everybody.locked_until([_EVERYBODY])
            if until:
                return NotDone("locked", {"until": until})
            draft_id = self._store.use_code("".join(code.split()), self._clock.now())
            if draft_id and (draft := self._go_on(conversation_id, draft_id, via)):
                self._guard.forget(names)
                return draft
            left = self._guard.fail(names)
            self._everybody.fail([_EVERYBODY])
            if left:
                return NotDone("no_match", {"tries_left": left})
            return NotDone("locked", {"until": self._guard.locked_until(names)})

    def _go_on(self, conversation_id: str, draft_id: str, via: str) -> Draft | None:
        own = self._store.load_draft(conversation_id, lock=True)
        if own and own.reserved_number and not own.submitted and own.draft_id != draft_id and self._hold:
            self._hold.release(own.reserved_number, own.draft_id)
        return self._store.link(conversation_id, draft_id, via, self._clock.now())
