"""What a channel that draws puts under a question: an input with its rules, a choice of time, the terms."""

from __future__ import annotations

from typing import Any

from actions.base import Turn

DAYS_SHOWN = 5
#: questions with an input of their own: its kind and what a browser may complete (HTML's names)
_INPUTS = {
    "company_name": ("text", "organization"),
    "contact_name": ("text", "name"),
    "phone": ("tel", "tel"),
    "email": ("email", "email"),
    "phone_tail": ("tel", "off"),
}


def form_card(turn: Turn, field: str) -> dict[str, Any] | None:
    """The typed payload of a question; None for one that text and buttons ask well enough."""
    if field == "consent":
        return {"type": "consent", "version": 1}
    if field == "contact_time":
        today, calendar = turn.sv.clock.today(), turn.sv.calendar
        days = [calendar.after(today, number + 1) for number in range(DAYS_SHOWN)]
        return {"type": "when", "version": 1, "field": field, **turn.sv.wording.call_times(days)}
    if field not in _INPUTS:
        return None
    kind, completed = _INPUTS[field]
    label = turn.sv.wording.field(field)
    card = {"type": "field", "version": 1, "field": field, "label": label}
    return {**card, "input": kind, "autocomplete": completed}
