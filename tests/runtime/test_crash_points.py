"""The worst moment for a crash: business facts are committed, the turn is not. The retry must find its way.

The whole journey is played twice with every turn failing at its commit the first time, as if the process had died
there; each message is then sent again under the same id. It must go as if nothing had happened.
"""

from __future__ import annotations

import random
import uuid
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy.exc import OperationalError

from hotline.brain import Brain, rehearse
from hotline.store.journal import Outgoing
from tests.dialogues.runner import HERE, Player

JOURNEYS = [
    "journey/from_greeting_to_reference_number.yml",
    "corrections/volume_corrected_in_the_form.yml",
    "numbers/a_number_is_kept_for_one_customer.yml",
    "people/callback_needs_consent_first.yml",
]


class Died(BaseException):
    """Stands for the end of the process: nothing after it runs."""


class CrashingPlayer(Player):
    """Says everything twice under one id: the first time, the process dies before the turn's commit."""

    crashes = 0

    async def act(self, step: dict[str, Any]) -> str:
        runner, commit = self.brain.runner, self.brain.journal.commit
        handle = runner.handle

        def dies(*_: Any) -> Any:
            raise Died

        async def twice(*arguments: Any) -> list[Outgoing]:
            self.brain.journal.commit = dies  # type: ignore[method-assign]
            try:
                await handle(*arguments)
            except Died:
                self.crashes += 1
            finally:
                self.brain.journal.commit = commit  # type: ignore[method-assign]
            return await handle(*arguments)

        runner.handle = twice  # type: ignore[method-assign, assignment]
        try:
            return await super().act(step)
        finally:
            runner.handle = handle  # type: ignore[method-assign]


@pytest.mark.model
@pytest.mark.parametrize("file", JOURNEYS, ids=lambda name: Path(name).stem)
async def test_a_crash_before_each_commit_changes_nothing(brain: Brain, file: str) -> None:
    conversation = yaml.safe_load((HERE / file).read_text(encoding="utf-8"))
    player = CrashingPlayer(brain, cid=f"crash-{uuid.uuid4().hex}")
    complaints = await player.play(conversation)
    assert not complaints, "\n".join(complaints)
    assert player.crashes >= len(conversation["steps"]) - 1
    journal = brain.journal
    heard = [event["message_id"] for event in journal.log.full(player.cid) if event["event"] == "user"]
    assert len(heard) == len(set(heard)), "a message was heard twice"


class StarvedPlayer(Player):
    """Says everything twice under one id: the first time, the database is away before one of the turn's actions."""

    apologies = 0

    def __init__(self, brain: Brain, cid: str, seed: int) -> None:
        super().__init__(brain, cid=cid)
        self.dice = random.Random(seed)

    async def act(self, step: dict[str, Any]) -> str:
        runner, database = self.brain.runner, self.brain.services.database
        handle, one_view = runner.handle, database.one_view

        async def twice(*arguments: Any) -> list[Outgoing]:
            left = self.dice.choice([0, 0, 1, 2])

            def away() -> Any:
                nonlocal left
                left -= 1
                if left < 0:
                    raise OperationalError("select", {}, Exception("database is locked"))
                return one_view()

            database.one_view = away  # type: ignore[method-assign]
            try:
                told = await handle(*arguments)
            finally:
                database.one_view = one_view  # type: ignore[method-assign]
            self.apologies += [each.seq for each in told] == [0]
            return await handle(*arguments)

        runner.handle = twice  # type: ignore[method-assign, assignment]
        try:
            return await super().act(step)
        finally:
            runner.handle = handle  # type: ignore[method-assign]


@pytest.mark.model
@pytest.mark.parametrize("file", JOURNEYS, ids=lambda name: Path(name).stem)
async def test_a_database_that_is_away_during_each_turn_changes_nothing(brain: Brain, file: str) -> None:
    conversation = yaml.safe_load((HERE / file).read_text(encoding="utf-8"))
    player = StarvedPlayer(brain, f"starved-{uuid.uuid4().hex}", seed=7)
    complaints = await player.play(conversation)
    assert not complaints, "\n".join(complaints)
    assert player.apologies >= len(conversation["steps"]) // 2
    journal = brain.journal
    heard = [event["message_id"] for event in journal.log.full(player.cid) if event["event"] == "user"]
    assert len(heard) == len(set(heard)), "a message was heard twice"


@pytest.mark.model
async def test_the_rehearsal_at_start_leaves_no_trace(brain: Brain) -> None:
    from hotline.serve import REHEARSAL

    tables = (
        "runtime_conversation",
        "runtime_inbox",
        "runtime_outbox",
        "drafts",
        "applications",
        "handoffs",
        "gaps",
    )

    def counted() -> dict[str, int]:
        with brain.services.database.engine.connect() as connection:
            return {t: connection.exec_driver_sql(f"SELECT count(*) FROM {t}").scalar_one() for t in tables}

    before = counted()
    await rehearse(brain, REHEARSAL)
    assert counted() == before
    assert await brain.agent.tracker_store.retrieve("rehearsal-0") is None
