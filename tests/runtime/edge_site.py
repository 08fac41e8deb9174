"""A server behind our HTTP edge on a real port, and bare requests to it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sanic import Sanic, response
from sanic.request import Request

from hotline.channels import operations
from hotline.clock import FrozenClock
from hotline.runtime import edge
from hotline.runtime.phrases import Phrases
from hotline.services import Services, build
from hotline.settings import Settings

UPLOAD = 512 * 1024
LONG = 20  # tenths of a second: several times the deadlines below


@dataclass
class Site:
    """A server with one small route, one for uploads, one that fails, and the operators' routes."""

    app: Sanic
    url: str
    port: int
    health: operations.Health
    services: Services
    web: aiohttp.ClientSession

    async def post(self, path: str, size: int) -> tuple[int, dict[str, Any]]:
        async with self.web.post(self.url + path, data=b"x" * size) as answer:
            return answer.status, await answer.json()


class Stub:
    """A runner for the health checks: three messages wait."""

    class agent:
        lock_store = None

    @staticmethod
    def waiting() -> int:
        return 3


@contextlib.asynccontextmanager
async def serving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **given: Any) -> AsyncIterator[Site]:
    """Serve, with deadlines of tenths of a second. `given`: settings."""
    monkeypatch.setattr(edge, "HEADER_SECONDS", 0.6)
    monkeypatch.setattr(edge, "BODY_SECONDS", 0.4)
    Sanic.test_mode = True
    app = Sanic(f"edge{uuid.uuid4().hex}", configure_logging=False)
    settings = Settings(var=tmp_path, **given)
    services = build(settings, FrozenClock(datetime(2026, 11, 24, 10, 0)))
    services.database.upgrade()
    health = operations.Health(services)
    edge.guard(app, Phrases.from_file(), most_bytes=UPLOAD)
    app.blueprint(operations.blueprint(health))

    @app.post("/small")
    async def small(request: Request) -> Any:
        return response.json({"got": len(request.body)})

    @app.post("/upload", ctx_most_bytes=UPLOAD)
    async def upload(request: Request) -> Any:
        return response.json({"got": len(request.body)})

    @app.get("/plain")
    async def plain(_: Request) -> Any:
        return response.json({"got": "nothing"})

    @app.get("/events")
    async def events(request: Request) -> None:
        answer = await request.respond(content_type="text/event-stream")
        for number in range(LONG):
            await asyncio.sleep(0.1)
            await answer.send(f"data: {number}\n\n")
        await answer.eof()

    @app.websocket("/socket")
    async def socket_(_: Request, ws: Any) -> None:
        while (heard := await ws.recv()) is not None:
            await ws.send(heard)

    @app.get("/broken")
    async def broken(_: Request) -> Any:
        raise RuntimeError("secret detail 13800138000")

    @app.get("/broken/<name>")
    async def broken_of(_: Request, name: str) -> Any:
        raise RuntimeError("broken")

    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = await app.create_server(
        sock=listening, return_asyncio_server=True, protocol=edge.Protocol, access_log=False
    )
    await server.startup()
    app.config.REQUEST_TIMEOUT = 1
    port = listening.getsockname()[1]
    async with aiohttp.ClientSession() as web:
        yield Site(app, f"http://127.0.0.1:{port}", port, health, services, web)
    await server.close()
    services.close()


async def raw(site: Site, *pieces: bytes, pause: float) -> bytes:
    """What the server answers to pieces sent with pauses, until it closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)

    async def heard() -> bytes:
        found = b""
        with contextlib.suppress(ConnectionResetError):  # it closed while we were still sending
            while more := await reader.read(65536):
                found += more
        return found

    answer = asyncio.create_task(heard())
    for piece in pieces:
        if answer.done():
            break
        writer.write(piece)
        await asyncio.sleep(pause)
    found = await asyncio.wait_for(answer, 5)
    writer.close()
    return found


def head(line: str, *more: str) -> bytes:
    return "\r\n".join([f"{line} HTTP/1.1", "host: x", *more, "", ""]).encode()


BODY, CHUNKS = "content-length: 1000", "transfer-encoding: chunked"
UPGRADE = (
    "upgrade: websocket",
    "connection: upgrade",
    "sec-websocket-version: 13",
    "sec-websocket-key: eA==",
)
