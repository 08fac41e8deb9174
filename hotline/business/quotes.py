"""What a plan costs for a need: the one formula, what stands in the way, and the price with its parts.

monthly cost = max(fee + max(0, planned − included) × overage + add-ons, floor of the chosen number's grade)

All money is Decimal yuan and 示例数据 unless the operator replaced the catalogue; all minutes are per month.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from typing import Any

from hotline.business.catalog import Catalog, Plan, Usage
from hotline.business.estimate import Estimate, Span
from hotline.business.reason import Reason, yuan

HEADROOM = Decimal("0.20")  # F018; the setting HOTLINE_HEADROOM overrides it
ZERO = Decimal(0)


@dataclass(frozen=True)
class Need:
    """What the customer needs. `minutes` a month as stated (a number, Span or ``{"from", "to"}``).

    `growth` as he said (0.2 = 20 %), None: the default headroom. `features` maps a feature id to the least
    level (0: any). `longest_contract` in months: None is any, absent is the catalogue's default (12).
    `number_floor` (yuan a month) and `number_months` come from the grade of the number he chose (F072).
    """

    minutes: Any
    growth: Decimal | None = None
    features: Mapping[str, int] = field(default_factory=dict)
    bound_numbers: int = 1
    region: str | None = None
    budget: Decimal | None = None
    longest_contract: int | None = -1
    number_floor: Decimal = ZERO
    number_months: int = 0
    estimate: Estimate | None = None


@dataclass(frozen=True)
class UsageCharge:
    """A needed feature that is paid by use, on top of the monthly cost."""

    feature: str
    usage: Usage


@dataclass(frozen=True)
class Quote:
    """What one plan costs him. Yuan; `monthly` at the upper end of the planned minutes.

    `monthly` = max(`fee` + `overage_cost` + sum of `addons`, `floor`). `commitment`: the least he owes over
    the contract; `expected_total`: `monthly` over the contract; `first_payment` at the start, which is
    everything when `paid_at_once`. `headroom`: included minus planned minutes (negative: beyond).
    """

    plan: Plan
    planned: Span
    monthly: Decimal
    monthly_low: Decimal
    fee: Decimal
    overage_minutes: int
    overage_cost: Decimal
    addons: tuple[tuple[str, Decimal], ...]
    floor: Decimal
    headroom: int
    contract_months: int
    commitment: Decimal
    expected_total: Decimal
    first_payment: Decimal
    paid_at_once: bool
    usage: tuple[UsageCharge, ...]


def planned_minutes(minutes: Span, growth: Decimal) -> Span:
    """Stated minutes × (1 + growth), rounded up to whole minutes."""

    def grow(value: int) -> int:
        return int((value * (1 + growth)).to_integral_value(ROUND_CEILING))

    return Span(grow(minutes.low), grow(minutes.high))


def exact_cost(plan: Plan, planned: int, addons: Decimal = ZERO, floor: Decimal = ZERO) -> Decimal:
    """The monthly cost in yuan, unrounded; what plans are compared by."""
    return max(plan.fee + max(0, planned - plan.included_minutes) * plan.overage + addons, floor)


def obstacles(plan: Plan, need: Need, longest: int | None) -> tuple[Reason, ...]:
    """Why this plan does not do; empty if it does.

    Codes: missing_feature, price_on_request, bound_numbers, contract.
    """
    found = []
    for feature, level in sorted(need.features.items()):
        if plan.features.get(feature, -1) >= level:
            continue
        addon = plan.addons.get(feature)
        if addon is None or addon.level < level:
            found.append(Reason("missing_feature", {"feature": feature, "level": level}))
        elif addon.monthly is None:
            found.append(Reason("price_on_request", {"feature": feature}))
    if need.bound_numbers > plan.bound_numbers:
        found.append(Reason("bound_numbers", {"limit": plan.bound_numbers, "needed": need.bound_numbers}))
    months = max(plan.contract_months, need.number_months)
    if longest is not None and months > longest:
        found.append(Reason("contract", {"months": months, "accepted": longest}))
    return tuple(found)


def quote(plan: Plan, need: Need, planned: Span, catalog: Catalog) -> Quote:
    """The price of one plan for this need, whether or not it fits."""
    added = tuple(
        (feature, plan.addons[feature].monthly or ZERO)
        for feature, level in sorted(need.features.items())
        if plan.features.get(feature, -1) < level and feature in plan.addons
    )
    extra = sum((price for _, price in added), ZERO)
    monthly = yuan(exact_cost(plan, planned.high, extra, need.number_floor))
    beyond = max(0, planned.high - plan.included_minutes)
    months = max(plan.contract_months, need.number_months)
    # a prepaid plan costs its exact total, not months × the rounded monthly share
    base = plan.prepaid.total if plan.prepaid else plan.fee * months
    at_once = plan.prepaid is not None
    usages = [
        (name, catalog.features[name].usage) for name in sorted(need.features) if name in catalog.features
    ]
    return Quote(
        plan=plan,
        planned=planned,
        monthly=monthly,
        monthly_low=yuan(exact_cost(plan, planned.low, extra, need.number_floor)),
        fee=plan.fee,
        overage_minutes=beyond,
        overage_cost=yuan(beyond * plan.overage),
        addons=tuple((name, price) for name, price in added if price),
        floor=need.number_floor,
        headroom=plan.included_minutes - planned.high,
        contract_months=months,
        commitment=yuan(max(base + extra * months, need.number_floor * months)),
        expected_total=yuan(max(base + (beyond * plan.overage + extra) * months, need.number_floor * months)),
        first_payment=plan.prepayment,
        paid_at_once=at_once,
        usage=tuple(UsageCharge(name, usage) for name, usage in usages if usage),
    )


@dataclass(frozen=True)
class Sum:
    """What a quote comes to over some months, in yuan: its parts, and the `total` (at least the number's `floor`)."""

    months: int
    fee: Decimal
    overage: Decimal
    addons: Decimal
    floor: Decimal
    total: Decimal


def over_months(quote: Quote, months: int) -> Sum:
    """The monthly cost summed up; of a prepaid plan its exact share of the total."""
    prepaid = quote.plan.prepaid
    fee = yuan(prepaid.total * months / prepaid.months if prepaid else quote.plan.fee * months)
    overage = yuan(quote.overage_minutes * quote.plan.overage * months)
    addons = yuan(sum((price for _, price in quote.addons), ZERO) * months)
    floor = yuan(quote.floor * months)
    return Sum(months, fee, overage, addons, floor, max(fee + overage + addons, floor))
