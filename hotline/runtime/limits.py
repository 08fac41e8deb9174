"""How often somebody may write: a bucket for each sender and one for each address, in bounded memory."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

KEPT = 20_000


@dataclass(frozen=True)
class Rate:
    """`burst` at once, refilled with `per_minute`."""

    burst: int
    per_minute: float


SENDER = Rate(burst=20, per_minute=60)  # some people send a sentence in ten short lines
ADDRESS = Rate(burst=120, per_minute=600)  # a company's office has one address


class Buckets:
    """Token buckets by key. The least recently used are forgotten, which only ever allows more."""

    def __init__(self, rate: Rate, now: Callable[[], float] = time.monotonic, kept: int = KEPT) -> None:
        self.rate, self._now, self._kept = rate, now, kept
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._left)

    def take(self, key: str) -> bool:
        """Whether one more is allowed now."""
        now = self._now()
        left, since = self._left.pop(key, (float(self.rate.burst), now))
        left = min(self.rate.burst, left + (now - since) * self.rate.per_minute / 60)
        allowed = left >= 1
        self._left[key] = (left - 1 if allowed else left, now)
        while len(self._left) > self._kept:
            self._left.popitem(last=False)
        return allowed


class Limits:
    """What a message must keep to; each breach has the response that tells so."""

    def __init__(
        self, characters: int = 2000, sender: Rate | None = SENDER, address: Rate | None = ADDRESS
    ) -> None:
        self.characters = characters
        self._sender = Buckets(sender) if sender else None
        self._address = Buckets(address) if address else None

    def breach(self, conversation_id: str, text: str, address: str | None = None) -> str | None:
        """The name of the response for a message that is not let in, or None."""
        if len(text) > self.characters:
            return "utter_too_long"
        if not text.strip():
            return "utter_empty"
        if self._sender is not None and not self._sender.take(conversation_id):
            return "utter_slow_down"
        if self._address is not None and address and not self._address.take(address):
            return "utter_slow_down"
        return None
