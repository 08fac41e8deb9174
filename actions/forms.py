"""The forms' validators: they do not judge values (the draft did), they show what it holds and which field is next."""

from __future__ import annotations

from typing import Any

from rasa_sdk.events import ActionExecutionRejected

from actions import keeping, meta, showing
from actions.base import REQUESTED, HotlineAction, Turn
from actions.questions import FORMS
from hotline.business.answers import ANSWERS, CONFIRM, CONSENT

MISSES_BEFORE_PERSON = 3
#: what a message that should be an answer is taken for
UNHEARD = ANSWERS | {"out_of_scope", "nlu_fallback"}
PASSED_BY = 3  # times that a question was put while other things were told


class Validate(HotlineAction):
    """Refresh the view of the draft and name the next open field; no open field ends the form.

    A message that wants something of its own is left to its rule: the form steps aside, once.
    """

    form = ""

    def perform(self, turn: Turn) -> None:
        note = turn.state("turn_note") or {}
        turn.mirror()
        if note.get("aside") and turn.first_action(but=self.form):
            turn.events.append(ActionExecutionRejected(self.form))
            return
        _take_the_one_proposed(turn, note)
        fields = turn.box.open_fields(self.form, turn.slot)
        self._count(turn, note, fields)
        fields = put_off(turn, fields)
        first = CONSENT if note.get("consents_again") else note.get("erased")
        if first in fields:
            fields = [first, *(name for name in fields if name != first)]
        turn.set(REQUESTED, fields[0] if fields else None)

    def _count(self, turn: Turn, note: dict[str, Any], fields: list[str]) -> None:
        """Count answers to the field asked that were none; at the third a person is called, another is asked."""
        name, asked = turn.slot(REQUESTED), turn.slot("asked_field")
        if name in fields and asked is None:
            return  # to be asked for the first time, or said again
        if name not in fields or asked != name:
            turn.set("invalid_times", 0.0)
            return
        if not missed(turn, note, str(name)):
            stays = note.get("wants") == name or note.get("vague") or note.get("declined")
            if note.get("told") and not stays and int(turn.slot("asked_times") or 0) >= PASSED_BY:
                turn.set("invalid_times", 0.0)
                self._later(turn, str(name))  # he tells other things: go along, ask this at the end
            return
        times = int(turn.slot("invalid_times") or 0) + 1
        note["missed"] = times
        if times >= MISSES_BEFORE_PERSON:
            times, note["person"] = 0, True
            self._later(turn, str(name))
        turn.set("invalid_times", float(times))
        turn.set("turn_note", note)

    @staticmethod
    def _later(turn: Turn, name: str) -> None:
        if name in (CONSENT, CONFIRM):
            return  # nothing may be asked before these are answered
        turn.set("put_off", [*(each for each in turn.slot("put_off") or [] if each != name), name])


def _take_the_one_proposed(turn: Turn, note: dict[str, Any]) -> None:
    """ "随便", said of the one number that we proposed: it is kept for him, which costs nothing."""
    proposal = turn.state("proposal") or {}
    if (
        turn.requested == "hotline_number"
        and note.get("wants") == "hotline_number"
        and proposal.get("kind") == "reserve"
    ):
        turn.propose(None)
        keeping.reserve(turn, str(proposal["number"]))


def missed(turn: Turn, note: dict[str, Any], name: str) -> bool:
    """Whether this message should have answered the question and did not."""
    if any(refused["field"] == name for refused in note.get("refused", [])):
        return True
    if note.get("wants") == name:
        proposed = (turn.state("proposal") or {}).get("on") == name
        return proposed or not showing.can_suggest(turn, name)
    if note.get("beside"):
        return False
    if turn.act or turn.asked or (turn.intent == "submit_application" and name != CONFIRM):
        return False  # he wanted something himself, and it was answered
    if turn.intent == "out_of_scope" and meta.another_business(turn):
        return False
    return not note.get("told") and turn.intent in UNHEARD and not turn.done("action_choose_plan")


def put_off(turn: Turn, fields: list[str]) -> list[str]:
    """The open fields, those that three answers did not fill at the end."""
    late = turn.slot("put_off") or []
    return [*(name for name in fields if name not in late), *(name for name in fields if name in late)]


def _class(form: str) -> type[Validate]:
    return type(
        f"Validate_{form}",
        (Validate,),
        {"action_name": f"validate_{form}", "form": form, "__module__": __name__},
    )


for _form in FORMS:
    globals()[f"Validate_{_form}"] = _class(_form)
