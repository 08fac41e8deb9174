"""Rasa's list of the events that count (``DialogueStateTracker.applied_events``), carried on instead of made anew.

Rasa asks for it a dozen times a turn and walks through all events each time, with a check of type that costs a
microsecond for each class. Here each class is looked at once, and a new event is one step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActionReverted,
    ActiveLoop,
    DefinePrevUserUtteredFeaturization,
    Event,
    Restarted,
    SessionStarted,
    UserUtteranceReverted,
    UserUttered,
)

PLAIN, ACTION, USER, LOOP, REJECTED, FEATURIZED, BEGIN, ACTION_BACK, USER_BACK = range(9)
_OF: tuple[tuple[type[Event], int], ...] = (
    (Restarted, BEGIN),
    (SessionStarted, BEGIN),
    (ActionReverted, ACTION_BACK),
    (UserUtteranceReverted, USER_BACK),
    (ActionExecuted, ACTION),
    (UserUttered, USER),
    (ActiveLoop, LOOP),
    (ActionExecutionRejected, REJECTED),
    (DefinePrevUserUtteredFeaturization, FEATURIZED),
)
_KINDS: dict[type[Event], int] = {}
_UNFEATURIZED = frozenset({ACTION, USER, FEATURIZED})  # what the repeated run of a loop takes back

Undo = Callable[[type[Event], list[Event]], None]


def kind_of(event: Event) -> int:
    """What an event is to this list."""
    cls = type(event)
    kind = _KINDS.get(cls)
    if kind is None:
        kind = _KINDS[cls] = next((kind for base, kind in _OF if issubclass(cls, base)), PLAIN)
    return kind


class Applied:
    """The events that count, of `count` events of which `last` is the last."""

    __slots__ = ("_undo", "count", "events", "last", "loops")

    def __init__(self, undo: Undo) -> None:
        """`undo` takes events back to the last one of a type."""
        self._undo = undo
        self.count = 0
        self.last: Event | None = None
        self.events: list[Event] = []
        self.loops: set[str] = set()

    def copy(self, undo: Undo) -> Applied:
        """A twin that goes its own way."""
        twin = Applied(undo)
        twin.count, twin.last, twin.events, twin.loops = (
            self.count,
            self.last,
            self.events.copy(),
            set(self.loops),
        )
        return twin

    def go_on(self, new: Iterable[Event]) -> bool:
        """Take in new events. False: one begins a loop that was not known, and all have to be taken in anew,
        because what looked like a plain action before may have been its first run.
        """
        for event in new:
            if kind_of(event) == LOOP and event.name and event.name not in self.loops:
                return False
            self._take(event)
            self.count += 1
            self.last = event
        return True

    def begin(self, events: Iterable[Event]) -> None:
        """Take in all events."""
        known = list(events)
        self.loops = {event.name for event in known if kind_of(event) == LOOP and event.name}
        self.events, self.count, self.last = [], 0, None
        self.go_on(known)

    def _take(self, event: Event) -> None:
        kind = kind_of(event)
        if kind == BEGIN:
            self.events = []
        elif kind == ACTION_BACK:
            self._undo(ActionExecuted, self.events)
        elif kind == USER_BACK:
            self._undo(UserUttered, self.events)
            self._undo(ActionExecuted, self.events)
        elif kind == ACTION and event.action_name in self.loops and self._again(event.action_name):
            self._take_back(event.action_name)
        else:
            self.events.append(event)

    def _again(self, loop: str) -> bool:
        """Whether the loop ran before, and nothing else was done about the last message."""
        following: str | None = None
        for event in reversed(self.events):
            kind = kind_of(event)
            if kind == LOOP and event.name is None:
                return False
            if kind == REJECTED and event.action_name == loop:
                return False
            if kind == USER and following is not None and following != loop:
                return False
            if kind == ACTION:
                if event.action_name == loop:
                    return True
                following = event.action_name
        return False

    def _take_back(self, loop: str) -> None:
        """Hide what the loop did since its last run: for rules it is one run."""
        at = len(self.events) - 1
        while at >= 0:
            event = self.events[at]
            kind = kind_of(event)
            if kind == ACTION and event.action_name == loop:
                return
            if kind in _UNFEATURIZED:
                del self.events[at]
            at -= 1
