"""Channel, papers, what is missing; status and cancellation. The business decides, here it is said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from actions.base import HotlineAction, Turn
from hotline.business.cases import Application, NotDone, StatusView
from hotline.business.materials import Check, case_of, papers_of
from hotline.business.papers_said import paper_values, papers_said
from hotline.business.process import ACTIVATED, CANCELLED, CUSTOMER, FINAL, REJECTED, next_statuses
from hotline.business.references import parse_reference, spoken_form
from hotline.business.stages import place_of

#: what must be named for a cancellation to mean an application that was not submitted here
_AN_APPLICATION = re.compile(r"申请|受理|编号|订单|单子|那一?单")


class Submit(HotlineAction):
    """ "提交吧": the summary if everything is there, else what is missing, and on to it."""

    action_name = "action_submit"

    def perform(self, turn: Turn) -> None:
        draft = turn.sv.applications.draft(turn.cid)
        if draft.submitted:
            turn.say("utter_already_submitted", reference=spoken_form(str(draft.reference)))
            return
        turn.set("goal", "apply")
        if turn.form != "submit_form":
            say_missing(turn)
        if not turn.form:
            from actions.journey import begin

            begin(turn)


def say_missing(turn: Turn) -> None:
    """What still has to be told before it can be submitted; nothing if that is all there."""
    missing = turn.box.missing()
    if missing:
        names = turn.sv.wording.listing(turn.sv.wording.field(each.field) for each in missing[:5])
        turn.say("utter_submit_missing", count=len(missing), missing=names)


class CheckMaterials(HotlineAction):
    """Papers he names are checked; naming none, he gets the list of his case."""

    action_name = "action_check_materials"

    def perform(self, turn: Turn) -> None:
        words = turn.sv.wording.paper_words
        told = papers_said(turn.text, [] if turn.pressed else turn.entities, words)
        known = turn.sv.applications.draft(turn.cid).get("material") or ()
        values = paper_values(told, known, asked=True, needed=needed(turn))
        if values:
            turn.sv.applications.record(turn.cid, values, f"{turn.turn_id}/check", turn.channel)
            say_findings(turn)
        elif known:
            say_findings(turn)  # "还差什么材料"
        else:
            turn.say(
                "utter_materials_list", rows=turn.sv.case_wording.papers(checked(turn)), card=checklist(turn)
            )


class CheckStatus(HotlineAction):
    """Whoever submitted in this very conversation is told at once; anybody else shows reference and digits."""

    action_name = "action_check_status"

    def perform(self, turn: Turn) -> None:
        own = turn.sv.applications.own(turn.cid)
        named = named_of(turn, own)
        if named or (own and turn.form != "status_form" and turn.entity("application_id") is None):
            tell(turn, turn.sv.applications.view(named or own[0]))
            others = [each for each in own[1:] if not named and each.status not in FINAL]
            if others:
                wording = turn.sv.case_wording
                buttons = wording.status_buttons(others)
                turn.say("utter_status_others", rows=wording.briefly(others), buttons=buttons)
            return
        turn.set("status_goal", None)
        ask_whose(turn)


def named_of(turn: Turn, own: Sequence[Application]) -> Application | None:
    """The one of his own applications whose reference stands in the message."""
    reference = parse_reference(str(turn.entity("application_id") or ""))
    return next((each for each in own if each.reference == reference), None)


def ask_whose(turn: Turn) -> None:
    """Reference and last four digits, as far as this message did not say them."""
    if turn.form != "status_form":
        for name in ("application_id", "phone_tail"):
            if turn.entity(name) is None:
                turn.set(name, None)
    turn.start_form("status_form")


class StatusAnswer(HotlineAction):
    """What may be told to whoever knows reference and last four digits; a cancellation starts here too."""

    action_name = "action_status_answer"

    def perform(self, turn: Turn) -> None:
        reference, tail = str(turn.slot("application_id")), str(turn.slot("phone_tail"))
        goal = turn.slot("status_goal")
        found = turn.sv.applications.status(reference, tail, turn.cid)
        turn.set("phone_tail", None)
        if isinstance(found, NotDone) and found.code == "no_match":
            turn.say("utter_status_not_found")  # never which of the two: but he may say either anew
            turn.set("asked_field", "phone_tail")
            turn.follow("status_form")
            return
        for name in ("application_id", "status_goal", "turn_note"):
            turn.set(name, None)
        if isinstance(found, NotDone):
            left = (found.values["until"] - turn.sv.clock.now()).total_seconds()
            turn.say("utter_status_locked", minutes=max(1, round(left / 60)))
        elif goal == "test":
            from actions import testing

            testing.start(turn, found.reference)
            return
        elif goal == "cancel":
            confirm_cancellation(turn, found.reference, found.status)
            return
        else:
            tell(turn, found)
        from actions.journey import back

        back(turn)


def tell(turn: Turn, view: StatusView) -> None:
    """Where an application stands and what comes next."""
    wording = turn.sv.case_wording
    why = wording.reason(view, turn.sv.materials.catalog.mends)
    stopped = view.status in (CANCELLED, REJECTED)
    again, test = turn.sv.wording["apply_again_button"], turn.sv.wording["test_button"]
    buttons = [{"title": again, "payload": "/apply"}] if stopped else None
    if view.status == ACTIVATED:
        buttons = [{"title": test, "payload": test}]
    turn.say(
        "utter_status",
        buttons=buttons,
        place=place_line(turn, view.status),
        reference=spoken_form(view.reference),
        status=wording.status(view.status),
        when=turn.sv.wording.moment(view.since),
        details="".join(f"\n{line}" for line in (wording.expected(view), why) if line),
        next_step=view.next_step.text,
    )


def place_line(turn: Turn, status: str) -> str:
    """The stage that an application has reached, as one more line; empty when it is over."""
    at = place_of(status)
    return f"\n{turn.sv.case_wording.place(at)}" if at else ""


def ask_reference(turn: Turn, again: bool) -> None:
    """The question for the reference."""
    turn.say("utter_reask_application_id" if again else "utter_ask_application_id")


def wants_cancellation(turn: Turn) -> bool:
    """ "不办了" after the submission means the application, if only one is meant; it is confirmed first.

    "取消申请 F4F5-4AJ6" means that one wherever he is; if it was not submitted here, he shows that it is his.
    """
    own = turn.sv.applications.own(turn.cid)
    named = named_of(turn, own)
    if named:
        confirm_cancellation(turn, named.reference, named.status)
        return True
    if turn.entity("application_id") is not None:
        turn.set("status_goal", "cancel")
        ask_whose(turn)
        return True
    if turn.form or turn.slot("goal"):
        return False
    living = [each for each in own if each.status not in FINAL]
    if len(living) > 1:
        turn.say("utter_cancel_which", buttons=turn.sv.case_wording.cancel_buttons(living))
    elif living:
        confirm_cancellation(turn, living[0].reference, living[0].status)
    elif not own and _AN_APPLICATION.search(turn.text):
        turn.set("status_goal", "cancel")
        ask_whose(turn)
    else:
        return False
    return True


def confirm_cancellation(turn: Turn, reference: str, status: str) -> None:
    """Ask before it is done; where it cannot be done any more, say so."""
    if CANCELLED in next_statuses(status, CUSTOMER):
        turn.say("utter_cancel_confirm", reference=spoken_form(reference))
        turn.propose("cancel_application", reference=reference)
    else:
        _not_cancelled(turn, reference, status)


def cancel(turn: Turn, proposal: dict[str, Any]) -> None:
    """The confirmed cancellation."""
    done = turn.sv.applications.cancel(proposal["reference"], "customer_wish", turn.channel)
    if isinstance(done, NotDone):
        _not_cancelled(turn, proposal["reference"], str(done.values.get("status", "")))
    else:
        turn.say("utter_cancelled", reference=spoken_form(proposal["reference"]))
        turn.mirror()


def _not_cancelled(turn: Turn, reference: str, status: str) -> None:
    name = turn.sv.case_wording.status(status)
    if status in FINAL:
        turn.say("utter_cancel_over", reference=spoken_form(reference), status=name)
        return
    turn.say("utter_cancel_refused", reference=spoken_form(reference), status=name)
    turn.propose("handoff")


def ask_channel(turn: Turn, again: bool) -> None:
    """Which way to apply: the three with their sides, and which suits him."""
    if again:
        turn.say("utter_reask_channel")
        return
    turn.say("utter_ask_channel", advice=turn.sv.case_wording.advice(turn.box.channel_advice()))


def ask_material(turn: Turn, again: bool) -> None:
    """The papers of his case, and which of them he has."""
    if again:
        turn.say("utter_reask_material")
    else:
        turn.say("utter_ask_material", rows=turn.sv.case_wording.papers(checked(turn)), card=checklist(turn))


def checked(turn: Turn) -> Check:
    """His papers against his case, today."""
    draft = turn.sv.applications.draft(turn.cid)
    code = str(draft.get("credit_code") or "")
    return turn.sv.materials.check(case_of(draft), papers_of(draft), turn.sv.clock.today(), code)


def needed(turn: Turn) -> tuple[str, ...]:
    """The papers of his case that he has to bring: all that are not left to the place."""
    case = case_of(turn.sv.applications.draft(turn.cid))
    return tuple(each.material for each in turn.sv.materials.checklist(case) if each.level != "maybe")


def checklist(turn: Turn) -> dict[str, Any]:
    """The checklist as a typed payload; it shows the list of papers better than lines of text."""
    check, wording = checked(turn), turn.sv.case_wording
    return {
        "type": "checklist",
        "version": 1,
        "covers": wording.papers(check),
        "items": wording.checklist(check),
    }


def say_findings(turn: Turn) -> None:
    """What is there, what is missing, how to mend it."""
    turn.say(
        "utter_materials_checked", rows=turn.sv.case_wording.findings(checked(turn)), card=checklist(turn)
    )
