"""When a person is needed: hand over with the context, promise a call, take a trouble."""

from __future__ import annotations

from actions import review
from actions.base import HotlineAction, Turn
from hotline.business.callbacks import Promised
from hotline.business.cases import NotDone
from hotline.business.handoff import Requested, context_of

_TICKET = 6
SURE_COMPLAINT = 0.8  # below, it may only be "太贵了": a person is offered, not called


class HandOff(HotlineAction):
    action_name = "action_handoff"

    def perform(self, turn: Turn) -> None:
        if turn.act == "complex":
            turn.say("utter_handoff_complex")
        hand_over(turn, "complex" if turn.act == "complex" else "requested")


class Complain(HotlineAction):
    action_name = "action_complain"

    def perform(self, turn: Turn) -> None:
        known = turn.sv.handoffs.current(turn.cid) is not None
        if turn.act == "insult" and not known:
            turn.say("utter_insulted")
            hand_over(turn, "complaint")
            return
        if turn.confidence < SURE_COMPLAINT and not known:
            turn.say("utter_complain_soft")
            return
        if not known:
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
            review.his_own(turn, {"contact_time"})
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
        done = turn.sv.callbacks.request(draft, turn.turn_id, str(turn.entity("contact_time") or ""))
        if isinstance(done, NotDone):
            hand_over(turn, "requested")
            return
        wording = turn.sv.wording
        turn.say(
            "utter_callback_done",
            ticket=ticket(done.callback.callback_id),
            window=wording.window(done.window.start, done.window.end),
            name=wording.value("contact_name", draft.get("contact_name")),
            phone=draft.get("phone"),
        )
        _moved(turn, done)
        back(turn)


def _moved(turn: Turn, done: Promised) -> None:
    """He asked for a time when nobody is there: why it was put elsewhere."""
    said = str(done.callback.contact.get("said") or "")
    if done.window.moved and said:
        desk = turn.sv.callbacks.desk
        turn.say(
            "utter_callback_moved", said=said, opens=f"{desk.opens:%H:%M}", closes=f"{desk.closes:%H:%M}"
        )


def book_anew(turn: Turn) -> bool:
    """A time to call, said when a call is promised already: that call is moved. False when none is promised."""
    waiting = turn.sv.callbacks.of(turn.cid)
    time = turn.entity("contact_time")
    if not waiting or not time or turn.form:
        return False
    from actions import asking

    note = turn.state("turn_note") or {}
    for kind in ("changes", "refused"):  # the time is said with the new promise
        note[kind] = [each for each in note.get(kind, []) if each["field"] != "contact_time"]
    asking.echo(turn, note)
    for each in waiting:
        turn.sv.callbacks.cancel(each.callback_id)
    CallbackDone().perform(turn)
    return True


class ReportProblem(HotlineAction):
    """First what the customer can check himself, then a person."""

    action_name = "action_report_problem"

    def perform(self, turn: Turn) -> None:
        symptom = turn.sv.wording.symptom(turn.text)
        checks = turn.sv.troubles.catalog.checks.get(symptom) or turn.sv.troubles.catalog.checks["other"]
        rows = "\n".join(turn.sv.wording["point"].format(text=each.ask) for each in checks)
        turn.say("utter_report_problem" if rows else "utter_report_problem_unknown", rows=rows)
        turn.propose("handoff", reason="trouble")


def hand_over(turn: Turn, reason: str, *, stay: bool = False, words: str = "utter_handoff_stay") -> None:
    """Put the conversation in the queue with its context; say honestly what happens next.

    `stay`: the open form goes on, since it was we who called the person; `words` say so.
    """
    from actions import faq

    faq.serve(turn)
    draft = turn.sv.applications.draft(turn.cid, turn.channel)
    context = context_of(draft, said=turn.text, topic=str(turn.slot("topic") or ""), form=turn.form or "")
    done = turn.sv.handoffs.request(turn.cid, reason, context, turn.turn_id, turn.channel)
    name = ticket(done.handoff.handoff_id)
    if stay:
        turn.say("utter_handoff_again" if done.again else words, ticket=name, ahead=done.ahead)
        return
    left = turn.form is not None
    turn.leave_form()
    turn.propose("resume" if left else None)
    if done.again:
        complaint = reason == "complaint"
        turn.say(
            "utter_complain_again" if complaint else "utter_handoff_again", ticket=name, ahead=done.ahead
        )
        return
    turn.say("utter_handoff", ticket=name)
    _hours(turn, done, left)


def recall(turn: Turn) -> None:
    """ "不用人工了": his request is taken out of the queue, unless somebody has taken it already."""
    turn.propose(None)
    taken_back = turn.sv.handoffs.withdraw(turn.cid)
    if taken_back is not None:
        turn.set("topics_seen", None)  # questions count anew
        turn.say("utter_person_not_wanted", ticket=ticket(taken_back.handoff_id))
    elif turn.sv.handoffs.current(turn.cid) is not None:
        turn.say("utter_person_told")
    else:
        turn.say("utter_person_not_called")


def _hours(turn: Turn, done: Requested, left: bool) -> None:
    go_on = [{"title": turn.sv.wording["go_on_button"], "payload": "/affirm"}] if left else None
    if done.staffed:
        turn.say("utter_handoff_hours_open", buttons=go_on, ahead=done.ahead)
    else:
        next_open = turn.sv.wording.moment(done.next_staffed)
        turn.say("utter_handoff_hours_closed", buttons=go_on, next_open=next_open)


def ticket(identifier: str) -> str:
    """The short form of a record's id that is told to a customer."""
    return identifier[:_TICKET].upper()
