"""The HTTP edge over a real socket: sizes per route, slow clients, kind answers; health and metrics."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
import structlog
from edge_site import BODY, CHUNKS, LONG, UPGRADE, UPLOAD, Site, Stub, head, raw

from hotline.channels import operations
from hotline.runtime import edge, metrics

TRICKLE = [b"x"] * 40


async def test_each_route_takes_what_it_is_made_for(site: Site) -> None:
    assert await site.post("/small", edge.SMALL) == (200, {"got": edge.SMALL})
    assert await site.post("/upload", UPLOAD) == (200, {"got": UPLOAD})


@pytest.mark.parametrize(
    ("path", "size"), [("/small", edge.SMALL + 1), ("/small", 2 * edge.SMALL), ("/upload", UPLOAD + 1)]
)
async def test_what_is_too_large_is_told_kindly_and_the_server_goes_on(
    site: Site, path: str, size: int
) -> None:
    status, told = await site.post(path, size)
    assert (status, told["error"]) == (413, 413)
    assert "太大" in told["message"]
    assert (await site.post("/small", 10))[0] == 200


async def test_a_body_that_trickles_is_answered_after_its_deadline(site: Site) -> None:
    head = b"POST /small HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n"
    answer = await raw(site, head, *[b"x"] * 8, pause=0.1)
    assert answer.startswith(b"HTTP/1.1 408")
    assert "没有传完整" in json.loads(answer.partition(b"\r\n\r\n")[2])["message"]


async def test_a_header_that_trickles_is_closed_though_each_byte_is_in_time(site: Site) -> None:
    started = asyncio.get_running_loop().time()
    answer = await raw(site, b"POST /small HTTP/1.1\r\n", *[b"a"] * 30, pause=0.1)
    assert answer.startswith(b"HTTP/1.1 408")
    assert asyncio.get_running_loop().time() - started < 5


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (head("POST /nowhere", BODY), 404),
        (head("POST /nowhere", CHUNKS), 404),
        (head("POST /plain", BODY), 405),
        (head("GET /plain", BODY), 408),
        (head("GET /plain", CHUNKS), 408),
        (head("HEAD /plain", BODY), 405),
        (head("GET /health", BODY), 408),
        (head("GET /events", BODY), 408),
        (head("GET /socket", BODY, *UPGRADE), 408),
        (head("POST /upload", CHUNKS), 408),
    ],
)
async def test_a_body_that_nobody_wants_holds_no_connection(site: Site, request_: bytes, status: int) -> None:
    started = asyncio.get_running_loop().time()
    answer = await raw(site, request_, *TRICKLE, pause=0.1)  # returns when the server has closed
    assert answer.startswith(f"HTTP/1.1 {status}".encode())
    assert asyncio.get_running_loop().time() - started < 2.5, "each byte began its clock anew"


async def test_a_body_that_nobody_wants_costs_who_sends_it_at_once_nothing(site: Site) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    for line, status in (("POST /nowhere", 404), ("GET /plain", 200), ("GET /plain", 200)):
        writer.write(head(line, "content-length: 5") + b"hello")
        got = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
        assert got.startswith(f"HTTP/1.1 {status}".encode())
        length = int(got.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
        await asyncio.sleep(0.8)  # between requests the clock stands still
    writer.close()


@pytest.mark.parametrize("more", [(), ("content-length: 2",)])
async def test_a_long_answer_is_not_cut(site: Site, more: tuple[str, ...]) -> None:
    answer = await raw(site, head("GET /events", "connection: close", *more) + b"{}" * len(more), pause=0)
    assert answer.count(b"data: ") == LONG and answer.endswith(b"0\r\n\r\n")


async def test_what_comes_during_a_long_answer_has_its_own_time(site: Site) -> None:
    """A second request begins while the first one is still answered, and ends in time after that."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.write(head("GET /events"))
    await asyncio.sleep(0.2)
    writer.write(b"GET /plain HTT")
    await asyncio.wait_for(reader.readuntil(b"0\r\n\r\n"), 5)
    await asyncio.sleep(0.2)
    writer.write(b"P/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
    assert (await asyncio.wait_for(reader.read(), 5)).startswith(b"HTTP/1.1 200")
    writer.close()


async def test_a_socket_lives_longer_than_a_request_may_take(site: Site) -> None:
    async with site.web.ws_connect(site.url + "/socket") as ws:
        for number in range(LONG):
            await asyncio.sleep(0.1)
            await ws.send_str(str(number))
            assert (await ws.receive(timeout=5)).data == str(number)


async def test_an_upload_that_comes_in_pieces_but_in_time_is_taken(site: Site) -> None:
    piece = b"x" * (UPLOAD // 4)
    pieces = [head("POST /upload", f"content-length: {4 * len(piece)}", "connection: close"), *[piece] * 4]
    assert b'{"got":524288}' in await raw(site, *pieces, pause=0.05)


async def test_errors_are_kind_and_say_nothing_of_the_inside(site: Site) -> None:
    for path, status in (("/nowhere", 404), ("/broken", 500), ("/small", 405)):
        async with site.web.get(site.url + path) as answer:
            told = await answer.json()
        assert (answer.status, told["error"]) == (status, status)
        assert "secret" not in told["message"] and len(told["message"]) > 8


async def test_a_failure_is_logged_with_the_route_and_not_with_what_was_sent(site: Site) -> None:
    with structlog.testing.capture_logs() as logged:
        async with site.web.get(site.url + "/broken/%E7%8E%8B%E5%B0%8F%E6%98%8E?phone=13800138000") as answer:
            assert answer.status == 500
    (event,) = [event for event in logged if event["event"] == "http.failed"]
    assert event["route"] == "broken/<name:str>"
    told = repr({key: value for key, value in event.items() if key != "exc_info"})
    assert "%E7" not in told and "王小明" not in told and "138001" not in told


async def test_it_is_live_at_once_and_ready_when_the_model_is_there(site: Site) -> None:
    async with site.web.get(site.url + "/health") as answer:
        assert (answer.status, (await answer.json())["ready"]) == (200, False)
    async with site.web.get(site.url + "/health/ready") as answer:
        state = await answer.json()
        assert answer.status == 503 and list(state["reasons"]) == ["starting"]
    site.health.runner = Stub()  # type: ignore[assignment]
    async with site.web.get(site.url + "/health/ready") as answer:
        assert (answer.status, (await answer.json())["ready"]) == (200, True)


async def test_a_database_that_is_away_is_a_reason(site: Site) -> None:
    site.health.runner = Stub()  # type: ignore[assignment]
    with site.services.database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE runtime_conversation RENAME TO gone")
    async with site.web.get(site.url + "/health/ready") as answer:
        assert answer.status == 503 and list((await answer.json())["reasons"]) == ["database"]
    async with site.web.get(site.url + "/health") as answer:
        assert answer.status == 200


async def test_a_full_disk_is_a_reason(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.health.runner = Stub()  # type: ignore[assignment]
    monkeypatch.setattr(operations, "LEAST_FREE", 10**18)
    async with site.web.get(site.url + "/health/ready") as answer:
        assert list((await answer.json())["reasons"]) == ["disk"]


async def test_a_faulty_edit_warns_and_the_service_stays_ready(site: Site) -> None:
    site.health.runner = Stub()  # type: ignore[assignment]
    site.health.data_error = "plans.yml:12: fee"
    async with site.web.get(site.url + "/health/ready") as answer:
        state = await answer.json()
    assert answer.status == 200 and "plans.yml:12" in state["warnings"]["data"]


async def test_metrics_are_prometheus_text_with_the_queue_and_no_personal_data(site: Site) -> None:
    site.health.runner = Stub()  # type: ignore[assignment]
    site.services.handoffs.request("c1", "requested", {"phone": "13800138000"}, "t1", "web")
    metrics.INTENTS.labels("greet").inc()
    async with site.web.get(site.url + "/metrics") as answer:
        text = await answer.text()
    assert answer.status == 200
    assert 'hotline_handoffs{reason="requested"} 1.0' in text
    assert "hotline_desk_queue 1.0" in text and "hotline_turns_waiting 3.0" in text
    assert 'hotline_intents_total{intent="greet"}' in text
    assert "13800138000" not in text and "c1" not in text


async def seen(site: Site, **headers: str) -> bool:
    """Whether who asks so sees the inside: all of it, or nothing."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with site.web.get(site.url + "/metrics", headers=named) as answer:
        metrics_seen = answer.status == 200
        assert metrics_seen or (answer.status, await answer.read()) == (404, b"")
    for path in ("/health", "/health/ready"):
        async with site.web.get(site.url + path, headers=named) as answer:
            reasons_seen = set(await answer.json()) != {"status", "ready"}
        assert reasons_seen == metrics_seen
    return metrics_seen


@pytest.mark.parametrize(
    "header",
    ["x-forwarded-for", "X-Forwarded-Host", "x-forwarded-proto", "forwarded", "via", "x-real-ip", "cf-ray"],
)
async def test_who_comes_through_a_proxy_sees_neither_metrics_nor_reasons(site: Site, header: str) -> None:
    assert await seen(site)
    assert not await seen(site, **{header: "203.0.113.7"})


@pytest.mark.parametrize(("name", "value"), [("PROXIES_COUNT", 1), ("REAL_IP_HEADER", "x-client")])
async def test_where_there_is_a_proxy_nobody_counts_as_local(site: Site, name: str, value: Any) -> None:
    site.app.config[name] = value
    assert not await seen(site)


@pytest.mark.parametrize("site", [{"dev_api": False}], indirect=True)
async def test_in_deployment_only_the_token_opens(site: Site) -> None:
    """A proxy on the same machine that adds no header looks like this machine."""
    assert not await seen(site)


@pytest.mark.parametrize("site", [{"dev_api": False, "metrics_token": "geheim7"}], indirect=True)
async def test_the_token_opens_from_everywhere(site: Site) -> None:
    assert await seen(site, authorization="Bearer geheim7")
    assert await seen(site, authorization="Bearer geheim7", x_forwarded_for="203.0.113.7")
    for wrong in ("", "Bearer ", "Bearer geheim", "Bearer geheim7x"):
        assert not await seen(site, authorization=wrong)
