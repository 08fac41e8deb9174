"""Rasa with our stores, locks and actions, and the turn runner over it: what every channel and every test talks to."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rasa.core.agent import Agent

from hotline import model, services
from hotline.runtime import unit
from hotline.runtime.actions import InProcessActions, install
from hotline.runtime.bell import Bell
from hotline.runtime.limits import Limits, Rate
from hotline.runtime.loading import trusting
from hotline.runtime.locks import ConversationLocks
from hotline.runtime.phrases import Phrases
from hotline.runtime.processor import QuickAgent
from hotline.runtime.tokens import Tokens
from hotline.runtime.tracker import SnapshotTrackerStore
from hotline.runtime.turns import TurnRunner
from hotline.services import Services
from hotline.settings import Settings
from hotline.store.erasure import SqlErasure
from hotline.store.journal import Journal


@dataclass
class Brain:
    """One loaded model over one database."""

    services: Services
    agent: Agent
    journal: Journal
    runner: TurnRunner


def load(sv: Services, model_path: Path = model.MODEL, limits: Limits | None = None) -> Brain:
    """Load the model and put it to work over these services (made the ones of this process)."""
    services.use(sv)
    log = sv.conversation_log
    sv.conversation_eraser.postpone = unit.forget_at_commit
    settings = sv.settings
    with trusting():
        agent = QuickAgent.load(
            str(model_path),
            tracker_store=SnapshotTrackerStore(log=log),
            lock_store=ConversationLocks(redis_url=settings.redis_url),
        )
    agent.processor.readings.most = settings.readings_kept
    install(agent, InProcessActions(seconds=settings.action_seconds))
    journal = Journal(log, now=lambda: sv.clock.now().timestamp())
    runner = TurnRunner(
        agent,
        journal,
        Tokens(sv.token_key, journal.button),
        Phrases.from_file(),
        limits or _limits(settings),
        Bell(settings.redis_url),
        kinds=sv.wording.personal_numbers,
        held=sv.handoffs.held,
        recent_seconds=settings.recover_minutes * 60,
    )
    return Brain(sv, agent, journal, runner)


async def rehearse(loaded: Brain, texts: Iterable[str]) -> None:
    """Answer some messages to nobody, so that what is loaded at first use is loaded; leaves no trace."""
    names = await loaded.runner.rehearse(texts)
    erasure = SqlErasure(loaded.services.database)
    for name in names:  # the actions opened an empty draft
        await asyncio.to_thread(erasure.erase, await asyncio.to_thread(erasure.subject, name))


def _limits(settings: Settings) -> Limits:
    return Limits(
        settings.message_limit,
        Rate(settings.sender_burst, settings.sender_per_minute) if settings.sender_burst else None,
        Rate(settings.address_burst, settings.address_per_minute) if settings.address_burst else None,
    )
