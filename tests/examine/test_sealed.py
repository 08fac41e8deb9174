"""The gate: an exam written by somebody who saw no training sentence, scored as totals only.

Measured when it was set: typed 98.8 %, spoken 99.4 %, foreign requests 97 %, none of the proper ones refused, values
F1 97.0 %. The floors lie a little below. Do not read the exam's sentences to mend the data: write another exam.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from hotline.brain import Brain

SEALED = Path(__file__).parents[1] / "nlu" / "sealed"
REFUSED = ("out_of_scope", "nlu_fallback")

pytestmark = pytest.mark.model


def _questions(name: str) -> Iterator[tuple[str, str]]:
    for item in yaml.safe_load((SEALED / f"{name}.yml").read_text(encoding="utf-8"))["nlu"]:
        for line in item["examples"].splitlines():
            if line.startswith("- "):
                yield line[2:], item["intent"]


async def _answers(brain: Brain, name: str) -> list[tuple[str, str]]:
    """(wanted, found) for each sentence."""
    return [
        (wanted, (await brain.agent.parse_message(text))["intent"]["name"])
        for text, wanted in _questions(name)
    ]


@pytest.mark.parametrize(("name", "floor"), [("typed", 0.975), ("spoken", 0.975)])
async def test_intents_are_understood(brain: Brain, name: str, floor: float) -> None:
    answers = await _answers(brain, name)
    right = sum(wanted == found for wanted, found in answers) / len(answers)
    assert right >= floor, f"{name}: {right:.3f} of {len(answers)}"


async def test_foreign_requests_are_recognised_and_proper_ones_let_in(brain: Brain) -> None:
    answers = await _answers(brain, "typed") + await _answers(brain, "spoken")
    foreign = [found in REFUSED for wanted, found in answers if wanted == "out_of_scope"]
    refused = [found in REFUSED for wanted, found in answers if wanted != "out_of_scope"]
    assert sum(foreign) / len(foreign) >= 0.92
    assert sum(refused) / len(refused) <= 0.01


def _named(entity: dict[str, Any]) -> tuple[str, str | None, str]:
    value = entity["value"]
    plain = str(float(value)) if isinstance(value, (int, float)) else str(value)
    return entity["entity"], entity.get("role"), plain


async def test_values_are_found(brain: Brain) -> None:
    right = wrong = 0
    for case in yaml.safe_load((SEALED / "values.yml").read_text(encoding="utf-8")):
        parsed = await brain.agent.parse_message(case["text"])
        found = {_named(entity) for entity in parsed["entities"]}
        wanted = {_named(entity) for entity in case.get("entities", [])}
        right, wrong = right + len(found & wanted), wrong + len(found ^ wanted)
    assert 2 * right / (2 * right + wrong) >= 0.955
