"""The gates of understanding: what the trained model reaches on exams it never saw may not fall behind.

The floors lie a little below what was measured when they were set (docs/nlu.md). Of the blind exam only totals are
computed: do not look at its sentences to mend the data.
"""

from __future__ import annotations

import pytest

from hotline import model as trained
from hotline.examine import evaluate, scores
from hotline.nlu.cli import load_intents, load_names
from hotline.nlu.entities_extract import NameTagger
from hotline.nlu.model import IntentModel

pytestmark = pytest.mark.model

#: exam, mode, spoilt: the least share of right intents
FLOORS = [
    ("dev", "typed", False, 0.98),
    ("dev", "spoken", False, 0.965),
    ("dev", "typed", True, 0.95),
    ("dev", "spoken", True, 0.92),
    ("blind", "typed", False, 0.97),
    ("blind", "spoken", False, 0.965),
]


@pytest.fixture(scope="module")
def readers() -> tuple[IntentModel, NameTagger]:
    trained.ensure()
    return load_intents(trained.MODEL), load_names(trained.MODEL).find


@pytest.mark.parametrize(("exam", "mode", "noisy", "floor"), FLOORS)
def test_intents_are_understood(
    readers: tuple[IntentModel, NameTagger], exam: str, mode: str, noisy: bool, floor: float
) -> None:
    answers = evaluate.sit(*readers, exam, mode, noisy)
    right = scores.accuracy(answers)
    assert right >= floor, f"{right:.3f} of {len(answers)}"
    assert scores.refused_proper(answers) <= 0.03


@pytest.mark.parametrize(("exam", "floor"), [("dev", 0.945), ("blind", 0.945)])
def test_values_are_found(readers: tuple[IntentModel, NameTagger], exam: str, floor: float) -> None:
    tables = evaluate.values(exam, readers[1]).values()
    assert scores.together(scores.merged(tables).values()).f1 >= floor
