"""What travels between the widget and us: one JSON object a frame, the same over a socket and over requests.

docs/widget.md lists them. A line of the conversation is shown as text nodes only; nothing here is markup.
"""

from __future__ import annotations

import re
from typing import Any

from hotline.runtime.personal import filter_text
from hotline.store.journal import Line, Outgoing

Frame = dict[str, Any]
OWN = "w:"  # before the client's ids of messages, so that they never meet ids that we give
TITLE = 80  # characters of a button's title that are kept
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_SHOWN = ("text", "buttons", "custom", "image")


def own_id(value: object) -> str | None:
    """The client's id of a message as the journal keeps it; None for one that is not acceptable."""
    return OWN + value if isinstance(value, str) and _ID.fullmatch(value) else None


def title_of(value: object) -> str:
    """What a pressed button said. The client tells it, so it is filtered like anything typed."""
    return filter_text(value.strip()[:TITLE])[0] if isinstance(value, str) else ""


def out(message: Outgoing) -> Frame:
    """A message of ours that was just made, or a notice (`seq` 0)."""
    return _said(message.author, message.seq, message.created, message.payload)


def line(kept: Line) -> Frame | None:
    """A line of the journal; None for what is not shown (greetings on opening, ratings)."""
    if kept.author != "user":
        return _said(kept.author, kept.seq or 0, kept.created, kept.payload)
    metadata = kept.payload.get("metadata") or {}
    text = metadata.get("title") if kept.payload.get("token") else kept.payload.get("text")
    if metadata.get("quiet") or not text:
        return None
    identity = (kept.client_id or "").removeprefix(OWN)
    return {"t": "line", "from": "user", "id": identity, "text": text, "at": _ms(kept.created)}


def _said(author: str, seq: int, created: float, payload: dict[str, Any]) -> Frame:
    shown = {key: payload[key] for key in _SHOWN if payload.get(key)}
    return {"t": "line", "from": author, "seq": seq, "at": _ms(created), **shown}


def _ms(moment: float) -> int:
    return round(moment * 1000)
