"""Rasa's REST channel at its usual address, for development and tests on loopback only (sender ids are free here).

Same request and reply as the stock channel; the turn itself goes through the journal like everybody's.
A ``sender`` or ``message_id`` of more than 128 characters, or with a NUL, is answered with 400.
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.exceptions import InvalidUsage
from sanic.request import Request
from sanic.response import HTTPResponse

from hotline.channels.outside import fit_id, whole
from hotline.runtime.turns import TurnRunner


class RestInput(InputChannel):
    """POST ``{"sender", "message", "message_id"?}`` → list of ``{"recipient_id", "text", "buttons", "custom"}``."""

    def __init__(self, runner: Callable[[], TurnRunner]) -> None:
        self._runner = runner

    @classmethod
    def name(cls) -> str:
        return "rest"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        bp = Blueprint("rest_webhook")

        @bp.get("/")
        async def health(_: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @bp.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            given = request.json if isinstance(request.json, dict) else {}
            sender, message_id = _id(given, "sender"), _id(given, "message_id")
            body = whole(given)
            text = body.get("message")
            metadata = body.get("metadata")
            replies = await self._runner().handle(
                sender,
                message_id,
                text if isinstance(text, str) else "",
                self.name(),
                metadata if isinstance(metadata, dict) else None,
            )
            return response.json([{"recipient_id": sender, **reply.payload} for reply in replies])

        return bp


def _id(given: dict[str, Any], name: str) -> str:
    """An id of the client's choice, or a new one. Raises InvalidUsage for one that cannot be kept: tried, it would fail
    at each repetition anew."""
    value = str(given.get(name) or uuid.uuid4().hex)
    if not fit_id(value):
        raise InvalidUsage(name)
    return value
