"""The window itself: what people expect of one, on every page, for everybody."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, Route, expect

from tests.web.browser.conftest import Visit
from tests.web.chromium import Chat, Server

pytestmark = [pytest.mark.browser, pytest.mark.model]

STRICT = "default-src 'self'; script-src 'self'; style-src 'self'"
HOSTILE = """
* { all: unset !important; display: none !important; visibility: hidden !important; color: lime !important;
    font-size: 3px !important; transform: rotate(30deg) !important; pointer-events: none !important; }
html, body { display: block !important; visibility: visible !important; transform: none !important; }
hotline-chat { position: static !important; opacity: 0 !important; width: 1px !important; overflow: hidden !important; }
button, textarea, div, p { float: left !important; width: 2px !important; background: red !important; }
"""


def strange(server: Server) -> str:
    """A page of somebody else's with our tag in it."""
    return (
        "<!doctype html><html lang='zh-CN'><title>别人的页面</title><link rel=stylesheet href=/hostile.css><body><p>正文</p>"
        f"<script src='{server.base}/widget.js' data-server='{server.base}' async></script></body></html>"
    )


def hostile(page: Page, server: Server) -> None:
    """Serve such a page, with a strict policy and hostile style, from the widget's own origin."""
    headers = {"Content-Security-Policy": STRICT}

    def answer(route: Route) -> None:
        if route.request.url.endswith(".css"):
            route.fulfill(body=HOSTILE, content_type="text/css")
        else:
            route.fulfill(body=strange(server), content_type="text/html; charset=utf-8", headers=headers)

    page.route(re.compile(r"/(strange\.html|hostile\.css)$"), answer)


@pytest.fixture
def elsewhere(server: Server) -> Iterator[str]:
    """A site of another origin with such a page, and a policy that lists ours."""
    policy = f"default-src 'self'; script-src {server.base}; connect-src {server.base} ws://127.0.0.1:{server.port}"

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(strange(server).encode())

        def log_message(self, *_: object) -> None: ...

    site = ThreadingHTTPServer(("127.0.0.1", server.other_port), Site)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    yield server.other
    site.shutdown()
    site.server_close()


def test_it_works_under_a_strict_policy_and_beside_hostile_style(visit: Visit, server: Server) -> None:
    page = visit(f"{server.base}/strange.html", prepare=lambda page: hostile(page, server))
    chat = Chat(page).open()
    chat.press("我要办理", "以什么主体")
    box = chat.panel.bounding_box()
    assert box and 380 <= box["width"] <= 400 and box["height"] > 500 and box["x"] > 800
    assert chat.shadow("return getComputedStyle(root.querySelector('.bubble')).fontSize") == "15px"
    assert chat.shadow("return getComputedStyle(root.querySelector('.bubble')).color") == "rgb(28, 39, 51)"
    assert chat.page.evaluate("getComputedStyle(document.querySelector('hotline-chat')).opacity") == "1"


def test_a_listed_page_of_another_origin_may_embed_it(visit: Visit, elsewhere: str) -> None:
    Chat(visit(f"{elsewhere}/")).open().press("我要办理", "以什么主体")


def test_nothing_but_the_launcher_is_loaded_before_the_first_opening(visit: Visit) -> None:
    asked: list[str] = []
    sockets: list[object] = []

    def watch(page: Page) -> None:
        page.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda socket: sockets.append(socket))

    page = visit(prepare=watch)
    expect(Chat(page).launcher).to_be_visible()
    page.wait_for_timeout(300)
    assert not [url for url in asked if "/widget/" in url or "/webhooks/" in url]
    Chat(page).open()
    assert [url for url in asked if url.endswith("/widget/panel.js")]
    assert len(sockets) == 1 and not [url for url in asked if "/news" in url]


