"""Promised calls: to whom, about what, in which window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from hotline.business.cases import NotDone
from hotline.business.consent import GRANTED
from hotline.business.desk import Desk, Window
from hotline.business.drafts import Draft
from hotline.business.references import new_id
from hotline.clock import Clock

WAITING, DONE, CANCELLED = "waiting", "done", "cancelled"


@dataclass(frozen=True)
class Callback:
    """One promise. `contact` has phone, name (or None) and the time as it was said."""

    callback_id: str
    conversation_id: str
    turn_id: str
    reference: str | None
    contact: Mapping[str, Any]
    topic: str | None
    window_from: datetime
    window_to: datetime
    status: str
    created_at: datetime
    done_at: datetime | None = None


@dataclass(frozen=True)
class Promised:
    """The callback and the window it was put in; `again` for a repeated turn."""

    callback: Callback
    window: Window
    again: bool


class CallbackStore(Protocol):
    """Where callbacks are kept."""

    def add_callback(self, callback: Callback) -> Callback:
        """Keep it, once for a conversation and turn."""
        ...

    def change_callback(self, callback: Callback, expected: str) -> bool: ...

    def callback(self, callback_id: str) -> Callback | None: ...

    def callbacks(
        self, status: str, until: datetime | None = None, conversation_id: str | None = None
    ) -> Sequence[Callback]:
        """Those of a status (whose window begins before `until`), earliest window first."""
        ...


class Callbacks:
    """Asks for calls and hands them out."""

    def __init__(self, store: CallbackStore, desk: Desk, clock: Clock) -> None:
        self._store, self.desk, self._clock = store, desk, clock

    def request(self, draft: Draft, turn_id: str, said_time: str = "", topic: str = "") -> Promised | NotDone:
        """Promise a call to the draft's contact at `said_time` (default: his contact time).

        NotDone: ``consent_missing``, ``incomplete`` (missing: the fields), since there is nobody to call."""
        if draft.consent != GRANTED:
            return NotDone("consent_missing", {})
        if "phone" not in draft.fields:
            return NotDone("incomplete", {"missing": ("phone",)})
        now = self._clock.now()
        said = said_time or str(draft.fields.get("contact_time", ""))
        window = self.desk.window(said, now)
        contact = {"phone": draft.fields["phone"], "name": draft.fields.get("contact_name"), "said": said}
        fresh = Callback(
            callback_id=new_id(),
            conversation_id=draft.conversation_id,
            turn_id=turn_id,
            reference=draft.reference,
            contact=contact,
            topic=topic or None,
            window_from=window.start,
            window_to=window.end,
            status=WAITING,
            created_at=now,
        )
        kept = self._store.add_callback(fresh)
        return Promised(kept, window, again=kept.callback_id != fresh.callback_id)

    def due(self, until: datetime | None = None) -> list[Callback]:
        """What waits to be called (until then), earliest first."""
        return list(self._store.callbacks(WAITING, until))

    def of(self, conversation_id: str) -> list[Callback]:
        """The calls that a conversation still waits for."""
        return list(self._store.callbacks(WAITING, conversation_id=conversation_id))

    def done(self, callback_id: str) -> Callback | NotDone:
        """The call was made. NotDone: ``no_match``, ``not_possible``."""
        return self._finish(callback_id, DONE)

    def cancel(self, callback_id: str) -> Callback | NotDone:
        """He does not want it any more."""
        return self._finish(callback_id, CANCELLED)

    def _finish(self, callback_id: str, status: str) -> Callback | NotDone:
        current = self._store.callback(callback_id)
        if current is None:
            return NotDone("no_match", {})
        finished = replace(current, status=status, done_at=self._clock.now())
        if self._store.change_callback(finished, WAITING):
            return finished
        return NotDone("not_possible", {"status": current.status})
