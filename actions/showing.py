"""The questions that show something, and the values we propose when a customer leaves the choice to us."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from actions import numbers, plans, submission
from actions.base import Turn

DEFAULT_BOUND_NUMBERS = 3


def question(turn: Turn, field: str, again: bool) -> None:
    """Put the question for a field; `again` words it shorter."""
    special = _SPECIAL.get(field)
    if special:
        special(turn, again)
        return
    draft = turn.sv.applications.draft(turn.cid)
    values: dict[str, Any] = {"days": turn.sv.settings.draft_days}
    for name in ("daily_calls", "call_minutes"):
        values[name] = turn.sv.wording.number(draft.get(name) or 0)
    turn.say(f"utter_{'reask' if again else 'ask'}_{field}", **values)


def suggest(turn: Turn, field: str) -> bool:
    """ "随便", "你定": propose something to confirm, or pass the field by; False when neither can be done."""
    maker = _SUGGESTIONS.get(field)
    return maker(turn) if maker else False


def _volume(turn: Turn) -> bool:
    """Usual figures of the trade, with the working shown (F016, F019; sample figures)."""
    found = turn.box.usual_volume()
    minutes = found.minutes.high
    turn.say(
        "utter_propose_minutes",
        basis=turn.sv.plan_wording.basis(found),
        minutes=minutes,
    )
    turn.propose("value", on=turn.requested, field="monthly_minutes", value=minutes)
    return True


def _bound(turn: Turn) -> bool:
    turn.say("utter_propose_bound_numbers", count=DEFAULT_BOUND_NUMBERS)
    turn.propose("value", on="bound_numbers", field="bound_numbers", value=DEFAULT_BOUND_NUMBERS)
    return True


def _channel(turn: Turn) -> bool:
    advised = turn.box.channel_advice().channel
    turn.say("utter_propose_channel", channel=turn.sv.wording.value("channel", advised))
    turn.propose("value", on="channel", field="channel", value=advised)
    return True


_SUGGESTIONS: dict[str, Callable[[Turn], bool]] = {
    "monthly_minutes": _volume,
    "daily_calls": _volume,
    "call_minutes": _volume,
    "seats": _volume,
    "bound_numbers": _bound,
    "channel": _channel,
    "hotline_number": numbers.suggest,
}
_SPECIAL: dict[str, Callable[[Turn, bool], None]] = {
    "plan": plans.offer,
    "hotline_number": numbers.ask,
    "channel": submission.ask_channel,
    "material": submission.ask_material,
    "submit_confirmed": submission.ask_confirmation,
    "application_id": submission.ask_reference,
}
