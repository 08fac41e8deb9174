"""The way through an application: begin, go on after each form, leave, come back, say yes or no to an offer."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from actions import (
    another,
    asking,
    keeping,
    meta,
    moving,
    numbers,
    people,
    plans,
    privacy,
    review,
    submission,
    testing,
)
from actions.base import HotlineAction, Turn
from actions.questions import JOURNEY
from actions.understanding import DESTRUCTIVE
from hotline.business import stages
from hotline.business.cases import NotDone
from hotline.business.references import spoken_form

#: what a yes to something that cannot be undone must at least say
_SURE = re.compile(r"确定|确认|对|是|好|可以|行|同意|删|清|撤|要")
_REVOKES = re.compile(
    r"(?:撤|取消|作废|退).{0,6}(?:申请|受理|单)"
)  # the application, not the offer of another
_NOT_WAITING = re.compile(r"不|别|算了")  # with going on: he waits for nobody any more
_WANTS_IT = re.compile(r"[就那来]办|办一?个|办吧|办了|开通|申请吧")


class Apply(HotlineAction):
    action_name = "action_apply"

    def perform(self, turn: Turn) -> None:
        if turn.act == "move_on":
            moving.leave(turn)
        elif turn.act != "continue_here" or moving.arrive(turn):
            begin(turn)


class Continue(HotlineAction):
    """After a form is complete: the next one if an application is being made, else an offer of what follows."""

    action_name = "action_continue"

    def perform(self, turn: Turn) -> None:
        note = turn.state("turn_note") or {}
        plan_changed = any(change["field"] == "plan" for change in note.get("changes", []))
        # the plan is named below, the papers are in what was found about them
        assumed = note.get("assumed", [])
        apart = {"plan", "material"} - set(assumed)
        others = [change for change in note.get("changes", []) if change["field"] not in apart]
        asking.echo(turn, {**note, "changes": others})
        turn.set("turn_note", None)
        if note.get("consent") == "refused":
            turn.say("utter_consent_refused")
            turn.set("goal", None)
            turn.propose(None)
            return
        if review.answered(turn):
            return
        draft = turn.sv.applications.draft(turn.cid)
        if plan_changed and "plan" not in assumed:
            turn.say("utter_plan_chosen", name=turn.sv.wording.value("plan", draft.plan))
        if plan_changed:
            plans.say_what_it_lacks(turn)
        if any(change["field"] in ("material", "handler") for change in note.get("changes", [])):
            submission.say_findings(turn)
        if turn.slot("goal") == "apply":
            begin(turn)
        elif back(turn):
            pass
        elif draft.submitted:
            turn.say("utter_already_submitted", reference=spoken_form(str(draft.reference)))
        elif draft.plan or turn.silent:
            what_next(turn)


def completed(turn: Turn, form: str) -> None:
    """What follows a form in which nothing is left to ask. (As a part of the action at work: after a second
    action of its own Rasa would look for a rule.)"""
    after: dict[str, type[HotlineAction]] = {
        "status_form": submission.StatusAnswer,
        "callback_form": people.CallbackDone,
    }
    after.get(form, Continue)().perform(turn)


class CancelTask(HotlineAction):
    action_name = "action_cancel_task"

    def perform(self, turn: Turn) -> None:
        if turn.act == "no_person":
            people.recall(turn)
            back(turn)
            return
        offered = (turn.state("proposal") or {}).get("kind") == another.PROPOSAL
        if offered and not (turn.entity("application_id") or _REVOKES.search(turn.text)):
            turn.propose(None)
            turn.say("utter_kept")
            return
        later = turn.act in ("leave", "rest")  # he breaks off, and takes nothing back
        if not later and submission.wants_cancellation(turn):
            return
        if not turn.form and not turn.slot("goal"):
            turn.propose(None)
            turn.say("utter_later" if later else "utter_nothing_to_cancel")
            return
        paused = [name for name in turn.slot("paused_tasks") or [] if name in JOURNEY]
        turn.leave_form(keep=turn.form in JOURNEY or not paused)
        turn.set("goal", None)
        turn.propose("resume")
        turn.say("utter_cancelled_task")


class StartOver(HotlineAction):
    action_name = "action_start_over"

    def perform(self, turn: Turn) -> None:
        if meta.in_doubt(turn, "重|从头|从新|新来|开始|清空|清掉|推倒|作废|再来"):
            return
        if turn.sv.applications.draft(turn.cid).submitted:
            turn.leave_form(keep=False)
            another.offer(turn)  # what was submitted cannot be emptied, but one may apply anew
            return
        turn.propose("start_over", form=turn.form)
        turn.leave_form()
        turn.say("utter_start_over_confirm")


class Affirm(HotlineAction):
    """Yes to what we offered last."""

    action_name = "action_affirm"

    def perform(self, turn: Turn) -> None:
        proposal = turn.state("proposal") or {}
        if turn.act == "go_on" and not turn.form:
            turn.propose(None)
            if turn.sv.handoffs.current(turn.cid) and _NOT_WAITING.search(turn.text):
                people.recall(turn)
            _resume(turn, {})
            return
        if (turn.state("turn_note") or {}).get("consents_again"):
            turn.propose(None)
            turn.set("consent_again", True)  # what he agrees to is shown first, in full
            turn.set("asked_field", None)
            turn.set("goal", turn.slot("goal") or "apply")
            turn.start_form("contact_form")
            return
        if proposal.get("kind") in DESTRUCTIVE and not (turn.pressed or _SURE.search(turn.text)):
            proposal = {}  # "嗯那个" erases nothing
        accept = _ACCEPTED.get(proposal.get("kind", ""))
        if accept is None and not turn.form and _WANTS_IT.search(turn.text) and not turn.pressed:
            _apply(turn, {})  # "行吧，那办"
            return
        if accept is None:
            if not turn.form:
                turn.say("utter_anything_else")
            return
        turn.propose(None)
        accept(turn, proposal)


class Deny(HotlineAction):
    """No to what we offered last."""

    action_name = "action_deny"

    def perform(self, turn: Turn) -> None:
        proposal = turn.state("proposal") or {}
        kind = proposal.get("kind")
        if not turn.form and numbers.refine(turn):
            return
        turn.propose(None)
        if turn.form:
            return
        if kind == another.PROPOSAL:
            another.begin(turn, keep=False)
            return
        turn.say("utter_kept" if kind in DESTRUCTIVE else "utter_anything_else")
        if proposal.get("form"):
            turn.start_form(proposal["form"])


class Unsure(HotlineAction):
    action_name = "action_unsure"

    def perform(self, turn: Turn) -> None:
        if turn.act == "lost_reference":
            turn.say("utter_reference_lost")
        elif not turn.form:
            turn.say("utter_capabilities")


def begin(turn: Turn) -> None:
    """Go to the first part of the journey that still has an open question."""
    draft = turn.sv.applications.draft(turn.cid)
    if draft.submitted:
        another.offer(turn)
        return
    if turn.slot("goal") != "recommend" or turn.intent == "apply":
        turn.set("goal", "apply")
    if draft.consent in ("refused", "withdrawn") and turn.intent in ("apply", "submit_application", "affirm"):
        turn.set("consent_again", True)  # he goes on with what needs it: the question may be put once more
        if turn.slot("asked_field") == "consent":
            turn.set("asked_field", None)
    parts = JOURNEY if turn.slot("goal") == "apply" else JOURNEY[:1]
    form = next((form for form in parts if turn.box.open_fields(form, turn.slot)), None)
    if form is None:
        what_next(turn)
        return
    if turn.slot("goal") == "apply" != turn.tracker.get_slot("goal"):
        say_place(turn)
    turn.start_form(form)


def say_place(turn: Turn) -> None:
    """At a turning point (he advises himself no longer, he applies): where he stands among the eight stages."""
    place = stages.place(turn.sv.applications.draft(turn.cid))
    turn.say("utter_place", place=turn.sv.case_wording.place(place))


def what_next(turn: Turn) -> None:
    """Nothing is left to ask: an application is offered to whoever has a plan."""
    if turn.slot("goal") != "apply" and turn.sv.applications.draft(turn.cid).plan:
        turn.say("utter_next_apply")
        turn.propose("apply")
    else:
        turn.say("utter_anything_else")


def back(turn: Turn) -> bool:
    """Offer the task that was put aside; False when there is none."""
    paused = turn.slot("paused_tasks") or []
    if not paused:
        return False
    turn.say("utter_resume", task=turn.sv.wording.task(paused[-1]))
    turn.propose("resume")
    return True


def next_step(turn: Turn) -> str | None:
    """The form at which a half done task would go on; None when there is none."""
    draft = turn.sv.applications.draft(turn.cid)
    if draft.submitted or not draft.fields:
        return None
    if turn.slot("goal") == "recommend" and draft.plan:
        return None
    return next((form for form in JOURNEY if turn.box.open_fields(form, turn.slot)), None)


def offer_resume(turn: Turn) -> bool:
    """To someone who comes back: where he stood, and one tap to go on."""
    left, form = turn.box.missing(), next_step(turn)
    if form is None:
        return False
    turn.say("utter_welcome_back", task=turn.sv.wording.task(form), missing=turn.sv.wording.left(len(left)))
    turn.propose("resume")
    turn.set("returning", None)
    return True


def _resume(turn: Turn, _: dict[str, Any]) -> None:
    done = turn.slot("goal") == "recommend" and not turn.box.open_fields("need_form", turn.slot)
    turn.set("goal", "apply" if done else turn.slot("goal") or "apply")
    paused = turn.slot("paused_tasks") or []
    if paused and paused[-1] not in JOURNEY:
        turn.start_form(paused[-1])
    else:
        begin(turn)


def _apply(turn: Turn, _: dict[str, Any]) -> None:
    turn.set("goal", "apply")
    begin(turn)


def _start_over(turn: Turn, _: dict[str, Any]) -> None:
    if isinstance(turn.sv.applications.abandon(turn.cid, turn.channel), NotDone):
        another.offer(turn)  # another device has submitted it meanwhile: nothing was emptied
        return
    forget(turn)
    turn.mirror()
    turn.say("utter_started_over")
    turn.say("utter_anything_else")


def forget(turn: Turn) -> None:
    """What this conversation kept about the application before goes with it."""
    for name in (
        "goal",
        "paused_tasks",
        "topic",
        "topics_seen",
        "wish",
        "put_off",
        "last_field",
        "submit_confirmed",
        "summary_seen",
        "application_id",
        "phone_tail",
    ):
        turn.set(name, None)


def _reserve(turn: Turn, proposal: dict[str, Any]) -> None:
    keeping.reserve(turn, str(proposal["number"]))


def _recommend(turn: Turn, _: dict[str, Any]) -> None:
    turn.set("goal", turn.slot("goal") or "recommend")
    turn.start_form("need_form")


_ACCEPTED: dict[str, Callable[[Turn, dict[str, Any]], None]] = {
    "resume": _resume,
    "apply": _apply,
    "recommend": _recommend,
    "reserve": _reserve,
    "search": lambda turn, _: keeping.search_again(turn),
    "start_over": _start_over,
    "withdraw": privacy.erase,
    "handoff": lambda turn, proposal: people.hand_over(turn, proposal.get("reason", "requested")),
    "cancel_application": submission.cancel,
    another.PROPOSAL: another.accepted,
    "test": lambda turn, _: testing.begin(turn),
}
