"""What every action shares: one view of the turn, one way to speak, one way to fail.

An action is ordinary synchronous code (`perform`), run in a thread so that its SQL never holds up the event loop.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.toolbox import Toolbox
from hotline.business.fields import FIELDS
from hotline.business.requests import FAQ, Asked, questions, second_task
from hotline.services import Services, services
from hotline.threads import ACTIONS

REQUESTED = "requested_slot"
JSON_SLOTS = frozenset({"turn_note", "proposal", "wish", "topics_seen", "summary_seen"})


class Turn:
    """One user message and what we do about it."""

    def __init__(self, dispatcher: CollectingDispatcher, tracker: Tracker, sv: Services) -> None:
        self.dispatcher, self.tracker, self.sv = dispatcher, tracker, sv
        self.events: list[dict[str, Any]] = []
        message = tracker.latest_message or {}
        metadata = message.get("metadata") or {}
        self.cid: str = tracker.sender_id
        self.text: str = message.get("text") or ""
        self.intent: str = (message.get("intent") or {}).get("name") or ""
        self.confidence: float = float((message.get("intent") or {}).get("confidence") or 0.0)
        self.ranking: list[dict[str, Any]] = message.get("intent_ranking") or []
        self.entities: list[dict[str, Any]] = message.get("entities") or []
        self.act: str | None = message.get("act")  # a fixed phrase, see hotline.runtime.listening
        self.talk: dict[str, Any] = message.get("talk") or {}  # of numbers, see hotline.runtime.number_scene
        self.about: str = message.get("about") or ""  # what that phrase is about: a code
        self.parts: list[dict[str, Any]] = message.get("parts") or []
        self.turn_id: str = metadata.get("turn_id") or message.get("message_id") or ""
        self.pressed: bool = bool(metadata.get("button")) or self.text.startswith("/")
        self.dropped: bool = bool(metadata.get("dropped"))  # a card number was taken out, and that was told
        self.channel: str = metadata.get("channel") or tracker.get_latest_input_channel() or "rest"
        self.box = Toolbox(sv, self.cid, self.channel)
        self.left = ""  # "还差 2 项，", before a question that is put again
        self.lead = ""  # "这一项我没有听出来，", before an example
        self._set: dict[str, Any] = {}

    # ---- what is
    @property
    def form(self) -> str | None:
        """The form that is active, if any."""
        name: str | None = (self.tracker.active_loop or {}).get("name")
        return name

    @property
    def requested(self) -> str | None:
        """The field being asked, if any."""
        return self.slot(REQUESTED) if self.form else None

    def slot(self, name: str) -> Any:
        """A slot as it will stand after this action."""
        return self._set[name] if name in self._set else self.tracker.get_slot(name)

    def state(self, name: str) -> Any:
        """A slot that holds JSON, decoded; None when empty."""
        raw = self.slot(name)
        return json.loads(raw) if raw else None

    def first_action(self, but: str = "") -> bool:
        """Whether nothing has been done yet about this message (forms run extraction again when they start).

        `but` names the form whose validator asks: Rasa shows it as done already.
        """
        for event in reversed(self.tracker.events):
            if event.get("event") == "user":
                return True
            if event.get("event") == "action" and event.get("name") not in ("action_extract_slots", but):
                return False
        return True

    def done(self, action: str) -> bool:
        """Whether an action was already run about this message."""
        for event in reversed(self.tracker.events):
            if event.get("event") == "user":
                return False
            if event.get("event") == "action" and event.get("name") == action:
                return True
        return False

    def said(self, *responses: str) -> bool:
        """Whether an action before this one has spoken one of these responses in this turn."""
        for event in reversed(self.tracker.events):
            if event.get("event") == "user":
                return False
            if event.get("event") == "bot" and (event.get("metadata") or {}).get("utter_action") in responses:
                return True
        return False

    @property
    def asked(self) -> list[Asked]:
        """The questions in this message, at most two, in their order; a pressed one is one."""
        if self.pressed:
            return [Asked(self.intent, "")] if self.intent.startswith(FAQ) else []
        chances = {str(each["name"]): float(each["confidence"]) for each in self.ranking}
        return questions(self.text, self.intent, self.confidence, chances, self.parts)

    @property
    def also(self) -> str | None:
        """What the message wants to be done besides what its intent says."""
        return second_task(self.intent, self.parts) if not self.pressed else None

    def entity(self, name: str) -> Any:
        """The last value of an entity in this message."""
        values = [e["value"] for e in self.entities if e.get("entity") == name]
        return values[-1] if values else None

    @property
    def silent(self) -> bool:
        """Whether this action has said nothing yet."""
        return not self.dispatcher.messages

    # ---- what we do
    def say(
        self,
        response: str,
        *,
        buttons: list[dict[str, str]] | None = None,
        card: dict[str, Any] | None = None,
        **values: Any,
    ) -> None:
        """Speak a response of the domain; `card` is its typed payload for channels that draw."""
        values = {"left": self.left, "lead": self.lead, **values}
        self.dispatcher.utter_message(response=response, buttons=buttons, json_message=card, **values)

    def say_text(
        self, text: str, *, buttons: list[dict[str, str]] | None = None, card: dict[str, Any] | None = None
    ) -> None:
        """Speak a sentence that comes from data (the knowledge base), not from the domain."""
        self.dispatcher.utter_message(text=text, buttons=buttons, json_message=card)

    def set(self, name: str, value: Any, *, force: bool = False) -> None:
        """Set a slot, if that changes it (a dict is encoded as JSON unless the slot mirrors a range)."""
        if isinstance(value, dict) and name in JSON_SLOTS:
            value = json.dumps(value, ensure_ascii=False)
        if not force and name != REQUESTED and self.slot(name) == value:
            return
        self._set[name] = value
        self.events.append(SlotSet(name, value))

    def propose(self, kind: str | None, **values: Any) -> None:
        """Remember what a plain yes or no would now refer to."""
        self.set("proposal", {"kind": kind, **values} if kind else None)

    def follow(self, action: str) -> None:
        """Go on with this action or form."""
        self.events.append(FollowupAction(action))

    def leave_form(self, *, keep: bool = True) -> None:
        """Close the active form; `keep` remembers it as half done."""
        if not self.form:
            return
        if keep:
            paused = [name for name in self.slot("paused_tasks") or [] if name != self.form]
            self.set("paused_tasks", [*paused, self.form])
        self.events += [ActiveLoop(None)]
        self.set(REQUESTED, None)

    def start_form(self, form: str) -> None:
        """Go into a form, putting aside the one that is open; one that has nothing to ask is done at once.

        (Rasa would open and close it in silence, and no rule would go on from there.)
        """
        from actions.journey import completed

        if self.form == form:
            return
        self.leave_form()
        self.set("paused_tasks", [name for name in self.slot("paused_tasks") or [] if name != form])
        if self.box.open_fields(form, self.slot):
            self.follow(form)
        else:
            completed(self, form)

    def mirror(self, fields: Iterable[str] | None = None) -> None:
        """Make the slots show what the draft holds (only what differs)."""
        draft = self.sv.applications.draft(self.cid)
        for name in fields or FIELDS:
            if name in self.tracker.slots:
                self.set(name, None if name in draft.reopened else draft.fields.get(name))
        self.set("consent", draft.consent if draft.consent != "none" else None)


class HotlineAction(Action):
    """An action of ours. What fails inside is for who runs it, see `hotline.runtime.actions`."""

    action_name: ClassVar[str] = ""

    def name(self) -> str:
        return self.action_name

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        return await self.run_in_time(dispatcher, tracker, domain)

    async def run_in_time(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],
        seconds: float | None = None,
        longer: Callable[[], bool] | None = None,
    ) -> list[dict[str, Any]]:
        """As `run`; for how long it is waited for is told to the pool of threads."""
        turn = Turn(dispatcher, tracker, services())
        await ACTIONS.run(self._perform, turn, seconds=seconds, longer=longer)
        return self.events(turn)

    def events(self, turn: Turn) -> list[dict[str, Any]]:
        """What came of it, for Rasa."""
        return turn.events

    def _perform(self, turn: Turn) -> None:
        with turn.sv.database.one_view(), turn.sv.database.followed():  # by the commit of the turn
            self.perform(turn)

    def perform(self, turn: Turn) -> None:
        """Do it. Speak through `turn.say`, change through `turn.set`, `turn.follow`, `turn.start_form`."""
        raise NotImplementedError
