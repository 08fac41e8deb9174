"""The static files: small, cached, safe; readable sources without markup from strings."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from hotline.channels.web_pages import FOLDER
from tests.web.conftest import Site

WIDGET = sorted((FOLDER / "widget").iterdir())
SCRIPTS = [FOLDER / "widget.js", *(path for path in WIDGET if path.suffix == ".js")]


def zipped(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9))


def test_the_launcher_is_small_and_so_is_all_of_it() -> None:
    launcher = zipped(FOLDER / "widget.js")
    assert launcher <= 10_000
    assert launcher + sum(map(zipped, WIDGET)) <= 40_000


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_markup_is_ever_made_from_a_string(path: Path) -> None:
    source = path.read_text("utf-8")
    for evil in (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|srcdoc",
        r"\beval\b|new Function|setTimeout\(\s*['\"`]|javascript:",
        r"setAttribute\(\s*['\"]style|cssText|<style|createElement\(\s*['\"](?:style|script)",
    ):
        assert not re.search(evil, source), (path.name, evil)
    assert len(source.splitlines()) < 400


def test_the_hall_has_no_inline_script_or_style() -> None:
    page = (FOLDER / "hall" / "index.html").read_text("utf-8")
    assert not re.search(r"<style|style=|\son\w+=|<script(?![^>]*\ssrc=)", page)
    assert "示例数据" in page


@pytest.mark.model
async def test_files_are_typed_compressed_and_asked_about_again(site: Site) -> None:
    for path, kind in (
        ("/", "text/html"),
        ("/widget.js", "text/javascript"),
        ("/widget/widget.css", "text/css"),
        ("/hall/mark.svg", "image/svg+xml"),
    ):
        async with site.http.get(site.base + path) as answer:
            assert answer.status == 200 and answer.content_type == kind
            assert answer.headers["Content-Encoding"] == "gzip"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            etag = answer.headers["ETag"]
            policy = answer.headers.get("Content-Security-Policy", "")
        assert ("frame-ancestors 'none'" in policy) == (path == "/") and "unsafe" not in policy
        async with site.http.get(site.base + path, headers={"If-None-Match": etag}) as answer:
            assert answer.status == 304 and await answer.read() == b""
        async with site.http.head(site.base + path) as answer:
            assert answer.status == 200 and await answer.read() == b""


@pytest.mark.model
async def test_nothing_else_can_be_fetched(site: Site) -> None:
    for path in (
        "/widget/..%2f..%2fsettings.py",
        "/hall/..%2f..%2f..%2fpyproject.toml",
        "/widget/none.js",
        "/widget/",
    ):
        async with site.http.get(site.base + path) as answer:
            assert answer.status == 404, path
