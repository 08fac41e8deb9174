"""What a customer wishes of a number, from the entities of his message; wishes add up until he starts anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from hotline.business.number_search import Wish

PATTERN, DIGITS, EXCLUDED = "number_pattern", "number_digits", "excluded_digits"


def heard(entities: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The parts of a `Wish` that this message names; empty when it names none."""
    found: dict[str, Any] = {}
    for entity in entities:
        name, value, role = entity.get("entity"), str(entity.get("value")), entity.get("role")
        if name == PATTERN:
            found["patterns"] = (*found.get("patterns", ()), value)
        elif name == EXCLUDED:
            found["excluded"] = found.get("excluded", "") + value
        elif name == DIGITS and role in ("suffix", "prefix"):
            found[str(role)] = value
        elif name == DIGITS:
            found["contains"] = (*found.get("contains", ()), value)
        elif name == "company_name":
            found["name"] = value
    return found


def added(kept: Mapping[str, Any] | None, new: dict[str, Any]) -> dict[str, Any]:
    """The wish with what this message adds: "不要4" narrows the wish before it, "尾号666" is another one.

    Empty when the message names nothing.
    """
    if not new or not kept:
        return new
    if set(new) <= {"excluded", "patterns"}:
        return {**kept, **new}
    return {**({"excluded": kept["excluded"]} if "excluded" in kept else {}), **new}


def wish_from(parts: Mapping[str, Any]) -> Wish:
    """A `Wish` from its kept parts."""
    known: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in parts.items()
    }
    return Wish(**known)


def parts_of(wish: Wish) -> dict[str, Any]:
    """What differs from no wish at all, as JSON."""
    empty = asdict(Wish())
    return {key: value for key, value in asdict(wish).items() if value != empty[key]}
