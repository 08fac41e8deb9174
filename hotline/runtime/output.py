"""Collects what a turn says, as it will be kept and sent: one entry a response, nothing split, nothing sent yet."""

from __future__ import annotations

from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel

_KEPT = ("text", "buttons", "quick_replies", "elements", "image", "attachment", "custom")


class Collected(CollectingOutputChannel):
    """The output channel of one turn. Its name is the channel's, which selects the variations of responses."""

    def __init__(self, channel: str) -> None:
        super().__init__()
        self._channel = channel

    def name(self) -> str:
        """The channel that the turn came through."""
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep one response whole."""
        kept = {key: message[key] for key in _KEPT if message.get(key)}
        if "quick_replies" in kept:
            kept["buttons"] = [*kept.get("buttons", []), *kept.pop("quick_replies")]
        if kept:
            self.messages.append(kept)
