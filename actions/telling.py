"""Something was told outside a question: say what was noted, or what cannot be changed, and go on to where it leads."""

from __future__ import annotations

from typing import Any

from actions import another, asking, keeping, meta, numbers, people, submission
from actions.base import HotlineAction, Turn
from actions.journey import begin
from actions.understanding import home_of

NEEDS = frozenset(
    {
        "applicant_type",
        "usage_scenario",
        "monthly_minutes",
        "daily_calls",
        "seats",
        "feature",
        "bound_numbers",
    }
    | {"growth_rate", "budget"}
)


class Noted(HotlineAction):
    """Something was told outside a question: say what was noted, and go on to where it leads."""

    action_name = "action_noted"

    def perform(self, turn: Turn) -> None:
        note = turn.state("turn_note") or {}
        if turn.form:
            return  # the form says it when it puts its question again
        if people.book_anew(turn):
            return
        asking.echo(turn, note)
        turn.set("turn_note", None)
        noted(turn, note)


class Corrected(HotlineAction):
    """A correction outside a form, or one that named nothing we know."""

    action_name = "action_corrected"

    def perform(self, turn: Turn) -> None:
        note = turn.state("turn_note") or {}
        if turn.act == "go_back" and not note.get("erased"):
            _no_step_back(turn)
            return
        if turn.form:
            home = home_of(turn, note)
            if home:
                turn.start_form(home)
            elif not note.get("told"):
                turn.say("utter_correct_what")
            return
        if people.book_anew(turn):
            return
        if not note.get("changes") and another.closed(turn):
            return
        asking.echo(turn, note)
        turn.set("turn_note", None)
        if note.get("changes") or note.get("erased"):
            turn.set("goal", turn.slot("goal") or "recommend")
            begin(turn)
        elif not any(note.get(key) for key in ("refused", "same", "held")):
            turn.say("utter_correct_what")


def _no_step_back(turn: Turn) -> None:
    """Nothing was told before, or it is the number that is kept for him."""
    number = turn.sv.applications.draft(turn.cid).reserved_number
    if number and turn.form in ("contact_form", "materials_form"):
        turn.say("utter_back_number", number=turn.sv.wording.hotline(number))
    else:
        turn.say("utter_back_none")


def told(turn: Turn) -> bool:
    """Whether a message that was taken for none of ours told something, which is then noted."""
    note = turn.state("turn_note") or {}
    if turn.form or not (note.get("changes") or note.get("held")):
        return False
    asking.echo(turn, note)
    turn.set("turn_note", None)
    noted(turn, note)
    return True


def noted(turn: Turn, note: dict[str, Any]) -> None:
    """Where something that was told outside a question leads."""
    changed = {change["field"] for change in note.get("changes", [])}
    if turn.slot("application_id") and any(e.get("entity") == "application_id" for e in turn.entities):
        turn.start_form("status_form")
    elif turn.entity("hotline_number"):
        keeping.reserve(turn, str(turn.entity("hotline_number")))
    elif "material" in changed:
        submission.say_findings(turn)
    elif not changed and numbers.wished(turn):
        pass
    elif turn.also == numbers.SEARCH:
        numbers.SearchNumber().perform(turn)  # "预算一百块，找个号码"
    elif changed & NEEDS or turn.slot("goal"):
        turn.set("goal", turn.slot("goal") or "recommend")
        begin(turn)
    elif changed and not turn.sv.applications.draft(turn.cid).submitted:
        turn.say("utter_next_apply")  # he tells of himself: the next thing is to begin
        turn.propose("apply")
    elif changed or note.get("held") or note.get("refused") or note.get("told"):
        turn.say("utter_anything_else")
    else:
        meta.not_understood(turn)
