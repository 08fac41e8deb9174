"""Which plan: the strictly cheapest one that does what is needed, and what else could be chosen.

Prices come from `quotes`; the volume from `estimate`. Nothing here is worded: statuses and reason codes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import Any

from hotline.business.catalog import Catalog, Plan
from hotline.business.compare import Comparison, compare
from hotline.business.curve import cost_curve
from hotline.business.estimate import Estimate, Span, Volume, estimate, span, wrong_minutes
from hotline.business.quotes import HEADROOM, ZERO, Need, Quote, exact_cost, obstacles, planned_minutes, quote
from hotline.business.reason import Reason
from hotline.clock import SystemClock

__all__ = ["Comparison", "Need", "Quote", "Recommendation", "compare", "cost_curve", "need_from", "recommend"]


@dataclass(frozen=True)
class Alternative:
    """Another choice and its price. `kind`: more_headroom, give_up_feature, longer_contract.

    `difference`: its monthly cost minus that of the choice (None where there is no choice).
    """

    kind: str
    quote: Quote
    difference: Decimal | None
    feature: str | None = None


@dataclass(frozen=True)
class Turning:
    """From how many planned minutes (`side` above: this many or more; below: this many or fewer) another
    plan is the cheapest; `stated` is the same before growth."""

    side: str
    planned: int
    stated: int
    plan: Plan


@dataclass(frozen=True)
class Recommendation:
    """The answer. `status` is one of

    - ok;
    - over_budget: `choice` is the cheapest possible, `difference` what it costs more than the budget;
    - nothing_fits: no `choice`; `nearest` is the cheapest if he accepts the obstacles in `reasons`;
    - beyond_catalogue: a person must quote;
    - ask_again: a value (in `reasons`) cannot be meant.
    """

    status: str
    reasons: tuple[Reason, ...] = ()
    choice: Quote | None = None
    nearest: Quote | None = None
    difference: Decimal | None = None
    minutes: Span | None = None
    planned: Span | None = None
    growth: Decimal = ZERO
    growth_assumed: bool = False
    estimate: Estimate | None = None
    alternatives: tuple[Alternative, ...] = ()
    turnings: tuple[Turning, ...] = ()
    quotes: tuple[Quote, ...] = ()
    sample: bool = True


class _Counter:
    """One customer's need held against one catalogue: the plans that fit, the best of them, and why."""

    def __init__(self, need: Need, catalog: Catalog, planned: Span, day: date, longest: int | None) -> None:
        self.need, self.catalog, self.planned, self.longest = need, catalog, planned, longest
        self.plans = catalog.on_sale(day, need.region)
        self.order = {plan.id: rank for rank, plan in enumerate(self.plans)}

    def fitting(self, without: str | None = None, longest: int | None = -1) -> list[Plan]:
        """The plans without obstacle, if one feature is given up or another contract length accepted."""
        months = self.longest if longest == -1 else longest
        need = self._without(without)
        return [plan for plan in self.plans if not obstacles(plan, need, months)]

    def _without(self, feature: str | None) -> Need:
        if feature is None:
            return self.need
        rest = {name: level for name, level in self.need.features.items() if name != feature}
        return replace(self.need, features=rest)

    def best(self, plans: Iterable[Plan], planned: int | None = None) -> Plan | None:
        """The strictly cheapest; among equals the one with more headroom, then the shorter contract."""
        at = self.planned.high if planned is None else planned

        def rank(plan: Plan) -> tuple[Decimal, int, int, int]:
            return (self.cost(plan, at), -plan.included_minutes, plan.contract_months, self.order[plan.id])

        return min(plans, key=rank, default=None)

    def extra(self, plan: Plan) -> Decimal:
        """The add-ons that the need makes necessary there."""
        needed = (
            plan.addons[name].monthly or ZERO
            for name, level in self.need.features.items()
            if plan.features.get(name, -1) < level and name in plan.addons
        )
        return sum(needed, ZERO)

    def cost(self, plan: Plan, planned: int) -> Decimal:
        """Unrounded monthly cost with the necessary add-ons."""
        return exact_cost(plan, planned, self.extra(plan), self.need.number_floor)

    def quote(self, plan: Plan, without: str | None = None) -> Quote:
        return quote(plan, self._without(without), self.planned, self.catalog)


