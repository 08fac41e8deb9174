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
    submission,
    testing,
)
from actions.base import HotlineAction, Turn
from actions.questions import JOURNEY
from actions.understanding import DESTRUCTIVE, home_of
from hotline.business.references import spoken_form

#: what a yes to something that cannot be undone must at least say
_SURE = re.compile(r"确定|确认|对|是|好|可以|行|同意|删|清|撤|要")
_WANTS_IT = re.compile(r"[就那来]办|办一?个|办吧|办了|开通|申请吧")
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
        if submission.answered(turn):
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
        if (turn.state("proposal") or {}).get("kind") == another.PROPOSAL and not turn.entity(
            "application_id"
        ):
            turn.propose(None)
            turn.say("utter_kept")
            return
        if submission.wants_cancellation(turn):
            return
        if not turn.form and not turn.slot("goal"):
            turn.propose(None)
            turn.say("utter_nothing_to_cancel")
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
        if turn.act == "go_back":
            turn.say("utter_back_none")
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
        elif not note.get("refused") and not note.get("same"):
            turn.say("utter_correct_what")


class Affirm(HotlineAction):
    """Yes to what we offered last."""

    action_name = "action_affirm"

    def perform(self, turn: Turn) -> None:
        proposal = turn.state("proposal") or {}
        if turn.act == "go_on" and not turn.form:
            turn.propose(None)
            _resume(turn, {})
            return
        if (turn.state("turn_note") or {}).get("consent") == "granted" and not turn.form:
            turn.say("utter_consent_granted")
            _apply(turn, {})
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
    parts = JOURNEY if turn.slot("goal") == "apply" else JOURNEY[:1]
    for form in parts:
        if turn.box.open_fields(form, turn.slot):
            turn.start_form(form)
            return
    what_next(turn)


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


def offer_resume(turn: Turn) -> bool:
    """To someone who comes back: where he stood, and one tap to go on."""
    draft = turn.sv.applications.draft(turn.cid)
    if draft.submitted or not draft.fields:
        return False
    if turn.slot("goal") == "recommend" and draft.plan:
        return False
    left = turn.box.missing()
    form = next((f for f in JOURNEY if turn.box.open_fields(f, turn.slot)), None)
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
    turn.sv.applications.abandon(turn.cid, turn.channel)
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
