"""What Rasa's own commands (`rasa run`, `rasa shell`) must not do with our ``endpoints.yml`` unnoticed.

Rasa puts a tracker store in memory in the place of one whose name it cannot find, or of none, with no more than a
warning: conversations would be gone at the next start.
"""

from __future__ import annotations

import inspect
import logging
import sys
from typing import Any


def see_to_the_store_being_loaded() -> None:
    """For the lock store, when Rasa builds it: nothing of ours is there sooner in each of its commands.

    The tracker store was built just before, and only the caller knows it yet.
    """
    from rasa.core.agent import load_agent

    frame = inspect.currentframe()
    while frame is not None and frame.f_code is not load_agent.__code__:
        frame = frame.f_back
    if frame is not None:
        see_to_the_store(frame.f_locals["tracker_store"])


def see_to_the_store(store: Any) -> None:
    """End the process, with one line, when this tracker store of Rasa's is not ours.

    Raises SystemExit: after any Exception Rasa goes on without a model.
    """
    from hotline.runtime.tracker import SnapshotTrackerStore

    store = getattr(store, "_tracker_store", store)  # inside Rasa's wrapper
    if isinstance(store, SnapshotTrackerStore):
        return
    logging.getLogger("sanic.error").disabled = True  # it would add a stack trace
    print(
        f"不能启动：endpoints.yml 里的 tracker_store 没有生效，会用 {type(store).__name__}（重启就全丢）："
        "type 要写 hotline.runtime.tracker.SnapshotTrackerStore",
        file=sys.stderr,
    )
    raise SystemExit(2)
