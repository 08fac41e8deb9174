"""The unit of work of one turn: what the tracker store, the output channel and the logs share while it runs."""

from __future__ import annotations

import contextvars
from dataclasses import dataclass, field

from rasa.shared.core.trackers import DialogueStateTracker

from hotline.store.trackers import Append, Tail

UNREAD = object()


class GivenUp(BaseException):
    """A turn that cannot be ended now: nothing of it is kept, and the same message may come again.

    Not an Exception: Rasa would log one that comes out of an action, and go on as if the action had done nothing.
    """


@dataclass
class Turn:
    """A turn in progress. Tracker writes wait in `saves` until they are committed with the replies."""

    turn_id: str
    conversation_id: str
    tail: Tail | object | None = UNREAD  # what was read with the inbox, so that the store need not read again
    saves: list[Append] = field(default_factory=list)
    tracker: DialogueStateTracker | None = None  # as it will stand after the commit
    forget: bool = False  # the commit is to delete what was said before: the customer wished so

    @property
    def paused(self) -> bool:
        """Whether the assistant has to be silent, because a person speaks."""
        return self.tracker is not None and self.tracker.is_paused()


CURRENT: contextvars.ContextVar[Turn | None] = contextvars.ContextVar("hotline_turn", default=None)


def current(conversation_id: str) -> Turn | None:
    """The turn in progress, if it is one of this conversation."""
    turn = CURRENT.get()
    return turn if turn is not None and turn.conversation_id == conversation_id else None


def forget_at_commit(conversation_id: str) -> bool:
    """Let the turn in progress delete its conversation when it ends. False: it is not this conversation's."""
    turn = current(conversation_id)
    if turn is None:
        return False
    turn.forget = True
    return True
