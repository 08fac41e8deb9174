"""The line between widget and server: who gets in, and that nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid

import jwt
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatusCode

from hotline.channels.web_visitor import NotOurs, Visitors
from tests.web.conftest import Site, Socket

pytestmark = pytest.mark.model


# --- who is who


def test_a_token_names_one_conversation_and_lives_for_its_days() -> None:
    now = [1_000_000.0]
    visitors = Visitors(b"k" * 32, days=30, now=lambda: now[0])
    token = visitors.welcome()
    first = visitors.read(token)
    assert first.conversation_id.startswith("web-") and first.renewed is None
    now[0] += 2 * 24 * 3600
    later = visitors.read(token)
    assert later.conversation_id == first.conversation_id and later.renewed
    now[0] += 29 * 24 * 3600
    with pytest.raises(NotOurs):
        visitors.read(token)
    assert visitors.read(later.renewed).conversation_id == first.conversation_id


def test_forged_tokens_are_nobodys() -> None:
    visitors = Visitors(b"k" * 32, days=30)
    claims = {"sub": "x", "aud": "hotline-web", "iat": int(time.time()), "exp": int(time.time()) + 999}
    forged = (
        jwt.encode(claims, "another key of thirty-two bytes!", algorithm="HS256"),
        jwt.encode(claims, None, algorithm="none"),
        Visitors(b"j" * 32, days=30).welcome(),
        visitors.welcome()[:-3] + "abc",
        "",
        None,
        {"sub": "x"},
        "a" * 5000,
    )
    for token in forged:
        with pytest.raises(NotOurs):
            visitors.read(token)


async def test_a_socket_without_a_good_token_is_told_so_and_closed(site: Site) -> None:
    for token in (None, "nonsense", Visitors(b"j" * 32, days=30).welcome()):
        socket = Socket(await site.knock())
        await socket.send(t="hello", token=token, after=0)
        assert await socket.kind("error") == {"t": "error", "code": "token"}
        with pytest.raises(ConnectionClosed) as closed:
            await socket.raw.recv()
        assert closed.value.code == 4401


async def test_pages_of_other_origins_are_refused_unless_listed(site: Site) -> None:
    for origin, status in (("https://evil.example", 403), ("https://shop.example", 200), (site.base, 200)):
        async with site.http.post(f"{site.base}/webhooks/web/session", headers={"Origin": origin}) as answer:
            assert answer.status == status, origin
            allowed = answer.headers.get("Access-Control-Allow-Origin")
            assert allowed == (origin if origin == "https://shop.example" else None)
    raw = await site.knock(origin="https://evil.example")
    with pytest.raises(ConnectionClosed) as closed:
        await raw.recv()
    assert closed.value.code == 4403
    await site.connect(await site.token(), origin="https://shop.example")


async def test_requests_need_the_token_too(site: Site) -> None:
    for path in ("frames", "news", "upload"):
        method = "GET" if path == "news" else "POST"
        async with site.http.request(method, f"{site.base}/webhooks/web/{path}") as answer:
            assert answer.status == 401
    async with site.http.options(
        f"{site.base}/webhooks/web/frames", headers={"Origin": "https://shop.example"}
    ) as answer:
        assert "authorization" in answer.headers["Access-Control-Allow-Headers"]


async def test_nobody_hears_another_visitors_conversation(site: Site) -> None:
    mine, other = await site.connect(await site.token()), await site.connect(await site.token())
    await mine.say("400电话怎么收费")
    await other.settle()
    assert mine.lines() and not other.lines() and not other.lines("user")


async def test_a_button_of_another_conversation_means_nothing_here(site: Site) -> None:
    mine, other = await site.connect(await site.token()), await site.connect(await site.token())
    await mine.send(t="open")
    greeting = await mine.until(lambda f: f["t"] == "line" and f.get("buttons"))
    payload = greeting["buttons"][0]["payload"]
    [refused] = [f for f in await other.say(payload, title="我要办理") if f["t"] == "refused"]
    assert refused["line"]["text"].startswith("这个按钮已经过期")
    assert [f for f in await mine.say(payload, title="我要办理") if f["t"] == "line" and f["from"] == "bot"]


# --- messages


async def test_a_message_is_acknowledged_answered_and_shown_as_kept(site: Site) -> None:
    socket = await site.connect(await site.token())
    heard = await socket.say("我的身份证是11010519491231002X，能办400吗", id="message-0001")
    ack = next(f for f in heard if f["t"] == "ack")
    assert ack["id"] == "message-0001" and "11010519491231002X" not in ack["text"]
    [own] = socket.lines("user")
    assert own["id"] == "message-0001" and own["text"] == ack["text"]
    numbers = [f["seq"] for f in socket.lines()]
    assert numbers == list(range(1, len(numbers) + 1)) and numbers


async def test_the_same_message_twice_is_one_turn(site: Site) -> None:
    token = await site.token()
    socket = await site.connect(token)
    await socket.say("什么是400电话", id="message-twice")
    before = len(socket.lines())
    await socket.say("什么是400电话", id="message-twice")
    again = await site.frame(token, t="say", id="message-twice", text="什么是400电话")
    assert len(socket.lines()) == before and len(socket.lines("user")) == 1
    assert [f["t"] for f in again if f["t"] != "status"] == ["ack", "done"]


async def test_half_a_character_is_answered_like_any_message(site: Site) -> None:
    token = await site.token()
    socket = await site.connect(token)
    heard = await socket.say("什么是400电话\ud83d", id="message-half")
    assert {"ack", "done"} <= {f["t"] for f in heard}
    again = await site.frame(token, t="say", id="message-half", text="什么是400电话\ud83d", title="\udc00")
    assert [f["t"] for f in again if f["t"] != "status"] == ["ack", "done"]


async def test_two_messages_at_once_are_answered_in_their_order(site: Site) -> None:
    socket = await site.connect(await site.token())
    for number, text in enumerate(("我要办400电话", "企业", "做客户咨询")):
        await socket.send(t="say", id=f"message-{number}", text=text)
    await socket.until(lambda f: f["t"] == "done" and f["id"] == "message-2")
    done = [f["id"] for f in socket.heard if f["t"] == "done"]
    assert done == ["message-0", "message-1", "message-2"]


async def test_what_was_missed_comes_with_the_next_hello_and_only_that(site: Site) -> None:
    token = await site.token()
    first = await site.connect(token)
    await first.say("什么是400电话")
    seen = first.lines()[-1]["seq"]
    await first.raw.close()
    await site.frame(token, t="say", id=uuid.uuid4().hex, text="多少钱一个月")
    back = await site.connect(token, after=seen, asked=first.lines("user")[-1]["at"])
    await back.settle()
    assert [f["seq"] for f in back.lines()] == [seen + n + 1 for n in range(len(back.lines()))]
    assert back.lines() and "多少钱一个月" in [f["text"] for f in back.lines("user")]


async def test_a_reload_and_another_tab_show_the_whole_conversation_alike(site: Site) -> None:
    token = await site.token()
    one = await site.connect(token)
    two = await site.connect(token)
    await one.send(t="open")
    await two.send(t="open")  # one greeting for both
    await one.until(lambda f: f["t"] == "line")
    await one.say("推荐套餐")
    await two.settle()
    fresh = await site.connect(token)
    await fresh.settle()

    def told(socket: Socket) -> list[tuple[str, object, object]]:
        return [
            (f["from"], f.get("text"), f.get("seq") or f.get("id")) for f in socket.heard if f["t"] == "line"
        ]

    assert sorted(map(str, told(one))) == sorted(map(str, told(two))) == sorted(map(str, told(fresh)))
    assert sum("我是中国移动" in str(f.get("text")) for f in fresh.lines()) == 1


async def test_requests_do_all_that_the_socket_does(site: Site) -> None:
    token = await site.token()
    [ready] = await site.frame(token, t="hello")
    assert ready["t"] == "ready" and ready["person"]
    await site.frame(token, t="open")
    greeting = [f for f in await site.news(token) if f["t"] == "line"]
    assert greeting and greeting[0]["buttons"]
    seq = greeting[-1]["seq"]
    kinds = [f["t"] for f in await site.frame(token, t="say", id="by-request-1", text="什么是400电话")]
    assert kinds == ["ack", "done", "status"]
    lines = [f for f in await site.news(token, after=seq) if f["t"] == "line"]
    assert lines[0]["from"] == "user" and lines[-1]["from"] == "bot"


async def test_a_persons_words_come_unasked(site: Site) -> None:
    token = await site.token()
    socket = await site.connect(token)
    await socket.say("你好")
    cid = Visitors(site.brain.services.token_key, 30).read(token).conversation_id
    await site.brain.runner.say(cid, [{"text": "您好，我是客服小李"}])
    line = await socket.until(lambda f: f["t"] == "line" and f["from"] == "desk")
    assert line["text"] == "您好，我是客服小李" and line["seq"] > 1


async def test_a_deleted_conversation_begins_anew(site: Site) -> None:
    socket = await site.connect(await site.token(), after=57)
    assert (await socket.kind("reset")) == {"t": "reset"}
    await socket.say("你好")
    assert socket.lines()[0]["seq"] == 1


# --- what a client may not


async def test_nonsense_never_breaks_the_line(site: Site) -> None:
    socket = await site.connect(await site.token())
    for raw in (
        "",
        "{",
        "[]",
        "null",
        '"x"',
        '{"t":"say"}',
        '{"t":"say","id":"../../etc","text":"a"}',
        "[" * 9000,
    ):
        await socket.raw.send(raw)
        assert (await socket.kind("error"))["code"] == "frame"
    for frame in (
        {"t": "say", "id": "message-0001", "text": 5},
        {"t": "rate", "id": "message-1", "stars": 9},
    ):
        await socket.send(**frame)
        assert (await socket.kind("error"))["code"] == "frame"
    assert [f for f in await socket.say("你好") if f["t"] == "line"]


async def test_too_long_and_empty_messages_are_explained(site: Site) -> None:
    socket = await site.connect(await site.token())
    for text, words in (("长" * 2001, "超过了 2000 个字"), ("   ", "没有收到文字"), ("／／", "没有收到文字")):
        [refused] = [f for f in await socket.say(text) if f["t"] == "refused"]
        assert words in refused["line"]["text"] and refused["again"] is False


async def test_a_frame_of_a_megabyte_closes_the_socket(site: Site) -> None:
    socket = await site.connect(await site.token())
    await socket.raw.send("x" * 1_000_000)
    with pytest.raises((ConnectionClosed, InvalidStatusCode)):
        while True:
            await socket.raw.recv()


async def test_a_value_is_checked_by_the_conversations_own_rules_and_words(site: Site) -> None:
    token = await site.token()
    for field, value, ok, words in (
        ("phone", "13800138000", True, ""),
        ("phone", "1380013800", False, "手机号应是 11 位"),
        ("email", "li@", False, "邮箱格式不对"),
        ("phone_tail", "12", False, "四位数字"),
        ("application_id", "ABC", False, "申请编号不对"),
        ("consent", "granted", False, "记不下来"),
        ("nonsense", "x", False, "记不下来"),
    ):
        [answer] = await site.frame(token, t="check", n=1, field=field, value=value)
        assert answer["ok"] is ok and words in answer.get("text", ""), (field, value, answer)


async def test_a_rating_is_kept_once_and_thanked(site: Site) -> None:
    socket = await site.connect(await site.token())
    for _ in range(2):
        await socket.send(t="rate", id="rating-0001", stars=4)
        assert (await socket.kind("rated"))["stars"] == 4
    await socket.settle()
    assert [f["text"] for f in socket.lines()] == ["谢谢您的评价，我们会继续改进。"]


async def test_a_message_whose_socket_drops_as_it_comes_is_answered_or_not_there(site: Site) -> None:
    for moment in range(12):
        token = await site.token()
        socket = await site.connect(token)
        await socket.send(t="say", id=f"message-{moment:04}", text="怎么收费")
        await asyncio.sleep(moment / 1000)
        socket.raw.transport.abort()
        again = await site.connect(token)
        with contextlib.suppress(asyncio.TimeoutError):
            await again.until(lambda frame: frame["t"] == "line" and frame["from"] == "bot", 5)
        assert len(again.lines()) == len(again.lines("user")), f"after {moment} ms"
    assert site.brain.journal.unfinished() == []
