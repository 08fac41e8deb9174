"""What a number is praised for has a name, and every wish that is given up too."""

from __future__ import annotations

from dataclasses import fields

import pytest

from hotline import datafile
from hotline.business.number_search import Wish
from hotline.business.patterns import PATTERNS, traits

WORDS = datafile.load(datafile.DATA / "lexicon" / "labels.yml")
NOT_GIVEN_UP = {"seen", "limit", "budget", "cheap"}


def test_every_pattern_has_a_name() -> None:
    assert [
        name for name in PATTERNS if name != "plain" and not WORDS["number_words"]["patterns"].get(name)
    ] == []


@pytest.mark.parametrize(("six", "name"), [("012345", "六顺子"), ("543210", "六倒顺"), ("912345", "五顺子")])
def test_straights_are_named_first(six: str, name: str) -> None:
    assert WORDS["number_words"]["patterns"][traits(six).reasons[0].code] == name


def test_every_wish_that_may_be_relaxed_has_a_name() -> None:
    names = {field.name for field in fields(Wish)} - NOT_GIVEN_UP
    assert names - set(WORDS["wishes"]) == set()
