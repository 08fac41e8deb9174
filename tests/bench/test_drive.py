"""What is measured is what was used: against a server whose costs are known."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator

import pytest_asyncio
from aiohttp import web

from bench import drive


class Server:
    """Each turn costs 10 ms, from a conversation's 31st on 30 ms."""

    def __init__(self) -> None:
        self.turns: Counter[str] = Counter()
        self.used = 0.0
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        message = await request.json()
        self.turns[message["sender"]] += 1
        self.used += 0.03 if self.turns[message["sender"]] >= 31 else 0.01
        text = "没懂" if message["message"] == "怎么收费" else "好"
        return web.json_response([] if message["message"] == "杭州" else [{"text": text}])


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Server]:
    made, app = Server(), web.Application()
    app.router.add_post("/", made.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield made
    await runner.cleanup()


async def test_what_a_turn_costs_early_and_late(server: Server) -> None:
    found = await drive.processor(server.url, lambda: server.used, 2, 31)
    assert found == {"turn_ms": 10.0, "from": {"21": 10.0, "31": 30.0}}
    assert sorted(server.turns.values()) == [20, 20, 20, 40], "one to warm up, two, and the long one"


async def test_what_was_not_understood_and_what_got_no_answer_is_told(server: Server) -> None:
    found = await drive.transcript(server.url, ["没懂"])
    assert found["turns"] == 30
    assert found["missed"] == ["杭州", "怎么收费"]
