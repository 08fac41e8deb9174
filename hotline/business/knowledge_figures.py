"""Fills the figures of the catalogue into the answers, so that a changed price changes every answer.

A text names a figure in braces. Known names:

- ``lowest_monthly``, ``highest_monthly``, ``lowest_rate``, ``highest_rate``, ``lowest_prepaid``,
  ``highest_prepaid``, ``least_bound``, ``most_bound``, ``contract_months`` over the plans on sale;
- ``plan.<id>.<field>`` with the fields of `plan_figures`, and ``adds``: what it has beyond the one before;
- ``from.<feature>`` the first plan that includes it, ``price.<feature>`` its price per use in yuan;
- ``tier.<id>`` what a number of this grade costs, ``tiers`` all grades, ``plans`` all plans, one a line,
  worded by the patterns that stand with the topic (`PlanWords`, `TierWords`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hotline.business.catalog import UNLIMITED, Catalog, Plan, Range, Tier

PLACE = re.compile(r"\{([A-Za-z0-9_.]+)\}")


@dataclass(frozen=True)
class PlanWords:
    """How one plan is worded in a line: with a monthly minimum, or paid at once."""

    line: str
    prepaid: str


@dataclass(frozen=True)
class TierWords:
    """How a grade of numbers is worded; which of the two prices counts is the catalogue's ``charge_by``."""

    line: str
    minimum_spend: str
    selection_fee: str
    range: str
    single: str
    more: str
    open: str


def amount(value: Decimal | int) -> str:
    """A number as it is written: 50, 0.10, 0.085."""
    value = Decimal(value)
    if value == value.to_integral_value():
        return str(int(value))
    whole, _, digits = format(value.normalize(), "f").partition(".")
    return f"{whole}.{digits.ljust(2, '0')}"


def fill(text: str, figures: Mapping[str, str]) -> str:
    """The text with every ``{name}`` replaced. Raises KeyError with the name that is not known."""
    return PLACE.sub(lambda hit: figures[hit.group(1)], text)


def plan_figures(plan: Plan) -> dict[str, str]:
    """The figures of one plan: money in yuan, minutes a month (of a prepaid plan: over the whole time)."""
    paid = plan.prepaid
    figures = {
        "name": plan.name,
        "audience": plan.audience,
        "monthly": amount(plan.fee.quantize(Decimal("0.01")) if paid else plan.fee),
        "prepaid": amount(paid.total if paid else plan.prepayment),
        "minutes": amount(paid.minutes if paid else plan.included_minutes),
        "rate": amount(plan.overage),
        "bound": amount(plan.bound_numbers),
        "months": amount(paid.months if paid else plan.contract_months),
    }
    graded = {name: amount(level) for name, level in plan.features.items() if level < UNLIMITED}
    return {**graded, **figures}


def plan_line(plan: Plan, words: PlanWords) -> str:
    """One plan by the pattern that fits its way of paying."""
    return fill(words.prepaid if plan.prepaid else words.line, plan_figures(plan))


def tier_figures(tier: Tier, charge_by: str, words: TierWords) -> dict[str, str]:
    """One grade: its name, shortest term in months and price as charged."""
    figures = {
        "name": tier.name,
        "months": amount(tier.months.low or 0),
        "monthly": _range(tier.minimum_spend, words),
        "fee": _range(tier.fee, words),
    }
    return {**figures, "price": fill(getattr(words, charge_by), figures)}


def _range(money: Range, words: TierWords) -> str:
    if money.low is None:
        return words.open
    if money.high is None:
        return fill(words.more, {"low": amount(money.low)})
    pattern = words.single if money.low == money.high else words.range
    return fill(pattern, {"low": amount(money.low), "high": amount(money.high)})


def figures_of(
    catalog: Catalog, day: date, plan_words: PlanWords | None = None, tier_words: TierWords | None = None
) -> dict[str, str]:
    """Every figure that a text may name on this day."""
    plans = catalog.on_sale(day)
    found = {**_spans(plans), **_features(catalog, plans)}
    before: Plan | None = None
    for plan in catalog.plans:
        figures = {**plan_figures(plan), "adds": _adds(catalog, plan, before)}
        found.update({f"plan.{plan.id}.{name}": value for name, value in figures.items()})
        before = plan
    if plan_words:
        found["plans"] = "\n".join(plan_line(plan, plan_words) for plan in plans)
    if tier_words:
        lines = []
        for tier in catalog.tiers.all:
            figures = tier_figures(tier, catalog.tiers.charge_by, tier_words)
            found[f"tier.{tier.id}"] = figures["price"]
            lines.append(fill(tier_words.line, figures))
        found["tiers"] = "\n".join(lines)
    return found


def _spans(plans: tuple[Plan, ...]) -> dict[str, str]:
    """Lowest and highest over the plans on sale; the monthly minimum leaves out plans paid at once."""
    monthly = [plan for plan in plans if not plan.prepaid]
    months = sorted({plan.prepaid.months if plan.prepaid else plan.contract_months for plan in plans})
    spans = {
        ("lowest_monthly", "highest_monthly"): [plan.fee for plan in monthly],
        ("lowest_prepaid", "highest_prepaid"): [plan.prepayment for plan in monthly],
        ("lowest_rate", "highest_rate"): [plan.overage for plan in plans],
        ("least_bound", "most_bound"): [Decimal(plan.bound_numbers) for plan in plans],
    }
    found = {"contract_months": "、".join(map(str, months))}
    for (low, high), values in spans.items():
        if values:
            found |= {low: amount(min(values)), high: amount(max(values))}
    return found


def _adds(catalog: Catalog, plan: Plan, before: Plan | None) -> str:
    """The names of what this plan has, or has more of, than the one before it in the catalogue."""
    less = before.features if before else {}
    more = [name for name, level in plan.features.items() if level > less.get(name, -1)]
    return "、".join(catalog.features[name].label.replace("/", "、") for name in more)


def _features(catalog: Catalog, plans: tuple[Plan, ...]) -> dict[str, str]:
    found = {}
    for feature in catalog.features.values():
        first = next((plan for plan in plans if feature.id in plan.features), None)
        if first:
            found[f"from.{feature.id}"] = first.name
        if feature.usage:
            found[f"price.{feature.id}"] = amount(feature.usage.price)
    return found
