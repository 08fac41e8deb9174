"""A visitor's frames, answered. It does not know whether they came over a socket or by requests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import structlog

from hotline.business.desk import Desk, load_desk
from hotline.business.fields import Refusal
from hotline.channels import web_checks as checks
from hotline.channels import web_frames as frames
from hotline.channels.web_frames import Frame
from hotline.runtime import metrics
from hotline.runtime.finishing import BUSY, Accepted
from hotline.runtime.limits import Buckets, Rate
from hotline.runtime.tokens import Issued, plain
from hotline.runtime.turns import TurnRunner
from hotline.services import Services
from hotline.store.journal import AlreadyDone, Outgoing, Received, turn_id_of
from hotline.threads import CHANNELS, JOURNAL

log = structlog.get_logger(__name__)

CHANNEL = "web"
HISTORY = 400  # lines shown after a reload
HEARTBEAT = 20.0  # seconds
OVERLAP = 120.0  # seconds: a message may be written later than its time stamp says
AGAIN = 3.0  # seconds, after the journal could not be read
AWAY = 45 * 60  # seconds without a word, after which an opened window is greeted again (domain.yml: session)
FRAMES = Rate(burst=60, per_minute=300)

Send = Callable[[list[Frame]], Awaitable[None]]
Rest = Callable[[Send], Awaitable[None]]


@dataclass
class Reply:
    """What to send at once, and what else is to be done for it: its frames are sent as they come."""

    now: list[Frame] = field(default_factory=list)
    rest: Rest | None = None


class Talk:
    """The conversations of the web channel in this process."""

    def __init__(self, runner: TurnRunner, sv: Services) -> None:
        self.runner, self.sv, self.journal = runner, sv, runner.journal
        self._desk: Desk = load_desk(self.sv.calendar)
        self._frames = Buckets(FRAMES)

    # --- frames of the visitor

    async def take(self, cid: str, frame: object, address: str | None) -> Reply:
        """Deal with one frame. Never raises for what a client may send."""
        if not isinstance(frame, dict) or not self._frames.take(cid):
            return Reply([{"t": "error", "code": "slow" if isinstance(frame, dict) else "frame"}])
        kind = frame.get("t")
        if kind == "say":
            return await self._say(cid, frame, address)
        if kind == "check":
            return Reply([await CHANNELS.run(self._check, frame)])
        if kind == "rate":
            return await self._rate(cid, frame)
        if kind == "open":
            return Reply(rest=lambda _: self._opened(cid))
        return Reply([{"t": "error", "code": "frame"}])

    async def ready(self, cid: str) -> Frame:
        """The first frame to a visitor: the standing buttons and who is there."""
        tokens = self.runner.tokens

        def button(meaning: str) -> str:
            return tokens.issue(cid, meaning)

        now = self.sv.clock.now()
        return {
            "t": "ready",
            "limit": self.runner.limits.characters,
            "last": await CHANNELS.run(self.journal.last, cid),
            "person": button("/human_handoff"),
            "desk": {
                "opens": f"{self._desk.opens:%H:%M}",
                "closes": f"{self._desk.closes:%H:%M}",
                "staffed": self._desk.is_staffed(now),
                "next": self.sv.wording.moment(self._desk.next_staffed(now)),
            },
            "queue": await CHANNELS.run(self._queue, cid),
        }

    async def _say(self, cid: str, frame: Frame, address: str | None) -> Reply:
        identity, text = frames.own_id(frame.get("id")), frame.get("text")
        if identity is None or not isinstance(text, str):
            return Reply([{"t": "error", "code": "frame"}])
        sent = frame["id"]
        title = frames.title_of(frame.get("title"))
        breach = self.runner.breach(cid, text, CHANNEL, address)
        if breach:
            return self._refused(cid, sent, breach, limit=self.runner.limits.characters)
        if not title and not plain(text).strip():
            return self._refused(cid, sent, "utter_empty")
        try:
            if title and text.startswith("/"):
                if await self.runner.patience.begin(self.runner.tokens.redeem, cid, text) is None:
                    return self._refused(cid, sent, "utter_stale_button")
            metadata = {"title": title} if title else {}
            accepted = await self.runner.accept(cid, identity, text, CHANNEL, metadata)
        except Exception as error:
            metrics.ERRORS.labels("accept").inc()
            log.error("web.not_accepted", error=type(error).__name__, exc_info=error)
            return self._refused(cid, sent, BUSY)
        if accepted.fresh:
            await self.runner.bell.ring(cid)  # the visitor's other tabs show it too
        # durable: with the text as it was kept (the filter may have taken something out)
        kept = title or accepted.message.payload["text"]
        ack = {"t": "ack", "id": sent, "text": kept, "at": round(accepted.message.received * 1000)}
        return Reply([ack], lambda send: self._answered(cid, sent, accepted, send))

    async def _answered(self, cid: str, sent: str, accepted: Accepted, send: Send) -> None:
        """What comes of it. The replies reach every tab by the feed; only notices, which are not kept, go this way."""

        async def meanwhile(notice: Outgoing) -> None:
            await send([frames.out(notice)])

        replies = await accepted.replies(meanwhile)
        notices = [frames.out(reply) for reply in replies if reply.seq == 0]
        await send([*notices, {"t": "done", "id": sent, "ok": not notices}])
        if status := await self.status_if_known(cid):
            await send([status])

    def _refused(self, cid: str, sent: str, name: str, **values: Any) -> Reply:
        notice = frames.out(self.runner.notice(cid, name, CHANNEL, **values))
        again = name in ("utter_slow_down", BUSY)
        return Reply([{"t": "refused", "id": sent, "again": again, "line": notice}])

    def _check(self, frame: Frame) -> Frame:
        """Whether a value would be accepted, in the words of the conversation; nothing is kept."""
        answer: Frame = {"t": "checked", "n": frame.get("n"), "ok": True}
        try:
            answer["value"] = checks.check(str(frame.get("field")), str(frame.get("value"))[:200])
        except Refusal as refused:
            answer["ok"] = False
            answer["text"] = checks.words(self.runner.phrases, refused, CHANNEL)
        return answer

    async def _rate(self, cid: str, frame: Frame) -> Reply:
        """A rating is a message of the journal that nobody answers but with thanks: kept and erased with the rest."""
        stars = frame.get("stars")
        identity = frames.own_id(frame.get("id"))
        if identity is None or not isinstance(stars, int) or isinstance(stars, bool) or not 1 <= stars <= 5:
            return Reply([{"t": "error", "code": "frame"}])
        payload = {"text": "", "rating": stars, "metadata": {"quiet": True}}
        message = Received(turn_id_of(cid, identity), cid, identity, CHANNEL, payload, self.journal.now())
        thanks = [self.runner.phrases.render("utter_rated", CHANNEL)]
        try:
            await JOURNAL.run(self.journal.commit, message, [], thanks)
        except AlreadyDone:
            return Reply([{"t": "rated", "stars": stars}])
        metrics.RATINGS.labels(str(stars)).inc()
        await self.runner.bell.ring(cid)
        return Reply([{"t": "rated", "stars": stars}])

    # --- what happens without a word of the visitor

    async def _opened(self, cid: str) -> None:
        """The window was opened: greet somebody new, or somebody who comes back after a while. Once for all tabs."""
        history = await CHANNELS.run(self.journal.history, cid, 1)
        if history and self.journal.now() - history[-1].created < AWAY:
            return
        if await CHANNELS.run(self.sv.handoffs.current, cid):
            return
        last = history[-1].seq or round(history[-1].created) if history else 0
        token = self.runner.tokens.issue(cid, "/greet", issued=Issued())
        await self.runner.handle(cid, f"opened-{last}", token, CHANNEL, {"quiet": True})

    async def own_turn(self, cid: str, identity: str, meaning: str, title: str) -> list[Outgoing]:
        """A turn that follows from something the visitor did beside typing (an upload)."""
        issued = Issued()
        token = self.runner.tokens.issue(cid, meaning, issued=issued)
        if issued.long:
            raise ValueError("a meaning that short is not stored")
        return await self.runner.handle(cid, identity, token, CHANNEL, {"title": title})

    async def status(self, cid: str) -> Frame:
        """Where the visitor stands in the queue for a person."""
        return {"t": "status", "queue": await CHANNELS.run(self._queue, cid)}

    async def status_if_known(self, cid: str) -> Frame | None:
        """`status`; None while it cannot be read."""
        try:
            return await self.status(cid)
        except Exception as error:
            log.warning("web.not_read", error=type(error).__name__)
            return None

    def _queue(self, cid: str) -> Frame | None:
        current = self.sv.handoffs.current(cid)
        if current is None:
            return None
        return {"status": current.status, "ahead": self.sv.handoffs.ahead(current)}

    # --- the conversation as it grows

    async def feed(
        self, cid: str, after: int, asked: float, wait: float | None = None
    ) -> AsyncIterator[list[Frame]]:
        """Lines after outgoing number `after` and after the moment `asked` (epoch seconds), as they come.

        An empty list is a heartbeat. With `wait` it ends after the first lines, or after so many seconds.
        """
        seen: dict[str, float] = {}
        if after == 0:
            history = await CHANNELS.run(self.journal.history, cid, HISTORY)
            if history:
                after = max(each.seq or 0 for each in history)
                asked = max(each.created for each in history)
                seen = {each.client_id: each.created for each in history if each.client_id}
                yield [frame for each in history if (frame := frames.line(each))]
                if wait is not None:
                    return
        with self.runner.bell.listen(cid) as rung:
            while True:
                rung.clear()
                try:
                    found, last = await CHANNELS.run(self.journal.lines_since, cid, after, asked - OVERLAP)
                except Exception as error:
                    if wait is not None:
                        raise
                    log.warning("web.not_read", error=type(error).__name__)
                    await asyncio.sleep(AGAIN)  # the line stays, so that what is told meanwhile gets through
                    yield []
                    continue
                fresh = [each for each in found if not each.client_id or each.client_id not in seen]
                if last < after:  # everything about this visitor was deleted meanwhile
                    after, seen = 0, {}
                    yield [{"t": "reset"}]
                    continue
                if fresh:
                    after = max([after, *(each.seq or 0 for each in fresh)])
                    asked = max(asked, *(each.created for each in fresh))
                    seen |= {each.client_id: each.created for each in fresh if each.client_id}
                    seen = {key: at for key, at in seen.items() if at > asked - OVERLAP * 2}
                    yield [frame for each in fresh if (frame := frames.line(each))]
                    if wait is not None:
                        return
                    continue
                try:
                    await asyncio.wait_for(rung.wait(), wait or HEARTBEAT)
                except asyncio.TimeoutError:
                    yield []
                    if wait is not None:
                        return
