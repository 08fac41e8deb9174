"""Buttons: a short signed text that means something in one conversation only. Typed text is never a command.

A token is ``/`` + 12 characters of signature + meaning. A meaning too long for 64 characters is kept in the
database and the token carries its digest (``/`` + signature + ``#`` + digest).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

LONGEST = 64
_MAC = 12


@dataclass
class Issued:
    """The long meanings of the tokens issued for one turn, to be committed with it: digest → meaning."""

    long: dict[str, str] = field(default_factory=dict)


class Tokens:
    """Issues and redeems. `look_up(conversation_id, digest)` finds a stored meaning (``Journal.button``)."""

    def __init__(self, key: bytes, look_up: Callable[[str, str], str | None] | None = None) -> None:
        self._key = hmac.new(key, b"hotline button token v1", hashlib.sha256).digest()
        self._look_up = look_up

    def _sign(self, conversation_id: str, body: str) -> str:
        mac = hmac.new(self._key, f"{conversation_id}\0{body}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(mac[:9]).decode()

    def issue(self, conversation_id: str, payload: str, title: str = "", issued: Issued | None = None) -> str:
        """The token for a meaning such as ``/choose{"plan": "mini"}``; anything that is no command stays text.

        The title may be sent as typed text instead and means then what it says. Raises ValueError for a
        meaning too long to be carried when there is no `issued` to collect it.
        """
        if not payload.startswith("/"):
            return payload or title
        body = payload[1:]
        if body.startswith("#") or len(body) > LONGEST - _MAC - 1:
            digest = hashlib.sha256(f"{conversation_id}\0{body}".encode()).hexdigest()[:32]
            if issued is None:
                raise ValueError(
                    f"a button's meaning of {len(body)} characters has to be stored with its turn"
                )
            issued.long[digest] = body
            body = f"#{digest}"
        return f"/{self._sign(conversation_id, body)}{body}"

    def redeem(self, conversation_id: str, text: str) -> str | None:
        """The meaning (``/intent{...}``) of a token that was issued for this conversation, else None."""
        text = text.strip()
        if not text.startswith("/") or not _MAC + 1 < len(text) <= LONGEST:
            return None
        mac, body = text[1 : _MAC + 1], text[_MAC + 1 :]
        if not hmac.compare_digest(mac.encode(), self._sign(conversation_id, body).encode()):
            return None
        if body.startswith("#"):
            stored = self._look_up(conversation_id, body[1:]) if self._look_up else None
            return None if stored is None else f"/{stored}"
        return f"/{body}"

    def seal(self, conversation_id: str, message: Any, issued: Issued) -> Any:
        """A copy of a message in which every ``payload`` that is a command has become a token, at any depth."""
        if isinstance(message, dict):
            return {
                key: self.issue(conversation_id, value, str(message.get("title", "")), issued)
                if key == "payload" and isinstance(value, str)
                else self.seal(conversation_id, value, issued)
                for key, value in message.items()
            }
        if isinstance(message, (list, tuple)):
            return [self.seal(conversation_id, item, issued) for item in message]
        return message


#: what follows the slash of somebody who knows the engine ("/restart"), and what needs none ("inform{…}")
_SLASHED = re.compile(r"[a-z][\w.-]*\s*(?:[{\[(].*)?", re.IGNORECASE | re.DOTALL | re.ASCII)
_BRACED = re.compile(r"[a-z]\w*\s*\{.*\}", re.IGNORECASE | re.DOTALL | re.ASCII)


def is_command(text: str) -> bool:
    """Whether typed text looks like a command of the engine; it is none, and no answer to a question either."""
    rest = plain(text)
    slash = "/" in unicodedata.normalize("NFKC", text[: len(text) - len(rest)])
    return bool((slash and _SLASHED.fullmatch(rest.strip())) or _BRACED.fullmatch(rest.strip()))


def plain(text: str) -> str:
    """Typed text without anything in front that Rasa, or the normaliser before it, could read as a command."""
    start = 0
    while start < len(text):
        char = text[start]
        folded = unicodedata.normalize("NFKC", char)
        if not (
            folded.startswith("/") or folded.isspace() or unicodedata.category(char) in ("Cf", "Cc", "Zs")
        ):
            break
        start += 1
    return text[start:]
