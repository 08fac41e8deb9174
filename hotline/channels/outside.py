"""What comes from outside, made fit to be kept: JSON may hold half characters, which no database and no answer can,
and the character NUL, which PostgreSQL cannot."""

from __future__ import annotations

import re
from typing import Any

LONGEST_ID = 128  # characters of a conversation's id and of a message's that the journal's columns hold
_HALF = re.compile("[\ud800-\udfff\0]")


def whole(value: Any) -> Any:
    """A JSON value with each half character (a lone surrogate, as a broken keyboard sends it) and
    each NUL replaced by U+FFFD."""
    if isinstance(value, str):
        return _HALF.sub("\ufffd", value)
    if isinstance(value, list):
        return [whole(each) for each in value]
    if isinstance(value, dict):
        return {whole(name): whole(each) for name, each in value.items()}
    return value


def fit_id(value: str) -> bool:
    """Whether the journal can keep an id as it is. (Changed, it might be somebody else's.)"""
    return 0 < len(value) <= LONGEST_ID and not _HALF.search(value)
