"""Wakes who waits for a conversation's next message: in this process, and through Redis in the others."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import structlog

from hotline.runtime import metrics
from hotline.runtime.locks import ANSWER_SECONDS, CONNECT_SECONDS

log = structlog.get_logger(__name__)
CHANNEL = "hotline:bell"
QUIET_SECONDS = 10.0  # without a ring from elsewhere we ask whether the line is still there


class Deaf(ConnectionError):
    """The line to Redis is open and nothing comes through it."""


class Bell:
    """`ring` after a commit; listeners then ask the journal what is new. A lost ring only delays."""

    def __init__(self, redis_url: str = "") -> None:
        self._listeners: dict[str, set[asyncio.Event]] = {}
        self._redis: Any = None
        self._task: asyncio.Task[None] | None = None
        if redis_url:
            import redis.asyncio

            # waiting for rings has its own limits (`_messages`); these are for connecting and for what we send
            self._redis = redis.asyncio.Redis.from_url(
                redis_url, socket_timeout=ANSWER_SECONDS, socket_connect_timeout=CONNECT_SECONDS
            )
            # who rings has just answered somebody: a silent Redis must not keep him (a lost ring only delays)
            self._ringing = redis.asyncio.Redis.from_url(
                redis_url, socket_timeout=ANSWER_SECONDS, socket_connect_timeout=CONNECT_SECONDS
            )

    @contextmanager
    def listen(self, conversation_id: str) -> Iterator[asyncio.Event]:
        """An event that is set at each ring; clear it before you look."""
        event = asyncio.Event()
        self._listeners.setdefault(conversation_id, set()).add(event)
        metrics.SUBSCRIBERS.inc()
        try:
            yield event
        finally:
            metrics.SUBSCRIBERS.dec()
            mine = self._listeners[conversation_id]
            mine.discard(event)
            if not mine:
                del self._listeners[conversation_id]

    async def ring(self, conversation_id: str) -> None:
        """Wake the listeners of a conversation, here and in other processes. Never raises."""
        self._wake(conversation_id)
        if self._redis is not None:
            try:
                await self._ringing.publish(CHANNEL, conversation_id)
            except Exception as error:
                metrics.ERRORS.labels("bell").inc()
                log.warning("bell.publish_failed", error=type(error).__name__)

    def _wake(self, conversation_id: str) -> None:
        for event in self._listeners.get(conversation_id, ()):
            event.set()

    async def start(self) -> None:
        """Hear the other processes' rings. Nothing to do without Redis."""
        if self._redis is not None and self._task is None:
            self._task = asyncio.create_task(self._hear())

    async def _hear(self) -> None:
        lost = False
        while True:
            try:
                async with self._redis.pubsub() as pubsub:
                    await pubsub.subscribe(CHANNEL)
                    async for message in self._messages(pubsub):
                        if message["type"] == "message":
                            self._wake(message["data"].decode())
                        elif message["type"] == "subscribe" and lost:
                            lost = False
                            log.warning("bell.connection_back")
                            for conversation_id in list(self._listeners):  # what rang meanwhile was not heard
                                self._wake(conversation_id)
            except asyncio.CancelledError:
                raise
            except Exception as error:
                lost = True
                metrics.ERRORS.labels("bell").inc()
                log.warning("bell.connection_lost", error=type(error).__name__)
                await asyncio.sleep(1)

    async def _messages(self, pubsub: Any) -> AsyncIterator[dict[str, Any]]:
        """What comes. Raises Deaf when not even an answer does: a network that swallows packets closes no connection,
        and who only listens sends nothing that TCP could miss an answer to."""
        asked = False
        while True:
            message = await pubsub.get_message(timeout=ANSWER_SECONDS if asked else QUIET_SECONDS)
            if message is not None:
                asked = False
                yield message
            elif asked:
                raise Deaf
            else:
                await pubsub.ping()
                asked = True

    async def stop(self) -> None:
        """Stop hearing and give the connection back."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        if self._redis is not None:
            await self._redis.close(close_connection_pool=True)
            await self._ringing.close(close_connection_pool=True)
