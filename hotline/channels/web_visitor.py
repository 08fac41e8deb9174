"""Who a visitor of the web page is: a token that we signed, naming a conversation that nobody can guess."""

from __future__ import annotations

import hashlib
import hmac
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import jwt

PREFIX = "web-"  # of the conversation ids of this channel
_ALGORITHM, _AUDIENCE = "HS256", "hotline-web"
_RENEW_AFTER = 24 * 3600  # seconds


class NotOurs(Exception):
    """The token is forged, expired, of another server, or none at all."""


@dataclass(frozen=True)
class Visitor:
    """Somebody with a good token. `renewed`: a token that lives longer, when it is time for one."""

    conversation_id: str
    renewed: str | None = None


class Visitors:
    """Issues and reads tokens. `days`: how long one lives after the last visit; `now`: epoch seconds."""

    def __init__(self, key: bytes, days: float, now: Callable[[], float] = time.time) -> None:
        self._key = hmac.new(key, b"hotline web visitor v1", hashlib.sha256).digest()
        self._life, self._now = days * 24 * 3600, now

    def welcome(self) -> str:
        """A token for somebody new."""
        return self._issue(uuid.uuid4().hex)

    def _issue(self, subject: str) -> str:
        now = self._now()
        claims = {"sub": subject, "aud": _AUDIENCE, "iat": int(now), "exp": int(now + self._life)}
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM)

    def read(self, token: object) -> Visitor:
        """Who has this token. Raises NotOurs."""
        if not isinstance(token, str) or len(token) > 1000:
            raise NotOurs
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                options={"require": ["sub", "aud", "iat", "exp"], "verify_exp": False, "verify_iat": False},
            )
            issued, expires = float(claims["iat"]), float(claims["exp"])
        except (jwt.InvalidTokenError, ValueError, TypeError) as error:
            raise NotOurs from error
        now = self._now()
        if now >= expires:  # by our clock, which a test can set
            raise NotOurs
        subject = str(claims["sub"])
        renewed = self._issue(subject) if now - issued > _RENEW_AFTER else None
        return Visitor(PREFIX + subject, renewed)
