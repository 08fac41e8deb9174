"""Judging a photo or scan of a licence: what it is, whether it can be read, and a clean copy of it.

The type comes from the bytes, never from the name. A photo is decoded and encoded again, so that nothing but
the picture (no position, no camera, no hidden payload) is kept. A PDF is kept as it is, unless it openly carries
scripts, programs or attached files; what is hidden in compressed parts is not looked for, so a reviewer opens it in a
viewer without scripts.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import filetype
from PIL import Image, ImageFilter, ImageOps, ImageStat, UnidentifiedImageError

LIMIT = 5 * 1024 * 1024  # bytes (F091)
MAX_PIXELS = 40_000_000  # more is refused before it is decoded
MAX_SIDE = 3508  # A4 at 300 dpi; larger pictures are scaled down to it
GOOD_SIDE = 1600  # below, the long side of a whole licence is too few dots to read (about 140 dpi on A4)
SHARP = (
    80.0  # variance of the Laplacian at a long side of 1000 dots; printed text in focus has several hundred
)
DARK = 60.0  # mean brightness, 0–255
TYPES = {"image/jpeg", "image/png", "image/webp", "application/pdf"}
_ACTIVE = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia")
_LAPLACE = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)


class NotAccepted(Exception):
    """A file that is not taken: ``empty``, ``too_large``, ``wrong_type``, ``broken``, ``too_many_pixels``,
    ``active_content``."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code, self.values = code, values


@dataclass(frozen=True)
class Judged:
    """The clean copy and what was seen. `findings`: ``low_resolution``, ``blurred``, ``dark`` (all R02)."""

    media_type: str
    content: bytes
    width: int | None
    height: int | None
    sharpness: float | None
    findings: tuple[str, ...]


def judge(data: bytes) -> Judged:
    """Raises NotAccepted."""
    if not data:
        raise NotAccepted("empty")
    if len(data) > LIMIT:
        raise NotAccepted("too_large", size=len(data), limit=LIMIT)
    kind = filetype.guess_mime(data)
    if kind not in TYPES:
        raise NotAccepted("wrong_type", found=kind)
    if kind == "application/pdf":
        if not data.startswith(b"%PDF-") or b"%%EOF" not in data[-1024:]:
            raise NotAccepted("broken")
        if found := next((mark for mark in _ACTIVE if mark in data), None):
            raise NotAccepted("active_content", found=found.decode())
        return Judged(kind, data, None, None, None, ())
    return _judge_picture(data)


def _judge_picture(data: bytes) -> Judged:
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise NotAccepted("too_many_pixels", pixels=opened.width * opened.height, limit=MAX_PIXELS)
            picture = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise NotAccepted("broken") from None
    width, height = picture.size
    sharpness, brightness = _sharpness(picture), ImageStat.Stat(picture.convert("L")).mean[0]
    seen = (
        (max(width, height) < GOOD_SIDE, "low_resolution"),
        (sharpness < SHARP, "blurred"),
        (brightness < DARK, "dark"),
    )
    picture.thumbnail((MAX_SIDE, MAX_SIDE))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88)
    findings = tuple(code for found, code in seen if found)
    return Judged("image/jpeg", out.getvalue(), width, height, round(sharpness, 1), findings)


def _sharpness(picture: Image.Image) -> float:
    """The variance of the Laplacian of the grey picture at a long side of 1000 dots."""
    grey = picture.convert("L")
    grey.thumbnail((1000, 1000))
    return float(ImageStat.Stat(grey.filter(_LAPLACE)).var[0])
