"""What the customer is asked to agree to, before the first personal detail is kept.

The purpose, the kinds of data and how long they are kept stand in ``data/catalog/consent.yml``; a change of
them is a new version, and an answer is always kept with the version it was given to (PIPL, articles 14–17).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hotline.business.fields import PERSONAL
from hotline.business.yaml_fields import Fields
from hotline.datafile import DATA, DataError, Located, load

GRANTED, REFUSED, WITHDRAWN, NONE = "granted", "refused", "withdrawn", "none"
DECISIONS = (GRANTED, REFUSED, WITHDRAWN)


@dataclass(frozen=True)
class ConsentTerms:
    """The terms in force, with the days that a closed application and an uploaded licence are kept."""

    version: str
    purpose: str
    kinds: tuple[str, ...]
    application_days: int
    upload_days: int

    def record(self) -> dict[str, Any]:
        """What is kept with an answer."""
        return {"version": self.version, "purpose": self.purpose, "kinds": list(self.kinds)}


def load_terms(file: Path = DATA / "catalog" / "consent.yml") -> ConsentTerms:
    """Read the terms. Raises DataError; the kinds must be exactly the personal fields."""
    data = load(file)
    if not isinstance(data, Located):
        raise DataError(file, 1, "应为“键: 值”的形式")
    holder = Located()
    holder.file, holder.line = str(file), 1
    fields = Fields(data, "同意条款", holder, None)
    kinds = tuple(fields.get("kinds"))
    if set(kinds) != PERSONAL:
        raise data.error(f"kinds 应正好是 {sorted(PERSONAL)}", "kinds")
    terms = ConsentTerms(
        version=fields.text("edition"),
        purpose=fields.text("purpose"),
        kinds=kinds,
        application_days=fields.count("application_days", 1),
        upload_days=fields.count("upload_days", 1),
    )
    fields.done()
    return terms
