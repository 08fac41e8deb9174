"""`make screenshots`: pictures of the main states into docs/pictures/, taken of the real server in the real browser."""

from __future__ import annotations

import io
import signal
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from hotline import model
from hotline.datafile import ROOT
from tests.web.chromium import Chat, Server, chromium, launch, need

FOLDER = ROOT / "docs" / "pictures"
LIMIT = 200_000  # bytes of a picture
DESKTOP = {"width": 1180, "height": 760}


def keep(shot: bytes, name: str) -> None:
    """Save a picture, with as few colours as keep it below the limit."""
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    for colours in (0, 256, 128, 64):
        out = io.BytesIO()
        (picture.quantize(colours) if colours else picture).save(out, "PNG", optimize=True)
        if len(out.getvalue()) < LIMIT:
            break
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.png").write_bytes(out.getvalue())
    print(f"docs/pictures/{name}.png  {len(out.getvalue()) // 1000} KB", flush=True)


class Studio:
    """Takes pictures of one visitor's window."""

    def __init__(self, browser: Browser, server: Server, **options: object) -> None:
        options.setdefault("viewport", DESKTOP)
        context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", **options)  # type: ignore[arg-type]
        self.page = context.new_page()
        self.page.goto(server.base)
        self.chat = Chat(self.page)

    def shoot(self, name: str, *, window: bool = False, top: str = "") -> None:
        """`window`: only the window; `top`: scroll this selector's last match to the top first."""
        if top:
            self.chat.log.locator(top).last.evaluate("(node) => node.scrollIntoView({ block: 'start' })")
        else:
            self.chat.shadow(
                "const lines = root.querySelector('.lines'); lines.scrollTop = lines.scrollHeight"
            )
        self.page.wait_for_timeout(400)
        keep(self.chat.panel.screenshot() if window else self.page.screenshot(), name)


def desktop(browser: Browser, server: Server) -> None:
    studio = Studio(browser, server)
    studio.chat.open()
    studio.shoot("greeting")
    need(studio.chat)
    studio.shoot("plan", top=".card.plan")
    studio.chat.log.get_by_text("每月费用曲线").click()
    studio.shoot("curve", window=True, top=".card.plan details")
    studio.chat.press("选客服版", "想要的号码")
    studio.chat.say("尾号8", "要预占哪一个")
    studio.shoot("numbers", window=True, top=".line.user")
    studio.chat.press("预占 4", "选一个办理渠道")
    studio.chat.press("网上营业厅", "全称")
    studio.chat.fill("单位名称", "杭州晴川商贸有限公司", "征得您的同意")
    studio.shoot("consent", window=True)
    studio.chat.press("同意", "怎么称呼")
    studio.chat.fill("联系人", "李文静", "联系电话")
    studio.chat.log.get_by_label("联系电话").fill("1380013800")
    studio.chat.log.locator(".said[data-ok=false]").wait_for()
    studio.shoot("field", window=True)
    studio.chat.fill("联系电话", "13800138000", "邮箱")
    studio.chat.press("跳过", "什么时间方便")
    studio.shoot("time", window=True)
    studio.chat.press("就这个时间", "法人本人来办")
    studio.chat.press("法人本人", "什么行业")
    studio.chat.say("餐饮", "手上已经有哪些")
    studio.shoot("checklist", window=True, top=".card.checklist")
    studio.chat.press("还没准备", "请核对预受理申请")
    studio.shoot("summary", window=True)
    studio.chat.press("确认提交", "已提交预受理")
    studio.chat.log.locator(".rating").wait_for()
    studio.shoot("submitted")
    studio.chat.panel.get_by_role("button", name="转人工", exact=True).first.click()
    studio.chat.wait("登记转人工")
    studio.shoot("person", window=True)


def looks(browser: Browser, server: Server) -> None:
    dark = Studio(browser, server, color_scheme="dark")
    dark.chat.open().say("比较套餐", "套餐对比")
    dark.shoot("dark")
    large = Studio(browser, server)
    large.chat.open()
    large.chat.panel.get_by_role("button", name="更多").click()
    large.chat.panel.get_by_role("switch", name="长辈版").click()
    large.shoot("menu", window=True)
    large.page.keyboard.press("Escape")
    large.chat.say("需要什么材料", "营业执照")
    large.shoot("large", top=".line.user")
    phone = Studio(
        browser,
        server,
        viewport={"width": 390, "height": 780},
        is_mobile=True,
        has_touch=True,
        device_scale_factor=1,
    )
    phone.chat.open()
    phone.chat.press("找号码", "想要的号码")
    phone.chat.press("看看推荐", "要预占哪一个")
    phone.shoot("phone")
    phone.page.context.set_offline(True)
    phone.chat.panel.get_by_text("网络断开了").wait_for()
    phone.chat.say("第一个")
    phone.shoot("offline")


def main() -> int:
    if chromium() is None:
        print("没有找到 Chromium：apt-get install chromium fonts-wqy-zenhei", file=sys.stderr)
        return 1
    model.ensure()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        server.start()
        try:
            with sync_playwright() as playwright:
                browser = launch(playwright)
                desktop(browser, server)
                looks(browser, server)
                browser.close()
        finally:
            server.stop(signal.SIGTERM)
    return 0


if __name__ == "__main__":
    sys.exit(main())
