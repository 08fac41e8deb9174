"""No regular expression of ours reads the same words in two ways: each such word would double its time."""

from __future__ import annotations

import importlib
import pkgutil
import re
import warnings
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

with warnings.catch_warnings():  # what libraries say of themselves while they load
    warnings.simplefilter("ignore")
    import actions
    import hotline.business
    import hotline.nlu
    import hotline.runtime
    import hotline.values
    from hotline.nlu.entities_lexicon import lexicon
    from hotline.runtime import context, listening
from tests.regexes import TooMany, doubtful

#: why a doubt costs nothing
EXCUSED = {
    "hotline.business.assent._YES": "reads thirty characters at most",
    "hotline.nlu.normalise._FILLER_HEAD": "nothing that may fail comes after it",
}


def _inside(thing: Any, name: str, depth: int = 0) -> Iterator[tuple[str, re.Pattern[str]]]:
    if isinstance(thing, re.Pattern):
        yield name, thing
    elif depth < 3 and isinstance(thing, dict):
        for key, value in thing.items():
            yield from _inside(value, f"{name}[{key}]", depth + 1)
    elif depth < 3 and isinstance(thing, (list, tuple)):
        for place, value in enumerate(thing):
            yield from _inside(value, f"{name}[{place}]", depth + 1)


def _modules() -> Iterator[ModuleType]:
    for room in (hotline.values, hotline.business, hotline.nlu, hotline.runtime, actions):
        for found in pkgutil.iter_modules(room.__path__, f"{room.__name__}."):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield importlib.import_module(found.name)


def _patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    for module in _modules():
        yield from _inside(vars(module), module.__name__)
    for act in listening.load_acts():
        yield from _inside(act.patterns, f"acts.yml {act.name}")
    for reading in context.load_readings():
        yield from _inside((reading.whole, reading.part), f"context.yml {reading.name}")
    yield from _inside([item[2] for item in lexicon()._patterns], "lexicon")


def test_no_pattern_reads_the_same_words_in_two_ways() -> None:
    found: dict[str, list[str]] = {}
    for name, pattern in _patterns():
        name = re.sub(r"\[(_\w+)\]", r".\1", name)
        if name in EXCUSED or not isinstance(pattern.pattern, str):
            continue
        try:
            if doubts := doubtful(pattern):
                found[name] = doubts
        except TooMany:
            found[name] = ["more words than can be looked at: give the repetition an end"]
    assert found == {}


@pytest.mark.parametrize(
    ("pattern", "twice"),
    [
        (r"(?:这|个|这个)*贵", "这个"),
        (r"(?:刚才?|刚刚)*说", "刚刚"),
        (r"(?:好的?[的了]*)+$", "好的"),
        (r"(?:这|个|那个)*贵", None),
        (r"(?:再|我们?|先)*来", None),
        (r"(?:这|个|这个){0,5}贵", None),
    ],
)
def test_a_word_that_is_two_others_is_found(pattern: str, twice: str | None) -> None:
    assert doubtful(re.compile(pattern)) == ([twice] if twice else [])