def test_keyboard_alone_opens_writes_and_leaves(visit: Visit) -> None:
    chat = Chat(visit())
    chat.launcher.focus()
    chat.page.keyboard.press("Enter")
    expect(chat.input).to_be_focused()
    chat.wait("我是中国移动")
    chat.page.keyboard.type("什么是400电话")
    chat.page.keyboard.press("Shift+Enter")
    chat.page.keyboard.type("多少钱")
    expect(chat.input).to_have_value("什么是400电话\n多少钱")
    chat.page.keyboard.press("Enter")
    expect(chat.input).to_have_value("")
    seen = set()
    for _ in range(40):  # everything can be reached, and the page behind too: no trap
        chat.page.keyboard.press("Tab")
        seen.add(
            chat.page.evaluate(
                "(document.activeElement.shadowRoot?.activeElement ?? document.activeElement).getAttribute('aria-label')"
                " || document.activeElement.tagName"
            )
        )
    assert {"更多", "收起对话窗口", "对话记录", "输入消息", "A"} <= seen
    chat.input.focus()
    chat.page.keyboard.press("Escape")
    expect(chat.panel).to_be_hidden()
    expect(chat.launcher).to_be_focused()


def test_escape_closes_the_menu_first(chat: Chat) -> None:
    more = chat.panel.get_by_role("button", name="更多")
    more.click()
    expect(more).to_have_attribute("aria-expanded", "true")
    chat.page.keyboard.press("Escape")
    expect(more).to_be_focused()
    expect(chat.panel).to_be_visible()


def test_enter_while_composing_never_sends(chat: Chat) -> None:
    chat.input.fill("zhongguo")
    chat.input.dispatch_event("compositionstart")
    chat.input.press("Enter")
    chat.input.dispatch_event("compositionend")
    chat.input.dispatch_event("keydown", {"key": "Enter", "keyCode": 229})
    chat.input.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    assert chat.texts("user") == []
    chat.input.press("Enter")
    expect(chat.log.locator(".line.user")).to_have_count(1)


def test_minimised_stays_minimised_and_open_stays_open(chat: Chat) -> None:
    chat.panel.get_by_role("button", name="收起对话窗口").click()
    chat.page.reload()
    expect(chat.launcher).to_be_visible()
    expect(chat.panel).to_be_hidden()
    chat.launcher.click()
    expect(chat.panel).to_be_visible()
    chat.page.reload()
    expect(chat.panel).to_be_visible()


def test_what_comes_while_it_is_closed_is_counted_and_then_read(chat: Chat) -> None:
    chat.panel.get_by_role("button", name="收起对话窗口").click()
    chat.page.evaluate(
        "document.querySelector('hotline-chat').loading.then((panel) => panel.say('什么是400电话'))"
    )
    expect(chat.launcher).to_contain_text("1 条未读")
    chat.page.reload()
    expect(chat.launcher).to_contain_text("1 条未读")
    chat.launcher.click()
    chat.panel.get_by_role("button", name="收起对话窗口").click()
    expect(chat.launcher).not_to_contain_text("未读")


def test_somebody_who_reads_above_is_not_pulled_down(chat: Chat) -> None:
    for question in ("什么是400电话", "办理流程", "需要什么材料"):
        chat.say(question)
        expect(chat.log.get_by_text("已送达").last).to_be_visible()
    chat.page.wait_for_timeout(500)
    chat.shadow("root.querySelector('.lines').scrollTop = 0")
    other = "document.querySelector('hotline-chat').loading.then((panel) => panel.say('怎么收费'))"
    chat.page.evaluate(other)
    chat.page.wait_for_timeout(200)
    chat.shadow("root.querySelector('.lines').scrollTop = 0")
    pill = chat.panel.get_by_role("button", name="新消息")
    expect(pill).to_be_visible()
    assert chat.shadow("return root.querySelector('.lines').scrollTop") == 0
    pill.click()
    expect(pill).to_be_hidden()


