"""What a customer wishes of a number, from the entities of his message; wishes add up until he starts anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from hotline.business.number_search import Wish
from hotline.business.number_wishes import spoken

PATTERN, DIGITS, EXCLUDED = "number_pattern", "number_digits", "excluded_digits"
#: parts that narrow the wish before them; other digits are another wish
_NARROWING = frozenset({"excluded", "patterns", "price_ceiling", "cheap"})
#: parts that outlive another wish
_LASTING = ("excluded", "price_ceiling", "cheap")
_SEGMENT = 4  # digits of a beginning that only names the segment


def heard(entities: Sequence[Mapping[str, Any]], text: str = "") -> dict[str, Any]:
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
    for name, value in spoken(text).items():
        if name == "prefix" or (name not in found and not (name == "contains" and "suffix" in found)):
            found[name] = value
    return found


def added(kept: Mapping[str, Any] | None, new: dict[str, Any]) -> dict[str, Any]:
    """The wish with what this message adds: "不要4" narrows the wish before it, "尾号666" is another one.

    Adding the same twice changes nothing. Empty when the message names nothing.
    """
    if not new or not kept:
        return new
    kept = {name: value for name, value in kept.items() if name != "seen"}  # of the list before
    if "excluded" in new and "excluded" in kept:
        new = {**new, "excluded": "".join(sorted({*new["excluded"], *kept["excluded"]}))}
    only_segment = set(new) - _NARROWING == {"prefix"} and len(str(new["prefix"])) == _SEGMENT
    if set(new) <= _NARROWING or only_segment:
        return {**kept, **new}
    return {**{name: kept[name] for name in _LASTING if name in kept}, **new}


def wish_from(parts: Mapping[str, Any]) -> Wish:
    """A `Wish` from its kept parts."""
    known: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in parts.items()
    }
    if known.get("price_ceiling") is not None:
        known["price_ceiling"] = Decimal(str(known["price_ceiling"]))
    return Wish(**known)
