"""Minutes a month: as stated, from calls a day, from seats, or from what is usual in the trade (F016)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from hotline.business.catalog import Catalog, Limits
from hotline.business.reason import Reason

WORKING_DAYS = 22  # F019
MOST = {"daily_calls": 1_000_000, "call_minutes": 180, "seats": 10_000}


@dataclass(frozen=True)
class Span:
    """From … to, both included, whole numbers; equal ends for a single value."""

    low: int
    high: int

    @property
    def single(self) -> bool:
        """Whether it is one value."""
        return self.low == self.high


@dataclass(frozen=True)
class Volume:
    """What the customer said about his volume; a value is a number or ``{"from": a, "to": b}``."""

    monthly_minutes: Any = None
    daily_calls: Any = None
    call_minutes: Any = None
    working_days: int | None = None
    seats: Any = None
    industry: str | None = None


@dataclass(frozen=True)
class Estimate:
    """Minutes a month with the working.

    `basis`: stated, calls, seats, industry. minutes = calls × billed_minutes × days; `assumed` names the
    factors that he did not say (they come from the trade's usual figures or the usual 22 days).
    """

    basis: str
    minutes: Span
    calls: Span | None = None
    call_minutes: Decimal | None = None
    billed_minutes: int | None = None
    days: int | None = None
    seats: Span | None = None
    calls_per_seat: int | None = None
    industry: str | None = None
    assumed: tuple[str, ...] = ()


def estimate(volume: Volume, catalog: Catalog, working_days: int = WORKING_DAYS) -> Estimate | Reason:
    """Minutes a month from the best that is known; a Reason (code ``…_negative``, ``…_absurd``,
    ``…_not_finite``, ``minutes_unknown``) where a value must be asked again.

    A call is billed by the started minute (F055), so 1.5 minutes count as 2. The upper end of a range of
    minutes per call is used.
    """
    for name in ("monthly_minutes", "daily_calls", "call_minutes", "seats"):
        if (wrong := _wrong(name, getattr(volume, name), catalog.limits)) is not None:
            return wrong
    if volume.working_days is not None and not 1 <= volume.working_days <= 31:
        return Reason("working_days_absurd", {"value": volume.working_days})
    if volume.monthly_minutes is not None:
        return Estimate("stated", span(volume.monthly_minutes))
    if volume.daily_calls is None and volume.seats is None and not volume.industry:
        return Reason("minutes_unknown", {})
    found = _worked_out(volume, catalog, working_days)
    if found.minutes.high > catalog.limits.absurd_above_minutes:
        return Reason(
            "minutes_absurd", {"value": found.minutes.high, "limit": catalog.limits.absurd_above_minutes}
        )
    return found


def _worked_out(volume: Volume, catalog: Catalog, working_days: int) -> Estimate:
    trade = (catalog.industry(volume.industry) if volume.industry else None) or catalog.any_industry
    known = trade is not catalog.any_industry
    assumed: list[str] = []
    seats = None
    if volume.daily_calls is not None:
        basis, calls = "calls", span(volume.daily_calls)
    elif volume.seats is not None:
        basis, seats = "seats", span(volume.seats)
        calls = Span(seats.low * trade.calls_per_seat, seats.high * trade.calls_per_seat)
        assumed.append("calls_per_seat")
    else:
        basis, calls = "industry", Span(trade.calls_from, trade.calls_to)
        assumed.append("daily_calls")
    if volume.call_minutes is None:
        assumed.append("call_minutes")
    each = trade.call_minutes if volume.call_minutes is None else _upper(volume.call_minutes)
    days = volume.working_days
    if days is None:
        assumed.append("working_days")
        days = trade.working_days if known else working_days
    billed = max(1, int(each.to_integral_value(ROUND_CEILING)))
    return Estimate(
        basis=basis,
        minutes=Span(calls.low * billed * days, calls.high * billed * days),
        calls=calls,
        call_minutes=each,
        billed_minutes=billed,
        days=days,
        seats=seats,
        calls_per_seat=trade.calls_per_seat if seats else None,
        industry=trade.name if known or basis == "industry" else None,
        assumed=tuple(assumed),
    )


def span(value: Any) -> Span:
    """A number or ``{"from": a, "to": b}`` as whole numbers, rounded up."""
    if isinstance(value, Span):
        return value
    low, high = _ends(value)
    return Span(*sorted((math.ceil(_decimal(low)), math.ceil(_decimal(high)))))


def _ends(value: Any) -> tuple[Any, Any]:
    if isinstance(value, Mapping):
        return value["from"], value["to"]
    if isinstance(value, Span):
        return value.low, value.high
    return value, value


def _decimal(value: Any) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))


def _upper(value: Any) -> Decimal:
    return max(_decimal(end) for end in _ends(value))


def _wrong(name: str, value: Any, limits: Limits) -> Reason | None:
    """Why a value cannot be what he meant: negative, not finite, absurdly large. None if it can."""
    if value is None:
        return None
    short = "minutes" if name == "monthly_minutes" else name
    most = limits.absurd_above_minutes if name == "monthly_minutes" else MOST[name]
    for end in _ends(value):
        amount = _decimal(end)
        if not amount.is_finite():
            return Reason(f"{short}_not_finite", {})
        if amount < 0:
            return Reason(f"{short}_negative", {"value": end})
        if amount > most:
            return Reason(f"{short}_absurd", {"value": end, "limit": most})
    return None


def wrong_minutes(value: Any, limits: Limits) -> Reason | None:
    """Why these minutes a month must be asked again, or None."""
    return _wrong("monthly_minutes", value, limits)
