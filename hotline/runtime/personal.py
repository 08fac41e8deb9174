"""The filter that every text passes before it is stored or logged: numbers of identity and bank cards go."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any

Find = Callable[[str], Sequence[Any]]
_SPOKEN = "幺洞拐"  # digits that Unicode does not know as such
_SHORTEST = 15
DROPPED = "〔已略去〕"


def filter_text(text: str, find: Find | None = None) -> tuple[str, tuple[str, ...]]:
    """The text without such numbers, and which kinds were dropped (``id_card``, ``bank_card`` …), each once."""
    if sum(c.isnumeric() or c in _SPOKEN for c in text) < _SHORTEST:
        return text, ()
    kinds: list[str] = []
    parts: list[str] = []
    end = 0
    for found in sorted((find or _finder())(text), key=lambda f: f.start):
        if found.start < end:
            continue
        parts += (text[end : found.start], DROPPED)
        end = found.end
        kind = str(found.role or found.value)
        if kind not in kinds:
            kinds.append(kind)
    return "".join([*parts, text[end:]]), tuple(kinds)


def _finder() -> Find:
    found: Find = importlib.import_module("hotline.values.personal_ids").find
    return found
