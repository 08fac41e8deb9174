"""The development channel on both databases: what the journal cannot keep is refused, and told so."""

from __future__ import annotations

import socket
import uuid
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from conftest import House
from sanic import Sanic

from hotline.channels.rest import RestInput
from hotline.channels.web_frames import own_id
from hotline.runtime import edge
from hotline.runtime.phrases import Phrases


@pytest_asyncio.fixture
async def url(house: House) -> AsyncIterator[str]:
    Sanic.test_mode = True
    app = Sanic(f"rest{uuid.uuid4().hex}", configure_logging=False)
    edge.guard(app, Phrases.from_file(), most_bytes=edge.SMALL)
    app.blueprint(RestInput(lambda: house.runner).blueprint(None))  # type: ignore[arg-type]
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = await app.create_server(
        sock=listening, return_asyncio_server=True, protocol=edge.Protocol, access_log=False
    )
    await server.startup()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/webhook"
    await server.close()


async def post(url: str, **body: object) -> tuple[int, str]:
    """The status, and what is said."""
    async with aiohttp.ClientSession() as web, web.post(url, json={"message": "你好", **body}) as answer:
        told = await answer.json()
    return answer.status, told["message"] if isinstance(told, dict) else told[0]["text"]


@pytest.mark.parametrize("name", ["sender", "message_id"])
@pytest.mark.parametrize(
    "value",
    ["a\0b", "\0", "x" * 129, "号" * 129, ["x" * 200], "a\ud800"],
    ids=["nul inside", "nul", "long", "long in Chinese", "no text", "half a character"],
)
async def test_an_id_that_cannot_be_kept_is_refused(
    url: str, name: str, value: object, capfd: pytest.CaptureFixture[str]
) -> None:
    status, told = await post(url, **{name: value})
    assert status == 400 and "没有看懂" in told
    assert "Traceback" not in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    "value", ["a\0bcdefgh", "x" * 65, "short", "12345678\n", 12345678, ["12345678"], None]
)
def test_the_web_channel_takes_no_such_id_either(value: object) -> None:
    assert own_id(value) is None


async def test_the_longest_ids_are_taken(url: str) -> None:
    assert await post(url, sender="号" * 128, message_id="x" * 128) == (200, "您好")
    assert await post(url, sender=7, message_id=8) == (200, "您好")


async def test_a_text_with_a_nul_is_a_text(url: str) -> None:
    status, told = await post(url, sender="alice", message="你好\0", metadata={"a\0": "\0"})
    assert status == 200 and told
