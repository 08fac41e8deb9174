"""One message of a client through Rasa: once, in order, committed before it is answered, and always answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack
from typing import Any

import async_timeout
import structlog
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.lock_store import LockError
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted
from rasa.shared.core.trackers import DialogueStateTracker

from hotline.runtime import metrics, stages
from hotline.runtime.bell import Bell
from hotline.runtime.finishing import BUSY, RECENT_SECONDS, Accepted, Finisher
from hotline.runtime.limits import Limits
from hotline.runtime.listening import NUMBERED, act_of, load_acts, numbers_shown
from hotline.runtime.locks import PATIENCE
from hotline.runtime.output import Collected, at_most, for_people, with_choices
from hotline.runtime.patience import Patience
from hotline.runtime.personal import filter_text
from hotline.runtime.phrases import Phrases
from hotline.runtime.tokens import Issued, Tokens, is_command, plain
from hotline.runtime.tracker import assert_store
from hotline.runtime.unit import CURRENT, GivenUp, Turn
from hotline.store.database import of_a_turn
from hotline.store.journal import (
    DESK,
    AlreadyDone,
    Journal,
    Opened,
    Outgoing,
    Received,
    turn_id_of,
)
from hotline.store.trackers import ConcurrentWrite
from hotline.threads import ACTIONS, JOURNAL, NoThread

log = structlog.get_logger(__name__)

DROPPED = "utter_personal_number_dropped"
CHOICES, TITLES = "utter_choices", "utter_choices_titles"
FALLBACK = "nlu_fallback"
NO_PERSON, TOLD = "no_person", "utter_person_told"
TURN_SECONDS = 20.0
ATTEMPTS = 3  # when another process wrote to the conversation in between


class TurnRunner:
    """What every connector calls. Made once a process, after the model is loaded."""

    def __init__(
        self,
        agent: Agent,
        journal: Journal,
        tokens: Tokens,
        phrases: Phrases,
        limits: Limits | None = None,
        bell: Bell | None = None,
        turn_seconds: float = TURN_SECONDS,
        kinds: Callable[[Iterable[str]], str] = ", ".join,
        held: Callable[[str], bool] = lambda _: False,
        recent_seconds: float = RECENT_SECONDS,
    ) -> None:
        """`kinds` words what the filter dropped; `held` knows whether a person has a conversation; an acknowledged
        message of the last `recent_seconds` is carried out after a restart."""
        self.kinds, self.held = kinds, held
        self.acts = load_acts()
        self.agent, self.journal, self.tokens, self.phrases = agent, journal, tokens, phrases
        self.limits, self.bell = limits or Limits(), bell or Bell()
        self.turn_seconds = turn_seconds
        self.store = assert_store(agent)
        if agent.processor:
            agent.processor.on_circuit_break = _listen_again
        self.patience = Patience()
        self.finisher = Finisher(
            journal, tokens, phrases, self.bell, self.patience, self._guarded, recent_seconds
        )
        self.recover, self.notice = self.finisher.recover, self.finisher.notice
        self.sweep = self.finisher.sweep

    # --- for connectors

    async def handle(
        self,
        conversation_id: str,
        client_id: str,
        text: str,
        channel: str,
        metadata: dict[str, Any] | None = None,
        address: str | None = None,
    ) -> list[Outgoing]:
        """Answer one message (typed text, or the token of a button). Returns after the commit; never raises for
        a failure inside. `client_id` is the client's own id of the message: the same id, the same replies.

        A message that is not let in, or that failed, is answered with a notice (`seq` 0) and may be sent again.
        """
        breach = self.breach(conversation_id, text, channel, address)
        if breach:
            return [self.notice(conversation_id, breach, channel, limit=self.limits.characters)]
        try:
            message = await self._received(conversation_id, client_id, text, channel, metadata)
        except Exception as error:
            return [self._failed(conversation_id, channel, error)]
        if not message.payload["text"]:
            return [self.notice(conversation_id, "utter_empty", channel)]
        return await self.finisher.to_its_end(self._once(message))

    def breach(self, conversation_id: str, text: str, channel: str, address: str | None = None) -> str | None:
        """The response that says why a message is not let in; None: it is. Each is counted by its limits."""
        breach = self.limits.breach(conversation_id, text, address)
        if breach:
            metrics.TURNS.labels(channel, "limited").inc()
        elif ACTIONS.used_up:
            metrics.TURNS.labels(channel, "refused").inc()
            return BUSY
        return breach

    async def accept(
        self,
        conversation_id: str,
        client_id: str,
        text: str,
        channel: str,
        metadata: dict[str, Any] | None = None,
    ) -> Accepted:
        """For channels that confirm receipt first: keep the message durably and begin to answer it; the same message
        again, the same answer. Raises what the database raises, and TimeoutError.
        """
        message = await self._received(conversation_id, client_id, text, channel, metadata)
        return await self.finisher.take(message, self._once)

    async def rehearse(self, texts: Iterable[str]) -> list[str]:
        """Answer some messages to nobody, without a commit; the conversations that the actions were given.

        A failure is logged and costs nothing.
        """
        names = []
        for number, text in enumerate(texts):
            name = f"rehearsal-{number}"
            names.append(name)
            turn = Turn(name, name, None)
            outside = CURRENT.set(turn)
            try:
                await self._talk(Received(name, name, name, "web", {"text": text, "metadata": {}}, 0.0), turn)
            except (Exception, GivenUp):
                log.exception("turn.rehearsal_failed")
            finally:
                CURRENT.reset(outside)
                self.store.drop(name)
        return names

    async def say(
        self, conversation_id: str, payloads: list[dict[str, Any]], author: str = DESK
    ) -> list[Outgoing]:
        """A person's or the system's words to the client: kept, numbered, then pushed. Text passes the filter."""
        clean, issued = for_people(self.tokens, conversation_id, payloads)
        messages = await JOURNAL.run(self.journal.say, conversation_id, clean, author, issued.long)
        await self.bell.ring(conversation_id)
        return messages

    async def since(self, conversation_id: str, seq: int) -> list[Outgoing]:
        """What the client missed after number `seq`."""
        return await JOURNAL.run(self.journal.since, conversation_id, seq)

    async def listen(
        self, conversation_id: str, seq: int, heartbeat: float = 25.0
    ) -> AsyncIterator[list[Outgoing]]:
        """Messages after `seq` as they come; an empty list now and then, so that a dead client is noticed."""
        with self.bell.listen(conversation_id) as rung:
            while True:
                rung.clear()
                messages = await self.since(conversation_id, seq)
                if messages:
                    seq = messages[-1].seq
                    yield messages
                    continue
                try:
                    await asyncio.wait_for(rung.wait(), heartbeat)
                except asyncio.TimeoutError:
                    yield []

    def waiting(self) -> int:
        """Messages at work in this process, or waiting."""
        return self.finisher.order.waiting()

    async def drain(self, seconds: float = 10.0) -> None:
        """At shutdown: let the turns in progress end."""
        await self.finisher.stop(seconds)

    # --- one turn

    async def _received(
        self, conversation_id: str, client_id: str, text: str, channel: str, metadata: dict[str, Any] | None
    ) -> Received:
        payload: dict[str, Any] = {"metadata": metadata or {}}
        meaning = (
            await self.patience.begin(self.tokens.redeem, conversation_id, text) if text[:1] == "/" else None
        )
        if meaning is not None:
            payload.update(text=meaning, token=text.strip())
        else:
            clean, kinds = filter_text(plain(text))
            payload.update(text=clean.strip(), dropped=list(kinds))
            if is_command(text):
                payload["metadata"] = {**payload["metadata"], "command": True}
            for kind in kinds:
                metrics.PERSONAL.labels(kind).inc()
        turn_id = turn_id_of(conversation_id, client_id)
        return Received(turn_id, conversation_id, client_id, channel, payload, self.journal.now())

    async def _once(self, message: Received) -> list[Outgoing]:
        try:
            async with self.finisher.order.hold(message.conversation_id, PATIENCE):
                replies, _ = await self._guarded(message)
                return replies
        except LockError as error:
            return [self._failed(message.conversation_id, message.channel, error)]

    async def _guarded(self, message: Received) -> tuple[list[Outgoing], bool]:
        """The replies and True; a notice and False if it failed. Never raises."""
        started, outcome = time.perf_counter(), "failed"
        structlog.contextvars.bind_contextvars(turn=message.turn_id, channel=message.channel)
        with stages.watch() as spent:
            try:
                replies, repeated = await self._attempts(message)
                outcome = "repeated" if repeated else "done"
                return replies, True
            except GivenUp as error:  # logged where it happened
                metrics.ERRORS.labels("turn").inc()
                log.error("turn.given_up", reason=str(error))
                return [self.notice(message.conversation_id, BUSY, message.channel)], False
            except Exception as error:
                return [self._failed(message.conversation_id, message.channel, error)], False
            finally:
                seconds = time.perf_counter() - started
                metrics.of(metrics.TURNS, message.channel, outcome).inc()
                metrics.of(metrics.TURN_SECONDS, message.channel).observe(seconds)
                parts = {name: round(part * 1000, 1) for name, part in spent.items()}
                log.info("turn.ended", outcome=outcome, ms=round(seconds * 1000, 1), stages=parts)

    def _failed(self, conversation_id: str, channel: str, error: Exception) -> Outgoing:
        metrics.ERRORS.labels("turn").inc()
        log.error("turn.failed", error=type(error).__name__, exc_info=error)
        return self.notice(conversation_id, BUSY, channel)

    async def _attempts(self, message: Received) -> tuple[list[Outgoing], bool]:
        """The turn; again, when another process wrote to the conversation in between."""
        for attempt in range(ATTEMPTS):
            try:
                return await self._turn(message)
            except ConcurrentWrite:
                if attempt == ATTEMPTS - 1:
                    raise
                log.warning("turn.overtaken", attempt=attempt)
        raise AssertionError("unreachable")

    async def _turn(self, message: Received) -> tuple[list[Outgoing], bool]:
        conversation_id = message.conversation_id
        async with AsyncExitStack() as held:
            with stages.stage("lock"):
                await held.enter_async_context(self.agent.lock_store.lock(conversation_id))
            with stages.stage("begin"):
                known = self.store.known_version(conversation_id)
                if ACTIONS.used_up:
                    raise NoThread("so many actions hang that no turn is begun")
                opened, held_by_person = await self.patience.begin(self._open, message, known)
            if opened.replies is not None:
                return opened.replies, True
            # delivered again with other words, it is what was acknowledged
            message = opened.accepted or message
            if held_by_person:
                return await self._keep_silent(message), False
            turn = Turn(message.turn_id, conversation_id, opened.tail)
            outside = CURRENT.set(turn)
            try:
                with of_a_turn():
                    async with async_timeout.timeout(self.turn_seconds):
                        payloads = await self._talk(message, turn)
                replies = await self._commit(message, turn, payloads)
            except AlreadyDone:
                self.store.drop(conversation_id)
                return await self.patience.begin(self.journal.replies, message.turn_id), True
            except BaseException:
                self.store.drop(conversation_id)
                raise
            finally:
                CURRENT.reset(outside)
        await self.bell.ring(conversation_id)
        return replies, False

    def _open(self, message: Received, known: int | None) -> tuple[Opened, bool]:
        """What the turn needs, and whether a person has the conversation."""
        opened = self.journal.open(message.conversation_id, message.turn_id, known)
        return opened, opened.replies is None and self.held(message.conversation_id)

    async def _keep_silent(self, message: Received) -> list[Outgoing]:
        """A person answers: the message is kept for him. Only the filter says what it took out of it, and who wants
        no person any more is told that the person reads it."""
        said = self._dropped(message)
        acted = act_of(message.payload["text"], self.acts)
        if acted is not None and acted.act.name == NO_PERSON:
            said.append(self.phrases.render(TOLD, message.channel))
        sealed = self.tokens.seal(message.conversation_id, said, Issued())
        try:
            replies = await self.patience.commit(self.journal.commit, message, [], sealed)
        except AlreadyDone:
            return await self.patience.begin(self.journal.replies, message.turn_id)
        await self.bell.ring(message.conversation_id)
        return replies

    def _dropped(self, message: Received) -> list[dict[str, Any]]:
        """The explanation, if the filter took numbers out of the message."""
        kinds = message.payload.get("dropped")
        return [self.phrases.render(DROPPED, message.channel, kinds=self.kinds(kinds))] if kinds else []

    async def _talk(self, message: Received, turn: Turn) -> list[dict[str, Any]]:
        """What Rasa answers."""
        processor = self.agent.processor
        if processor is None:
            raise RuntimeError("no model is loaded")
        output = Collected(message.channel)
        user = UserMessage(
            message.payload["text"],
            output,
            message.conversation_id,
            input_channel=message.channel,
            message_id=message.client_id,
            metadata={
                **message.payload["metadata"],
                "turn_id": message.turn_id,
                "channel": message.channel,
                "dropped": bool(message.payload.get("dropped")),
            },
        )
        with stages.stage("dialogue"):
            await processor.handle_message(user)
        payloads = [*self._dropped(message), *output.messages]
        if not payloads and not turn.paused:
            log.error("turn.silent")
            metrics.ERRORS.labels("silence").inc()
            payloads = [self.phrases.render(BUSY, message.channel)]
        return self._rendition(at_most(payloads), message.channel, turn)

    def _rendition(self, payloads: list[dict[str, Any]], channel: str, turn: Turn) -> list[dict[str, Any]]:
        """What a channel without buttons shows of the choices: numbers to type, or their titles."""
        if channel not in NUMBERED:
            return payloads
        numbered = numbers_shown(turn.tracker, channel)
        name = CHOICES if numbered else TITLES

        def line(rows: str) -> str:
            return str(self.phrases.render(name, channel, rows=rows)["text"])

        return with_choices(payloads, line, numbered)

    async def _commit(self, message: Received, turn: Turn, payloads: list[dict[str, Any]]) -> list[Outgoing]:
        issued = Issued()
        sealed = self.tokens.seal(message.conversation_id, payloads, issued)
        with stages.stage("commit"):
            replies = await self.patience.commit(
                self.journal.commit, message, turn.saves, sealed, issued.long, turn.forget
            )
        if turn.forget:
            self.store.drop(message.conversation_id)
            return replies
        if turn.tracker is not None:
            self.store.keep_in_memory(turn.tracker)
        self.store.publish(turn.saves)
        _count_intents(message.channel, turn)
        return replies


def _count_intents(channel: str, turn: Turn) -> None:
    for append in turn.saves:
        for event in append.events:
            if event["event"] == "user":
                intent = (event["parse_data"].get("intent") or {}).get("name") or "none"
                metrics.of(metrics.INTENTS, intent).inc()
                if intent == FALLBACK:
                    metrics.FALLBACKS.labels(channel).inc()


def _listen_again(tracker: DialogueStateTracker, *_: Any) -> None:
    """After too many actions in a turn, Rasa stops without listening and would refuse each later message."""
    log.error("turn.too_many_actions")
    metrics.ERRORS.labels("circuit").inc()
    tracker.update(ActionExecuted(ACTION_LISTEN_NAME))
