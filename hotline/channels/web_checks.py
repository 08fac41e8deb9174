"""Whether a form field would accept a value: the same rules and words as in the conversation."""

from __future__ import annotations

import re
from typing import Any

from hotline.business.answers import REFERENCE, TAIL
from hotline.business.fields import FIELDS, Refusal, normalise
from hotline.business.references import parse_reference
from hotline.runtime.phrases import Phrases

CHECKED = frozenset(
    {
        "company_name",
        "contact_name",
        "phone",
        "email",
        "contact_time",
        "credit_code",
        "monthly_minutes",
        "daily_calls",
        "call_minutes",
        "seats",
        "bound_numbers",
        "budget",
        "region",
        "industry",
        REFERENCE,
        TAIL,
    }
)


def check(field: str, value: str) -> Any:
    """The value as it would be kept. Raises Refusal."""
    if field not in CHECKED:
        raise Refusal("unknown_field", field=field)
    if field == TAIL:
        if not re.fullmatch(r"\d{4}", value.strip()):
            raise Refusal("tail")
        return value.strip()
    if field == REFERENCE:
        reference = parse_reference(value)
        if reference is None:
            raise Refusal("reference")
        return reference
    assert field in FIELDS
    return normalise(field, value)


def words(phrases: Phrases, refused: Refusal, channel: str) -> str:
    """Why it is refused, as the conversation says it."""
    name = f"utter_refused_{refused.code}"
    if name not in phrases.responses:
        name = "utter_refused_not_a_choice"
    return str(phrases.render(name, channel, **refused.values).get("text", ""))
