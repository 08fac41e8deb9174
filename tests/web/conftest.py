"""The web channel over the real model, on a port of its own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
import websockets.legacy.client as websockets
from rasa.core.channels.channel import register
from sanic import Sanic

from hotline.brain import Brain
from hotline.channels import web, web_pages

Frame = dict[str, Any]


@dataclass
class Socket:
    """A client of the socket that keeps what it heard."""

    raw: Any
    heard: list[Frame] = field(default_factory=list)

    async def send(self, **frame: Any) -> None:
        await self.raw.send(json.dumps(frame))

    async def until(self, wanted: Callable[[Frame], bool], seconds: float = 20.0) -> Frame:
        """The next frame that is wanted; those before it are kept in `heard`."""
        while True:
            frame: Frame = json.loads(await asyncio.wait_for(self.raw.recv(), seconds))
            self.heard.append(frame)
            if wanted(frame):
                return frame

    async def kind(self, name: str) -> Frame:
        return await self.until(lambda frame: frame["t"] == name)

    async def say(self, text: str, **more: Any) -> list[Frame]:
        """Send a message; everything heard until its turn is done."""
        start, identity = len(self.heard), more.pop("id", uuid.uuid4().hex)
        await self.send(t="say", id=identity, text=text, **more)
        await self.until(lambda f: f["t"] in ("done", "refused") and f["id"] == identity)
        await self.settle()
        return self.heard[start:]

    async def settle(self) -> None:
        """Read what else is on its way."""
        with contextlib.suppress(asyncio.TimeoutError):
            while True:
                await self.until(lambda _: True, 0.3)

    def lines(self, author: str = "bot") -> list[Frame]:
        return [f for f in self.heard if f["t"] == "line" and f["from"] == author]


@dataclass
class Site:
    """The running server and how to reach it."""

    base: str
    brain: Brain
    http: aiohttp.ClientSession
    open_sockets: list[Any] = field(default_factory=list)

    async def token(self) -> str:
        async with self.http.post(f"{self.base}/webhooks/web/session") as answer:
            return str((await answer.json())["token"])

    async def frame(self, token: str, **frame: Any) -> list[Frame]:
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{self.base}/webhooks/web/frames"
        async with self.http.post(url, json=frame, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            return list((await answer.json())["frames"])

    async def news(self, token: str, after: int = 0, wait: float = 1.0) -> list[Frame]:
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{self.base}/webhooks/web/news?after={after}&wait={wait}"
        async with self.http.get(url, headers=headers) as answer:
            return list((await answer.json())["frames"])

    async def knock(self, **more: Any) -> Any:
        """A bare connection to the socket."""
        raw = await websockets.connect(self.base.replace("http", "ws") + "/webhooks/web/socket", **more)
        self.open_sockets.append(raw)
        return raw

    async def connect(self, token: str, after: int = 0, asked: int = 0, **more: Any) -> Socket:
        socket = Socket(await self.knock(**more))
        await socket.send(t="hello", token=token, after=after, asked=asked)
        await socket.kind("ready")
        return socket


Start = Callable[[], Awaitable[Site]]


@pytest.fixture
async def site(brain: Brain, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    """A server with the web channel; pages of https://shop.example may embed it."""
    monkeypatch.setattr(Sanic, "test_mode", True)  # several servers one after the other in a process
    app = Sanic(f"web_{uuid.uuid4().hex}", configure_logging=False)
    app.config.WEBSOCKET_MAX_SIZE = web.FRAME_LIMIT
    app.config.REQUEST_MAX_SIZE = web.UPLOAD_LIMIT
    register(
        [web.WebInput(lambda: (brain.runner, brain.services), "https://shop.example")], app, "/webhooks/"
    )
    pages = web_pages.Pages()
    app.blueprint(web_pages.blueprint(pages))
    app.register_middleware(web_pages.root(pages), "request")
    server = await app.create_server(host="127.0.0.1", port=0, return_asyncio_server=True)
    assert server is not None
    await server.startup()
    port = server.server.sockets[0].getsockname()[1]
    async with aiohttp.ClientSession() as http:
        made = Site(f"http://127.0.0.1:{port}", brain, http)
        yield made
        for raw in made.open_sockets:
            await raw.close()
    server.close()
    await server.wait_closed()
