"""What his own choice costs: in the summary, when he asks, and at once when a number makes it dearer."""

from __future__ import annotations

import re
from decimal import Decimal

from actions.base import Turn
from hotline.business.catalog import Plan
from hotline.business.knowledge import PERSON_AFTER
from hotline.business.quotes import Quote, over_months
from hotline.values.numerals import parse_numeral

#: a price question that is not about the whole of what he chose
_OTHER_PRICE = re.compile(
    r"最|哪|各|别的|其他|其它|换|选号|靓号|普通号|录音|导航|超出|超了|[每一]分钟|初装|开户费|对比|比较|档|打进来|主叫"
)
#: for how long he wants the sum
_YEARS = re.compile(r"(?P<count>[一两二三1-3])个?年|(?:每|全|整|按|包|1)年|年费|年付|年度|12个月|十二个月")
_TERM = re.compile(r"合同期(?:内|里)?(?:一共|总共|总计|全部|下来|合计)|签下来")
_YEAR = 12  # months

CALLS = frozenset({"monthly_minutes", "daily_calls", "call_minutes"})


def rows(turn: Turn) -> list[tuple[str, str]]:
    """The lines of the summary about money and minutes, for plan and number together; none without a plan."""
    quote = turn.box.quote()
    return turn.sv.plan_wording.summary(quote) if quote else []


def answer(turn: Turn, text: str) -> int | None:
    """ "一个月一共多少钱", "一年下来多少钱": his own figure, when there is a plan and he asks about nothing else.

    How often it was asked now; from the fourth time on nothing is said, a person must.
    """
    from actions import faq

    years, term = _YEARS.search(text), _TERM.search(text)
    plan = _plan_meant(turn, text, bool(years or term))
    quote = _quote(turn, plan) if plan else None
    if plan is None:
        return None
    count = parse_numeral(years["count"]) if years and years["count"] else 1
    months = _YEAR * (count if isinstance(count, int) else 1) if years else 0
    months = months or (plan.contract_months if term else 0)
    times = faq.count(turn, f"{faq.OWN}{plan.id}/{months}/{quote.monthly if quote else ''}")
    if times > PERSON_AFTER:
        return times
    if quote is None:
        _least(turn, plan, months or _YEAR)
    elif times > 1:
        _again(turn, quote, months or _YEAR)
    elif months:
        _sum(turn, quote, months)
    else:
        _monthly(turn, quote)
    return times


def _plan_meant(turn: Turn, text: str, long: bool) -> Plan | None:
    """The one that he names (what it costs a month is told by the general answer), has chosen, or was recommended."""
    named = {str(e["value"]) for e in turn.entities if e.get("entity") == "plan"}
    chosen = turn.sv.applications.draft(turn.cid).plan
    if turn.entity("feature") or _OTHER_PRICE.search(text) or len(named) > 1:
        return None
    if named - {chosen} and not long:
        return None
    wanted = next(iter(named), chosen)
    if wanted is None and turn.box.volume_known():
        found = turn.box.recommend()
        best = found.choice or found.nearest
        return best.plan if best else None
    return next((each for each in turn.sv.catalog.plans if each.id == wanted), None)


def _quote(turn: Turn, plan: Plan) -> Quote | None:
    """What it costs him; None for a plan that he only named, while nothing is known of how much he is called."""
    chosen = turn.sv.applications.draft(turn.cid).plan == plan.id
    return turn.box.quote(plan=plan.id) if chosen or turn.box.volume_known() else None


def _monthly(turn: Turn, quote: Quote) -> None:
    pair = turn.sv.wording["pair"]
    found = turn.sv.plan_wording.summary(quote)
    turn.say(
        "utter_own_cost",
        name=quote.plan.name,
        number=_with_number(turn),
        rows="\n".join(pair.format(label=label, value=value) for label, value in found),
    )


def _sum(turn: Turn, quote: Quote, months: int) -> None:
    """The sum over some months, with its parts."""
    found, wording = over_months(quote, months), turn.sv.plan_wording
    turn.say(
        "utter_sum_cost",
        name=quote.plan.name,
        number=_with_number(turn),
        months=wording.months(months),
        planned=wording.minutes(quote.planned),
        total=turn.sv.wording.money(found.total),
        rows=wording.sum_rows(quote, found),
    )


def _again(turn: Turn, quote: Quote, months: int) -> None:
    """The same from another side: a month, the sum, the whole contract."""
    wording, money = turn.sv.plan_wording, turn.sv.wording.money
    turn.say(
        "utter_sum_again",
        name=quote.plan.name,
        monthly=money(quote.monthly),
        months=wording.months(months),
        total=money(over_months(quote, months).total),
        contract=wording.months(quote.contract_months),
        whole=money(quote.expected_total),
        commitment=money(quote.commitment),
    )


def _with_number(turn: Turn) -> str:
    return turn.sv.plan_wording.with_number(turn.sv.applications.draft(turn.cid).get("hotline_number"))


def _least(turn: Turn, plan: Plan, months: int) -> None:
    """The same for a plan of which he only named the name: what it costs at least."""
    fee = plan.prepaid.total * months / plan.prepaid.months if plan.prepaid else plan.fee * months
    wording, say = turn.sv.plan_wording, turn.sv.wording
    turn.say(
        "utter_sum_least",
        name=plan.name,
        months=wording.months(months),
        total=say.money(fee),
        fee=say.money(plan.fee),
        included=wording.minutes(plan.included_minutes),
        overage=say.rate(plan.overage),
        contract=wording.months(plan.contract_months),
        prepayment=say.money(plan.prepayment),
    )


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
