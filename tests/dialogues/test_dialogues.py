"""Every conversation in these folders, played against the real model and the real actions."""

from __future__ import annotations

from pathlib import Path

import pytest

from hotline.brain import Brain
from tests.dialogues.runner import HERE, Player, conversations, read

pytestmark = pytest.mark.model


@pytest.mark.parametrize("path", conversations(), ids=lambda path: str(path.relative_to(HERE)))
async def test_conversation(path: Path, brain: Brain) -> None:
    conversation = read(path)
    complaints = await Player(brain).play(conversation)
    assert not complaints, f"\n{conversation['title']}\n" + "\n".join(complaints)
