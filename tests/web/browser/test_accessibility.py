"""axe-core finds nothing in any state, light, dark and large."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.web.browser.conftest import Visit
from tests.web.chromium import Chat, choose, contact, need

pytestmark = [pytest.mark.browser, pytest.mark.model]
AXE = (Path(__file__).parent.parent / "vendor" / "axe.min.js").read_text("utf-8")
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(chat: Chat) -> list[str]:
    """What axe complains about on the whole page, widget included."""
    if not chat.page.evaluate("'axe' in window"):
        chat.page.evaluate(AXE)
    found: dict[str, Any] = chat.page.evaluate(
        "(tags) => axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] })",
        _RULES,
    )
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


def test_the_journeys_states(visit: Visit) -> None:
    chat = Chat(visit())
    expect(chat.launcher).to_be_visible()
    assert violations(chat) == []  # 1 the hall with the launcher
    chat.open()
    assert violations(chat) == []  # 2 the greeting with its choices
    chat.panel.get_by_role("button", name="更多").click()
    assert violations(chat) == []  # 3 the menu
    chat.page.keyboard.press("Escape")
    need(chat)
    chat.log.get_by_text("每月费用曲线").click()
    assert violations(chat) == []  # 4 the plan with its curve
    choose(chat)
    chat.log.get_by_label("单位名称").fill("甲")
    expect(chat.log.locator(".said[data-ok=false]")).to_be_visible()
    assert violations(chat) == []  # 5 numbers, and a field that complains
    contact(chat)
    chat.log.get_by_text("上传营业执照照片").last.click()
    assert violations(chat) == []  # 6 the checklist with the upload
    chat.press("还没准备", "请核对预受理申请")
    chat.press("确认提交", "已提交预受理")
    assert violations(chat) == []  # 7 the reference number and the rating
    chat.panel.get_by_role("button", name="转人工", exact=True).first.click()
    chat.wait("登记转人工")
    assert violations(chat) == []  # 8 waiting for a person


@pytest.mark.parametrize("look", ["dark", "large", "phone"])
def test_other_looks(visit: Visit, look: str) -> None:
    if look == "dark":
        page = visit(color_scheme="dark")
    elif look == "phone":
        page = visit(viewport={"width": 375, "height": 667}, is_mobile=True, has_touch=True)
    else:
        page = visit()
    chat = Chat(page).open()
    if look == "large":
        chat.panel.get_by_role("button", name="更多").click()
        chat.panel.get_by_role("switch", name="长辈版").click()
        chat.page.keyboard.press("Escape")
    chat.say("比较套餐", "套餐对比")
    chat.say("约人回电", "征得您的同意")
    assert violations(chat) == []
    chat.page.context.set_offline(True)
    expect(chat.panel.get_by_text("网络断开了")).to_be_visible()
    chat.say("还在吗")
    expect(chat.log.get_by_text("等待网络")).to_be_visible()
    assert violations(chat) == []


def test_targets_are_large_enough(chat: Chat) -> None:
    chat.say("找号码", "想要的号码")
    small = chat.shadow(
        "return [...root.querySelectorAll('button, a, input, select, summary, label.go')]"
        ".filter((node) => node.offsetParent && !node.classList.contains('hidden'))"
        ".filter((node) => Math.min(node.offsetWidth, node.offsetHeight) < 24).map((node) => node.outerHTML)"
    )
    assert small == []
