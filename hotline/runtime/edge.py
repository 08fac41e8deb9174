"""The HTTP edge: how much a request may bring, how long it may take, and a kind answer when it is too much.

Sanic has one size for all routes and starts its clock anew at every byte. Here each route has its own size
(``ctx_most_bytes`` where it is registered, else `SMALL`), and a request has one deadline from its first byte to its
last, whether anybody wants its body or not; the answer may then take its time. A request that does not say clearly
where it ends is refused before that (`framing`). What goes wrong on the way is answered
in the words of ``domain.yml`` and never with a stack trace.
"""

from __future__ import annotations

from typing import Any

import structlog
from sanic import Sanic, response
from sanic.exceptions import InvalidUsage, NotFound, PayloadTooLarge, RequestTimeout, SanicException
from sanic.http import Stage
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.server.protocols.websocket_protocol import WebSocketProtocol

from hotline.runtime import framing, metrics
from hotline.runtime.phrases import Phrases

log = structlog.get_logger(__name__)

SMALL = 64 * 1024  # bytes of a request that brings no file
HEADER_SECONDS = 10.0  # from the first byte of a request to the end of its header
BODY_SECONDS = 30.0  # and to the end of its body: 6 MB at 200 kB/s
SWALLOWED = 4  # times the allowed size is still read (and thrown away), so that the answer arrives
WORDS = {
    404: "utter_not_found",
    405: "utter_not_found",
    408: "utter_too_slow",
    413: "utter_too_large",
    429: "utter_slow_down",
}


class Protocol(WebSocketProtocol):
    """Sanic's, with a deadline for a request that a slow client cannot put off byte by byte."""

    __slots__ = ("__dict__", "_began")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._began: float | None = None  # when the first byte came of the request that is being received
        self.request_class = framing.Request

    def _setup_connection(self) -> None:
        super()._setup_connection()
        self._http = framing.Http(self)

    async def receive_more(self) -> None:
        """Wait for the client's next bytes; the first ones of a request start its clock."""
        between = self._http.stage is Stage.IDLE and not self._http.request_body
        if self._began is None and not between:  # it began behind the last one
            self._began = self.loop.time()
        await super().receive_more()
        if between:
            self._began = self.loop.time()

    def received(self) -> None:
        """The request is here to its last byte."""
        self._began = None

    def check_timeouts(self) -> None:
        """Called now and then by Sanic; also ends what has been sending a request for too long.

        Who can still be answered is told so. A body that is left over after the answer is no longer waited for.
        """
        http = self._http
        if self._task and http is not None and self._began is not None:
            header = http.stage is Stage.REQUEST
            late = self.loop.time() - self._began > (HEADER_SECONDS if header else BODY_SECONDS)
            if late and (header or http.request_body):
                http.exception, http.request_body = RequestTimeout("header" if header else "body"), None
                self._task.cancel()
                return
        super().check_timeouts()


def guard(app: Sanic, phrases: Phrases, most_bytes: int) -> None:
    """Set the limits and the answers. `most_bytes`: what any route may ask for at most (an upload)."""
    app.config.REQUEST_MAX_SIZE = most_bytes
    app.config.REQUEST_TIMEOUT = int(HEADER_SECONDS)
    app.config.KEEP_ALIVE_TIMEOUT = 75
    app.config.RESPONSE_TIMEOUT = 120

    @app.signal("http.routing.after")
    async def take_body(request: Request, route: Any, **_: Any) -> None:
        if request.stream is None:
            return
        if request.stream.request_body:  # also where nobody wants it: the answer may be a long one
            await _body(request, min(getattr(route.ctx, "most_bytes", SMALL), most_bytes))
        request.stream.protocol.received()

    @app.exception(SanicException)
    async def told(request: Request, error: SanicException) -> HTTPResponse:
        return _answer(phrases, getattr(error, "status_code", 500) or 500, error)

    @app.exception(Exception)
    async def failed(request: Request, error: Exception) -> HTTPResponse:
        metrics.ERRORS.labels("http").inc()
        # the pattern of the route and not what was sent: that may hold a name, in percents, which no mask knows
        route = request.route.path if request.route else None
        log.error("http.failed", route=route, error=type(error).__name__, exc_info=error)
        return _answer(phrases, 500, error)


async def _body(request: Request, allowed: int) -> None:
    """Read the body into the request. Raises PayloadTooLarge; has then read it to the end if that is bearable."""
    stream = request.stream
    stream.request_max_size = allowed * SWALLOWED
    parts: list[bytes] = []
    size = 0
    async for part in stream:
        size += len(part)
        if size <= allowed:
            parts.append(part)
        else:
            parts.clear()
    if size > allowed:
        raise PayloadTooLarge("body")
    request.body = b"".join(parts)


def _answer(phrases: Phrases, status: int, error: Exception) -> HTTPResponse:
    if status >= 500:
        metrics.ERRORS.labels("http").inc()
    words = WORDS.get(status, "utter_bad_request" if status < 500 else "utter_system_busy")
    told = phrases.render(words)
    headers = dict(getattr(error, "headers", None) or {})
    if status in (408, 413):
        headers["connection"] = "close"
    return response.json({"error": status, "message": told["text"]}, status=status, headers=headers)


__all__ = ["SMALL", "InvalidUsage", "NotFound", "Protocol", "guard"]
