"""The exams in ``tests/nlu``: sentences that nothing was trained on, typed and spoken, and values.

``dev`` may be looked at while the language is worked on; ``blind`` is scored as totals only, so nothing here
prints a sentence of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hotline.datafile import ROOT, load
from hotline.nlu.examples import Example, read

EXAMS = ROOT / "tests" / "nlu"
TYPED, SPOKEN = "typed", "spoken"
MODES = (TYPED, SPOKEN)
VALUES = "values.yml"
_SPOKEN_END = ".spoken.yml"


@dataclass(frozen=True)
class ValueCase:
    """A sentence and the entities that must be found in it: (entity, value, role or None)."""

    text: str
    mode: str
    wanted: tuple[tuple[str, Any, str | None], ...]


def questions(exam: str, mode: str, folder: Path = EXAMS) -> list[Example]:
    """The sentences of one exam (``dev`` or ``blind``) and mode, in the order of file names."""
    paths = sorted(path for path in (folder / exam).glob("*.yml") if path.name != VALUES)
    wanted = [path for path in paths if path.name.endswith(_SPOKEN_END) == (mode == SPOKEN)]
    return [example for path in wanted for example in read(path)]


def value_cases(exam: str, folder: Path = EXAMS) -> list[ValueCase]:
    """The value sentences of one exam."""
    return [
        ValueCase(
            str(case["text"]),
            str(case["mode"]),
            tuple((found["entity"], found["value"], found.get("role")) for found in case["found"]),
        )
        for case in load(folder / exam / VALUES)
    ]
