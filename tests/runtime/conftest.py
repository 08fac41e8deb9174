"""A tiny Rasa model of our own, trained once and kept by the digest of its files, and whatever runs it."""

from __future__ import annotations

import copy
import hashlib
import itertools
import logging
import os
import subprocess
import sys
import uuid
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import structlog
from sqlalchemy import create_engine, text

from hotline.datafile import ROOT
from hotline.runtime.no_tensorflow import step_in

step_in(ROOT / "config.yml")
os.environ["RASA_TELEMETRY_ENABLED"] = "false"
HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import edge_site  # noqa: E402
import tiny_actions  # noqa: E402
from rasa.core.tracker_store import InMemoryTrackerStore  # noqa: E402

from hotline.runtime.actions import InProcessActions, install  # noqa: E402
from hotline.runtime.limits import Limits  # noqa: E402
from hotline.runtime.locks import ConversationLocks  # noqa: E402
from hotline.runtime.phrases import Phrases  # noqa: E402
from hotline.runtime.processor import QuickAgent  # noqa: E402
from hotline.runtime.tokens import Tokens  # noqa: E402
from hotline.runtime.tracker import SnapshotTrackerStore  # noqa: E402
from hotline.runtime.turns import TurnRunner  # noqa: E402
from hotline.store.crypto import Vault  # noqa: E402
from hotline.store.database import Database  # noqa: E402
from hotline.store.journal import Journal, Outgoing  # noqa: E402
from hotline.store.trackers import TrackerLog  # noqa: E402

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
POSTGRES = "postgresql+psycopg2://postgres@127.0.0.1"
KEY = b"k" * 32

_TRAIN = """
import sys
sys.path.insert(0, {root!r})
from hotline.runtime.no_tensorflow import step_in
step_in()
import warnings
warnings.simplefilter("ignore")
from rasa.model_training import train
done = train("domain.yml", "config.yml", ["data"], output={out!r}, fixed_model_name="tiny", force_training=True)
sys.exit(done.code)
"""


@pytest.fixture(scope="session")
def tiny_model(request: pytest.FixtureRequest) -> Path:
    """The trained model; about ten seconds when its files have changed, else none."""
    files = sorted((HERE / "tiny").rglob("*.yml"))
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]
    folder = Path(str(request.config.cache.mkdir(f"tiny-model-{digest}")))
    model = folder / "tiny.tar.gz"
    if not model.exists():
        code = _TRAIN.format(root=str(ROOT), out=str(folder))
        env = {**os.environ, "RASA_CACHE_DIRECTORY": str(folder / "cache")}
        subprocess.run(
            [sys.executable, "-c", code], cwd=HERE / "tiny", env=env, check=True, capture_output=True
        )
    return model


def sqlite(folder: Path) -> Database:
    database = Database(f"sqlite:///{folder / 'test.db'}", Vault(KEY))
    database.upgrade()
    return database


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL database of this session; skips where there is no server."""
    with _postgres() as url:
        yield url


@pytest.fixture
def own_postgres_url() -> Iterator[str]:
    """One for a single test, which may close it with a key of its own."""
    with _postgres() as url:
        yield url


@contextmanager
def _postgres() -> Iterator[str]:
    admin = create_engine(f"{POSTGRES}/test", isolation_level="AUTOCOMMIT", future=True)
    name = f"runtime_{uuid.uuid4().hex[:12]}"
    try:
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
    except Exception as error:
        pytest.skip(f"no PostgreSQL at 127.0.0.1: {type(error).__name__}")
    yield f"{POSTGRES}/{name}"
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A migrated database, on both kinds of server."""
    if request.param == "sqlite":
        made = sqlite(tmp_path)
    else:
        made = Database(request.getfixturevalue("postgres_url"), Vault(KEY))
        made.upgrade()
        with made.engine.begin() as connection:
            for table in ("conversation", "chunk", "inbox", "outbox", "button"):
                connection.execute(text(f"TRUNCATE runtime_{table}"))
    yield made
    made.close()


@pytest.fixture
def journal(database: Database) -> Journal:
    return Journal(TrackerLog(database, Vault(KEY)))


@dataclass
class House:
    """A process: model, stores and runner. Two houses on one database are two processes."""

    runner: TurnRunner
    journal: Journal
    store: SnapshotTrackerStore
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    async def say(
        self, message: str, who: str = "alice", client_id: str | None = None, channel: str = "web"
    ) -> list[Outgoing]:
        return await self.runner.handle(
            who, client_id or f"m{next(self.ids)}-{uuid.uuid4().hex}", message, channel
        )

    async def texts(self, message: str, who: str = "alice", **more: Any) -> list[str]:
        return [reply.payload["text"] for reply in await self.say(message, who, **more)]

    async def slot(self, name: str, who: str = "alice") -> Any:
        tracker = await self.store.retrieve(who)
        assert tracker is not None
        self.store.keep_in_memory(tracker)
        return tracker.get_slot(name)


@pytest.fixture(scope="session")
def loaded(tiny_model: Path) -> QuickAgent:
    """The model, loaded once; each house takes a shallow copy with stores of its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Rasa warns when it reads the domain that it wrote itself
        return QuickAgent.load(tiny_model)


@pytest.fixture
def build(loaded: QuickAgent) -> Callable[..., House]:
    """Build a house on a journal. `keep`, `most`, `cached` go to the tracker store."""

    def make(journal: Journal, limits: Limits | None = None, seconds: float = 1.0, **store: int) -> House:
        actions = InProcessActions(None, seconds, tiny_actions.executor())
        trackers = SnapshotTrackerStore(log=journal.log, **store)
        agent = copy.copy(loaded)
        agent.processor = copy.copy(loaded.processor)
        agent.tracker_store, trackers.domain = trackers, agent.domain
        agent.lock_store = ConversationLocks(redis_url="")
        install(agent, actions)
        tokens = Tokens(b"secret", journal.button)
        phrases = Phrases(agent.domain.responses)
        runner = TurnRunner(agent, journal, tokens, phrases, limits or Limits(2000, None, None))
        return House(runner, journal, trackers)

    return make


@pytest.fixture
def house(build: Callable[..., House], journal: Journal) -> House:
    tiny_actions.TURNS.clear()
    return build(journal)


@pytest.fixture(scope="module")
def stock_agent(tiny_model: Path) -> Any:
    """The same model on Rasa's own processor, policy and in-memory store: what we are measured against."""
    from rasa.core.agent import Agent

    actions = InProcessActions(None, 1.0, tiny_actions.executor())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        agent = Agent.load(tiny_model, tracker_store=InMemoryTrackerStore(None), action_endpoint=actions)
    install(agent, actions)
    return agent


@pytest_asyncio.fixture
async def site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> AsyncIterator[edge_site.Site]:
    """A server behind our HTTP edge; a parameter gives it settings."""
    async with edge_site.serving(tmp_path, monkeypatch, **getattr(request, "param", {})) as served:
        yield served
