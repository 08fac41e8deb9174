"""What was acknowledged is answered. If something fails it is tried again, before any later message of its
conversation; if it still fails its sender is told, and it is closed, so that nobody carries it out when he has gone on.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import structlog

from hotline.runtime import metrics
from hotline.runtime.bell import Bell
from hotline.runtime.locks import LocalLocks
from hotline.runtime.patience import Patience
from hotline.runtime.phrases import Phrases
from hotline.runtime.tokens import Issued, Tokens
from hotline.store.journal import SYSTEM, AlreadyDone, Journal, Outgoing, Received
from hotline.threads import JOURNAL, Job, left_behind

log = structlog.get_logger(__name__)

BUSY, TRYING, NOT_DONE = "utter_system_busy", "utter_still_trying", "utter_not_done"
PAUSES = (
    1.0,
    3.0,
    6.0,
    12.0,
    20.0,
)  # seconds: a lost connection is back in one, a database that restarts in twenty
TRYING_SECONDS = 60.0  # since it was acknowledged; who has waited so long says it anew, or goes away
RECENT_SECONDS = 180.0  # a process is back in seconds, a machine in two or three minutes
CLOSING_SECONDS = 30.0  # between attempts to close what could not be closed
QUOTED = 20  # characters
QUEUE_SECONDS = 600.0  # that a message waits for those before it, each of which ends long before
FORGOTTEN_SECONDS = QUEUE_SECONDS + 2 * TRYING_SECONDS  # later than anybody is still at work on a message

T = TypeVar("T")
Attempts = Callable[[Received], Coroutine[Any, Any, list[Outgoing]]]
Attempt = Callable[[Received], Awaitable[tuple[list[Outgoing], bool]]]
Tell = Callable[[Outgoing], Awaitable[None]]


class Accepted:
    """A message that is durable, and being answered whatever becomes of its sender."""

    def __init__(self, message: Received, fresh: bool) -> None:
        """`fresh`: it was not known before."""
        self.message, self.fresh = message, fresh
        self.work: asyncio.Task[list[Outgoing]] | None = None
        self._tell: Tell | None = None
        self._notice: Outgoing | None = None

    async def meanwhile(self, notice: Outgoing) -> None:
        """Tell the sender that it goes on, now or when he listens."""
        if self._tell is None:
            self._notice = notice
        else:
            await self._tell(notice)

    async def replies(self, tell: Tell | None = None) -> list[Outgoing]:
        """What it is answered. `tell` is for what is said before."""
        assert self.work is not None
        self._tell, notice = tell, self._notice
        if tell is not None and notice is not None:
            await tell(notice)
        return await asyncio.shield(self.work)


class Finisher:
    """Keeps the order of each conversation's messages in this process, and answers the acknowledged ones.

    `attempt` takes a message through its turn: the replies and True, or a notice and False when it failed; it never
    raises.
    """

    def __init__(
        self,
        journal: Journal,
        tokens: Tokens,
        phrases: Phrases,
        bell: Bell,
        patience: Patience,
        attempt: Attempt,
        recent_seconds: float = RECENT_SECONDS,
    ) -> None:
        self.journal, self.tokens, self.phrases, self.bell = journal, tokens, phrases, bell
        self.patience, self.recent_seconds = patience, recent_seconds
        self.order = LocalLocks()
        self._attempt = attempt
        self._work: set[asyncio.Task[Any]] = set()
        self._closing: dict[str, asyncio.Task[None]] = {}  # by the turn's id
        self._stopping = asyncio.Event()

    async def to_its_end(self, work: Coroutine[Any, Any, T]) -> T:
        """Work that goes on to its end even if its client has gone away meanwhile."""
        return await asyncio.shield(self._begin(work))

    def _begin(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.get_running_loop().create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)
        return task

    async def take(self, message: Received, again: Attempts) -> Accepted:
        """Keep a message and begin to answer it, both also when its sender has gone away meanwhile; `again` answers one
        that was known. Raises what the database raises, and TimeoutError.
        """

        async def both() -> Accepted:
            fresh = await self.patience.begin(self.journal.accept, message)
            accepted = Accepted(message, fresh)
            answer = self.finish(message, accepted.meanwhile) if fresh else again(message)
            accepted.work = self._begin(answer)
            return accepted

        return await self.to_its_end(both())

    async def stop(self, seconds: float) -> None:
        """Let the work in progress end. What waits for another try is left to the next start."""
        self._stopping.set()
        now = asyncio.get_running_loop().time
        deadline = now() + seconds
        while self._work and now() < deadline:  # what is accepted just now begins its answer
            await asyncio.wait(set(self._work), timeout=deadline - now())
        for task in list(self._closing.values()):
            task.cancel()

    async def recover(self) -> int:
        """Begin to answer what was acknowledged and never answered, before the first new message. How many."""
        waiting = await JOURNAL.run(self.journal.unfinished)
        for message in waiting:
            self._begin(self.finish(message, found=True))
        return len(waiting)

    async def sweep(self) -> int:
        """Close what was acknowledged and is answered by nobody, as far as anybody can tell. How many.

        It should never be: a process that died leaves its messages to its next start. (One whose acknowledgement came
        through although nobody heard of it, say.)
        """
        left = await JOURNAL.run(self.journal.unfinished, self.journal.now() - FORGOTTEN_SECONDS)
        left = [message for message in left if message.turn_id not in self._closing]
        for message in left:
            self._begin(self.finish(message, found=True))
        return len(left)

    async def finish(
        self, message: Received, meanwhile: Tell | None = None, found: bool = False
    ) -> list[Outgoing]:
        """Answer a message that was accepted. `meanwhile` tells its sender, after a first failure, that it goes on.

        One that was `found` at start-up is carried out if it is recent and no later message was answered.
        """
        now = asyncio.get_running_loop().time
        deadline = now() + TRYING_SECONDS
        async with self.order.hold(message.conversation_id, QUEUE_SECONDS):
            if found and (self._old(message) or await self._overtaken(message)):
                return await self._close(message)
            pauses = iter(PAUSES)
            with left_behind() as left:
                replies, over = await self._attempt(message)
                while not over:
                    pause = next(pauses, None)
                    if pause is None or now() + pause > deadline:
                        return await self._close(message)
                    if meanwhile is not None:
                        with contextlib.suppress(Exception):  # its client has gone away
                            await meanwhile(self.notice(message.conversation_id, TRYING, message.channel))
                        meanwhile = None
                    if await self._stopped(pause):
                        return []
                    if _hangs(left):
                        continue  # it would only hang once more
                    if await self._overtaken(message):
                        return await self._close(message)
                    replies, over = await self._attempt(message)
            return replies

    def _old(self, message: Received) -> bool:
        return self.journal.now() - message.received > self.recent_seconds

    async def _overtaken(self, message: Received) -> bool:
        """Whether a later message was answered, here or by another process. False when it cannot be read."""
        try:
            return await self.patience.begin(self.journal.overtaken, message)
        except Exception:
            return False

    async def _stopped(self, seconds: float) -> bool:
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
        return self._stopping.is_set()

    # --- what is not carried out

    async def _close(self, message: Received) -> list[Outgoing]:
        """Tell the sender, and see to it that nobody carries it out."""
        try:
            return await self._closed(message)
        except Exception as error:
            log.warning("turn.not_closed", turn=message.turn_id, error=type(error).__name__)
        if message.turn_id not in self._closing:
            task = asyncio.get_running_loop().create_task(self._close_later(message))
            self._closing[message.turn_id] = task
            task.add_done_callback(lambda _: self._closing.pop(message.turn_id, None))
        return [self.notice(message.conversation_id, BUSY, message.channel)]

    async def _close_later(self, message: Received) -> None:
        while True:
            await asyncio.sleep(CLOSING_SECONDS)
            with contextlib.suppress(Exception):
                await self._closed(message)
                return

    async def _closed(self, message: Received) -> list[Outgoing]:
        """Its last word, kept and numbered; its true replies if it was answered after all."""
        payload = self.phrases.render(NOT_DONE, message.channel, said=_said(message))
        sealed = self.tokens.seal(message.conversation_id, [payload], Issued())
        try:
            told = await self.patience.commit(self.journal.close, message, sealed)
        except AlreadyDone:
            return await self.patience.begin(self.journal.replies, message.turn_id)
        metrics.TURNS.labels(message.channel, "closed").inc()
        log.error("turn.closed", turn=message.turn_id)
        await self.bell.ring(message.conversation_id)
        return told

    def notice(self, conversation_id: str, name: str, channel: str, **values: Any) -> Outgoing:
        """A response that is told and not kept."""
        payload = self.phrases.render(name, channel, **values)
        sealed = self.tokens.seal(conversation_id, payload, Issued())
        return Outgoing(conversation_id, 0, SYSTEM, sealed, self.journal.now())


def _said(message: Received) -> str:
    """The message's words as its sender knows them, or their beginning: for a button, what stood on it."""
    title = (message.payload.get("metadata") or {}).get("title") or ""
    words = title if message.payload.get("token") else str(message.payload["text"])
    return words if len(words) <= QUOTED else f"{words[:QUOTED]}…"


def _hangs(left: list[Job]) -> bool:
    return any(not job.over for job in left)
