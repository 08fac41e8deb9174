"""The responses of ``domain.yml`` outside a Rasa turn: notices, the desk and the assist panel speak the same words."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rasa.core.nlg import interpolator

from hotline import datafile

Responses = Mapping[str, Sequence[Mapping[str, Any]]]
_FILLED = ("text", "image", "custom", "buttons", "attachment", "quick_replies")


class Phrases:
    """Renders a response for a channel. Variations for the channel come before those for any; the first counts."""

    def __init__(self, responses: Responses) -> None:
        self.responses = responses

    @classmethod
    def from_file(cls, path: Path = datafile.ROOT / "domain.yml") -> Phrases:
        """The responses of one domain file. Raises DataError if it cannot be read."""
        return cls(datafile.load(path).get("responses") or {})

    def render(self, name: str, channel: str | None = None, **values: Any) -> dict[str, Any]:
        """The response as a message (``text``, ``buttons``, ``custom`` …) with ``{values}`` filled in.

        Raises KeyError for a response that does not exist or has no variation for the channel.
        """
        message = copy.deepcopy(dict(self._variation(name, channel, values)))
        message.pop("channel", None)
        message.pop("condition", None)
        for key in _FILLED:
            if key in message:  # without values too: doubled braces become single ones
                message[key] = interpolator.interpolate(message[key], values)
        return message

    def _variation(self, name: str, channel: str | None, values: Mapping[str, Any]) -> Mapping[str, Any]:
        fitting = [v for v in self.responses[name] if _conditions_met(v, values)]
        for wanted in (channel, None):
            for variation in fitting:
                if variation.get("channel") == wanted:
                    return variation
        raise KeyError(f"{name}: no variation for channel {channel}")


def _conditions_met(variation: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    return all(values.get(each["name"]) == each["value"] for each in variation.get("condition") or ())
