"""The questions that show something, and the values we propose when a customer leaves the choice to us."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from actions import numbers, plans, review, submission, testing
from actions.base import Turn
from actions.cards import form_card
from hotline.business import suggestions
from hotline.business.free_words import usage_of
from hotline.business.references import spoken_form


def question(turn: Turn, field: str, again: bool) -> None:
    """Put the question for a field; `again` words it shorter."""
    special = _SPECIAL.get(field)
    if special:
        special(turn, again)
        return
    turn.say(f"utter_{'reask' if again else 'ask'}_{field}", card=form_card(turn, field), **values(turn))


def values(turn: Turn) -> dict[str, Any]:
    """What questions, explanations and examples may mention."""
    draft, wording, settings = turn.sv.applications.draft(turn.cid), turn.sv.wording, turn.sv.settings
    own = turn.sv.applications.own(turn.cid)
    return {
        "days": settings.draft_days,
        "hours": settings.reservation_hours,
        "headroom": wording.percent(settings.headroom),
        "example": spoken_form(own[0].reference) if own else wording["reference_example"],
        "daily_calls": wording.value("daily_calls", draft.get("daily_calls")),
    }


def can_suggest(turn: Turn, field: str) -> bool:
    """Whether there is something to propose for a field."""
    return field in _SUGGESTIONS and (
        field != "region" or suggestions.region(turn.sv.applications.draft(turn.cid)) is not None
    )


def suggest(turn: Turn, field: str) -> bool:
    """ "随便", "你定": propose something to confirm; False when there is nothing to propose."""
    return can_suggest(turn, field) and _SUGGESTIONS[field](turn)


def confirm_volume(turn: Turn, volume: dict[str, Any]) -> None:
    """ "两三千": the upper end, or what it comes to in minutes, is proposed (design: guessing is announced)."""
    try:
        found = turn.box.usual_volume(volume)
    except ValueError:  # nobody is called that much
        turn.say("utter_refused_out_of_range")
        return
    minutes = found.minutes.high
    if "monthly_minutes" in volume:
        turn.say(
            "utter_propose_range",
            said=turn.sv.wording.value("monthly_minutes", volume["monthly_minutes"]),
            minutes=minutes,
        )
    else:
        turn.say("utter_propose_minutes", basis=turn.sv.plan_wording.basis(found), minutes=minutes)
    turn.propose("value", on=turn.requested, values={**volume, "monthly_minutes": minutes})


def _volume(turn: Turn) -> bool:
    """Usual figures of the trade, with the working shown (F016, F019; sample figures)."""
    found = turn.box.usual_volume()
    minutes = found.minutes.high
    turn.say("utter_propose_minutes", basis=turn.sv.plan_wording.basis(found), minutes=minutes)
    turn.propose("value", on=turn.requested, values={"monthly_minutes": minutes})
    return True


def _bound(turn: Turn) -> bool:
    turn.say("utter_propose_bound_numbers", count=suggestions.BOUND_NUMBERS)
    turn.propose("value", on="bound_numbers", values={"bound_numbers": suggestions.BOUND_NUMBERS})
    return True


def _plain(field: str, find: Callable[[Turn], Any]) -> Callable[[Turn], bool]:
    """A proposal that only names its value."""

    def propose(turn: Turn) -> bool:
        value = find(turn)
        named = turn.sv.wording.value(field, value)
        said: dict[str, Any] = {"value": named, field: named}
        turn.say(f"utter_propose_{field}", **said)
        turn.propose("value", on=field, values={field: {"set": value} if isinstance(value, list) else value})
        return True

    return propose


def _again(ask: Callable[[Turn, bool], None]) -> Callable[[Turn], bool]:
    """The question itself proposes something."""

    def propose(turn: Turn) -> bool:
        ask(turn, True)
        return True

    return propose


def _draft(turn: Turn) -> Any:
    return turn.sv.applications.draft(turn.cid)


_SUGGESTIONS: dict[str, Callable[[Turn], bool]] = {
    "applicant_type": _plain("applicant_type", lambda turn: suggestions.applicant_type(_draft(turn))),
    "usage_scenario": _plain(
        "usage_scenario", lambda turn: usage_of(str(_draft(turn).get("industry") or ""))
    ),
    "monthly_minutes": _volume,
    "daily_calls": _volume,
    "call_minutes": _volume,
    "seats": _volume,
    "feature": _plain("feature", lambda turn: suggestions.features(_draft(turn))),
    "bound_numbers": _bound,
    "region": _plain("region", lambda turn: suggestions.region(_draft(turn))),
    "plan": _again(plans.offer),
    "channel": _plain("channel", lambda turn: turn.box.channel_advice().channel),
    "hotline_number": numbers.suggest,
    "handler": _plain("handler", lambda turn: "legal_person"),
    "material": _plain("material", lambda turn: []),
}
_SPECIAL: dict[str, Callable[[Turn, bool], None]] = {
    "plan": plans.offer,
    "hotline_number": numbers.ask,
    "channel": submission.ask_channel,
    "material": submission.ask_material,
    "submit_confirmed": review.ask_confirmation,
    "application_id": submission.ask_reference,
    "test_result": testing.ask,
}
