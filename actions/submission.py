"""Channel, papers, summary, submission; status and cancellation. The business decides, here it is said."""

from __future__ import annotations

from typing import Any

from actions.base import HotlineAction, Turn
from hotline.business.cases import NotDone, StatusView, Submitted
from hotline.business.materials import Check, case_of, papers_of
from hotline.business.references import spoken_form

CONFIRMED = "submit_confirmed"
_SUMMARY = (
    "applicant_type",
    "usage_scenario",
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


class Submit(HotlineAction):
    """ "提交吧": the summary if everything is there, else what is missing, and on to it."""

    action_name = "action_submit"

    def perform(self, turn: Turn) -> None:
        draft = turn.sv.applications.draft(turn.cid)
        if draft.submitted:
            turn.say("utter_already_submitted", reference=spoken_form(str(draft.reference)))
            return
        turn.set("goal", "apply")
        missing = turn.box.missing()
        if missing and not turn.form:
            names = turn.sv.wording.listing(turn.sv.wording.field(each.field) for each in missing[:5])
            turn.say("utter_submit_missing", count=len(missing), missing=names)
        if not turn.form:
            turn.follow("action_continue")


class CheckMaterials(HotlineAction):
    """Papers he names are checked; naming none, he gets the list of his case."""

    action_name = "action_check_materials"

    def perform(self, turn: Turn) -> None:
        named = [entity["value"] for entity in turn.entities if entity.get("entity") == "material"]
        if named:
            turn.sv.applications.record(turn.cid, {"material": named}, f"{turn.turn_id}/check", turn.channel)
            say_findings(turn)
        elif turn.form != "materials_form":
            turn.say(
                "utter_materials_list", rows=turn.sv.case_wording.papers(checked(turn)), card=checklist(turn)
            )


class CheckStatus(HotlineAction):
    """Whoever submitted in this very conversation is told at once; anybody else shows reference and digits."""

    action_name = "action_check_status"

    def perform(self, turn: Turn) -> None:
        own = turn.sv.applications.own(turn.cid)
        if own and not turn.form and not any(e.get("entity") == "application_id" for e in turn.entities):
            tell(turn, turn.sv.applications.view(own[0]))
            return
        if turn.form != "status_form":
            for name in ("application_id", "phone_tail"):
                if not any(e.get("entity") == name for e in turn.entities):
                    turn.set(name, None)
        turn.set("status_goal", None)
        turn.start_form("status_form")


class StatusAnswer(HotlineAction):
    """What may be told to whoever knows reference and last four digits; a cancellation starts here too."""

    action_name = "action_status_answer"

    def perform(self, turn: Turn) -> None:
        reference, tail = str(turn.slot("application_id")), str(turn.slot("phone_tail"))
        cancelling = turn.slot("status_goal") == "cancel"
        for name in ("application_id", "phone_tail", "status_goal", "turn_note"):
            turn.set(name, None)
        found = turn.sv.applications.status(reference, tail, turn.cid)
        if isinstance(found, NotDone):
            if found.code == "locked":
                left = (found.values["until"] - turn.sv.clock.now()).total_seconds()
                turn.say("utter_status_locked", minutes=max(1, round(left / 60)))
            else:
                turn.say("utter_status_not_found")
        elif cancelling:
            turn.say("utter_cancel_confirm", reference=spoken_form(found.reference))
            turn.propose("cancel_application", reference=found.reference)
            return
        else:
            tell(turn, found)
        from actions.journey import back

        back(turn)


def tell(turn: Turn, view: StatusView) -> None:
    """Where an application stands and what comes next."""
    wording = turn.sv.case_wording
    turn.say(
        "utter_status",
        reference=spoken_form(view.reference),
        status=wording.status(view.status),
        when=turn.sv.wording.moment(view.since),
        dates=wording.expected(view),
        next_step=view.next_step.text,
    )


def ask_reference(turn: Turn, again: bool) -> None:
    """The question for the reference."""
    turn.say("utter_reask_application_id" if again else "utter_ask_application_id")


def wants_cancellation(turn: Turn) -> bool:
    """ "不办了" after the submission means the application; it is confirmed by reference first."""
    if turn.form or turn.slot("goal"):
        return False
    own = [
        each
        for each in turn.sv.applications.own(turn.cid)
        if each.status not in ("cancelled", "rejected", "closed")
    ]
    if not own:
        return False
    turn.say("utter_cancel_confirm", reference=spoken_form(own[0].reference))
    turn.propose("cancel_application", reference=own[0].reference)
    return True


def cancel(turn: Turn, proposal: dict[str, Any]) -> None:
    """The confirmed cancellation."""
    done = turn.sv.applications.cancel(proposal["reference"], "customer_wish", turn.channel)
    reference = spoken_form(proposal["reference"])
    if isinstance(done, NotDone):
        status = turn.sv.case_wording.status(str(done.values.get("status", "")))
        turn.say("utter_cancel_refused", reference=reference, status=status)
        turn.propose("handoff")
    else:
        turn.say("utter_cancelled", reference=reference)
        turn.mirror()


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


def ask_confirmation(turn: Turn, again: bool) -> None:
    """The summary, and whether to submit it."""
    if again and not (turn.state("turn_note") or {}).get("changes"):
        turn.say("utter_reask_submit_confirmed")
        return
    draft = turn.sv.applications.draft(turn.cid)
    wording = turn.sv.wording
    pairs = [
        (wording.field(name), wording.value(name, draft.get(name))) for name in _SUMMARY if draft.get(name)
    ]
    rows = "\n".join(wording["pair"].format(label=label, value=value) for label, value in pairs)
    card = {"type": "summary", "version": 1, "covers": rows, "rows": [list(pair) for pair in pairs]}
    turn.say("utter_ask_submit_confirmed", rows=rows, card=card)


def answered(turn: Turn) -> bool:
    """After the last form: submit or leave it. False when no answer to the summary is there."""
    answer = turn.slot(CONFIRMED)
    if answer is None:
        return False
    turn.set(CONFIRMED, None)
    if answer != "yes":
        turn.set("goal", None)
        turn.say("utter_submit_postponed")
        return True
    done = turn.sv.applications.submit(turn.cid, turn.channel)
    if isinstance(done, Submitted):
        _submitted(turn, done)
    elif done.code == "number_lost":
        turn.mirror()
        turn.say("utter_number_taken", number=turn.sv.wording.hotline(done.values["number"]))
        turn.start_form("number_form")
    else:
        names = [turn.sv.wording.field(each.field) for each in done.values["missing"]]
        turn.say("utter_submit_missing", count=len(names), missing=turn.sv.wording.listing(names[:5]))
        turn.follow("action_continue")
    return True


def _submitted(turn: Turn, done: Submitted) -> None:
    turn.set("goal", None)
    turn.set("paused_tasks", None)
    application = done.application
    view = turn.sv.applications.view(application)
    turn.say(
        "utter_submitted",
        reference=spoken_form(application.reference),
        spoken=turn.sv.case_wording.spell(application.reference),
        dates=turn.sv.case_wording.expected(view),
        next_step=done.next_step.text,
        card={"type": "submitted", "version": 1, "reference": spoken_form(application.reference)},
    )
