"""How each question of each form is put: first time, again, after a refusal, with a proposal.

One class serves every plain field; the few questions that show something (a recommendation, numbers, a summary)
have their own. Rasa looks for `action_ask_<form>_<slot>`.
"""

from __future__ import annotations

from typing import Any

from actions import showing
from actions.base import HotlineAction, Turn
from actions.questions import FORMS

CONSENT = "consent"


class Ask(HotlineAction):
    """Put one question. Subclasses are made below, one for each field of each form."""

    form = ""
    field = ""

    def perform(self, turn: Turn) -> None:
        note = turn.state("turn_note") or {}
        said_before = turn.slot("asked_field") == self.field
        times = (turn.slot("asked_times") or 0) + 1 if said_before else 1
        echo(turn, note, self.field)
        refused = next((r for r in note.get("refused", []) if r["field"] == self.field), None)
        wrong = (turn.slot("invalid_times") or 0) + 1 if refused else 0
        turn.set("invalid_times", wrong)
        if wrong >= 3:
            turn.say("utter_offer_person")
        elif note.get("wants") == self.field and self.suggest(turn):
            pass
        elif refused:
            turn.say(f"utter_example_{self.field}", buttons=self.way_out(turn, wrong))
        else:
            self.ask(turn, again=said_before and times > 1)
        turn.set("asked_field", self.field)
        turn.set("asked_times", times)
        turn.set("turn_note", None)

    def ask(self, turn: Turn, again: bool) -> None:
        """The question itself."""
        showing.question(turn, self.field, again)
        if again:
            remaining(turn, self.form)

    def suggest(self, turn: Turn) -> bool:
        """Propose a value when the customer leaves it to us; False when there is nothing to propose."""
        return showing.suggest(turn, self.field)

    def way_out(self, turn: Turn, wrong: int) -> list[dict[str, str]]:
        """From the second wrong answer on: pass it by, or a person."""
        if wrong < 2:
            return []
        skip = (
            [{"title": turn.sv.wording["skip_button"], "payload": "/deny"}]
            if turn.box.may_skip(self.field)
            else []
        )
        return [*skip, {"title": turn.sv.wording["person_button"], "payload": "/human_handoff"}]


def echo(turn: Turn, note: dict[str, Any], asking: str = "") -> None:
    """Say what was noted, changed or refused in this message, in one bubble before the next question."""
    wording = turn.sv.wording
    old = [c for c in note.get("changes", []) if c["old"] not in (None, [], "")]
    new = [c for c in note.get("changes", []) if c["old"] in (None, [], "") and c["field"] != asking]
    if old:
        changes = wording["sentence"].join(wording.change(c["field"], c["old"], c["new"]) for c in old)
        turn.say("utter_changed", changes=changes)
    if new and (len(new) > 1 or old or note.get("volunteered") or not turn.pressed):
        changes = wording["sentence"].join(wording.change(c["field"], None, c["new"]) for c in new)
        turn.say("utter_noted", changes=changes)
    if note.get("consent") == "granted":
        turn.say("utter_consent_granted")
    if note.get("erased"):
        turn.say("utter_deleted_field", field=wording.field(note["erased"]))
    for refused in note.get("refused", []):
        turn.say(f"utter_refused_{refused['code']}", **refused["values"])


def remaining(turn: Turn, form: str) -> None:
    """ "还差 2 项", when a question is put again after an interruption."""
    left = len(turn.box.open_fields(form, turn.slot))
    if left > 1:
        turn.say("utter_remaining", count=left)


def _class(form: str, field: str) -> type[Ask]:
    name = f"action_ask_{form}_{field}"
    return type(
        f"Ask_{form}_{field}",
        (Ask,),
        {"action_name": name, "form": form, "field": field, "__module__": __name__},
    )


for _form, _fields in FORMS.items():
    for _field in _fields:
        globals()[f"Ask_{_form}_{_field}"] = _class(_form, _field)
