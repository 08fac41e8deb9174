"""Whatever anybody says or is called, it is shown as text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.web.browser.conftest import Visit
from tests.web.browser.payloads import LINKS, PAYLOADS, lines
from tests.web.chromium import Chat, Server

pytestmark = [pytest.mark.browser, pytest.mark.model]

#: what is in the window that should never be: elements, addresses, handlers
_FOUND = """
  const bad = [];
  const allowed = new Set(['https:', 'tel:', 'mailto:']);
  for (const node of root.querySelectorAll('*')) {
    if (/^(script|iframe|object|embed|img|style|link|meta|base|video|audio|source|body|marquee|math|template)$/i.test(node.tagName))
      bad.push(node.tagName);
    for (const { name, value } of node.attributes) {
      if (name.startsWith('on')) bad.push(`${node.tagName} ${name}`);
      if (['href', 'src', 'action', 'srcdoc', 'formaction'].includes(name) && !allowed.has(new URL(value).protocol))
        bad.push(`${name}=${value}`);
      if (name === 'style' && !/^((height|top): [\\d.]*(px|auto)?;? ?)*$/.test(value)) bad.push(`style=${value}`);
    }
  }
  return bad;
"""


def clean(chat: Chat) -> None:
    assert chat.shadow(_FOUND) == []
    assert chat.page.evaluate("window.__xss") is None


def test_a_hundred_payloads_as_what_the_visitor_says(visit: Visit, server: Server) -> None:
    chat = Chat(visit()).open()
    chat.page.evaluate(
        """async (texts) => {
          const panel = await document.querySelector('hotline-chat').loading;
          for (const text of texts) {
            panel.say(text);
            await new Promise((resolve) => setTimeout(resolve, 120));  // as fast as one address may
          }
        }""",
        PAYLOADS,
    )
    expect(chat.log.get_by_text("已送达")).to_have_count(100, timeout=90_000)
    expect(chat.panel.get_by_text("正在输入")).to_be_hidden(timeout=90_000)
    assert chat.texts("user") == list(PAYLOADS)
    clean(chat)
    chat.page.reload()  # and as the server gives them back
    expect(chat.log.locator(".line.user")).to_have_count(100)
    assert sorted(chat.texts("user")) == sorted(PAYLOADS)
    clean(chat)


def test_names_with_markup_are_echoed_as_text(chat: Chat) -> None:
    chat.say("约人回电", "征得您的同意")
    chat.press("同意", "怎么称呼")
    for evil in PAYLOADS[:60:20]:
        chat.say(f"{evil}李文静")
        expect(chat.panel.get_by_text("正在输入")).to_be_hidden()
    clean(chat)


def fake(page: Page, evils: list[str]) -> None:
    """A server that says every kind of line with every payload in every field."""

    def serve(socket: WebSocketRoute) -> None:
        def answer(raw: str | bytes) -> None:
            if json.loads(raw).get("t") != "hello":
                return
            said: list[dict[str, Any]] = [line for evil in evils for line in lines(evil)]
            desk = {"opens": evils[0], "closes": evils[0], "staffed": True, "next": evils[0]}
            queue = {"status": "waiting", "ahead": evils[0]}
            first = {
                "t": "ready",
                "limit": 2000,
                "last": len(said),
                "person": evils[0],
                "desk": desk,
                "queue": queue,
            }
            socket.send(json.dumps(first))
            for seq, line in enumerate(said, start=1):
                socket.send(json.dumps({"t": "line", "seq": seq, "at": 1_700_000_000_000 + seq, **line}))
            socket.send(
                json.dumps({"t": "line", "from": "user", "id": "other-tab-1", "text": evils[-1], "at": 1})
            )

        socket.on_message(answer)

    page.route_web_socket("**/webhooks/web/socket", serve)


@pytest.mark.parametrize("evils", [PAYLOADS[:50], PAYLOADS[50:], LINKS], ids=["tags 1", "tags 2", "links"])
def test_payloads_in_every_field_of_every_kind(visit: Visit, evils: tuple[str, ...]) -> None:
    page = visit(prepare=lambda page: fake(page, list(evils)))
    chat = Chat(page)
    chat.launcher.click()
    expect(chat.log.locator(".line.user")).to_have_count(1, timeout=60_000)
    count = len(evils) * len(lines("x"))
    assert chat.shadow("return root.querySelectorAll('.line:not(.user)').length") == count
    clean(chat)
    chat.shadow("for (const each of root.querySelectorAll('details')) each.open = true")
    chat.log.get_by_role("button", name="复制").last.click()
    clean(chat)
