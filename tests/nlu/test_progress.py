"""Stages of long work are told to who listens, and to nobody else."""

from __future__ import annotations

import pytest

from hotline import progress


def test_a_stage_is_told_when_it_is_done() -> None:
    told: list[tuple[str, float]] = []
    with progress.listening(lambda name, seconds: told.append((name, seconds))):
        with progress.stage("学习"):
            assert told == []
        assert [name for name, _ in told] == ["学习"] and told[0][1] >= 0
    with progress.stage("没人听"):
        pass
    assert len(told) == 1


def test_a_stage_that_fails_is_not_told_as_done() -> None:
    told: list[str] = []
    with (
        progress.listening(lambda name, seconds: told.append(name)),
        pytest.raises(ValueError),
        progress.stage("学习"),
    ):
        raise ValueError
    assert told == []
