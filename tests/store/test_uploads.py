"""Licences sent in: judged, cleaned, encrypted; ID cards never."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from sqlalchemy import text

from hotline.business import pictures
from hotline.business.cases import NotDone
from hotline.business.consent import load_terms
from hotline.business.uploads import Upload, Uploads
from hotline.store.papers import SqlUploads
from tests.store.world import World


def scan(width: int = 2400, blur: float = 0, light: float = 1.0, kind: str = "JPEG", **save: object) -> bytes:
    """Something like a printed licence."""
    picture = Image.new("RGB", (width, int(width * 0.7)), (245, 245, 240))
    draw, size = ImageDraw.Draw(picture), width // 60
    font = ImageFont.load_default(size)
    for line in range(8, int(width * 0.65), size * 2):
        draw.text((size, line), "BUSINESS LICENSE 91110000600037341L " * 3, fill=(20, 20, 20), font=font)
    if blur:
        picture = picture.filter(ImageFilter.GaussianBlur(blur * width / 1000))
    picture = picture.point(lambda value: int(value * light))
    out = io.BytesIO()
    picture.save(out, kind, **save)
    return out.getvalue()


PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def uploads(world: World) -> Uploads:
    return Uploads(SqlUploads(world.database), load_terms(), world.clock)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_clear_scan_is_kept_and_comes_back(world: World, uploads: Uploads, kind: str) -> None:
    kept = uploads.accept(world.applications.draft("c1"), "business_license", scan(kind=kind))
    assert isinstance(kept, Upload) and kept.findings == () and kept.media_type == "image/jpeg"
    found = uploads.content(kept.upload_id)
    assert found is not None
    with Image.open(io.BytesIO(found[1])) as picture:
        assert picture.size == (2400, 1680)


def test_a_pdf_is_kept_as_it_is(world: World, uploads: Uploads) -> None:
    kept = uploads.accept(world.applications.draft("c1"), "business_license", PDF)
    assert isinstance(kept, Upload)
    found = uploads.content(kept.upload_id)
    assert found is not None and found[1] == PDF


@pytest.mark.parametrize(
    ("data", "finding"),
    [
        (scan(blur=4), "blurred"),
        (scan(width=900), "low_resolution"),
        (scan(light=0.15), "dark"),
    ],
)
def test_what_cannot_be_read_is_said(data: bytes, finding: str) -> None:
    assert finding in pictures.judge(data).findings


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"x" * (pictures.LIMIT + 1), "too_large"),
        (b"MZ\x90\x00 an executable called licence.jpg", "wrong_type"),
        (b"<html><script>alert(1)</script>", "wrong_type"),
        (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "wrong_type"),
        (scan()[:5000], "broken"),
        (b"%PDF-1.4 cut off", "broken"),
        (PDF.replace(b"%%EOF", b"<< /S /JavaScript /JS (app.alert(1)) >>\n%%EOF"), "active_content"),
        (PDF.replace(b"%%EOF", b"<< /S /Launch /F (cmd.exe) >>\n%%EOF"), "active_content"),
    ],
)
def test_what_is_no_licence_is_refused_with_a_reason(
    world: World, uploads: Uploads, data: bytes, code: str
) -> None:
    refused = uploads.accept(world.applications.draft("c1"), "business_license", data)
    assert isinstance(refused, NotDone) and refused.code == code


def test_a_picture_of_too_many_dots_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MAX_PIXELS", 1000)
    with pytest.raises(pictures.NotAccepted) as caught:
        pictures.judge(scan(width=200))
    assert caught.value.code == "too_many_pixels"


def test_position_and_camera_are_not_kept() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Camera maker"
    exif[0x8825] = {1: "N", 2: (30.0, 15.0, 0.0)}
    judged = pictures.judge(scan(exif=exif))
    with Image.open(io.BytesIO(judged.content)) as picture:
        assert not dict(picture.getexif())


@pytest.mark.parametrize("material", ["legal_person_id", "agent_id"])
def test_photos_of_id_cards_are_never_taken(world: World, uploads: Uploads, material: str) -> None:
    refused = uploads.accept(world.applications.draft("c1"), material, scan())
    assert isinstance(refused, NotDone) and refused.code == "id_photo_refused"
    assert uploads.of(world.applications.draft("c1").draft_id) == []


def test_the_same_scan_is_kept_once_and_there_is_an_end(world: World, uploads: Uploads) -> None:
    draft = world.applications.draft("c1")
    first, again = (uploads.accept(draft, "business_license", PDF) for _ in range(2))
    assert first == again
    for number in range(9):
        other = PDF.replace(b"<<>>", f"<</N {number}>>".encode())
        assert isinstance(uploads.accept(draft, "business_license", other), Upload)
    refused = uploads.accept(draft, "business_license", PDF + b"more %%EOF")
    assert isinstance(refused, NotDone) and refused.code == "too_many"


def test_the_database_holds_no_readable_picture(world: World, uploads: Uploads) -> None:
    uploads.accept(world.applications.draft("c1"), "business_license", PDF)
    with world.database.session(read_only=True) as session:
        stored = bytes(session.execute(text("SELECT content FROM uploads")).scalar())
    assert b"PDF" not in stored and len(stored) > len(PDF)
