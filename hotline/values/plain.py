"""Plain values: what JSON has, nothing else that can be changed than dictionaries and lists."""

from __future__ import annotations

from typing import Any


def copied(value: Any) -> Any:
    """A copy that shares nothing that can be changed; several times as quick as ``copy.deepcopy``."""
    if isinstance(value, dict):
        return {name: copied(part) for name, part in value.items()}
    if isinstance(value, list):
        return [copied(part) for part in value]
    return value
