"""Rasa events from and to dictionaries, and the event that stands for everything before a trimmed tail."""

from __future__ import annotations

from typing import Any

from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event
from rasa.shared.core.trackers import DialogueStateTracker, TrackerActiveLoop
from rasa.shared.utils.common import all_subclasses

State = dict[str, Any]
_KINDS: dict[str, type[Event]] = {}


class TailBegins(ActiveLoop):
    """Restores the state that a conversation had before its tail: slots, active form, pause, latest action.

    Is an ``ActiveLoop`` so that Rasa, which looks for activations among the events, knows the form that was
    opened before the tail. Is never logged.
    """

    type_name = "hotline_tail"

    def __init__(self, state: State, timestamp: float | None = None) -> None:
        loop = state.get("loop")
        super().__init__(loop["name"] if loop else None, timestamp)
        self.state = state

    def apply_to(self, tracker: DialogueStateTracker) -> None:
        """Put the tracker into the state. Slots that the domain no longer has are left out."""
        for name, value in self.state["slots"].items():
            if name in tracker.slots:
                tracker._set_slot(name, value)
        loop = self.state.get("loop")
        tracker.active_loop = TrackerActiveLoop(**loop) if loop else None
        tracker._paused = self.state["paused"]
        tracker.latest_action = dict(self.state["latest_action"])
        # listening is repeated by `base_events`; should a rewind undo even that, listening is what comes next
        listening = tracker.latest_action.get("action_name") == ACTION_LISTEN_NAME
        tracker.followup_action = ACTION_LISTEN_NAME if listening else self.state["followup"]


def state_of(tracker: DialogueStateTracker) -> State:
    """What `TailBegins` needs to restore this state; plain values only."""
    initial = {name: slot.initial_value for name, slot in tracker.slots.items()}
    return {
        "slots": {n: v for n, v in tracker.current_slot_values().items() if v != initial[n]},
        "loop": dict(vars(tracker.active_loop)) if tracker.active_loop else None,
        "paused": tracker.is_paused(),
        "latest_action": tracker.latest_action or {},
        "followup": tracker.followup_action,
    }


def base_events(state: State | None, before: float) -> list[Event]:
    """The events to put in front of a tail that begins at `before`; none for the conversation's beginning."""
    if state is None:
        return []
    head: list[Event] = [TailBegins(state, before)]
    if state["latest_action"].get("action_name") == ACTION_LISTEN_NAME:
        # rules look back to the listening that every user message follows
        head.append(ActionExecuted(ACTION_LISTEN_NAME, timestamp=before))
    return head


def decode(data: dict[str, Any]) -> Event:
    """An event from its dictionary. Raises ValueError for a kind that Rasa does not know."""
    if not _KINDS:
        for kind in all_subclasses(Event):
            _KINDS.setdefault(kind.type_name, kind)
    kind = _KINDS.get(data["event"])
    event = kind._from_parameters(data) if kind else None
    if event is None:
        raise ValueError(f"unknown event {data['event']!r}")
    return event
