"""The static files of the widget and the demo hall: types, caching, compression, security headers."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

FOLDER = Path(__file__).parent.parent / "web"
CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}


@dataclass(frozen=True)
class Page:
    """One file, ready to be sent."""

    body: bytes
    zipped: bytes
    etag: str
    kind: str


class Pages:
    """The files below a folder. Read again when they change, so that an edit shows at the next reload."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder.resolve()
        self._kept: dict[str, tuple[float, Page]] = {}

    def find(self, name: str) -> Page | None:
        """A file by its path below the folder; None for anything else."""
        path = (self._folder / name).resolve()
        if path.suffix not in _TYPES or not path.is_relative_to(self._folder) or not path.is_file():
            return None
        changed = path.stat().st_mtime
        kept = self._kept.get(name)
        if kept and kept[0] == changed:
            return kept[1]
        body = path.read_bytes()
        etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        page = Page(body, gzip.compress(body, 9, mtime=0), etag, _TYPES[path.suffix])
        self._kept[name] = (changed, page)
        return page

    def send(self, request: Request, name: str) -> HTTPResponse:
        """The answer for one file: whole, compressed, or 304 if the client has it already."""
        page = self.find(name)
        if page is None:
            return response.text("404", status=404, headers=SECURITY)
        headers = {
            **SECURITY,
            "ETag": page.etag,
            "Cache-Control": "no-cache",  # kept, and asked about each time: modules of one widget never mix
            "Vary": "Accept-Encoding",
        }
        if page.kind.startswith("text/html"):
            headers["Content-Security-Policy"] = CSP
            headers["Cross-Origin-Opener-Policy"] = "same-origin"
        else:
            headers["Access-Control-Allow-Origin"] = "*"  # public files, embedded in other people's pages
            headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if page.etag in request.headers.get("if-none-match", ""):
            return HTTPResponse(status=304, headers=headers)
        body = page.body
        if "gzip" in request.headers.get("accept-encoding", ""):
            body, headers["Content-Encoding"] = page.zipped, "gzip"
        return response.raw(body, headers=headers, content_type=page.kind)


def blueprint(pages: Pages) -> Blueprint:
    """`/widget.js`, its modules, and the demo hall's files (the hall itself is at `/`, see `root`)."""
    bp = Blueprint("web_pages")

    @bp.route("/widget.js", methods=["GET", "HEAD"])
    async def launcher(request: Request) -> HTTPResponse:
        return pages.send(request, "widget.js")

    @bp.route("/widget/<name:str>", methods=["GET", "HEAD"], name="widget_file")
    async def widget_file(request: Request, name: str) -> HTTPResponse:
        return pages.send(request, f"widget/{name}")

    @bp.route("/hall/<name:str>", methods=["GET", "HEAD"], name="hall_file")
    async def hall_file(request: Request, name: str) -> HTTPResponse:
        return pages.send(request, f"hall/{name}")

    return bp


def root(pages: Pages):  # type: ignore[no-untyped-def]
    """A request middleware: the demo hall at `/`, before Rasa's own greeting there."""

    async def hall(request: Request) -> HTTPResponse | None:
        if request.path == "/" and request.method in ("GET", "HEAD"):
            return pages.send(request, "hall/index.html")
        return None

    return hall
