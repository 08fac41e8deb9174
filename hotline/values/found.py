"""What every finder of this room returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Union

Number = Union[int, float]
Amount = Union[int, float, dict[str, Number]]


@dataclass(frozen=True)
class Found:
    """A value and where it stands: `text[start:end]` of the very text that was given to `find`."""

    start: int
    end: int
    value: Any
    role: str | None = None

    @property
    def length(self) -> int:
        """Characters covered."""
        return self.end - self.start

    def overlaps(self, other: Found) -> bool:
        """Whether the two share a character."""
        return self.start < other.end and other.start < self.end


def without_overlaps(found: list[Found]) -> list[Found]:
    """Keep the longest of those that share characters; the result is in order of position."""
    kept: list[Found] = []
    for item in sorted(found, key=lambda f: (-f.length, f.start)):
        if not any(item.overlaps(other) for other in kept):
            kept.append(item)
    return sorted(kept, key=lambda f: f.start)
