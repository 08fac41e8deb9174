"""When a person is needed: hand over with the context, promise a call, take a trouble."""

from __future__ import annotations

from actions.base import HotlineAction, Turn
from hotline.business.cases import NotDone
from hotline.business.handoff import Requested, context_of

_TICKET = 6


class HandOff(HotlineAction):
    action_name = "action_handoff"

    def perform(self, turn: Turn) -> None:
        hand_over(turn, "requested")


class Complain(HotlineAction):
    action_name = "action_complain"

    def perform(self, turn: Turn) -> None:
        turn.say("utter_complain")
        hand_over(turn, "complaint")


class RequestCallback(HotlineAction):
    action_name = "action_request_callback"

    def perform(self, turn: Turn) -> None:
        time = turn.entity("contact_time")
        if time:
            turn.sv.applications.record(
                turn.cid, {"contact_time": time}, f"{turn.turn_id}/time", turn.channel
            )
        turn.start_form("callback_form")


class CallbackDone(HotlineAction):
    """The form has consent and contact; the promise is said after it is kept."""

    action_name = "action_callback_done"

    def perform(self, turn: Turn) -> None:
        from actions.journey import back

        turn.set("turn_note", None)
        draft = turn.sv.applications.draft(turn.cid)
        if draft.consent != "granted":
            turn.say("utter_consent_refused")
            return
        done = turn.sv.callbacks.request(draft, turn.turn_id)
        if isinstance(done, NotDone):
            hand_over(turn, "requested")
            return
        wording = turn.sv.wording
        turn.say(
            "utter_callback_done",
            ticket=ticket(done.callback.callback_id),
            window=wording.window(done.window.start, done.window.end),
            name=draft.get("contact_name") or "",
            phone=draft.get("phone"),
        )
        back(turn)


class ReportProblem(HotlineAction):
    """First what the customer can check himself, then a person."""

    action_name = "action_report_problem"

    def perform(self, turn: Turn) -> None:
        symptom = turn.sv.wording.symptom(turn.text)
        checks = turn.sv.troubles.catalog.checks.get(symptom) or turn.sv.troubles.catalog.checks["other"]
        rows = "\n".join(turn.sv.wording["point"].format(text=each.ask) for each in checks)
        turn.say("utter_report_problem", rows=rows)
        turn.propose("handoff", reason="trouble")


def hand_over(turn: Turn, reason: str) -> None:
    """Put the conversation in the queue with its context; say honestly what happens next."""
    draft = turn.sv.applications.draft(turn.cid, turn.channel)
    context = context_of(draft, said=turn.text, topic=str(turn.slot("topic") or ""), form=turn.form or "")
    done = turn.sv.handoffs.request(turn.cid, reason, context, turn.turn_id, turn.channel)
    turn.leave_form()
    turn.propose(None)
    turn.say("utter_handoff_again" if done.again else "utter_handoff", ticket=ticket(done.handoff.handoff_id))
    _hours(turn, done)


def _hours(turn: Turn, done: Requested) -> None:
    if done.staffed:
        turn.say("utter_handoff_hours_open", ahead=done.ahead)
    else:
        turn.say("utter_handoff_hours_closed", next_open=turn.sv.wording.moment(done.next_staffed))


def ticket(identifier: str) -> str:
    """The short form of a record's id that is told to a customer."""
    return identifier[:_TICKET].upper()
