"""PostgreSQL that answers in time or not at all.

The server's own limits (a statement's, a lock's) come from a server that answers. One that is silent (stopped, or
behind a network that swallows packets) tells nothing, and TCP asks for hours; a driver's thread waits as long. So
psycopg2 waits here instead of in the driver, and a connection that has been silent for too long is closed.
"""

from __future__ import annotations

import select
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
from psycopg2 import extensions

# Below the five seconds that an action has, so that it hears what was wrong before it is given up, and its thread
# comes back. Our statements take milliseconds; the longest, a search over all numbers, less than a second.
LOCK_MS = 3_000
STATEMENT_MS = 4_000
SILENCE_SECONDS = 4.5  # of the server, in the middle of something: later than its own limits
# A transaction that its owner left open (his thread hangs) holds locks; longer than any turn of ours
IDLE_MS = 30_000

#: connecting is waited for as an answer is, below;
#: connections that nobody uses notice by themselves that the other end is gone, within half a minute
KEEPALIVE: dict[str, Any] = {
    "keepalives": 1,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}

_LIMITS = (
    f"SET statement_timeout = {STATEMENT_MS}; SET lock_timeout = {LOCK_MS};"
    f" SET idle_in_transaction_session_timeout = {IDLE_MS}"
)
_NO_LIMITS = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0"

_thread = threading.local()


@contextmanager
def unhurried() -> Iterator[None]:
    """Inside, this thread's statements may take as long as they need (a migration, a large import)."""
    outside = getattr(_thread, "unhurried", False)
    _thread.unhurried = True
    try:
        yield
    finally:
        _thread.unhurried = outside


def begin(run: Any) -> None:
    """What a transaction begins with."""
    if getattr(_thread, "unhurried", False):
        run(_NO_LIMITS)


def prepare(connection: Any, _record: Any) -> None:
    """Give a new connection its limits. By statements: a pooler in between refuses them as options."""
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(_LIMITS)
    connection.autocommit = False


class Impatient(extensions.connection):
    """A connection of ours: the wait callback is everybody's in the process."""


def _wait(connection: Any) -> None:
    """Psycopg2's wait callback. Raises OperationalError; the driver then closes the connection."""
    hurried = isinstance(connection, Impatient) and not getattr(_thread, "unhurried", False)
    limit = SILENCE_SECONDS * 1000 if hurried else None
    while (state := connection.poll()) != extensions.POLL_OK:
        poll = select.poll()
        poll.register(connection.fileno(), select.POLLIN if state == extensions.POLL_READ else select.POLLOUT)
        if not poll.poll(limit):
            raise psycopg2.OperationalError(f"no answer from the server within {SILENCE_SECONDS} s")


extensions.set_wait_callback(_wait)
