"""Threads that hang: they harm nobody but those who wait for them, they are told, and they are forgotten when back."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
import tiny_actions
from conftest import House
from sanic import Sanic

from hotline.channels import operations
from hotline.datafile import ROOT
from hotline.runtime import turns
from hotline.services import build as build_services
from hotline.settings import Settings
from hotline.store import database
from hotline.store.journal import Journal
from hotline.threads import POOLS, NoThread, Pool

Build = Callable[..., House]


@pytest.fixture
def hang() -> Iterator[threading.Event]:
    """What hangs until this is set."""
    made = threading.Event()
    yield made
    made.set()


async def given_up(pool: Pool, work: Callable[[], Any]) -> None:
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(pool.run(work), 0.05)


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(200):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never came true")


async def test_a_pool_is_used_up_by_threads_that_hang_and_recovers_when_they_come_back(
    hang: threading.Event,
) -> None:
    pool = Pool("test", threads=3, spare=2)
    await given_up(pool, hang.wait)
    assert pool.hanging == 1 and not pool.used_up
    await given_up(pool, hang.wait)
    assert pool.used_up
    assert await pool.run(lambda: 7) == 7, "who is at work already still has a thread"
    hang.set()
    await until(lambda: not pool.hanging)
    assert not pool.used_up


async def test_work_that_no_thread_has_begun_is_taken_back(hang: threading.Event) -> None:
    pool, done = Pool("test", threads=1), []  # type: ignore[var-annotated]
    await given_up(pool, hang.wait)
    await given_up(pool, lambda: done.append("late"))
    assert pool.hanging == 1
    hang.set()
    assert await pool.run(lambda: done) == []


async def test_errors_and_the_context_travel(hang: threading.Event) -> None:
    def fail() -> None:
        raise KeyError("x")

    pool = Pool("test", threads=1)
    with pytest.raises(KeyError):
        await pool.run(fail)
    assert await pool.run(lambda: 1) == 1


def test_a_thread_that_hangs_does_not_keep_the_process_from_ending() -> None:
    code = (
        "import asyncio, threading\nfrom hotline.threads import Pool\n"
        "async def main():\n"
        "    try: await asyncio.wait_for(Pool('x', 1).run(threading.Event().wait), 0.05)\n"
        "    except asyncio.TimeoutError: print('given up')\n"
        "asyncio.run(main())"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, timeout=60)
    assert ended.stdout == b"given up\n"


async def test_while_too_many_actions_hang_new_messages_are_told_at_once_and_nothing_is_kept(
    build: Build, journal: Journal, monkeypatch: pytest.MonkeyPatch, hang: threading.Event, tmp_path: Path
) -> None:
    actions = Pool("actions", threads=4, spare=2)
    for module in (turns, operations, tiny_actions):
        monkeypatch.setattr(module, "ACTIONS", actions, raising=False)
    monkeypatch.setattr(
        tiny_actions.ActionDawdle, "run", lambda self, dispatcher, tracker, domain: actions.run(hang.wait)
    )
    house = build(journal, seconds=0.1)
    for who in ("alice", "bob"):
        await house.say("慢", who)
    assert actions.used_up
    assert await house.texts("你好", "carol", client_id="c1") == ["系统繁忙"]
    assert journal.history("carol") == []
    services = build_services(Settings(var=tmp_path / "var"))
    services.database.upgrade()
    health = operations.Health(services)
    health.runner = house.runner
    assert set(await health.reasons()) == {"actions"}
    await health.recount()
    from hotline.runtime import metrics

    assert b'hotline_turns_total{channel="web",outcome="refused"}' in metrics.render()
    hang.set()
    await until(lambda: not actions.used_up)
    assert await house.texts("你好", "carol", client_id="c1") == ["您好"]
    services.close()


async def test_health_says_which_part_is_wrong_in_about_a_second_whatever_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hang: threading.Event
) -> None:
    monkeypatch.setattr(Sanic, "test_mode", True)
    services = build_services(Settings(var=tmp_path))
    services.database.upgrade()
    health = operations.Health(services)
    health.runner = SimpleNamespace(agent=SimpleNamespace(lock_store=None))  # type: ignore[assignment]
    monkeypatch.setattr(health, "_ask_database", hang.wait)
    app = Sanic("health", configure_logging=False)
    app.blueprint(operations.blueprint(health))
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    server = await app.create_server(sock=listening, return_asyncio_server=True)
    assert server is not None
    await server.startup()
    loop = asyncio.get_running_loop()
    async with aiohttp.ClientSession() as web:
        for _ in range(5):  # each later one would need another thread
            health._last = (-1e9, {})
            started = loop.time()
            async with web.get(f"http://127.0.0.1:{port}/health") as answer:
                assert answer.status == 200
                assert set((await answer.json())["reasons"]) == {"database"}
            assert loop.time() - started < 3
        hang.set()
        health._last = (-1e9, {})
        async with web.get(f"http://127.0.0.1:{port}/health/ready") as answer:
            assert answer.status == 200
    await server.close()
    services.close()


async def test_work_that_takes_too_long_is_given_up_and_the_thread_counts_as_hanging(
    hang: threading.Event,
) -> None:
    pool = Pool("test", threads=2, spare=1)
    with pytest.raises(asyncio.TimeoutError):
        await pool.run(hang.wait, seconds=0.05)
    assert pool.used_up
    assert await pool.run(lambda: "in time", seconds=5) == "in time"
    hang.set()
    await until(lambda: not pool.hanging)


async def test_who_has_a_reason_is_waited_for_once_more_and_no_longer(hang: threading.Event) -> None:
    pool, asked = Pool("test", threads=2), []

    def longer() -> bool:
        asked.append(True)
        return True

    slow = threading.Timer(0.15, hang.set)
    slow.start()
    assert await pool.run(hang.wait, seconds=0.1, longer=longer) is True
    assert asked == [True]
    hang.clear()
    with pytest.raises(asyncio.TimeoutError):
        await pool.run(hang.wait, seconds=0.05, longer=longer)
    assert asked == [True, True] and pool.hanging == 1


async def test_the_loop_may_be_gone_when_a_thread_comes_back(hang: threading.Event) -> None:
    pool, over = Pool("test", threads=1), threading.Event()

    def work() -> None:
        hang.wait()
        over.set()

    def another_loop() -> None:
        with pytest.raises(asyncio.TimeoutError):
            asyncio.run(pool.run(work, seconds=0.05))

    await asyncio.to_thread(another_loop)
    hang.set()
    assert await asyncio.to_thread(over.wait, 5)
    assert await pool.run(lambda: "it goes on") == "it goes on"
    assert not pool.hanging


def test_the_manual_says_how_many_threads_there_are() -> None:
    manual = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    sizes = "日志库 {}、动作 {}、渠道 {}、健康检查 {}".format(*(pool.threads for pool in POOLS))
    assert sizes in manual
    most = database.POOL["pool_size"] + database.POOL["max_overflow"]
    assert f"最多 {most} 个" in manual


async def test_a_thread_that_cannot_be_started_is_missed_only_as_long_as_that_lasts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pool, done = Pool("test", threads=2), []  # type: ignore[var-annotated]
    with monkeypatch.context() as patched:

        def refuse(_: threading.Thread) -> None:
            raise RuntimeError("can't start new thread")

        patched.setattr(threading.Thread, "start", refuse)
        for _ in range(3):
            with pytest.raises(NoThread):
                await pool.run(lambda: done.append("though its caller heard an error"))
    assert await pool.run(lambda: "goes on") == "goes on"
    assert await asyncio.gather(*(pool.run(lambda: 1) for _ in range(5))) == [1] * 5
    assert not done
