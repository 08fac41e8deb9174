""" "有便宜点的吗", "太贵了": the cheapest plan, what would make his own cheaper, and a person to bargain with."""

from __future__ import annotations

from typing import Any

from actions import faq
from actions.base import Turn
from hotline.business.knowledge import PERSON_AFTER
from hotline.business.plans import Quote, Recommendation

ACT = "cheaper"
SHOWN = 3  # of the cheapest plans


def tell(turn: Turn) -> None:
    """With what is known of his need; without, the lowest prices of the catalogue. Said again and again, a person."""
    found = turn.box.recommend() if turn.box.volume_known() else None
    times = faq.count(turn, f"{faq.OWN}{ACT}")
    offered = (turn.state("proposal") or {}).get("price")  # a person, for the price, just now
    if times > PERSON_AFTER or offered:
        faq.call_person(turn)
    elif times == PERSON_AFTER:
        turn.say("utter_cheaper_person")
        turn.propose("handoff", price=True)
    elif turn.sv.applications.draft(turn.cid).submitted and _submitted(turn):
        pass
    elif times > 1:
        _rows(turn)
    elif found and (best := found.choice or found.nearest):
        _his(turn, found, best)
    else:
        _least(turn)


def _submitted(turn: Turn) -> bool:
    quote = turn.box.quote()
    if quote is None:
        return False
    turn.say("utter_cheaper_submitted", name=quote.plan.name, cost=turn.sv.wording.money(quote.monthly))
    return True


def _least(turn: Turn) -> None:
    plan = turn.box.plans_by_fee()[0]
    values: dict[str, Any] = turn.sv.plan_wording.least(plan)
    turn.say("utter_cheapest", **values)
    if not turn.form:
        turn.propose("recommend")


def _rows(turn: Turn) -> None:
    cheapest = [plan.id for plan in turn.box.plans_by_fee()[:SHOWN]]
    found = turn.box.compare(cheapest)
    if found is None:
        _least(turn)
        return
    turn.say("utter_cheapest_rows", rows=turn.sv.plan_wording.rows(found))
    if not turn.form:
        turn.propose("recommend")


def _his(turn: Turn, found: Recommendation, best: Quote) -> None:
    say, chosen = turn.sv.wording, turn.box.quote()
    values: dict[str, Any] = {
        "name": best.plan.name,
        "cost": say.money(best.monthly),
        "savings": turn.sv.plan_wording.savings(found, best),
    }
    if chosen is not None and chosen.monthly > best.monthly:
        cost = say.money(chosen.monthly)
        turn.say("utter_cheaper_than_chosen", chosen=chosen.plan.name, chosen_cost=cost, **values)
        return
    least = turn.box.plans_by_fee()[0]
    with_it = turn.box.quote(plan=least.id) if least.id != best.plan.id else None
    turn.say("utter_cheaper", least=turn.sv.plan_wording.lowest(with_it) if with_it else "", **values)
