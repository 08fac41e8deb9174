"""What all tests share: a still clock, and one brain (model, database, actions) for the whole run."""

from __future__ import annotations

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in the server: see hotline/__main__.py
os.environ.setdefault("OMP_NUM_THREADS", "1")

import warnings
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hotline.clock import FrozenClock
from hotline.settings import Settings

if TYPE_CHECKING:
    from hotline.brain import Brain

#: a Tuesday in working hours; the dialogues count days from here
NOW = datetime(2026, 11, 24, 10, 0)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser's tests come last: its driver keeps an event loop in this thread until the end."""
    items.sort(key=lambda item: "tests/web/browser" in str(item.path))


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOW)


@pytest.fixture(scope="session")
def brain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Brain]:
    """The real model (trained when the data changed), real actions, a real database with 5,000 sample numbers."""
    from hotline.runtime import logs, no_tensorflow

    logs.configure()
    no_tensorflow.step_in()
    from hotline import brain as brains
    from hotline import model, services
    from hotline.runtime.limits import Limits

    model.ensure()
    settings = Settings(var=Path(tmp_path_factory.mktemp("var")), sample_numbers=5000, action_seconds=30.0)
    sv = services.build(settings, FrozenClock(NOW))
    sv.database.upgrade()
    services.fill_sample_numbers(sv)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Rasa and its libraries say of themselves while they load
        loaded = brains.load(sv, limits=Limits(sender=None, address=None))
    yield loaded
    services.use(None)
    sv.close()
