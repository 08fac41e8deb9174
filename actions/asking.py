"""How each question of each form is put: first time, again, after a refusal, with a proposal.

One class serves every plain field; the few questions that show something (a recommendation, numbers, a summary)
have their own. Rasa looks for `action_ask_<form>_<slot>`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from actions import costs, faq, people, plans, review, showing, submission
from actions.base import HotlineAction, Turn
from actions.cards import form_card
from actions.questions import FORMS
from hotline.business.answers import ANSWERS, CONFIRM, CONSENT, VOLUME
from hotline.business.assent import brief
from hotline.business.fields import DETAILS

#: asked about something weighty: an answer that is none gets the reason, not an example
_EXPLAINED = frozenset({CONSENT, CONFIRM})


#: he passes by what cannot be passed by: something is proposed
_PASSES = re.compile(
    r"(?:这个|这项|我|那|先|就)*(?:跳过|略过|不填|不选|不定|不说|空着)(?:这个|这项|吧|了|行吗|可以吗)*[。.!！?？]?"
)
IN_FULL, LONG_IN_FULL = 3, 5  # every third repetition; of a question that fills a screen, every fifth
TIRED = 3  # remarks about other things, instead of an answer, before a way out is offered
_REMARKS = frozenset({"chitchat", "out_of_scope", "greet", "nlu_fallback"})
_LONG = frozenset({CONSENT, CONFIRM, "plan", "channel", "material"})


class Ask(HotlineAction):
    """Put one question. Subclasses are made below, one for each field of each form."""

    form = ""
    field = ""

    def perform(self, turn: Turn) -> None:
        note = turn.state("turn_note") or {}
        again = turn.slot("asked_field") == self.field
        if again and turn.act == "wait":
            return  # he asked for a moment: the question stands
        echo(turn, note, self.field)
        if note.get("person"):
            people.hand_over(turn, "misunderstood", stay=True)
        self.put(turn, note, again)
        turn.set("asked_field", self.field)
        turn.set("asked_times", float((turn.slot("asked_times") or 0) + 1 if again else 1))
        turn.set("turn_note", None)
        turn.set("returning", None)

    def put(self, turn: Turn, note: dict[str, Any], again: bool) -> None:
        """The question, or what stands in for it after an answer that was none."""
        draft = turn.sv.applications.draft(turn.cid)
        if self.field in draft.reopened and not note.get("missed") and not note.get("vague"):
            say_value(turn, "utter_reopened", self.field, draft.fields)
        if note.get("wrong"):
            review.ask_what_is_wrong(turn)
        elif note.get("what_if") and plans.what_if(turn, note["what_if"]):
            pass
        elif note.get("vague"):
            showing.confirm_volume(turn, note["vague"])
        elif note.get("missed") and not note.get("person"):
            self.help(turn, note, int(note["missed"]))
        elif note.get("wants") == self.field and showing.suggest(turn, self.field):
            pass
        elif note.get("unclear") and again and self.field not in _EXPLAINED:
            turn.say(f"utter_example_{self.field}", **showing.values(turn))
        else:
            hurried = turn.act == "hurry"
            if again and turn.intent not in ANSWERS and turn.act != "missing" and not hurried:
                turn.left = self.left(turn)
            # in short, and now and then in full: the same words over and over sound deaf
            every = LONG_IN_FULL if self.field in _LONG else IN_FULL
            times = int(turn.slot("asked_times") or 0)
            showing.question(turn, self.field, again and (hurried or times % every != 0))
            if again and turn.intent in _REMARKS and times % TIRED == 0:
                turn.say("utter_way_out", buttons=self.way_out(turn))  # he talks of anything but this

    def help(self, turn: Turn, note: dict[str, Any], times: int) -> None:
        """What is expected, with an example; from the second time on with a way out."""
        if not any(refused["field"] == self.field for refused in note.get("refused", [])):
            if self.field in _EXPLAINED:
                turn.say(f"utter_explain_{self.field}", **showing.values(turn))
                showing.question(turn, self.field, True)
                return
            if not turn.box.may_skip(self.field) and _PASSES.fullmatch(turn.text.strip()):
                if showing.suggest(turn, self.field):
                    return
            if not turn.done("action_not_understood") and not brief(turn.text):
                turn.lead = turn.sv.wording["unheard"].format(label=turn.sv.wording.field(self.field))
        buttons = self.way_out(turn) if times > 1 else None
        card = form_card(turn, self.field)
        turn.say(f"utter_example_{self.field}", buttons=buttons, card=card, **showing.values(turn))

    def way_out(self, turn: Turn) -> list[dict[str, str]]:
        """Pass it by, or a person."""
        skip = (
            [{"title": turn.sv.wording["skip_button"], "payload": "/deny"}]
            if turn.box.may_skip(self.field)
            else []
        )
        return [*skip, {"title": turn.sv.wording["person_button"], "payload": "/human_handoff"}]

    def left(self, turn: Turn) -> str:
        """ "还差 2 项", when a question is put again after an interruption."""
        count = len(turn.box.open_fields(self.form, turn.slot))
        return turn.sv.wording["left_lead"].format(count=count) if count > 1 else ""


def echo(turn: Turn, note: dict[str, Any], asking: str = "") -> None:
    """Say what was noted, changed or refused in this message, and answer the questions that stood beside it."""
    wording = turn.sv.wording
    told = [c for c in note.get("changes", []) if c["field"] not in (DETAILS, *note.get("assumed", []))]
    old = [c for c in told if c["old"] not in (None, [], "")]
    new = [c for c in told if c["old"] in (None, [], "") and c["field"] != asking]
    if old:
        changes = wording["sentence"].join(wording.change(c["field"], c["old"], c["new"]) for c in old)
        turn.say("utter_changed", changes=changes)
    if new and (len(new) > 1 or old or not turn.pressed):
        changes = wording["sentence"].join(wording.change(c["field"], None, c["new"]) for c in new)
        turn.say("utter_noted", changes=changes)
    if note.get("same") and not note.get("changes"):
        same = wording["sentence"].join(wording.change(n, None, v) for n, v in note["same"].items())
        turn.say("utter_same", same=same)
    assume(turn, note)
    costs.rough(turn, {each["field"] for each in note.get("changes", [])})
    held = [name for name in note.get("held", []) if turn.sv.applications.draft(turn.cid).consent == "none"]
    if held and note.get("consent") is None:
        turn.say("utter_held", fields=wording.listing(wording.field(name) for name in dict.fromkeys(held)))
    if note.get("wish"):
        turn.say("utter_wish_noted")
    if note.get("consent") == "granted":
        turn.say("utter_consent_granted")
    passed_by(turn, note)
    if note.get("kept"):
        values = turn.sv.applications.draft(turn.cid).fields
        say_value(turn, "utter_kept_as_it_was", note["kept"], values)
    if note.get("erased") and note["erased"] not in turn.sv.applications.draft(turn.cid).reopened:
        turn.say("utter_deleted_field", field=wording.field(note["erased"]))
    altered = {each["field"] for each in note.get("changes", [])}
    if "plan" in altered and turn.requested != "plan" and turn.sv.applications.draft(turn.cid).plan:
        plans.say_what_it_lacks(turn)
        plans.say_if_another_fits(turn)
    if altered & plans.AFFECTING and not altered & {"plan", "hotline_number"}:
        plans.say_if_another_fits(turn)
    if note.get("outbound"):
        turn.say("utter_no_outbound")
    for refused in distinct(note.get("refused", [])):
        if refused["field"] != asking and refused["code"] != "already_submitted":
            turn.say("utter_refused_of", label=_label(turn, refused))
        turn.say(f"utter_refused_{refused['code']}", **{**refused["values"], "label": _label(turn, refused)})
    faq.serve(turn)


def say_value(turn: Turn, response: str, name: str, values: Mapping[str, Any]) -> None:
    """Say what a field holds; a volume is told by what it was told as."""
    told = name if name in values else next((each for each in VOLUME if each in values), None)
    if told:
        value = turn.sv.wording.value(told, values[told])
        turn.say(response, field=turn.sv.wording.field(told), value=value)


def passed_by(turn: Turn, note: dict[str, Any]) -> None:
    """Say that a question was passed by, and what is taken in its place; to who wants to submit, what is missing."""
    name = note.get("skipped")
    if not name or any(refused["field"] == name for refused in note.get("refused", [])):
        return
    if name == "growth_rate":
        turn.say("utter_headroom_taken", headroom=turn.sv.wording.percent(turn.sv.settings.headroom))
    elif turn.intent == "submit_application":
        turn.set("goal", "apply")
        turn.say("utter_optional_left_out", label=turn.sv.wording.field(name))
        submission.say_missing(turn)
    elif not turn.pressed:
        turn.say("utter_passed_by", label=turn.sv.wording.field(name), value=turn.sv.wording.passed_by(name))


def distinct(refusals: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each refusal, but only one that everything is submitted already."""
    known = [each for each in refusals if each["code"] != "already_submitted"]
    return [*known, *[each for each in refusals if each["code"] == "already_submitted"][:1]]


def assume(turn: Turn, note: dict[str, Any]) -> None:
    """Say what was put down for somebody who could not say himself."""
    wording, assumed = turn.sv.wording, note.get("assumed", [])
    changes = [c for c in note.get("changes", []) if c["field"] in assumed]
    if any(c["field"] == "material" and not c["new"] for c in changes):
        turn.say("utter_assumed_no_papers")
    elif changes:
        said = wording["sentence"].join(wording.assumption(c["field"], c["new"]) for c in changes)
        turn.say("utter_assumed", changes=said)


def _label(turn: Turn, refused: dict[str, Any]) -> str:
    return turn.sv.wording.field(refused["field"])


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
