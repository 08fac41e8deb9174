"""One turn at a time in a conversation: inside a process, and between processes through Redis."""

from __future__ import annotations

import asyncio
import os
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from rasa.core.lock_store import LockError

from hotline.runtime.locks import ConversationLocks, LocalLocks, RedisLocks

REDIS = os.environ.get("HOTLINE_TEST_REDIS", "redis://127.0.0.1:6379/9")


async def in_turn(locks: Any, key: str, name: str, log: list[str], seconds: float = 0.02) -> None:
    async with locks.hold(key):
        log.append(f"{name} in")
        await asyncio.sleep(seconds)
        log.append(f"{name} out")


async def test_who_came_first_is_served_first() -> None:
    locks, log = LocalLocks(), []  # type: ignore[var-annotated]
    await asyncio.gather(*(in_turn(locks, "a", str(n), log) for n in range(5)))
    assert log == [f"{n} {way}" for n in range(5) for way in ("in", "out")]


async def test_a_waiting_turn_is_woken_at_once_and_does_not_poll() -> None:
    locks, log = LocalLocks(), []  # type: ignore[var-annotated]
    started = time.perf_counter()
    await asyncio.gather(in_turn(locks, "a", "1", log, 0.05), in_turn(locks, "a", "2", log, 0))
    assert time.perf_counter() - started < 0.4, "Rasa's own store looks once a second"


async def test_conversations_do_not_wait_for_each_other() -> None:
    locks, log = LocalLocks(), []  # type: ignore[var-annotated]
    await asyncio.gather(in_turn(locks, "a", "1", log), in_turn(locks, "b", "2", log))
    assert log[:2] == ["1 in", "2 in"]


async def test_only_so_many_conversations_are_at_work_at_once_and_who_came_first_is_served_first() -> None:
    locks, log, at_work, most = ConversationLocks(redis_url="", seats=2), [], 0, 0  # type: ignore[var-annotated]

    async def turn(name: str) -> None:
        nonlocal at_work, most
        async with locks.lock(name):
            log.append(name)
            at_work += 1
            most = max(most, at_work)
            await asyncio.sleep(0.01)
            at_work -= 1

    await asyncio.gather(*(turn(f"{n}") for n in range(8)))
    assert log == [f"{n}" for n in range(8)]
    assert most == 2


async def test_who_waits_for_the_turn_before_takes_no_seat_from_others() -> None:
    locks = ConversationLocks(redis_url="", seats=2)
    async with locks.lock("a"):
        waiting = [asyncio.create_task(hold_once(locks, "a")) for _ in range(5)]
        await asyncio.sleep(0.01)
        await asyncio.wait_for(hold_once(locks, "b"), 1)
    await asyncio.wait_for(asyncio.gather(*waiting), 1)


async def test_no_seat_in_time_is_an_error_and_a_seat_is_given_back_whatever_happens() -> None:
    locks = ConversationLocks(redis_url="", seats=1)
    async with locks.lock("a"):
        with pytest.raises(LockError, match="too many"):
            await hold_once(locks, "b", patience=0.02)
        gone = asyncio.create_task(hold_once(locks, "c"))
        await asyncio.sleep(0.01)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
    with pytest.raises(KeyError):
        async with locks.lock("d"):
            raise KeyError("the turn failed")
    await asyncio.wait_for(hold_once(locks, "e"), 1)


async def hold_once(locks: ConversationLocks, name: str, patience: float = 10) -> None:
    async with locks.lock(name, patience):
        pass


async def test_nothing_is_kept_of_conversations_that_nobody_waits_for() -> None:
    locks, log = LocalLocks(), []  # type: ignore[var-annotated]
    await asyncio.gather(*(in_turn(locks, str(n), "x", log, 0) for n in range(50)))
    assert len(locks) == locks.waiting() == 0


async def test_patience_ends_with_an_error_and_the_queue_goes_on() -> None:
    locks = LocalLocks()
    async with locks.hold("a"):
        with pytest.raises(LockError):
            async with locks.hold("a", patience=0.05):
                pass
        assert locks.waiting() == 1
    async with locks.hold("a", patience=0.05):
        pass


