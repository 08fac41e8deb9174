"""What his own choice costs: in the summary, when he asks, and at once when a number makes it dearer."""

from __future__ import annotations

import re
from decimal import Decimal

from actions.base import Turn

#: a price question that is not about the whole of what he chose
_OTHER_PRICE = re.compile(
    r"最|哪|各|别的|其他|其它|换|选号|靓号|普通号|录音|导航|超出|超了|[每一]分钟|初装|开户费|对比|比较|档|打进来|主叫"
)

CALLS = frozenset({"monthly_minutes", "daily_calls", "call_minutes"})


def rows(turn: Turn) -> list[tuple[str, str]]:
    """The lines of the summary about money and minutes, for plan and number together; none without a plan."""
    quote = turn.box.quote()
    return turn.sv.plan_wording.summary(quote) if quote else []


def answer(turn: Turn, text: str) -> bool:
    """ "一个月一共多少钱": his own figure, when he chose a plan and asks about nothing else."""
    named = {str(e["value"]) for e in turn.entities if e.get("entity") == "plan"}
    other = named - {turn.sv.applications.draft(turn.cid).plan} or turn.entity("feature")
    quote = None if other or _OTHER_PRICE.search(text) else turn.box.quote()
    if quote is None:
        return False
    pair = turn.sv.wording["pair"]
    found = turn.sv.plan_wording.summary(quote)
    turn.say(
        "utter_own_cost",
        name=quote.plan.name,
        number=turn.sv.plan_wording.with_number(turn.sv.applications.draft(turn.cid).get("hotline_number")),
        rows="\n".join(pair.format(label=label, value=value) for label, value in found),
    )
    return True


def rough(turn: Turn, altered: set[str]) -> None:
    """What it comes to with the calls that he just told, while other questions are still open."""
    draft = turn.sv.applications.draft(turn.cid)
    told = draft.get("monthly_minutes") or (draft.get("daily_calls") and draft.get("call_minutes"))
    if turn.form != "need_form" or draft.plan or not told or not altered & CALLS:
        return
    found = turn.box.recommend()
    if (
        found.choice is not None
        and found.estimate is not None
        and found.estimate.basis in ("stated", "calls")
    ):
        turn.say(
            "utter_rough_cost",
            minutes=turn.sv.plan_wording.minutes(found.estimate.minutes),
            name=found.choice.plan.name,
            cost=turn.sv.wording.money(found.choice.monthly),
        )


def warn(turn: Turn, number: str) -> None:
    """A number whose grade makes it dearer, or the contract longer, than he counted on: said when he takes it."""
    card, draft = turn.sv.numbers.card(number), turn.sv.applications.draft(turn.cid)
    if card is None:
        return
    floor = (card.minimum_spend.low if card.minimum_spend else None) or Decimal(0)
    months = int(card.months.low or 0)
    with_number, without = turn.box.quote(), turn.box.quote(with_number=False)
    monthly = with_number.monthly if with_number else floor
    usual = without.contract_months if without else turn.sv.catalog.limits.default_contract_months
    budget = turn.box.budget()
    beyond = budget is not None and monthly > budget and (without is None or without.monthly <= budget)
    dearer = without is not None and monthly > without.monthly
    if not (beyond or dearer or months > usual):
        return
    turn.say(
        "utter_number_dear",
        consequence=turn.sv.plan_wording.consequence(
            floor if beyond or dearer else Decimal(0), months if months > usual else 0
        ),
        compared=turn.sv.plan_wording.dearer(without, monthly) if dearer and without else "",
        budget=turn.sv.plan_wording.beyond(budget) if beyond and budget is not None else "",
        number=turn.sv.wording.hotline(str(draft.get("hotline_number") or number)),
    )
