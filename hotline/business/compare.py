"""Any plans side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hotline.business.catalog import Catalog, Plan
from hotline.business.estimate import Span, span, wrong_minutes
from hotline.business.quotes import HEADROOM, Need, Quote, planned_minutes, quote
from hotline.business.reason import Reason
from hotline.clock import SystemClock


@dataclass(frozen=True)
class Difference:
    """A feature that not all of the compared plans include to the same level.

    `levels`: for each plan its level (0: included, without grades), or None where it is not included.
    """

    feature: str
    levels: tuple[int | None, ...]


@dataclass(frozen=True)
class Comparison:
    """The plans in the order asked for, with their `quotes` where the volume is known.

    `unknown`: ids that are not on sale (there). `cheapest` at that volume, whether or not it does everything
    that is needed.
    """

    plans: tuple[Plan, ...]
    quotes: tuple[Quote, ...]
    differences: tuple[Difference, ...]
    unknown: tuple[str, ...]
    planned: Span | None = None
    cheapest: str | None = None
    sample: bool = True


def compare(
    plan_ids: Iterable[str],
    catalog: Catalog,
    need: Need | None = None,
    *,
    headroom: Decimal = HEADROOM,
    today: date | None = None,
) -> Comparison | Reason:
    """Put plans side by side (none named: all on sale), priced for a need if there is one.

    A Reason where the need's minutes must be asked again.
    """
    on_sale = {
        p.id: p for p in catalog.on_sale(today or SystemClock().today(), need.region if need else None)
    }
    wanted = tuple(dict.fromkeys(plan_ids)) or tuple(on_sale)
    plans = tuple(on_sale[name] for name in wanted if name in on_sale)
    unknown = tuple(name for name in wanted if name not in on_sale)
    if need is None:
        return Comparison(plans, (), _differences(plans, catalog), unknown, sample=catalog.sample)
    if (wrong := wrong_minutes(need.minutes, catalog.limits)) is not None:
        return wrong
    planned = planned_minutes(span(need.minutes), headroom if need.growth is None else need.growth)
    quotes = tuple(quote(plan, need, planned, catalog) for plan in plans)
    cheapest = min(quotes, key=lambda each: each.monthly, default=None)
    return Comparison(
        plans,
        quotes,
        _differences(plans, catalog),
        unknown,
        planned,
        cheapest.plan.id if cheapest else None,
        catalog.sample,
    )


def _differences(plans: tuple[Plan, ...], catalog: Catalog) -> tuple[Difference, ...]:
    rows = (Difference(name, tuple(plan.features.get(name) for plan in plans)) for name in catalog.features)
    return tuple(row for row in rows if len(set(row.levels)) > 1)
