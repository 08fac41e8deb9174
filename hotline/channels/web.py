"""The web channel: a socket, and the same by plain requests where sockets are blocked. docs/widget.md has the frames.

`python -m hotline run` makes it over its own brain; under Rasa's `rasa run` (credentials.yml) it takes the agent
that Rasa loaded.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import structlog
from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.exceptions import WebsocketClosed
from sanic.request import Request
from sanic.response import HTTPResponse
from websockets.exceptions import ConnectionClosed

from hotline.channels.outside import whole
from hotline.channels.web_frames import Frame
from hotline.channels.web_talk import CHANNEL, Reply, Talk
from hotline.channels.web_uploads import LIMIT as UPLOAD_LIMIT
from hotline.channels.web_uploads import Licences
from hotline.channels.web_visitor import NotOurs, Visitor, Visitors
from hotline.runtime.bell import Bell
from hotline.runtime.limits import Buckets, Limits, Rate
from hotline.runtime.phrases import Phrases
from hotline.runtime.rasa_run import see_to_the_store
from hotline.runtime.tokens import Tokens
from hotline.runtime.tracker import assert_store
from hotline.runtime.turns import TurnRunner
from hotline.services import Services, services
from hotline.store.journal import Journal

log = structlog.get_logger(__name__)

UPLOAD_MOST = UPLOAD_LIMIT + 64_000  # bytes still read, so that it is we who say that it was too much
FRAME_LIMIT = 32_000  # bytes
WAIT = 20.0  # seconds that a request waits for news, or for an answer
SOCKETS_OF_VISITOR, SOCKETS_OF_ADDRESS = 12, 200
NEW_VISITORS = Rate(burst=60, per_minute=60)  # an address
HELLO_SECONDS = 10.0


Parts = Callable[[], tuple[TurnRunner, Services]]


class WebInput(InputChannel):
    """Mounted at /webhooks/web/. `parts` gives the turn runner and the services once the server has started."""

    def __init__(self, parts: Parts | None = None, origins: str = "") -> None:
        self._parts = parts
        self._talk: Talk | None = None
        self._licences: Licences | None = None
        self._origins = {each.strip().rstrip("/") for each in origins.split(",") if each.strip()}
        self._sockets: Counter[str] = Counter()
        self._arrivals = Buckets(NEW_VISITORS)

    @classmethod
    def name(cls) -> str:
        return CHANNEL

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> WebInput:
        """For `rasa run`: `origins` in credentials.yml lists the pages of other origins that embed the widget."""
        return cls(None, str((credentials or {}).get("origins") or ""))

    # --- the parts, made at the first request

    def _house(self, request: Request) -> Talk:
        if self._talk is None:
            talk = Talk(*(self._parts() if self._parts else adopted(request.app.ctx.agent)))
            self._visitors = Visitors(talk.sv.token_key, talk.sv.settings.draft_days)
            self._talk, self._licences = talk, Licences(talk)
        return self._talk

    # --- who may

    def _allowed(self, request: Request) -> bool:
        """Browsers tell which page a request comes from: ours, or one that the operator listed."""
        origin = request.headers.get("origin")
        if origin is None:
            return True
        return origin in self._origins or urlsplit(origin).netloc == request.headers.get("host")

    def _answer(self, request: Request, body: Any, status: int = 200) -> HTTPResponse:
        headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Vary": "Origin"}
        origin = request.headers.get("origin")
        if origin in self._origins:
            headers["Access-Control-Allow-Origin"] = origin
            headers["Access-Control-Allow-Headers"] = "authorization, content-type"
            headers["Access-Control-Max-Age"] = "600"
        if body is None:
            return response.empty(headers=headers)
        return response.json(body, status=status, headers=headers, ensure_ascii=False)

    def _error(self, request: Request, code: str, status: int) -> HTTPResponse:
        return self._answer(request, {"t": "error", "code": code}, status)

    def _visitor(self, request: Request) -> Visitor:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise NotOurs
        return self._visitors.read(token)

    def _door(
        self, handler: Callable[[Request, Visitor], Awaitable[HTTPResponse]], limit: int = FRAME_LIMIT
    ) -> Callable[[Request], Awaitable[HTTPResponse]]:
        """Origin, size and token are checked before `handler` is asked."""

        async def guarded(request: Request) -> HTTPResponse:
            if not self._allowed(request):
                return self._error(request, "origin", 403)
            if request.method == "OPTIONS":
                return self._answer(request, None)
            if len(request.body) > limit:
                return self._error(request, "size", 413)
            self._house(request)
            try:
                visitor = self._visitor(request)
            except NotOurs:
                return self._error(request, "token", 401)
            return await handler(request, visitor)

        return guarded

    # --- routes

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        bp = Blueprint("web_webhook")
        both = ["POST", "OPTIONS"]

        @bp.listener("after_server_start")
        async def see(app: Sanic, _: Any) -> None:
            if self._parts is None:  # Rasa loaded the agent, perhaps without our lock store
                see_to_the_store(app.ctx.agent.tracker_store)

        @bp.get("/")
        async def health(_: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @bp.route("/session", methods=both)
        async def session(request: Request) -> HTTPResponse:
            if not self._allowed(request):
                return self._error(request, "origin", 403)
            if request.method == "OPTIONS":
                return self._answer(request, None)
            self._house(request)
            if not self._arrivals.take(address_of(request)):
                return self._error(request, "slow", 429)
            return self._answer(request, {"token": self._visitors.welcome()})

        bp.add_route(self._door(self._frames), "/frames", methods=both, name="frames")
        bp.add_route(self._door(self._news), "/news", methods=["GET", "OPTIONS"], name="news")
        bp.add_route(
            self._door(self._upload, UPLOAD_LIMIT),
            "/upload",
            methods=both,
            name="upload",
            ctx_most_bytes=UPLOAD_MOST,
        )

        @bp.websocket("/socket")
        async def socket(request: Request, ws: Any) -> None:
            await self._socket(request, ws)

        return bp

    async def _frames(self, request: Request, visitor: Visitor) -> HTTPResponse:
        """One frame in, all its answers out."""
        talk = self._house(request)
        frame = _parsed(request.body)
        if isinstance(frame, dict) and frame.get("t") == "hello":
            ready = {**await talk.ready(visitor.conversation_id), "token": visitor.renewed}
            return self._answer(request, {"frames": [ready]})
        reply = await talk.take(visitor.conversation_id, frame, address_of(request))
        answered = list(reply.now)

        async def send(more: list[Frame]) -> None:
            answered.extend(more)

        if reply.rest is not None:
            try:
                await asyncio.wait_for(reply.rest(send), WAIT)
            except asyncio.TimeoutError:  # it goes on, and its lines come with the news
                answered.append({"t": "done", "id": frame.get("id"), "ok": False})
        return self._answer(request, {"frames": answered})

    async def _news(self, request: Request, visitor: Visitor) -> HTTPResponse:
        """Lines that the client lacks; waits for some when there are none."""
        after, asked = _number(request.args.get("after")), _number(request.args.get("asked")) / 1000
        wait = min(_number(request.args.get("wait")), WAIT) or 0.01
        talk = self._house(request)
        news: list[Frame] = []
        async for batch in talk.feed(visitor.conversation_id, int(after), asked, wait):
            news += batch
        return self._answer(request, {"frames": [*news, await talk.status(visitor.conversation_id)]})

    async def _upload(self, request: Request, visitor: Visitor) -> HTTPResponse:
        self._house(request)
        assert self._licences is not None
        material = str(request.args.get("material") or "")
        return self._answer(
            request, await self._licences.take(visitor.conversation_id, material, request.body)
        )

    # --- the socket

    async def _socket(self, request: Request, ws: Any) -> None:
        address = address_of(request)
        if not self._allowed(request):
            await ws.close(4403, "origin")
            return
        talk = self._house(request)
        hello = _parsed(await ws.recv(timeout=HELLO_SECONDS))
        try:
            if not isinstance(hello, dict) or hello.get("t") != "hello":
                raise NotOurs
            visitor = self._visitors.read(hello.get("token"))
        except NotOurs:
            await self._send(ws, {"t": "error", "code": "token"})
            await ws.close(4401, "token")
            return
        cid = visitor.conversation_id
        if self._sockets[cid] >= SOCKETS_OF_VISITOR or self._sockets[address] >= SOCKETS_OF_ADDRESS:
            await ws.close(4429, "slow")
            return
        self._sockets.update((cid, address))
        work: set[asyncio.Task[None]] = set()
        try:
            await self._send(ws, {**await talk.ready(cid), "token": visitor.renewed})
            _start(work, ws, self._push(ws, talk, cid, hello))
            while True:
                raw = await ws.recv()
                if raw is None:
                    return
                reply = await talk.take(cid, _parsed(raw), address)
                await self._send(ws, *reply.now)
                if reply.rest:
                    _start(work, ws, self._follow(ws, reply))
        finally:
            for task in work:
                task.cancel()
            for key in (cid, address):
                self._sockets[key] -= 1
            self._sockets += Counter()  # forgets the zeros

    async def _push(self, ws: Any, talk: Talk, cid: str, hello: Frame) -> None:
        """Whatever happens in the conversation, until the socket closes."""
        after, asked = int(_number(hello.get("after"))), _number(hello.get("asked")) / 1000
        queue: Frame | None = None
        async for batch in talk.feed(cid, after, asked):
            status = await talk.status_if_known(cid)
            if status and status["queue"] != queue:
                queue, batch = status["queue"], [*batch, status]
            await self._send(ws, *(batch or [{"t": "beat"}]))

    async def _follow(self, ws: Any, reply: Reply) -> None:
        async def send(frames: list[Frame]) -> None:
            await self._send(ws, *frames)

        assert reply.rest is not None
        await reply.rest(send)

    @staticmethod
    async def _send(ws: Any, *frames: Frame) -> None:
        for frame in frames:
            await ws.send(json.dumps(frame, ensure_ascii=False, separators=(",", ":")))


def _start(work: set[asyncio.Task[None]], ws: Any, doing: Awaitable[None]) -> None:
    """In the background, until it ends or the socket does. A failure closes the socket: the client comes again."""

    async def quietly() -> None:
        try:
            await doing
        except (ConnectionError, WebsocketClosed, ConnectionClosed):
            return
        except Exception as error:
            log.exception("web.task_failed", error=type(error).__name__)
            with contextlib.suppress(Exception):
                await ws.close(1011, "failed")

    task = asyncio.get_running_loop().create_task(quietly())
    work.add(task)
    task.add_done_callback(work.discard)


def adopted(agent: Agent) -> tuple[TurnRunner, Services]:
    """The parts over an agent that Rasa itself loaded (`rasa run` with our endpoints.yml).

    Raises RuntimeError when another tracker store is in use.
    """
    sv = services()
    journal = Journal(assert_store(agent).log, now=lambda: sv.clock.now().timestamp())
    limits, bell = Limits(sv.settings.message_limit), Bell(sv.settings.redis_url)
    tokens = Tokens(sv.token_key, journal.button)
    return TurnRunner(agent, journal, tokens, Phrases.from_file(), limits, bell), sv


def address_of(request: Request) -> str:
    """Where a request comes from; behind a proxy set SANIC_REAL_IP_HEADER or SANIC_PROXIES_COUNT."""
    return str(request.remote_addr or request.ip)


def _parsed(raw: Any) -> Any:
    """The JSON of a frame; None for anything that is none."""
    if not isinstance(raw, (str, bytes)) or len(raw) > FRAME_LIMIT:
        return None
    try:
        return whole(json.loads(raw))
    except (ValueError, RecursionError):
        return None


def _number(value: Any) -> float:
    """A number of at least 0 that a client sent; 0 for anything else."""
    try:
        number = float(value or 0)
    except (TypeError, ValueError, OverflowError):
        return 0.0
    return number if 0 <= number < 1e15 else 0.0
