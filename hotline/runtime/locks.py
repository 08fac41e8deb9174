"""One turn at a time in a conversation, without polling.

Rasa's own lock stores look once a second whether it is their turn, and the Redis one hands the same ticket to
two workers. Here a waiting turn is woken: by ``asyncio`` in one process, by a Redis list between processes.
The lock keeps the order; that two writers never both win is the business of the conversation's version in the
database (``hotline.store.trackers``), which a holder that overslept its lease cannot pass.
"""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import structlog
from rasa.core.lock import TicketLock
from rasa.core.lock_store import LockError, LockStore

from hotline.runtime.rasa_run import see_to_the_store_being_loaded
from hotline.settings import Settings
from hotline.threads import SEATS

if TYPE_CHECKING:
    from rasa.utils.endpoints import EndpointConfig

log = structlog.get_logger(__name__)

PATIENCE = 60.0  # seconds a turn waits for the ones before it
LEASE_MS = 15_000  # a Redis lock of a dead process is free after this; a living holder renews it
WAKE_MS = 10_000
# Redis answers in a millisecond. A silent one costs a turn no more than this: the order of turns needs it, that
# nothing is lost or doubled does not
CONNECT_SECONDS, ANSWER_SECONDS = 2.0, 3.0
WAIT_SECONDS = 2.0  # for the wake-up, within the time for an answer; then we look again

_RELEASE = """
if redis.call('get', KEYS[1]) == ARGV[1] then
  redis.call('del', KEYS[1])
  redis.call('del', KEYS[2])
  redis.call('rpush', KEYS[2], '1')
  redis.call('pexpire', KEYS[2], ARGV[2])
  return 1
end
return 0
"""
_RENEW = """
if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end
return 0
"""


class _Queue:
    """The lock of one conversation and how many hold or want it."""

    __slots__ = ("lock", "users")

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.users = 0


class LocalLocks:
    """First come, first served inside one process. Keeps nothing about conversations nobody waits for."""

    def __init__(self) -> None:
        self._queues: dict[str, _Queue] = {}

    def __len__(self) -> int:
        return len(self._queues)

    def waiting(self) -> int:
        """Turns that hold a conversation or wait for one."""
        return sum(queue.users for queue in self._queues.values())

    @asynccontextmanager
    async def hold(self, key: str, patience: float = PATIENCE) -> AsyncIterator[None]:
        """Enter when it is our turn. Raises LockError after ``patience`` seconds."""
        queue = self._queues.setdefault(key, _Queue())
        queue.users += 1
        try:
            if queue.lock.locked():
                try:
                    await asyncio.wait_for(queue.lock.acquire(), patience)
                except asyncio.TimeoutError as error:
                    raise LockError(f"the turn before did not end within {patience:.0f} s") from error
            else:
                await queue.lock.acquire()
            try:
                yield
            finally:
                queue.lock.release()
        finally:
            queue.users -= 1
            if not queue.users:
                self._queues.pop(key, None)


