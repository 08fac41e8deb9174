"""The last word on the intent, once the values are known too.

A bare answer ("武汉", "空调维修 售后") looks foreign to whoever reads words only. When a sentence of which nothing
was made, or that seems foreign, consists of values of ours, it tells us something: it is ``inform``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hotline.nlu.model import FALLBACK, OUT_OF_SCOPE

INFORM = "inform"
COVERED = 0.8  # share of the characters that must belong to values
CERTAIN = 0.8
#: values whose words are as common outside
_ANYWHERE = frozenset({"company_name", "contact_name", "channel", "plan"})

Ranking = list[dict[str, Any]]


def covered(text: str, entities: Sequence[Mapping[str, Any]]) -> float:
    """The share of letters, digits and characters of ``text`` that lie in ``entities``; 0 when it has none."""
    places = {i for i, char in enumerate(text) if char.isalnum()}
    inside = {i for entity in entities for i in range(entity["start"], entity["end"])}
    return len(places & inside) / len(places) if places else 0.0


def settled(text: str, ranking: Ranking, entities: Sequence[Mapping[str, Any]]) -> Ranking:
    """The ranking, with ``inform`` first where a refused sentence is made of values of ours.

    Its confidence is the one that the refusal had. A refusal out of mere caution is taken back where the sentence
    holds a value of ours and another reading is nearly certain.
    """
    ours = [entity for entity in entities if entity["entity"] not in _ANYWHERE]
    if (
        ours
        and len(ranking) > 1
        and ranking[0]["name"] == OUT_OF_SCOPE
        and ranking[1]["confidence"] >= CERTAIN
    ):
        return sorted(ranking, key=lambda one: -one["confidence"])
    if not ranking or ranking[0]["name"] not in (OUT_OF_SCOPE, FALLBACK) or covered(text, ours) < COVERED:
        return ranking
    first = {"name": INFORM, "confidence": ranking[0]["confidence"]}
    others = [one for one in ranking if one["name"] not in (INFORM, FALLBACK)]
    if others and others[0]["name"] == OUT_OF_SCOPE:
        others[0] = {**others[0], "confidence": min(others[0]["confidence"], 1 - first["confidence"])}
    return [first, *sorted(others, key=lambda one: -one["confidence"])]
