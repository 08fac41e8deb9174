"""Where a customer stands in the eight stages."""

from __future__ import annotations

import pytest

from hotline.business import process, stages
from hotline.business.drafts import Draft
from tests.dialogues.starts import STARTS


def at(name: str) -> stages.Place:
    fields, passed, agreed = STARTS[name]
    consent = "granted" if agreed else "none"
    return stages.place(Draft("d", "c", fields=dict(fields), skipped=set(passed), consent=consent))


@pytest.mark.parametrize(
    ("start", "now", "done"),
    [
        ("plan", stages.PLAN, (stages.NEED,)),
        ("number", stages.NUMBER, (stages.NEED, stages.PLAN)),
        ("channel", stages.CHANNEL, (stages.NEED, stages.NUMBER, stages.PLAN)),
        ("contact", stages.CHANNEL, (stages.NEED, stages.NUMBER, stages.PLAN)),
        ("materials", stages.MATERIALS, (stages.NEED, stages.NUMBER, stages.PLAN, stages.CHANNEL)),
    ],
)
def test_the_first_stage_with_an_open_question(start: str, now: str, done: tuple[str, ...]) -> None:
    place = at(start)
    assert (place.now, place.done) == (now, done)
    assert sorted((place.now, *place.done, *place.ahead)) == sorted(stages.STAGES)


def test_nothing_told_is_the_first() -> None:
    assert stages.place(Draft("d", "c")).now == stages.NEED


def test_everything_told_waits_for_the_submission() -> None:
    assert at("submit").now == stages.REVIEW


@pytest.mark.parametrize("status", sorted(set(process.STATUSES) - {process.DRAFT}))
def test_every_status_has_a_stage_until_it_is_over(status: str) -> None:
    assert (stages.place_of(status) is None) == (status in process.FINAL)
