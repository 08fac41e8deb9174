"""Rasa's tracker store with constant cost: the state before the last turns, those turns, and the log for the record.

Differences from Rasa's own SQL store, each because of something that hurt (engineering notes, A2):
a turn reads and writes as much in its thousandth message as in its fifth; SQL runs off the event loop; events lie
encrypted; a failed read is an error and never a blank conversation; two writers never both win; within a turn of
``TurnRunner`` the new events wait and are committed together with the replies.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import structlog
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionReverted,
    Event,
    SessionStarted,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker

from hotline.runtime.applied import Applied
from hotline.runtime.events import State, TailBegins, base_events, decode, state_of
from hotline.runtime.masking import mask
from hotline.runtime.unit import UNREAD, current
from hotline.store.trackers import Append, ConcurrentWrite, Tail, TrackerLog
from hotline.threads import JOURNAL

log = structlog.get_logger(__name__)

KEEP = 5  # chunks (turns) left after a cut: more than the longest rule and the deepest rewind
MOST = 10  # a tail of more chunks is cut
CACHED = 512  # trackers kept in memory, valid as long as the database has their version


@dataclass
class Mark:
    """Where a tracker stands in its log."""

    version: int
    length: int
    chunks: list[int]
    persisted: int  # of `tracker.events`, the synthetic ones included
    synthetic: int = 0
    base: State | None = None


class TailTracker(DialogueStateTracker):
    """A tracker that knows its place in the log and never undoes what lies before its tail."""

    mark: Mark | None = None
    inexact = False  # a rewind went back further than a trimmed tail can tell: to be read anew
    _applied: Applied | None = None

    def init_copy(self) -> TailTracker:
        return TailTracker(
            self.sender_id, self.slots.values(), self._max_event_history, is_rule_tracker=self.is_rule_tracker
        )

    def applied_events(self) -> list[Event]:
        """Rasa's list of events that are not taken back, carried on from the last time that it was asked for."""
        events, applied = self.events, self._applied
        if (
            applied is None
            or not 0 < applied.count <= len(events)
            or events[applied.count - 1] is not applied.last
            or not applied.go_on(islice(events, applied.count, None))
        ):
            applied = None
        if applied is None:
            applied = self._applied = Applied(self._undo_till_previous)
            applied.begin(events)
        return applied.events.copy()

    def copy(self) -> TailTracker:
        """A twin in the same state, which Rasa makes for every action, without replaying the events."""
        twin = TailTracker.__new__(TailTracker)
        twin.__dict__.update(self.__dict__)
        twin.mark = twin.model_id = twin.assistant_id = None
        twin.events = self.events.copy()
        twin._applied = self._applied.copy(twin._undo_till_previous) if self._applied else None
        twin.slots = dict(self.slots)  # the slots are shared until one of them changes
        twin.active_loop = replace(self.active_loop) if self.active_loop else None
        twin.latest_action = dict(self.latest_action) if self.latest_action is not None else None
        return twin

    def _set_slot(self, key: str, value: Any) -> None:
        slot = self.slots.get(key)
        if slot is not None:
            self.slots[key] = _copy_slot(slot)
        super()._set_slot(key, value)

    def _reset_slots(self) -> None:
        self.slots.update({name: _copy_slot(slot) for name, slot in self.slots.items()})
        super()._reset_slots()

    @staticmethod
    def _undo_till_previous(event_type: type[Event], done_events: list[Event]) -> None:
        floor = 1 if done_events and isinstance(done_events[0], TailBegins) else 0
        while len(done_events) > floor:
            if isinstance(done_events.pop(), event_type):
                return


def _copy_slot(slot: Slot) -> Slot:
    twin: Slot = slot.__class__.__new__(slot.__class__)
    twin.__dict__.update(slot.__dict__)
    return twin


