"""Where a request ends: what its header says of that is either quite clear or refused, before a byte of it is read.

Sanic takes for a length whatever Python's int() does. Of a negative one it never sees the end: its loop over the body
then spins without a pause, and the whole process with it. Of two lengths, or of a length beside chunks, it takes one
and the proxy before us may take the other, and what one takes for a body is a request to the other (RFC 9112, 6.3).
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

from httptools import HttpParserError
from sanic import http, request
from sanic.exceptions import InvalidUsage, SanicException
from sanic.http import Stage

_LENGTH = re.compile(r"[0-9]{1,18}")  # more digits are no size of anything
_FRAMES = ("content-length", "transfer-encoding")


class Request(request.Request):
    """Sanic's, refused (InvalidUsage) when it is not clear where it ends.

    Sanic makes it when the header is parsed, and only then reads the length from it: the one place in between.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.headers:
            # "Content-Length : 5", which some read and we do not
            if name.strip() in _FRAMES and name not in _FRAMES:
                raise InvalidUsage("header name")
        lengths = {value.rstrip(" \t") for value in self.headers.getall(_FRAMES[0], ())}
        codings = self.headers.getall(_FRAMES[1], ())
        if len(lengths) + len(codings) > 1:
            raise InvalidUsage("more than one end")
        if not all(_LENGTH.fullmatch(length) for length in lengths):
            raise InvalidUsage("length")
        if codings not in ((), ["chunked"]):
            raise InvalidUsage("transfer coding")


class Http(http.Http):
    """Sanic's, where what cannot be understood is a bad request and no fault of ours with a stack trace."""

    __slots__ = ("__dict__",)

    async def http1_request_header(self) -> None:
        """Receive and parse the header."""
        try:
            await super().http1_request_header()
        except (SanicException, ValueError, LookupError, HttpParserError) as error:
            self.url = None  # for the answer Sanic would parse it once more, and it may be what is wrong
            if isinstance(error, SanicException):
                raise
            raise InvalidUsage("Bad Request") from error  # an address that is none, bytes that are no text

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The body. Broken chunks are told of once: when Sanic wants to read the rest after that, there is none."""
        try:
            async for part in super().__aiter__():
                yield part
        except InvalidUsage:
            self.request_body, self.keep_alive = None, False
            if self.stage is Stage.HANDLER:  # not answered yet
                raise
