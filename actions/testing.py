"""The test after activation, one item at a time; passed, it closes the application."""

from __future__ import annotations

from typing import Any

from actions.base import HotlineAction, Turn
from hotline.business.cases import NotDone
from hotline.business.process import ACTIVATED, CLOSED, TESTED
from hotline.business.references import spoken_form

FORM, LEFT, REFERENCE = "test_form", "test_left", "test_reference"
CHECKS_SHOWN = 2


def begin(turn: Turn) -> None:
    """ "帮我测试": his own activated number at once; anybody else shows reference and digits first."""
    own = turn.sv.applications.own(turn.cid)
    live = [each for each in own if each.status in (ACTIVATED, TESTED, CLOSED)]
    if live:
        start(turn, live[0].reference)
    elif own:
        not_yet(turn, own[0].reference)
    elif turn.form != "status_form":
        for name in ("application_id", "phone_tail"):
            turn.set(name, None)
        turn.say("utter_test_whose")
        turn.set("status_goal", "test")
        turn.start_form("status_form")


def start(turn: Turn, reference: str) -> None:
    """Go through what is not tested yet, or what failed."""
    items = turn.sv.guided_tests.remaining(reference)
    if isinstance(items, NotDone):
        not_yet(turn, reference)
    elif not items:
        turn.say("utter_test_done_already", reference=spoken_form(reference))
    else:
        turn.set(REFERENCE, reference)
        turn.set(LEFT, [each.id for each in items])
        turn.say("utter_test_begin", count=len(items))
        turn.start_form(FORM)


def not_yet(turn: Turn, reference: str) -> None:
    """There is nothing to test before the number is opened."""
    application = turn.sv.applications.application(reference)
    status = application.status if application else ""
    turn.say(
        "utter_test_not_yet", reference=spoken_form(reference), status=turn.sv.case_wording.status(status)
    )


def offer(turn: Turn) -> None:
    """To somebody who asked how to test and whose number is open."""
    own = turn.sv.applications.own(turn.cid)
    if not turn.form and any(each.status == ACTIVATED for each in own):
        title = turn.sv.wording["test_button"]
        turn.say("utter_test_offer", buttons=[{"title": title, "payload": title}])
        turn.propose("test")


def record(turn: Turn, result: str, note: dict[str, Any]) -> None:
    """Keep the result of the item asked; the same turn again keeps the same."""
    left = list(turn.slot(LEFT) or [])
    if not left:
        return
    turn.sv.guided_tests.record(str(turn.slot(REFERENCE)), left[0], result, turn.channel)
    note["tested"] = [left[0], result]
    turn.set(LEFT, left[1:])
    turn.set("asked_field", None)  # the next item is another question


def ask(turn: Turn, again: bool) -> None:
    """The next item: what to do, and when it counts as passed. Before it, help with one that failed."""
    note = turn.state("turn_note") or {}
    item, result = note.get("tested") or ("", "")
    if result == "failed" and not turn.done("action_report_problem"):
        first_aid(turn, item)
    left = turn.slot(LEFT) or []
    each = turn.sv.guided_tests.item(left[0])
    turn.say(
        "utter_reask_test_result" if again else "utter_ask_test_result",
        count=len(left),
        name=each.name,
        do=each.do,
        passed=each.passed,
    )


def first_aid(turn: Turn, item: str) -> None:
    """What he can look at himself."""
    name = turn.sv.guided_tests.item(item).name
    checks = turn.sv.troubles.catalog.checks[turn.sv.wording.symptom(f"{turn.text}{name}")][:CHECKS_SHOWN]
    rows = "\n".join(turn.sv.wording["point"].format(text=each.ask) for each in checks)
    turn.say("utter_test_item_failed" if rows else "utter_test_item_noted", name=name, rows=rows)


class TestDone(HotlineAction):
    """All items have a result: closed, or what failed goes to a person if he wishes."""

    __test__ = False
    action_name = "action_test_done"

    def perform(self, turn: Turn) -> None:
        note = turn.state("turn_note") or {}
        turn.set("turn_note", None)
        reference = str(turn.slot(REFERENCE))
        state = turn.sv.guided_tests.state(reference)
        turn.set(REFERENCE, None)
        if isinstance(state, NotDone):
            not_yet(turn, reference)
        elif state.failed:
            item, result = note.get("tested") or ("", "")
            if result == "failed":
                first_aid(turn, item)
            names = turn.sv.wording.listing(each.name for each in state.failed)
            turn.say("utter_test_failed", names=names)
            turn.propose("handoff", reason="trouble")
        else:
            turn.say("utter_test_passed", reference=spoken_form(reference))
