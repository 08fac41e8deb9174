"""What the customer was shown before he said yes, and what of it is different by now. Pure.

Several devices may share one draft, a price may be edited, a reservation may end: a yes counts for what was on show.
The draft's revision would not do, since consents, passed questions and renewed reservations move it as well.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from hotline.business.drafts import Draft
from hotline.business.volume_said import VOLUME

#: the lines of the summary, in their order; the cost stands after the number
SHOWN = (
    "applicant_type",
    "industry",
    "usage_scenario",
    "feature",
    "bound_numbers",
    "plan",
    "hotline_number",
    "channel",
    "company_name",
    "contact_name",
    "phone",
    "email",
    "contact_time",
    "region",
)
#: what the lines about cost and minutes are computed from
COUNTED = (*VOLUME, "working_days", "growth_rate", "contract_months", "long_contract")
COST = "cost"
_LENGTH = 16  # characters of a digest

Seen = Mapping[str, str]  # a line of the summary → digest of what stood there


def seen(draft: Draft, cost: str) -> dict[str, str]:
    """What a summary of this draft shows, `cost` being its lines about money. No values, and none to be guessed:
    each digest is keyed with the draft's own id (so what was seen of one draft confirms no other)."""
    values: dict[str, Any] = {name: draft.get(name) for name in (*SHOWN, *COUNTED)}
    values["hotline_number"] = draft.reserved_number or draft.get("hotline_number")  # what would be submitted
    return {name: _digest(draft, name, value) for name, value in {**values, COST: cost}.items()}


def changed(before: Seen, now: Seen) -> tuple[str, ...]:
    """The lines that he saw and that show something else now. Where only the cost differs it is `COST`; otherwise
    the cost follows from what is named. (A line that is not in `before` was not shown, so it did not change.)"""
    found = tuple(name for name, digest in now.items() if name in before and before[name] != digest)
    return tuple(name for name in found if name != COST) or found


def without(before: Seen, names: set[str]) -> dict[str, str]:
    """What still counts as seen after he changed some lines himself: not these, nor the cost, which may follow."""
    return {name: digest for name, digest in before.items() if name not in names and name != COST}


def _digest(draft: Draft, name: str, value: Any) -> str:
    text = json.dumps([name, value], ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(), key=draft.draft_id.encode()[:64]).hexdigest()[:_LENGTH]
