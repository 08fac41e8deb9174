"""Uploaded licences in SQL, encrypted."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import defer

from hotline.business.uploads import Upload
from hotline.store.crypto import Vault
from hotline.store.database import Database, insert
from hotline.store.models.service import UploadRow


class SqlUploads:
    """Fulfils `business.uploads.UploadStore`. Needs a vault."""

    def __init__(self, database: Database) -> None:
        if database.vault is None:
            raise ValueError("uploads are kept encrypted: the database needs a vault")
        self._db = database
        self._vault: Vault = database.vault

    def add_upload(self, upload: Upload, content: bytes) -> Upload:
        key = self._vault.fingerprint(hashlib.sha256(content).hexdigest(), "upload")
        values = {name: getattr(upload, name) for name in Upload.__dataclass_fields__}
        with self._db.session() as session:
            session.execute(
                insert(self._db, UploadRow)
                .values(**{**values, "findings": list(upload.findings)}, content_key=key, content=content)
                .on_conflict_do_nothing()
            )
            row = session.scalars(
                select(UploadRow)
                .options(defer(UploadRow.content))
                .where(UploadRow.draft_id == upload.draft_id, UploadRow.content_key == key)
            ).one()
            return _upload(row)

    def uploads(self, draft_id: str) -> Sequence[Upload]:
        query = (
            select(UploadRow)
            .options(defer(UploadRow.content))
            .where(UploadRow.draft_id == draft_id)
            .order_by(UploadRow.created_at, UploadRow.upload_id)
        )
        with self._db.session(read_only=True) as session:
            return [_upload(row) for row in session.scalars(query)]

    def content(self, upload_id: str) -> tuple[Upload, bytes] | None:
        with self._db.session(read_only=True) as session:
            row = session.get(UploadRow, upload_id)
            return None if row is None else (_upload(row), row.content)


def _upload(row: UploadRow) -> Upload:
    values = {name: getattr(row, name) for name in Upload.__dataclass_fields__}
    return Upload(**{**values, "findings": tuple(row.findings)})
