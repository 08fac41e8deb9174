"""Collects what a turn says, as it will be kept and sent: one entry a response, nothing split, nothing sent yet.

At the end of the turn it is brought into at most three bubbles, and choices into text where a channel has no buttons.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel

from hotline.runtime.personal import filter_text
from hotline.runtime.tokens import Issued, Tokens

Payload = dict[str, Any]
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


MOST_BUBBLES = 3  # of one turn: more is a flood on a phone


def at_most(payloads: Sequence[Payload], most: int = MOST_BUBBLES) -> list[Payload]:
    """The same words in at most `most` bubbles: plain texts join the next one, what has buttons stays last.

    Only neighbours are joined, and a card keeps a bubble of its own; so very many cards may stay more.
    """
    found = [dict(payload) for payload in payloads]
    while len(found) > most:
        pairs = [at for at in range(len(found) - 1) if _plain(found[at]) and "text" in found[at + 1]]
        if not pairs:
            break
        at = min(pairs, key=lambda place: len(found[place]["text"]) + len(found[place + 1]["text"]))
        found[at + 1]["text"] = f"{found[at]['text']}\n{found[at + 1]['text']}"
        del found[at]
    return found


def for_people(
    tokens: Tokens, conversation_id: str, payloads: Iterable[Payload]
) -> tuple[list[Payload], Issued]:
    """What a person or the system says, fit to be kept: numbers that nobody may keep dropped, buttons sealed."""
    issued, clean = Issued(), []
    for payload in payloads:
        kept, _ = filter_text(payload.get("text") or "")
        sealed = tokens.seal(conversation_id, payload, issued)
        clean.append({**sealed, "text": kept} if kept else sealed)
    return clean, issued


def with_choices(payloads: Sequence[Payload], line: Callable[[str], str], numbered: bool) -> list[Payload]:
    """For a channel without buttons: each bubble's choices as text, numbered through the turn if `numbered`.

    `line` words the rows of choices.
    """
    found, place = [], 0
    for payload in payloads:
        rows = []
        for button in payload.get("buttons", []):
            place += 1
            rows.append(f"{place}. {button['title']}" if numbered else f"“{button['title']}”")
        if rows:
            text = line("\n".join(rows) if numbered else "、".join(rows))
            payload = {**payload, "text": f"{payload.get('text', '')}\n{text}".strip()}
        found.append(payload)
    return found


def _plain(payload: Payload) -> bool:
    return set(payload) == {"text"}
