"""A real server process and a real browser for the browser tests and the screenshots."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright, expect

from hotline.datafile import ROOT

#: no sandbox in a container, nothing fetched in the background
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
START_SECONDS = 240


def chromium() -> str | None:
    """The distribution's Chromium."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def launch(playwright: Playwright) -> Browser:
    """Start it, headless."""
    return playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Server:
    """`python -m hotline run` in a process of its own, as in deployment: without the development API."""

    def __init__(self, var: Path) -> None:
        self.var, self.port, self.other_port = var, free_port(), free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def other(self) -> str:
        """Another origin, whose pages may embed the widget."""
        return f"http://127.0.0.1:{self.other_port}"

    def start(self) -> None:
        env = {
            **os.environ,
            "HOTLINE_VAR": str(self.var),
            "HOTLINE_PORT": str(self.port),
            "HOTLINE_SAMPLE_NUMBERS": "3000",
            "HOTLINE_DEV_API": "0",
            "HOTLINE_SENDER_BURST": "0",
            "HOTLINE_ADDRESS_BURST": "0",
            "HOTLINE_WEB_ORIGINS": self.other,
            "HOTLINE_ACTION_SECONDS": "30",
        }
        log = (self.var / "server.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hotline", "run"], cwd=ROOT, env=env, stdout=log, stderr=log
        )
        log.close()
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                with urllib.request.urlopen(f"{self.base}/webhooks/web/", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                if self.process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError((self.var / "server.log").read_text("utf-8")[-2000:]) from None
                time.sleep(0.3)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process is None:
            return
        self.process.send_signal(how)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


class Chat:
    """The widget on a page, as a visitor handles it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.panel = page.get_by_role("dialog")
        self.log = self.panel.get_by_role("log")
        self.input = self.panel.get_by_label("输入消息")
        self.launcher = page.get_by_role("button", name="在线客服")

    def open(self) -> Chat:
        """Open the window and wait for the greeting or the conversation so far."""
        self.launcher.click()
        expect(self.log.locator(".line.bot").first).to_be_visible(timeout=45_000)
        return self

    def wait(self, text: str, timeout: float = 45_000) -> Locator:
        """The newest line of the assistant that has this text."""
        line = self.log.locator(".line:not(.user)", has_text=text).last
        expect(line).to_be_visible(timeout=timeout)
        return line

    def say(self, text: str, then: str | None = None) -> Locator | None:
        """Type and send."""
        self.input.fill(text)
        self.input.press("Enter")
        return self.wait(then) if then else None

    def press(self, title: str, then: str | None = None) -> Locator | None:
        """Press a button that the conversation offers; the newest if several begin so."""
        self.log.get_by_role("button", name=re.compile("^" + re.escape(title))).last.click()
        return self.wait(then) if then else None

    def fill(self, label: str, value: str, then: str | None = None) -> Locator | None:
        """Use the form field below a question."""
        self.log.get_by_label(label).last.fill(value)
        self.log.get_by_role("button", name="提交", exact=True).last.click()
        return self.wait(then) if then else None

    def texts(self, author: str = "user") -> list[str]:
        """The bubbles of one side, in order."""
        return self.log.locator(f".line.{author} .bubble").all_inner_texts()

    def shadow(self, script: str) -> Any:
        """Evaluate with `root` as the widget's shadow root."""
        return self.page.evaluate(
            f"(() => {{ const root = document.querySelector('hotline-chat').shadowRoot; {script} }})()"
        )


def need(chat: Chat) -> None:
    """From the greeting to the recommendation."""
    chat.press("我要办理", "以什么主体")
    chat.press("企业", "用来做什么")
    chat.press("客户咨询", "多少分钟")
    chat.say("每天30个电话每个三分钟", "增长")
    chat.press("说不准", "哪些功能")
    chat.say("要语音导航", "几个接听号码")
    chat.say("五个", "哪个城市")
    chat.say("杭州", "预算")
    chat.press("没有上限", "就选这一档吗")


def choose(chat: Chat) -> None:
    """From the recommendation to the number that is kept and the company's name."""
    chat.press("选客服版", "想要的号码")
    chat.say("尾号8", "要预占哪一个")
    chat.press("预占 4", "选一个办理渠道")
    chat.press("网上营业厅", "全称")


def contact(chat: Chat) -> None:
    """From the company's name to the list of papers."""
    chat.fill("单位名称", "杭州晴川商贸有限公司", "征得您的同意")
    chat.press("同意", "怎么称呼")
    chat.fill("联系人", "李文静", "联系电话")
    chat.fill("联系电话", "13800138000", "邮箱")
    chat.press("跳过", "什么时间方便")
    chat.press("就这个时间", "法人本人来办")
    chat.press("法人本人", "什么行业")
    chat.say("餐饮", "手上已经有哪些")


def new_page(context: BrowserContext, base: str, path: str = "/") -> Page:
    """A page whose script errors and dialogs fail the test at its end (see `troubles`)."""
    page = context.new_page()
    page.goto(base + path)
    return page
