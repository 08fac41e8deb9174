"""What comes from outside, made fit to be kept: JSON may hold half characters, which no database and no answer can."""

from __future__ import annotations

import re
from typing import Any

_HALF = re.compile("[\ud800-\udfff]")


def whole(value: Any) -> Any:
    """A JSON value with each half character (a lone surrogate, as a broken keyboard sends it) replaced by U+FFFD."""
    if isinstance(value, str):
        return _HALF.sub("\ufffd", value)
    if isinstance(value, list):
        return [whole(each) for each in value]
    if isinstance(value, dict):
        return {whole(name): whole(each) for name, each in value.items()}
    return value
