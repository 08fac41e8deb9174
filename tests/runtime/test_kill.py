"""``kill -9`` at random moments: no acknowledged turn, reservation or application is lost, none is there twice."""

from __future__ import annotations

import random
import socket
from pathlib import Path

import pytest
from siege import besiege, crowd

from hotline import model


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.model
async def test_twelve_kills_while_200_conversations_run(tmp_path: Path) -> None:
    model.ensure()
    seed = random.SystemRandom().randrange(10**6)
    siege = await besiege(tmp_path, free_port(), 12, crowd(25, 60, 115), seed)
    assert siege.killed == 12
    assert sum(customer.retries for customer in siege.customers) >= 12, "the kills hit nobody"


@pytest.mark.model
@pytest.mark.postgres
async def test_three_kills_on_postgresql(tmp_path: Path, own_postgres_url: str) -> None:
    model.ensure()
    seed = random.SystemRandom().randrange(10**6)
    siege = await besiege(tmp_path, free_port(), 3, crowd(6, 12, 22), seed, own_postgres_url)
    assert siege.killed == 3
    assert any(customer.retries for customer in siege.customers), "the kills hit nobody"