class RedisLocks:
    """The same between processes: ``SET NX PX`` with a value of our own, renewed while held, a list to wake."""

    def __init__(self, url: str, lease_ms: int = LEASE_MS) -> None:
        import redis.asyncio

        self._redis: Any = redis.asyncio.Redis.from_url(
            url, socket_timeout=ANSWER_SECONDS, socket_connect_timeout=CONNECT_SECONDS
        )
        self._lease_ms = lease_ms
        self._release = self._redis.register_script(_RELEASE)
        self._renew = self._redis.register_script(_RENEW)
        self._local = LocalLocks()  # one waiter a process is enough for Redis

    def waiting(self) -> int:
        """Turns of this process that hold a conversation or wait for one."""
        return self._local.waiting()

    @asynccontextmanager
    async def hold(self, key: str, patience: float = PATIENCE) -> AsyncIterator[None]:
        """Enter when no process holds ``key``. Raises LockError after ``patience`` seconds."""
        lock, wake, token = f"hotline:lock:{key}", f"hotline:wake:{key}", uuid.uuid4().hex
        async with self._local.hold(key, patience):
            await self._acquire(lock, wake, token, patience)
            renewal = asyncio.create_task(self._keep(lock, token))
            try:
                yield
            finally:
                renewal.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await renewal
                await asyncio.shield(self._let_go(lock, wake, token))

    async def _let_go(self, lock: str, wake: str, token: str) -> None:
        """Never raises: what was committed meanwhile is true. Unreleased, the lock is free when its lease ends."""
        for last in (False, True):  # a connection that was cut is a new one the second time
            try:
                await self._release(keys=[lock, wake], args=[token, WAKE_MS])
                return
            except Exception as error:
                if last or "Timeout" in type(error).__name__:
                    log.warning("lock.not_released", lock=lock, error=type(error).__name__)
                    return

    async def _acquire(self, lock: str, wake: str, token: str, patience: float) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + patience
        while not await self._redis.set(lock, token, nx=True, px=self._lease_ms):
            left = deadline - loop.time()
            if left <= 0:
                raise LockError(f"the turn before did not end within {patience:.0f} s")
            # woken by the release, or when the lease of a dead holder has run out
            lease = max(await self._redis.pttl(lock), 50) / 1000
            await self._redis.blpop([wake], timeout=min(left, lease, WAIT_SECONDS))

    async def _keep(self, lock: str, token: str) -> None:
        while True:
            await asyncio.sleep(self._lease_ms / 3000)
            try:
                if not await self._renew(keys=[lock], args=[token, self._lease_ms]):
                    log.warning("lock.lost", lock=lock)
                    return
            except Exception as error:
                log.warning("lock.renewal_failed", lock=lock, error=type(error).__name__)

    async def ping(self) -> None:
        """Raises when Redis does not answer."""
        await self._redis.ping()

    async def close(self) -> None:
        """Give the connections back."""
        await self._redis.close(close_connection_pool=True)


class ConversationLocks(LockStore):
    """What ``endpoints.yml`` names as lock store: Redis when HOTLINE_REDIS_URL is set, else this process.

    Whose turn it is also needs one of the process's seats. Hundreds of customers at once are served in the order in
    which they came, a few at a time, each quickly; together they would all be slow, and the time limits of turns and
    actions would count the waiting for others.
    """

    def __init__(
        self,
        endpoint_config: EndpointConfig | None = None,
        redis_url: str | None = None,
        seats: int = SEATS,
    ) -> None:
        if endpoint_config is not None:
            see_to_the_store_being_loaded()
        url = redis_url if redis_url is not None else getattr(endpoint_config, "url", None)
        url = Settings.from_env().redis_url if url is None else url
        self.backend: LocalLocks | RedisLocks = RedisLocks(url) if url else LocalLocks()
        self._seats = asyncio.Semaphore(seats)

    def waiting(self) -> int:
        """Turns that hold a conversation or wait for one."""
        return self.backend.waiting()

    async def close(self) -> None:
        """Give connections back, if there are any."""
        if isinstance(self.backend, RedisLocks):
            await self.backend.close()

    @asynccontextmanager
    async def lock(
        self,
        conversation_id: str,
        lock_lifetime: float = PATIENCE,
        wait_time_in_seconds: float = 0,
    ) -> AsyncGenerator[TicketLock, None]:
        """Rasa's entrance. ``lock_lifetime`` is how long we wait for the turn before, and then for a seat, until
        LockError; ``wait_time_in_seconds`` has no use here.
        """
        async with self.backend.hold(conversation_id, lock_lifetime), self._seat(lock_lifetime):
            yield TicketLock(conversation_id)

    @asynccontextmanager
    async def _seat(self, patience: float) -> AsyncIterator[None]:
        if self._seats.locked():
            try:
                await asyncio.wait_for(self._seats.acquire(), patience)
            except asyncio.TimeoutError as error:
                raise LockError(
                    f"too many conversations: no seat was free within {patience:.0f} s"
                ) from error
        else:
            await self._seats.acquire()
        try:
            yield
        finally:
            self._seats.release()