class SnapshotTrackerStore(TrackerStore):
    """Named in ``endpoints.yml`` as ``hotline.runtime.tracker.SnapshotTrackerStore``."""

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        log: TrackerLog | None = None,
        host: str | None = None,
        keep: int = KEEP,
        most: int = MOST,
        cached: int = CACHED,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker)
        self.log = log if log is not None else _log_from_settings(host)
        self.keep, self.most, self._cached = keep, most, cached
        self._cache: OrderedDict[str, TailTracker] = OrderedDict()

    # --- reading

    def known_version(self, conversation_id: str) -> int | None:
        """The version of the tracker in memory: if the database has the same, nothing need be read."""
        tracker = self._cache.get(conversation_id)
        return tracker.mark.version if tracker is not None and tracker.mark else None

    async def retrieve(self, sender_id: str) -> TailTracker | None:
        """The tracker with the events of the last turns; None for a new conversation. Raises on a failed read."""
        turn = current(sender_id)
        if turn is not None and turn.tail is not UNREAD:
            tail = turn.tail
        else:
            tail = await JOURNAL.run(self.log.read, sender_id, self.known_version(sender_id))
        if tail is None:
            return None
        assert isinstance(tail, Tail)
        kept = self._cache.pop(sender_id, None)  # taken out: one user at a time
        if kept is not None and kept.mark and kept.mark.version == tail.version:
            return kept
        if tail.unchanged:  # somebody else took the tracker that we thought to have
            return await self._read_anew(sender_id)
        return self._build(sender_id, tail)

    async def _read_anew(self, sender_id: str) -> TailTracker | None:
        tail = await JOURNAL.run(self.log.read, sender_id)
        return None if tail is None else self._build(sender_id, tail)

    def _build(self, sender_id: str, tail: Tail) -> TailTracker:
        events = [decode(event) for event in tail.events]
        head = base_events(tail.base, events[0].timestamp if events else time.time())
        tracker = self._replay(sender_id, [*head, *events])
        tracker.mark = Mark(
            tail.version, tail.length, list(tail.chunks), len(tracker.events), len(head), tail.base
        )
        return tracker

    def _replay(self, sender_id: str, events: Sequence[Event]) -> TailTracker:
        tracker = TailTracker(sender_id, self.domain.slots)
        tracker.events.extend(events)
        tracker.replay_events()
        return tracker

    async def create_tracker(self, sender_id: str, append_action_listen: bool = True) -> TailTracker:
        """A new conversation. Nothing is written until there is something to write."""
        tracker = TailTracker(sender_id, self.domain.slots)
        tracker.mark = Mark(0, 0, [], 0)
        if append_action_listen:
            tracker.update(ActionExecuted(ACTION_LISTEN_NAME))
        return tracker

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """All events that were ever logged: for the record, not for a turn."""
        events = await JOURNAL.run(self.log.full, conversation_id)
        if not events:
            return None
        tracker = DialogueStateTracker(conversation_id, self.domain.slots)
        tracker.events.extend([decode(event) for event in events])
        tracker.replay_events()
        return tracker

    async def keys(self) -> Iterable[str]:
        """All conversations."""
        return await JOURNAL.run(self.log.keys)

    # --- writing

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write the new events, or hand them to the turn in progress. Raises ConcurrentWrite."""
        append = await self._prepare(tracker)
        if append is None:
            return
        turn = current(tracker.sender_id)
        if turn is not None:
            append = replace(append, turn_id=turn.turn_id)
            turn.saves.append(append)
            turn.tracker = tracker
        else:
            await JOURNAL.run(self.log.write, append)
        self._advance(tracker, append)
        if turn is None:
            self.keep_in_memory(tracker)
            self.publish([append])

    def keep_in_memory(self, tracker: DialogueStateTracker) -> None:
        """After its commit, a tracker may serve the next turn without being read again."""
        if not isinstance(tracker, TailTracker) or tracker.inexact:
            return
        self._cache[tracker.sender_id] = tracker
        self._cache.move_to_end(tracker.sender_id)
        while len(self._cache) > self._cached:
            self._cache.popitem(last=False)

    def drop(self, conversation_id: str) -> None:
        """Forget what is in memory of a conversation (after a failed turn, or its deletion)."""
        self._cache.pop(conversation_id, None)

    def publish(self, appends: Iterable[Append]) -> None:
        """Tell the event broker, masked, after the commit. A broker never costs a turn."""
        if self.event_broker is None:
            return
        for append in appends:
            for event in append.events:
                try:
                    self.event_broker.publish({"sender_id": append.conversation_id, **mask(event)})
                except Exception:
                    log.exception("broker.failed")

    async def _prepare(self, tracker: DialogueStateTracker) -> Append | None:
        mark: Mark | None = getattr(tracker, "mark", None)
        if mark is None:
            # made elsewhere (Rasa's HTTP API): may begin a conversation, never replace one
            if await JOURNAL.run(self.log.read, tracker.sender_id) is not None:
                raise ConcurrentWrite(tracker.sender_id)
            mark = tracker.mark = Mark(0, 0, [], 0)
        events = list(tracker.events)
        new = events[mark.persisted :]
        if not new:
            return None
        chunks = [*mark.chunks, mark.length]
        cut, base = self._cut(chunks, new), mark.base
        rebased = cut != chunks[0]
        if _rewinds(new):
            cut, base, rebased = mark.length + len(new), await self._after_rewind(tracker, mark, new), True
        elif rebased:
            dropped = events[: mark.synthetic + cut - mark.chunks[0]]
            base = state_of(self._replay(tracker.sender_id, dropped))
        dicts = [event.as_dict() for event in new]
        return Append(tracker.sender_id, mark.version, mark.length, dicts, cut, base, rebased)

    def _cut(self, chunks: list[int], new: Sequence[Event]) -> int:
        if any(isinstance(event, SessionStarted) for event in new):
            return chunks[-1]
        return chunks[-self.keep] if len(chunks) > self.most else chunks[0]

    async def _after_rewind(self, tracker: DialogueStateTracker, mark: Mark, new: list[Event]) -> State:
        """The state after earlier messages were taken back, with which the tail begins anew.

        Rasa hides the answers that a form took, and a rewind passes them over: only the whole log tells where to.
        Within this turn the trimmed tracker went back as far as it could; from the next one on it is exact.
        """
        if mark.base is None:
            return state_of(tracker)
        full = [decode(event) for event in await JOURNAL.run(self.log.full, tracker.sender_id)]
        if isinstance(tracker, TailTracker):
            tracker.inexact = True
        return state_of(self._replay(tracker.sender_id, [*full, *new]))

    def _advance(self, tracker: DialogueStateTracker, append: Append) -> None:
        mark: Mark = tracker.mark
        start = mark.chunks[0] if mark.chunks else 0
        mark.chunks = [at for at in [*mark.chunks, mark.length] if at >= append.tail_from]
        mark.version += 1
        mark.length += len(append.events)
        if append.rebased:
            tail = list(tracker.events)[mark.synthetic + append.tail_from - start :]
            head = base_events(append.base, tail[0].timestamp if tail else time.time())
            tracker.events = deque([*head, *tail], tracker._max_event_history)
            mark.base, mark.synthetic = append.base, len(head)
            if isinstance(tracker, TailTracker):
                tracker._applied = None
        mark.persisted = len(tracker.events)


def _rewinds(new: Sequence[Event]) -> bool:
    """Whether a turn takes back more than its own message (which a fallback does)."""
    back = sum(isinstance(event, UserUtteranceReverted) for event in new)
    return any(isinstance(event, ActionReverted) for event in new) or back > sum(
        isinstance(event, UserUttered) for event in new
    )


def _log_from_settings(host: str | None) -> TrackerLog:
    """For ``rasa run``, where Rasa builds the store itself."""
    from hotline.settings import Settings
    from hotline.store.crypto import Vault
    from hotline.store.database import Database
    from hotline.store.key_check import data_key

    settings = Settings.from_env()
    vault = Vault(data_key(settings.data_key, settings.var / "data.key", host or settings.db_url)[0])
    database = Database(host or settings.db_url, vault)
    database.upgrade()
    return TrackerLog(database, vault)


def assert_store(agent: Any) -> SnapshotTrackerStore:
    """Take away Rasa's fail-safe wrapper (a failed read would blank the conversation), and make sure that our
    store is in use. Raises RuntimeError: Rasa replaces a store it cannot import by one in memory, silently.
    """
    store = getattr(agent.tracker_store, "_tracker_store", agent.tracker_store)
    if not isinstance(store, SnapshotTrackerStore):
        raise RuntimeError(f"tracker store in use: {type(store).__name__}, expected SnapshotTrackerStore")
    agent.tracker_store = store
    if agent.processor:
        agent.processor.tracker_store = store
    return store
