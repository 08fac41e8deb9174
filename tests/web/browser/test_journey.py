"""The whole way in the window, and what may happen on the way: reload, crash, no network, another tab."""

from __future__ import annotations

import io
import re
import signal

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from tests.web.browser.conftest import Visit
from tests.web.chromium import Chat, Server, choose, contact, need

pytestmark = [pytest.mark.browser, pytest.mark.model]


def scan() -> bytes:
    """A sharp picture with lines of print."""
    picture = Image.new("RGB", (1800, 1260), "white")
    draw = ImageDraw.Draw(picture)
    for line in range(20, 1240, 40):
        draw.text((30, line), "BUSINESS LICENSE 91110000600037341L " * 9, fill="black")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def test_from_the_greeting_to_a_reference_number(chat: Chat) -> None:
    need(chat)
    plan = chat.log.locator(".card.plan").last
    expect(plan).to_contain_text("客服版")
    expect(plan).to_contain_text("示例资费")
    plan.get_by_text("每月费用曲线").click()
    expect(plan.get_by_role("img", name=re.compile("每月费用曲线：客服版 237.6 元"))).to_be_visible()
    choose(chat)
    contact(chat)
    checklist = chat.log.locator(".card.checklist").last
    expect(checklist.get_by_text("待准备").first).to_be_visible()
    checklist.get_by_text("上传营业执照照片").click()
    checklist.locator("input[type=file]").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": scan()}
    )
    chat.wait("营业执照已收到")
    expect(chat.log.locator(".line.user", has_text="已上传营业执照")).to_be_visible()
    chat.wait("请核对预受理申请")
    summary = chat.log.locator(".card.summary").last
    for value in ("杭州晴川商贸有限公司", "李文静", "13800138000", "客服版"):
        expect(summary).to_contain_text(value)
    chat.press("确认提交", "已提交预受理")
    reference = chat.log.locator(".reference").last.inner_text()
    assert re.fullmatch(r"[A-Z2-7]{4}-[A-Z2-7]{4}", reference)
    chat.log.get_by_label("5 星").check()
    chat.log.get_by_role("button", name="提交评价").click()
    chat.wait("谢谢您的评价")


def test_a_reload_in_the_middle_shows_everything_once_and_goes_on(chat: Chat) -> None:
    chat.press("我要办理", "以什么主体")
    chat.press("企业", "用来做什么")
    before = (chat.texts("user"), chat.texts("bot"))
    chat.page.reload()
    again = Chat(chat.page)
    again.wait("用来做什么")  # the window is open as it was left
    assert (again.texts("user"), again.texts("bot")) == before
    again.press("客户咨询", "多少分钟")
    assert again.texts("user") == ["我要办理", "企业", "客户咨询"]


def test_the_server_dies_in_the_middle_and_nothing_is_lost_or_doubled(chat: Chat, server: Server) -> None:
    chat.press("我要办理", "以什么主体")
    server.stop(signal.SIGKILL)
    expect(chat.panel.get_by_text("网络断开了")).to_be_visible(timeout=20_000)
    chat.say("企业")
    expect(chat.log.get_by_text("等待网络")).to_be_visible()
    server.start()
    chat.wait("用来做什么", timeout=60_000)
    assert chat.texts("user") == ["我要办理", "企业"]
    assert sum("用来做什么" in text for text in chat.texts("bot")) == 1
    expect(chat.panel.get_by_text("网络断开了")).to_be_hidden()


def test_without_network_one_writes_on_and_it_arrives_later(chat: Chat) -> None:
    chat.page.context.set_offline(True)
    expect(chat.panel.get_by_text("网络断开了")).to_be_visible()
    chat.say("什么是400电话")
    chat.say("怎么收费")
    expect(chat.log.get_by_text("等待网络")).to_have_count(2)
    chat.page.context.set_offline(False)
    expect(chat.log.get_by_text("已送达")).to_have_count(2)
    chat.wait("10 位")
    assert chat.texts("user") == ["什么是400电话", "怎么收费"]
    expect(chat.log.locator(".card.answer")).to_have_count(2)  # the second answer is not there with the first


def test_a_message_that_was_not_sent_before_the_reload_is_sent_after_it(chat: Chat) -> None:
    chat.page.context.set_offline(True)
    chat.say("什么是400电话")
    expect(chat.log.get_by_text("等待网络")).to_be_visible()
    chat.page.context.set_offline(False)
    chat.page.reload()
    again = Chat(chat.page)
    again.wait("10 位")
    assert again.texts("user") == ["什么是400电话"]


def test_two_tabs_show_the_same_conversation_live(chat: Chat, visit: Visit) -> None:
    other = Chat(visit(context=chat.page.context))
    other.wait("我是中国移动")  # left open in the first tab: open here too
    chat.press("我要办理", "以什么主体")
    other.wait("以什么主体")
    other.press("企业", "用来做什么")
    chat.wait("用来做什么")
    assert chat.texts("user") == other.texts("user") == ["我要办理", "企业"]
    assert chat.texts("bot") == other.texts("bot")


def test_where_sockets_are_blocked_requests_do_instead(visit: Visit) -> None:
    def block(page: object) -> None:
        page.add_init_script(  # type: ignore[attr-defined]
            "window.WebSocket = class { constructor() { setTimeout(() => this.onclose({}), 20); } close() {} }"
        )

    chat = Chat(visit(prepare=block)).open()
    expect(chat.panel.get_by_text("已改用备用方式连接")).to_be_visible()
    chat.press("我要办理", "以什么主体")
    chat.press("企业", "用来做什么")
    assert chat.texts("user") == ["我要办理", "企业"]
    expect(chat.log.get_by_text("已送达")).to_have_count(2)


def test_somebody_elses_token_opens_nothing(chat: Chat, visit: Visit) -> None:
    chat.say("我们公司叫杭州晴川商贸有限公司")
    key = "Object.keys(localStorage).find((name) => name.startsWith('hotline-chat@'))"
    token = chat.page.evaluate(f"JSON.parse(localStorage.getItem({key})).token")
    head, body, mac = token.split(".")
    for forged in (f"{head}.{body}.{mac[::-1]}", f"eyJhbGciOiJub25lIn0.{body}.", "nonsense"):
        script = f"localStorage.setItem('hotline-chat@{chat.page.url.rstrip('/')}', JSON.stringify({{token: '{forged}'}}))"
        page = visit(
            prepare=lambda page, script=script: page.add_init_script(
                f"if (!window.name) {{ window.name = 'x'; {script} }}"
            )
        )
        stranger = Chat(page).open()
        stranger.wait("我是中国移动")
        assert stranger.texts("user") == []
        assert page.evaluate(f"JSON.parse(localStorage.getItem({key})).token") not in (forged, token)


def test_one_tap_to_a_person_and_the_place_in_the_queue_is_shown(chat: Chat) -> None:
    chat.panel.get_by_role("button", name="转人工", exact=True).first.click()
    chat.wait("已为您登记转人工")
    expect(chat.panel.get_by_text("正在排队转人工")).to_be_visible()
    assert chat.texts("user") == ["转人工"]
    chat.page.reload()
    expect(Chat(chat.page).panel.get_by_text("正在排队转人工")).to_be_visible()