def test_a_value_is_checked_while_it_is_typed(chat: Chat) -> None:
    chat.say("约人回电", "征得您的同意")
    expect(chat.log.locator(".card.consent")).to_contain_text("只用于本次")
    chat.press("同意", "怎么称呼")
    chat.fill("联系人", "李文静", "联系电话")
    field = chat.log.get_by_label("联系电话")
    field.fill("1380013800")
    expect(
        chat.log.get_by_text("手机号应是 11 位数字").or_(chat.log.get_by_text("手机号应是 11 位"))
    ).to_be_visible()
    expect(field).to_have_attribute("aria-invalid", "true")
    chat.log.get_by_role("button", name="提交", exact=True).click()
    assert "1380013800" not in chat.texts("user")
    field.fill("13800138000")
    expect(chat.log.get_by_text("格式正确")).to_be_visible()
    chat.log.get_by_role("button", name="提交", exact=True).click()
    chat.wait("什么时间方便")
    expect(chat.log.get_by_label("日期").locator("option")).to_have_count(6)


def test_the_window_itself_never_scrolls(chat: Chat) -> None:
    chat.say("需要什么材料", "营业执照")
    chat.shadow("for (const node of root.querySelectorAll('.hidden, .line')) node.scrollIntoView()")
    assert chat.shadow("return root.querySelector('.panel').scrollTop") == 0
    expect(chat.panel.get_by_role("heading", name="400 电话在线客服")).to_be_in_viewport()


def test_the_large_version_stays_and_is_large(chat: Chat) -> None:
    chat.panel.get_by_role("button", name="更多").click()
    chat.panel.get_by_role("switch", name="长辈版").click()
    chat.page.reload()
    expect(chat.panel).to_have_class(re.compile("large"))
    chat.wait("我是中国移动")
    size = "return parseFloat(getComputedStyle(root.querySelector('.bubble')).fontSize)"
    assert chat.shadow(size) >= 20
    heights = chat.shadow(
        "return [...root.querySelectorAll('.panel button:not(.copy)')].filter((b) => b.offsetParent).map((b) => b.offsetHeight)"
    )
    assert min(heights) >= 44


def test_on_a_phone_it_is_the_whole_screen(visit: Visit) -> None:
    page = visit(
        viewport={"width": 375, "height": 667}, is_mobile=True, has_touch=True, device_scale_factor=2
    )
    chat = Chat(page).open()
    assert chat.panel.bounding_box() == {"x": 0, "y": 0, "width": 375, "height": 667}
    chat.press("找号码", "想要的号码")
    chat.press("看看推荐", "要预占哪一个")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    overflow = chat.shadow(
        "const lines = root.querySelector('.lines'); return lines.scrollWidth - lines.clientWidth"
    )
    assert overflow <= 0
    font = chat.shadow("return parseFloat(getComputedStyle(root.querySelector('.input')).fontSize)")
    assert font >= 16  # iOS zooms into smaller ones


def test_the_transcript_has_both_sides(chat: Chat) -> None:
    chat.say("什么是400电话", "10 位")
    chat.panel.get_by_role("button", name="更多").click()
    with chat.page.expect_download() as saved:
        chat.panel.get_by_role("button", name="下载对话记录").click()
    text = saved.value.path().read_text("utf-8")
    assert "您：什么是400电话" in text and "智能助手：" in text and "400 电话是给企业用的" in text


def test_an_answer_can_be_copied(visit: Visit) -> None:
    chat = Chat(visit(permissions=["clipboard-read", "clipboard-write"])).open()
    chat.log.get_by_role("button", name="复制").last.click()
    expect(chat.log.get_by_role("button", name="已复制")).to_be_visible()
    assert "我是中国移动" in chat.page.evaluate("navigator.clipboard.readText()")


def test_a_wrong_file_is_explained(chat: Chat) -> None:
    chat.panel.get_by_role("button", name="更多").click()
    chat.panel.get_by_role("button", name="上传营业执照").click()
    files = chat.log.locator("input[type=file]")
    files.set_input_files({"name": "执照.png", "mimeType": "image/png", "buffer": b"<svg onload=alert(1)>"})
    expect(chat.log.locator(".upload .said")).to_contain_text("格式不支持")
