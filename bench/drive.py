"""Customers over HTTP: Rasa's REST channel, which both sides have at the same address."""

from __future__ import annotations

import asyncio
import itertools
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bench.conversation import ROUND, Line, long, short, steady

_names = itertools.count(1)


@dataclass
class Timed:
    """Milliseconds by kind of turn, and failures."""

    by_kind: dict[str, list[float]] = field(default_factory=dict)
    in_order: list[float] = field(default_factory=list)
    failures: int = 0

    def add(self, kind: str, ms: float) -> None:
        """One turn."""
        self.by_kind.setdefault(kind, []).append(ms)
        self.in_order.append(ms)


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """p50, p95, p99, the mean, and how many there were."""
    ordered = sorted(values)

    def at(share: float) -> float:
        return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)

    mean = round(statistics.fmean(ordered), 2)
    return {"p50": at(0.50), "p95": at(0.95), "p99": at(0.99), "mean": mean, "turns": len(ordered)}


async def talk(web: aiohttp.ClientSession, url: str, lines: Iterable[Line], timed: Timed) -> None:
    """One conversation from its beginning, each message after the answer to the one before."""
    sender = f"bench-{next(_names)}-{time.time_ns()}"
    for number, line in enumerate(lines):
        started = time.perf_counter()
        body = {"sender": sender, "message": line.text, "message_id": f"{sender}-{number}"}
        async with web.post(url, json=body) as answer:
            replies = await answer.json()
        timed.add(line.kind, (time.perf_counter() - started) * 1000)
        timed.failures += answer.status != 200 or not replies


def session(seconds: float = 600) -> aiohttp.ClientSession:
    """A client without limits of its own."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=seconds)
    )


async def latency(url: str, conversations: int) -> dict[str, Any]:
    """Turns 3 to 20 of one customer at a time."""
    body = Timed()
    async with session() as web:
        for _ in range(conversations):
            timed = Timed()
            await talk(web, url, short(), timed)
            body.failures += timed.failures
            for line, ms in list(zip(short(), timed.in_order, strict=True))[2:]:
                body.add(line.kind, ms)
    return {
        "all": percentiles(body.in_order),
        **{kind: percentiles(values) for kind, values in body.by_kind.items()},
        "failures": body.failures,
    }


async def transcript(url: str, misses: Sequence[str]) -> dict[str, Any]:
    """What is answered to each line of a round and the conversation before it, and how many are `misses`."""
    lines, sender = long(len(short()) + len(ROUND)), f"bench-{next(_names)}-{time.time_ns()}"
    said: list[tuple[str, str]] = []
    async with session() as web:
        for line in lines:
            async with web.post(url, json={"sender": sender, "message": line.text}) as answer:
                texts = [str(reply.get("text") or "") for reply in await answer.json()]
            said.append((line.text, "\n".join(texts)))
    missed = [text for text, told in said if not told or any(miss in told for miss in misses)]
    return {"turns": len(said), "missed": missed, "said": [[text, told[:80]] for text, told in said]}


async def processor(url: str, used: Callable[[], float], conversations: int, late: int) -> dict[str, Any]:
    """Milliseconds of the processor that a turn costs, early and in the ten turns from `late` on.

    Other work on the machine hardly touches this figure. `used`: the seconds that the servers have used so far.
    """
    async with session(7200) as web:
        await talk(web, url, short(), Timed())  # warm
        before = used()
        for _ in range(conversations):
            await talk(web, url, short(), Timed())
        early = (used() - before) / conversations / len(short())
        lines, sender, marks = long(late + 9), f"bench-{next(_names)}-{time.time_ns()}", [used()]
        for number, line in enumerate(lines):
            body = {"sender": sender, "message": line.text, "message_id": f"{sender}-{number}"}
            async with web.post(url, json=body) as answer:
                await answer.read()
            marks.append(used())

    def ten(first: int) -> float:
        return round((marks[first + 9] - marks[first - 1]) * 100, 2)

    start = len(short()) + 1  # the first round that is the same as each later one
    return {"turn_ms": round(early * 1000, 2), "from": {str(at): ten(at) for at in (start, late)}}


async def growth(url: str, turns: int, at: Sequence[int]) -> dict[str, Any]:
    """How long a turn takes late in a conversation: the median of the ten turns that begin at each point, which are the
    same ten at each.
    """
    timed = Timed()
    async with session(7200) as web:
        await talk(web, url, steady(turns + 9), timed)
    points = {
        str(point): round(statistics.median(timed.in_order[point - 1 : point + 9]), 1)
        for point in at
        if point <= turns
    }
    return {"points": points, "curve": [round(ms, 1) for ms in timed.in_order], "failures": timed.failures}


async def throughput(url: str, users: int, seconds: float) -> dict[str, Any]:
    """Turns a second while so many talk at once, each after his answer, without a pause."""
    timed = Timed()
    end = time.perf_counter() + seconds

    async def customer(web: aiohttp.ClientSession) -> None:
        while time.perf_counter() < end:
            sender = f"bench-{next(_names)}-{time.time_ns()}"
            for number, line in enumerate(short()):
                if time.perf_counter() >= end:
                    return
                started = time.perf_counter()
                body = {"sender": sender, "message": line.text, "message_id": f"{sender}-{number}"}
                async with web.post(url, json=body) as answer:
                    replies = await answer.json()
                timed.add(line.kind, (time.perf_counter() - started) * 1000)
                timed.failures += answer.status != 200 or not replies

    started = time.perf_counter()
    async with session() as web:
        await asyncio.gather(*(customer(web) for _ in range(users)))
    taken = time.perf_counter() - started
    return {
        "users": users,
        "turns_per_second": round(len(timed.in_order) / taken, 2),
        **percentiles(timed.in_order),
        "failures": timed.failures,
    }
