"""Recommend, compare and choose a plan. The business computes; `hotline.wording` writes the values."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from actions import another, cheaper
from actions.base import HotlineAction, Turn
from hotline.business.plans import Recommendation

#: what a recommendation is made from; another change does not make it anew
DEARER = Decimal("1.3")  # times what the best plan costs: worth telling
AFFECTING = frozenset(
    {"usage_scenario", "monthly_minutes", "daily_calls", "call_minutes", "seats", "growth_rate", "feature"}
    | {"bound_numbers", "region", "budget", "long_contract", "hotline_number", "industry"}
    | {"working_days", "contract_months"}
)


class Recommend(HotlineAction):
    """Ask what is still unknown, then recommend: the form's last question is the recommendation."""

    action_name = "action_recommend"

    def perform(self, turn: Turn) -> None:
        if turn.act == cheaper.ACT:
            cheaper.tell(turn)
            return
        turn.set("goal", turn.slot("goal") or "recommend")
        draft = turn.sv.applications.draft(turn.cid)
        if turn.act == "other_plan" and another.closed(turn):
            return
        if draft.plan and not draft.submitted:
            turn.sv.applications.erase(turn.cid, "plan", turn.turn_id)
        turn.start_form("need_form")


class Compare(HotlineAction):
    action_name = "action_compare"

    def perform(self, turn: Turn) -> None:
        named = [str(e["value"]) for e in turn.entities if e.get("entity") == "plan"]
        found = turn.box.compare(named if len(set(named)) > 1 else [])
        if found is None or not found.plans:
            turn.say("utter_system_busy")
            return
        wording = turn.sv.plan_wording
        turn.say("utter_compare", rows=wording.rows(found), card=wording.table(found))
        if not turn.form:
            turn.say("utter_compare_next")
            turn.propose("recommend")


class ChoosePlan(HotlineAction):
    """A plan chosen by name was noted already; "就这个" without a recommendation gets one first."""

    action_name = "action_choose_plan"

    def perform(self, turn: Turn) -> None:
        draft = turn.sv.applications.draft(turn.cid)
        if another.closed(turn):
            return
        if turn.entity("plan") is None and re.search(r"[\u4e00-\u9fff]{1,5}版", turn.text):
            names = turn.sv.wording.listing(plan.name for plan in turn.sv.catalog.plans)
            turn.say("utter_plan_unknown", names=names)
            return
        if draft.plan is None:
            turn.start_form("need_form")
            return
        turn.say("utter_plan_chosen", name=turn.sv.wording.value("plan", draft.plan))
        say_what_it_lacks(turn)
        if not turn.form:
            turn.say("utter_next_apply")
            turn.propose("apply")


def say_what_it_lacks(turn: Turn) -> None:
    """He took another plan than the one recommended: say which of the functions he wanted are not in it."""
    draft = turn.sv.applications.draft(turn.cid)
    plan = next((each for each in turn.sv.catalog.plans if each.id == draft.plan), None)
    if plan is None:
        return
    wanted = draft.get("feature") or ()
    lacking = [name for name in wanted if name not in plan.features and name not in plan.addons]
    if lacking:
        turn.say("utter_plan_lacks", features=turn.sv.wording.value("feature", lacking))


def say_if_another_fits(turn: Turn) -> None:
    """After a change, or before submission: the plan that he took no longer fits, or has become much dearer."""
    draft = turn.sv.applications.draft(turn.cid)
    if draft.plan is None or turn.said("utter_plan_differs", "utter_plan_over_budget"):
        return
    found, say = turn.box.recommend(), turn.sv.wording
    best = found.choice or found.nearest
    if best is None:
        return
    values: dict[str, Any] = {
        "name": best.plan.name,
        "cost": say.money(best.monthly),
        "months": turn.sv.plan_wording.months(best.contract_months),
        "chosen": say.value("plan", draft.plan),
    }
    taken = next((quote for quote in found.quotes if quote.plan.id == draft.plan), None)
    if best.plan.id == draft.plan:
        if found.status == "over_budget":
            turn.say("utter_plan_over_budget", **values)
    elif taken is None or taken.monthly > best.monthly * DEARER:
        turn.say("utter_plan_differs", **values)


def say_why(turn: Turn) -> bool:
    """Why this plan: the working of what was recommended to him. False when nothing was."""
    draft = turn.sv.applications.draft(turn.cid)
    if turn.requested != "plan" and draft.plan is None:
        return False
    found = turn.box.recommend()
    if found.choice is None:
        return False
    values: dict[str, Any] = turn.sv.plan_wording.recommendation(found)
    turn.say("utter_plan_why", **values)
    return True


def what_if(turn: Turn, supposed: dict[str, Any]) -> bool:
    """ "要是五千分钟呢": what it would come to, and whether to count with it; False when nothing would fit."""
    found = turn.box.recommend(supposed)
    best = found.choice or found.nearest
    if best is None:
        return False
    say = turn.sv.wording
    minutes = say.value("monthly_minutes", supposed["monthly_minutes"])
    turn.say("utter_what_if", minutes=minutes, name=best.plan.name, cost=say.money(best.monthly))
    turn.propose("what_if", on=turn.requested, values=supposed)
    return True


def offer(turn: Turn, again: bool) -> None:
    """The form's question for the plan: the recommendation with its working, or why there is none."""
    found = turn.box.recommend()
    changed = {change["field"] for change in (turn.state("turn_note") or {}).get("changes", [])}
    again = again and not changed & AFFECTING
    if (turn.state("turn_note") or {}).get("declined"):
        turn.say("utter_plan_declined")
    elif found.status in ("ok", "over_budget"):
        _offer_choice(turn, found, again)
    elif found.nearest is not None and not turn.sv.applications.draft(turn.cid).get("contract_months"):
        _offer_longer(turn, found, again)
        turn.propose("value", on="plan", values={"long_contract": True, "contract_months": None})
    else:
        turn.say("utter_plan_none", why=turn.sv.plan_wording.reasons(found.reasons))


def _offer_longer(turn: Turn, found: Recommendation, again: bool) -> None:
    """Only a longer contract fits: because of what he wishes, or because of the number that he reserved."""
    assert found.nearest is not None
    values: dict[str, Any] = turn.sv.plan_wording.longer(found, turn.box.budget())
    number = turn.sv.applications.draft(turn.cid).get("hotline_number")
    if again and not turn.done("action_reserve_number"):
        turn.say("utter_reask_plan_longer", **values)
    elif number and turn.box.number_binds_longer():
        turn.say("utter_plan_longer_number", number=turn.sv.wording.value("hotline_number", number), **values)
    else:
        turn.say("utter_plan_longer", **values)


def _offer_choice(turn: Turn, found: Recommendation, again: bool) -> None:
    assert found.choice is not None
    wording = turn.sv.plan_wording
    buttons = wording.buttons(found)
    response = "utter_reask_plan" if again else "utter_ask_plan"
    values: dict[str, Any] = wording.recommendation(found)
    turn.say(response, buttons=buttons, card=wording.card(found), **values)
    turn.propose("value", on="plan", values={"plan": found.choice.plan.id})
