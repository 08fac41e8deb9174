"""Where a request ends, over a real socket: what does not say it clearly is refused, and nobody else notices."""

from __future__ import annotations

import json

import aiohttp
import pytest
from edge_site import CHUNKS, UPGRADE, Site, head, raw

UNCLEAR = [
    ("content-length: -5",),
    ("content-length: +5",),
    ("content-length: 1e9",),
    ("content-length: 1_0",),
    ("content-length: 0x5",),
    ("content-length: 5, 5",),
    ("content-length: five",),
    ("content-length: ٥",),
    ("content-length:",),
    ("content-length: " + "9" * 5000,),
    ("content-length : 5",),
    ("content-length: 5", "content-length: 6"),
    ("content-length: 0", "content-length: -5"),
    ("content-length: 5", CHUNKS),
    (CHUNKS, "content-length: 5"),
    (CHUNKS, CHUNKS),
    ("transfer-encoding: gzip",),
    ("transfer-encoding: gzip, chunked",),
]


async def refused(site: Site, request_: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    """It is told so at once, the connection is closed, others are served, and no log has a trace."""
    answer = await raw(site, request_, pause=0)
    top, _, body = answer.partition(b"\r\n\r\n")
    assert top.startswith(b"HTTP/1.1 400") and b"connection: close" in top.lower()
    if body:
        assert "没有看懂" in json.loads(body)["message"]
    async with site.web.get(site.url + "/plain", timeout=aiohttp.ClientTimeout(5)) as other:
        assert other.status == 200
    told = capfd.readouterr()
    assert "Traceback" not in told.out + told.err


@pytest.mark.parametrize("more", UNCLEAR, ids=lambda more: " & ".join(more)[:40])
async def test_a_request_that_does_not_say_clearly_where_it_ends_is_refused(
    site: Site, more: tuple[str, ...], capfd: pytest.CaptureFixture[str]
) -> None:
    await refused(site, head("POST /small", *more) + b"xx", capfd)


@pytest.mark.parametrize("bad", ["content-length: -5", "content-length: 1e9"])
@pytest.mark.parametrize(
    ("line", "more"),
    [
        ("GET /", ()),
        ("GET /plain", ()),
        ("HEAD /nowhere", ()),
        ("GET /health", ()),
        ("POST /nowhere", ()),
        ("DELETE /small", ()),
        ("OPTIONS *", ()),
        ("PATCH /upload", ()),
        ("GET /socket", UPGRADE),
        ("POST /small", ("expect: 100-continue",)),
    ],
)
async def test_it_is_refused_on_every_route(
    site: Site, line: str, more: tuple[str, ...], bad: str, capfd: pytest.CaptureFixture[str]
) -> None:
    await refused(site, head(line, *more, bad) + b"xx", capfd)


async def test_a_length_that_is_said_twice_alike_is_clear(site: Site) -> None:
    twice = ("content-length: 2 ", "Content-Length: 2", "connection: close")
    assert (await raw(site, head("POST /small", *twice) + b"{}", pause=0)).endswith(b'{"got":2}')


@pytest.mark.parametrize("path", ["/small", "/plain", "/socket"])
@pytest.mark.parametrize("chunk", [b"zz", b"-5", b"x" * 100])
async def test_broken_chunks_are_refused_once(
    site: Site, path: str, chunk: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    await refused(
        site, head(f"{'POST' if path == '/small' else 'GET'} {path}", CHUNKS) + chunk + b"\r\nxx", capfd
    )


@pytest.mark.parametrize("chunk", [b"zz", b"-5"])
async def test_broken_chunks_after_an_answer_end_the_connection_quietly(
    site: Site, chunk: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = await raw(site, head("POST /nowhere", CHUNKS) + chunk + b"\r\nxx", pause=0)
    assert answer.startswith(b"HTTP/1.1 404")
    assert "Traceback" not in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    "line", [b"GET http://[:x HTTP/1.1", b"GET /\xff\xfe HTTP/1.1", b"GET", b"\x00 \x00 \x00"]
)
async def test_what_is_no_request_is_refused(
    site: Site, line: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    await refused(site, line + b"\r\nhost: x\r\n\r\n", capfd)
