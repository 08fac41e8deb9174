"""The summary before the submission, the yes to it, and what became of it. What he saw is what is submitted."""

from __future__ import annotations

from actions import costs, plans
from actions.base import Turn
from actions.submission import place_line
from hotline.business import reviewing
from hotline.business.cases import Submitted
from hotline.business.references import spoken_form

CONFIRMED = "submit_confirmed"
SEEN = "summary_seen"  # what the last summary showed in this conversation, as digests
WRONG = "wrong"  # a proposal: what is wrong in the summary was asked, so that a yes must not submit
_NAMED = 5  # changed lines that are named


def ask_confirmation(turn: Turn, again: bool) -> None:
    """The summary, and whether to submit it. In short only while it still says what he saw."""
    draft, wording = turn.sv.applications.draft(turn.cid), turn.sv.wording
    before, now = turn.state(SEEN) or {}, reviewing.seen(draft, _cost(turn))
    if again and before == now and not (turn.state("turn_note") or {}).get("changes"):
        turn.say("utter_reask_submit_confirmed")
        return
    turn.propose(None)
    differs = reviewing.changed(before, now)
    if differs:
        turn.say("utter_summary_changed", fields=_names(turn, differs))
    turn.set(SEEN, now)
    pairs: list[tuple[str, str]] = []
    for name in reviewing.SHOWN:
        if draft.get(name) is not None:
            pairs.append((wording.field(name), wording.value(name, draft.get(name))))
        if name == "hotline_number":
            pairs += costs.rows(turn)
    rows = "\n".join(wording["pair"].format(label=label, value=value) for label, value in pairs)
    card = {"type": "summary", "version": 1, "covers": rows, "rows": [list(pair) for pair in pairs]}
    plans.say_if_another_fits(turn)
    turn.say("utter_ask_submit_confirmed", rows=rows, card=card)


def ask_what_is_wrong(turn: Turn) -> None:
    """ "不对": which of the lines of the summary, to be said in words or tapped."""
    draft, wording = turn.sv.applications.draft(turn.cid), turn.sv.wording
    buttons = [
        {"title": wording.field(name), "payload": f'/correct_info{{"field": "{name}"}}'}
        for name in reviewing.SHOWN
        if draft.get(name) is not None and name != "hotline_number"
    ]
    if draft.get("hotline_number"):
        buttons.append({"title": wording.field("hotline_number"), "payload": "/search_number"})
    later = {"title": wording["not_yet_button"], "payload": "/deny"}
    turn.say("utter_what_is_wrong", buttons=[*buttons, later])
    turn.propose(WRONG)


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
    done = turn.sv.applications.submit(turn.cid, turn.channel, seen=turn.state(SEEN), cost=_cost(turn))
    if isinstance(done, Submitted) and done.differs:
        _submitted_otherwise(turn, done)
    elif isinstance(done, Submitted):
        _submitted(turn, done)
    elif done.code == "changed":
        turn.mirror()
        turn.set("asked_field", None)  # put anew, in full; what changed is said with it
        turn.start_form("submit_form")
    elif done.code == "number_lost":
        turn.mirror()
        turn.say("utter_number_taken", number=turn.sv.wording.hotline(done.values["number"]))
        turn.start_form("number_form")
    else:
        names = [turn.sv.wording.field(each.field) for each in done.values["missing"]]
        turn.say("utter_submit_missing", count=len(names), missing=turn.sv.wording.listing(names[:5]))
        from actions.journey import begin

        begin(turn)
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
        place=place_line(turn, application.status),
        card={"type": "submitted", "version": 1, "reference": spoken_form(application.reference)},
    )


def _submitted_otherwise(turn: Turn, done: Submitted) -> None:
    """Another device was first, with something else than he saw: he must know; a person can still change it."""
    turn.set("goal", None)
    turn.set("paused_tasks", None)
    turn.mirror()
    reference, fields = spoken_form(done.application.reference), _names(turn, done.differs)
    turn.say("utter_submitted_otherwise", reference=reference, fields=fields)
    turn.propose("handoff")


def his_own(turn: Turn, names: set[str]) -> None:
    """He changed these himself and was told so: the next summary shows them without calling that a surprise."""
    before = turn.state(SEEN)
    if before and names:
        turn.set(SEEN, reviewing.without(before, names))


def _cost(turn: Turn) -> str:
    return "\n".join(value for _, value in costs.rows(turn))


def _names(turn: Turn, fields: tuple[str, ...]) -> str:
    """Lines of the summary in words, each once; of many the first ones."""
    wording = turn.sv.wording
    names = [wording["cost_label"] if name == reviewing.COST else wording.field(name) for name in fields]
    return wording.listing(names[:_NAMED]) + (wording["and_more"] if len(names) > _NAMED else "")