def recommend(
    need: Need, catalog: Catalog, *, headroom: Decimal = HEADROOM, today: date | None = None
) -> Recommendation:
    """The strictly cheapest plan that does everything needed, its price, and what else could be chosen."""
    growth = headroom if need.growth is None else need.growth
    if (wrong := _absurd(need, growth, catalog)) is not None:
        return Recommendation("ask_again", (wrong,), estimate=need.estimate, sample=catalog.sample)
    minutes = span(need.minutes)
    planned = planned_minutes(minutes, growth)
    longest = catalog.limits.default_contract_months if need.longest_contract == -1 else need.longest_contract
    counter = _Counter(need, catalog, planned, today or SystemClock().today(), longest)
    common: dict[str, Any] = {
        "minutes": minutes,
        "planned": planned,
        "growth": growth,
        "growth_assumed": need.growth is None,
        "estimate": need.estimate,
        "sample": catalog.sample,
    }
    if planned.high > catalog.limits.person_above_minutes:
        beyond = Reason(
            "minutes_beyond", {"planned": planned.high, "limit": catalog.limits.person_above_minutes}
        )
        return Recommendation("beyond_catalogue", (beyond,), **common)
    fitting = counter.fitting()
    best = counter.best(fitting)
    if best is None:
        return _nothing(counter, common)
    choice = counter.quote(best)
    over = choice.monthly - need.budget if need.budget is not None else ZERO
    return Recommendation(
        "over_budget" if over > 0 else "ok",
        (Reason("budget_too_small", {"budget": need.budget, "least": choice.monthly}),) if over > 0 else (),
        choice=choice,
        difference=over if over > 0 else None,
        alternatives=_alternatives(counter, best, choice),
        turnings=_turnings(counter, fitting, best, growth),
        quotes=tuple(sorted((counter.quote(plan) for plan in fitting), key=lambda each: each.monthly)),
        **common,
    )


def _absurd(need: Need, growth: Decimal, catalog: Catalog) -> Reason | None:
    if (wrong := wrong_minutes(need.minutes, catalog.limits)) is not None:
        return wrong
    if not growth.is_finite() or not 0 <= growth <= catalog.limits.absurd_above_growth:
        return Reason("growth_absurd", {"value": growth, "limit": catalog.limits.absurd_above_growth})
    if need.bound_numbers < 1:
        return Reason("bound_numbers_absurd", {"value": need.bound_numbers})
    if need.budget is not None and (not need.budget.is_finite() or need.budget < 0):
        return Reason("budget_absurd", {"value": need.budget})
    return None


def _nothing(counter: _Counter, common: dict[str, Any]) -> Recommendation:
    """Nothing fits: because of the contract's length (he may agree), or because it is not sold (a person)."""
    patient = counter.best(counter.fitting(longest=None))
    alternatives = tuple(_giving_up(counter, None))
    if patient is not None:
        why = obstacles(patient, counter.need, counter.longest)
        nearest = counter.quote(patient)
        over = nearest.monthly - counter.need.budget if counter.need.budget is not None else ZERO
        return Recommendation(
            "nothing_fits",
            why,
            nearest=nearest,
            difference=over if over > 0 else None,
            alternatives=alternatives,
            **common,
        )
    # what stands in the way of the plan with the fewest obstacles; the most capable one if there are several
    closest = min(
        counter.plans,
        key=lambda plan: (len(obstacles(plan, counter.need, None)), -plan.bound_numbers),
        default=None,
    )
    reasons = (closest and obstacles(closest, counter.need, None)) or (
        Reason("not_sold_in_region", {"region": counter.need.region}),
    )
    return Recommendation("beyond_catalogue", reasons, alternatives=alternatives, **common)


def _alternatives(counter: _Counter, best: Plan, choice: Quote) -> tuple[Alternative, ...]:
    found = []
    if (roomier := _more_headroom(counter, best)) is not None:
        other = counter.quote(roomier)
        found.append(Alternative("more_headroom", other, other.monthly - choice.monthly))
    found += _giving_up(counter, choice)
    patient = counter.best(counter.fitting(longest=None))
    if patient is not None and (other := counter.quote(patient)).monthly < choice.monthly:
        found.append(Alternative("longer_contract", other, other.monthly - choice.monthly))
    return tuple(found)


