"""A new session: what is worth carrying over is carried, the draft in the database is the rest."""

from __future__ import annotations

from typing import Any

from rasa_sdk.events import ActionExecuted, SessionStarted, SlotSet

from actions.base import HotlineAction, Turn
from hotline.services import services

#: this conversation's own slots that outlive a session (the draft's fields are mirrored from the database)
CARRIED = (
    "goal",
    "paused_tasks",
    "last_field",
    "wish",
    "shown_numbers",
    "topic",
    "topics_seen",
    "put_off",
    "summary_seen",
    "test_reference",
    "test_left",
)


class SessionStart(HotlineAction):
    action_name = "action_session_start"

    def events(self, turn: Turn) -> list[dict[str, Any]]:
        return [SessionStarted(), *turn.events, ActionExecuted("action_listen")]

    def perform(self, turn: Turn) -> None:
        loop = (turn.tracker.active_loop or {}).get("name")
        for name in CARRIED:
            value = turn.tracker.get_slot(name)
            if name == "paused_tasks" and loop:
                value = [*(task for task in value or [] if task != loop), loop]
            if value is not None:
                turn.events.append(SlotSet(name, value))
        draft = services().applications.draft(turn.cid)
        if not draft.submitted and draft.fields and (loop or turn.tracker.get_slot("goal")):
            turn.events.append(SlotSet("returning", True))
            if loop:
                turn.events.append(SlotSet("asked_field", turn.tracker.get_slot("requested_slot")))
        turn.events += [SlotSet(name, value) for name, value in draft.fields.items()]