async def test_a_holder_that_fails_or_is_cancelled_frees_the_conversation() -> None:
    locks = LocalLocks()
    with pytest.raises(RuntimeError):
        async with locks.hold("a"):
            raise RuntimeError
    held = asyncio.create_task(in_turn(locks, "a", "1", [], 10))
    waiting = asyncio.create_task(in_turn(locks, "a", "2", [], 10))
    await asyncio.sleep(0.02)
    waiting.cancel()
    held.cancel()
    await asyncio.gather(held, waiting, return_exceptions=True)
    async with locks.hold("a", patience=0.05):
        pass
    assert len(locks) == 0


async def test_rasas_entrance_uses_them() -> None:
    store = ConversationLocks(redis_url="")
    async with store.lock("a"):
        assert store.waiting() == 1
    assert store.waiting() == 0


@pytest_asyncio.fixture
async def two() -> AsyncIterator[tuple[RedisLocks, RedisLocks, str]]:
    """The locks of two processes, and a conversation of this test."""
    here, there = RedisLocks(REDIS, lease_ms=600), RedisLocks(REDIS, lease_ms=600)
    try:
        await here.ping()
    except Exception as error:
        pytest.skip(f"no Redis at {REDIS}: {type(error).__name__}")
    yield here, there, uuid.uuid4().hex
    await here.close()
    await there.close()


redis = pytest.mark.redis


@redis
async def test_two_processes_never_hold_the_same_conversation(
    two: tuple[RedisLocks, RedisLocks, str],
) -> None:
    here, there, key = two
    inside, most = 0, 0

    async def enter(locks: RedisLocks) -> None:
        nonlocal inside, most
        async with locks.hold(key):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.003)
            inside -= 1

    await asyncio.gather(*(enter(locks) for _ in range(20) for locks in (here, there)))
    assert most == 1


@redis
async def test_the_other_process_is_woken_by_the_release(two: tuple[RedisLocks, RedisLocks, str]) -> None:
    here, there, key = two
    async with here.hold(key):
        waiting = asyncio.create_task(in_turn(there, key, "x", [], 0))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        released = time.perf_counter()
    await waiting
    assert time.perf_counter() - released < 0.4


@redis
async def test_a_long_turn_keeps_its_lease(two: tuple[RedisLocks, RedisLocks, str]) -> None:
    here, there, key = two
    async with here.hold(key):
        await asyncio.sleep(1.0)  # longer than the lease
        with pytest.raises(LockError):
            async with there.hold(key, patience=0.1):
                pass


@redis
async def test_a_dead_process_blocks_for_no_longer_than_its_lease(
    two: tuple[RedisLocks, RedisLocks, str],
) -> None:
    here, there, key = two
    await here._redis.set(f"hotline:lock:{key}", "somebody who was killed", px=300)
    started = time.perf_counter()
    async with there.hold(key):
        assert 0.2 < time.perf_counter() - started < 2


@redis
async def test_who_overslept_does_not_free_the_lock_of_the_next(
    two: tuple[RedisLocks, RedisLocks, str],
) -> None:
    here, there, key = two
    async with here.hold(key):
        await here._redis.set(f"hotline:lock:{key}", "the next one", px=5000)
    assert await there._redis.get(f"hotline:lock:{key}") == b"the next one"
    await here._redis.delete(f"hotline:lock:{key}")


@redis
async def test_a_ring_reaches_the_listeners_of_another_process() -> None:
    from hotline.runtime.bell import Bell

    here, there = Bell(REDIS), Bell(REDIS)
    await there.start()
    try:
        with there.listen("alice") as rung:
            for _ in range(50):  # until the other process has subscribed
                await here.ring("alice")
                if rung.is_set():
                    break
                await asyncio.sleep(0.05)
            assert rung.is_set()
    finally:
        await here.stop()
        await there.stop()


async def test_a_bell_without_its_redis_still_rings_here() -> None:
    from hotline.runtime.bell import Bell

    bell = Bell("redis://127.0.0.1:1/0")
    with bell.listen("alice") as rung:
        await bell.ring("alice")
        assert rung.is_set()
    await bell.stop()
