"""One server and one browser for all browser tests; each test has a context (a visitor) of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.web.chromium import Chat, Server, chromium, launch


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    from hotline import model

    if chromium() is None:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail("CI must test in a browser, and there is no Chromium")
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium fonts-wqy-zenhei)")
    model.ensure()
    made = Server(tmp_path_factory.mktemp("site"))
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(server: Server, driver: Playwright) -> Iterator[Browser]:
    opened = launch(driver)
    yield opened
    opened.close()


Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Visit]:
    """Open the hall as a new visitor (or, with `context`, another tab of one). Script errors, dialogs and broken
    policies fail the test.
    """
    troubles: list[str] = []
    contexts: list[BrowserContext] = []

    def go(
        path: str = "/", context: BrowserContext | None = None, prepare: object = None, **options: object
    ) -> Page:
        if context is None:
            options.setdefault("viewport", {"width": 1280, "height": 800})
            context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", **options)  # type: ignore[arg-type]
            contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(45_000)
        page.on("pageerror", lambda error: troubles.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (troubles.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on(
            "console",
            lambda said: troubles.append(said.text) if "Content Security Policy" in said.text else None,
        )
        if callable(prepare):
            prepare(page)
        page.goto(path if path.startswith("http") else server.base + path)
        return page

    yield go
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.fixture
def chat(visit: Visit) -> Chat:
    """The window, opened by a new visitor."""
    return Chat(visit()).open()
