"""Licences that customers send: judged, kept encrypted for a reviewer, deleted by retention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from hotline.business.cases import NotDone
from hotline.business.consent import ConsentTerms
from hotline.business.drafts import Draft
from hotline.business.pictures import NotAccepted, judge
from hotline.business.references import new_id
from hotline.clock import Clock

ACCEPTED = frozenset({"business_license"})  # everything else is handed in by the channel
_PER_DRAFT = 10


@dataclass(frozen=True)
class Upload:
    """A licence that was sent (its bytes are fetched on their own)."""

    upload_id: str
    conversation_id: str
    draft_id: str
    material: str
    media_type: str
    size: int
    width: int | None
    height: int | None
    sharpness: float | None
    findings: tuple[str, ...]
    created_at: datetime
    expires_at: datetime


class UploadStore(Protocol):
    """Where uploads are kept, encrypted."""

    def add_upload(self, upload: Upload, content: bytes) -> Upload:
        """Keep it; the same content of the same draft is kept once."""
        ...

    def uploads(self, draft_id: str) -> Sequence[Upload]:
        """Oldest first."""
        ...

    def content(self, upload_id: str) -> tuple[Upload, bytes] | None:
        """An upload with its bytes, decrypted."""
        ...


class Uploads:
    """Takes licences in and gives them to reviewers."""

    def __init__(self, store: UploadStore, terms: ConsentTerms, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._keep = timedelta(days=terms.upload_days)

    def accept(self, draft: Draft, material: str, data: bytes) -> Upload | NotDone:
        """Keep a licence; `findings` of the result tell what is hard to read (low_resolution, blurred, dark).

        NotDone: ``id_photo_refused`` (ID cards are never taken in chat; the channel takes them),
        ``not_taken_here`` (other papers), ``too_many`` (limit), ``empty``, ``too_large`` (size, limit),
        ``wrong_type``, ``broken``, ``too_many_pixels``, ``active_content``.
        """
        if material in ("legal_person_id", "agent_id"):
            return NotDone("id_photo_refused", {"material": material})
        if material not in ACCEPTED:
            return NotDone("not_taken_here", {"material": material})
        if len(self._store.uploads(draft.draft_id)) >= _PER_DRAFT:
            return NotDone("too_many", {"limit": _PER_DRAFT})
        try:
            judged = judge(data)
        except NotAccepted as refused:
            return NotDone(refused.code, refused.values)
        now = self._clock.now()
        upload = Upload(
            upload_id=new_id(),
            conversation_id=draft.conversation_id,
            draft_id=draft.draft_id,
            material=material,
            media_type=judged.media_type,
            size=len(judged.content),
            width=judged.width,
            height=judged.height,
            sharpness=judged.sharpness,
            findings=judged.findings,
            created_at=now,
            expires_at=now + self._keep,
        )
        return self._store.add_upload(upload, judged.content)

    def of(self, draft_id: str) -> list[Upload]:
        """What was sent for a draft, oldest first."""
        return list(self._store.uploads(draft_id))

    def content(self, upload_id: str) -> tuple[Upload, bytes] | None:
        """For a reviewer at the desk."""
        return self._store.content(upload_id)