def _more_headroom(counter: _Counter, best: Plan) -> Plan | None:
    """The fitting plan with the most included minutes among those at most 10 % dearer (F071)."""
    at = counter.planned.high
    limit = counter.cost(best, at) * (1 + counter.catalog.limits.headroom_offer)
    roomier = [
        plan
        for plan in counter.fitting()
        if plan.included_minutes > best.included_minutes and counter.cost(plan, at) <= limit
    ]
    return max(roomier, key=lambda plan: (plan.included_minutes, -counter.cost(plan, at)), default=None)


def _giving_up(counter: _Counter, choice: Quote | None) -> list[Alternative]:
    """For each needed feature: what is the cheapest without it, if that saves anything; best first."""
    found = []
    for feature in sorted(counter.need.features):
        plans = counter.fitting(without=feature)
        quotes = [counter.quote(plan, without=feature) for plan in plans]
        best = min(quotes, key=lambda each: (each.monthly, -each.headroom), default=None)
        if best is None or (choice is not None and best.monthly >= choice.monthly):
            continue
        difference = best.monthly - choice.monthly if choice is not None else None
        found.append(Alternative("give_up_feature", best, difference, feature))
    return sorted(found, key=lambda each: each.quote.monthly)


def _turnings(counter: _Counter, fitting: list[Plan], best: Plan, growth: Decimal) -> tuple[Turning, ...]:
    """The nearest planned minutes above and below at which another plan becomes the cheapest."""
    marks = sorted({mark for plan in fitting if plan is not best for mark in _crossings(counter, best, plan)})
    found = []
    at = counter.planned.high
    for side, candidates in (
        ("above", [m for m in marks if m > at]),
        ("below", [m for m in reversed(marks) if m < at]),
    ):
        for minutes in candidates:
            winner = counter.best(fitting, minutes)
            if winner is not None and winner is not best:
                stated = (minutes / (1 + growth)).to_integral_value(ROUND_CEILING)
                found.append(Turning(side, minutes, int(stated), winner))
                break
    return tuple(found)


def _crossings(counter: _Counter, one: Plan, other: Plan) -> set[int]:
    """Whole minutes next to where two cost lines may cross: their bends and where straight parts meet."""
    points = [Decimal(plan.included_minutes) for plan in (one, other)]
    base = {plan.id: plan.fee + counter.extra(plan) for plan in (one, other)}
    for first, second in ((one, other), (other, one)):
        for flat in (base[second.id], counter.need.number_floor):
            if first.overage:  # where the rising part of the first meets what does not rise
                points.append(first.included_minutes + (flat - base[first.id]) / first.overage)
    if one.overage != other.overage:  # where both rise; each line is drawn back to no minutes at all
        start, start_other = (base[plan.id] - plan.included_minutes * plan.overage for plan in (one, other))
        points.append((start_other - start) / (one.overage - other.overage))
    whole = {int(point) + step for point in points for step in (-1, 0, 1, 2)}
    return {minutes for minutes in whole if minutes >= 0}


def need_from(fields: Mapping[str, Any], catalog: Catalog, *, working_days: int = 22) -> Need | Reason:
    """A Need from the fields of a draft (named as in the NLU contract), or the Reason to ask again.

    `feature` is a list of ids or a mapping id → level; `contract_months` (agreed length, 0 = any) and
    `number_floor`/`number_months` are optional. Seats without `bound_numbers` count as so many numbers.
    """
    known = ("monthly_minutes", "daily_calls", "call_minutes", "working_days", "seats", "industry")
    volume = Volume(**{name: fields.get(name) for name in known})
    worked = estimate(volume, catalog, working_days)
    if isinstance(worked, Reason):
        return worked
    wanted = fields.get("feature") or {}
    features = dict(wanted) if isinstance(wanted, Mapping) else dict.fromkeys(wanted, 0)
    bound = fields.get("bound_numbers")
    seats = fields.get("seats")
    growth, budget, agreed = fields.get("growth_rate"), fields.get("budget"), fields.get("contract_months")
    return Need(
        minutes=worked.minutes,
        growth=None if growth is None else Decimal(str(growth)),
        features=features,
        bound_numbers=span(bound).high
        if bound is not None
        else max(1, span(seats).high)
        if seats is not None
        else 1,
        region=fields.get("region"),
        budget=None if budget is None else Decimal(span(budget).high),
        longest_contract=-1 if agreed is None else (agreed or None),
        number_floor=Decimal(str(fields.get("number_floor") or 0)),
        number_months=int(fields.get("number_months") or 0),
        estimate=worked,
    )
