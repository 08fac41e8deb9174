"""How the minutes a month are worked out, compared and drawn."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.business.catalog import load_catalog
from hotline.business.compare import Comparison, compare
from hotline.business.curve import cost_curve
from hotline.business.estimate import Estimate, Span, Volume, estimate
from hotline.business.plans import Need, need_from
from hotline.business.reason import Reason

TODAY = date(2026, 11, 24)
CATALOG = load_catalog(today=TODAY)
SVG = "{http://www.w3.org/2000/svg}"


def worked(**said: Any) -> Estimate:
    found = estimate(Volume(**said), CATALOG)
    assert isinstance(found, Estimate)
    return found


def test_what_is_stated_is_taken_as_it_is() -> None:
    assert worked(monthly_minutes=3500, daily_calls=1, seats=9).minutes == Span(3500, 3500)


@pytest.mark.parametrize(
    ("each", "billed"), [(3, 3), (2.5, 3), (1.5, 2), (0.4, 1), (1, 1), ({"from": 1, "to": 2.2}, 3)]
)
def test_each_call_is_billed_by_the_started_minute(each: Any, billed: int) -> None:
    found = worked(daily_calls=10, call_minutes=each, working_days=20)  # F055
    assert (found.billed_minutes, found.minutes) == (billed, Span(200 * billed, 200 * billed))


def test_a_range_of_calls_gives_a_range_of_minutes() -> None:
    found = worked(daily_calls={"from": 20, "to": 30}, call_minutes=3)
    assert (found.minutes, found.days) == (Span(1320, 1980), 22)
    assert found.assumed == ("working_days",)


def test_seats_are_worked_out_with_the_trades_usual_calls() -> None:
    found = worked(seats=4, industry="物流")
    assert (found.basis, found.calls) == ("seats", Span(240, 240))
    assert found.minutes == Span(240 * 2 * 30, 240 * 2 * 30)
    assert set(found.assumed) == {"calls_per_seat", "call_minutes", "working_days"}


def test_who_knows_nothing_gets_the_usual_figures_of_his_trade_and_is_told_so() -> None:
    found = worked(industry="火锅店")
    assert (found.basis, found.industry) == ("industry", "餐饮")
    assert found.minutes == Span(15 * 2 * 30, 30 * 2 * 30)
    assert "daily_calls" in found.assumed


def test_an_unknown_trade_gets_the_general_figures() -> None:
    assert worked(industry="养蜂").industry == "一般企业"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({}, "minutes_unknown"),
        ({"daily_calls": -1}, "daily_calls_negative"),
        ({"daily_calls": float("inf")}, "daily_calls_not_finite"),
        ({"daily_calls": 10**9}, "daily_calls_absurd"),
        ({"daily_calls": 10, "call_minutes": 999}, "call_minutes_absurd"),
        ({"daily_calls": 10, "working_days": 32}, "working_days_absurd"),
        ({"daily_calls": 900_000, "call_minutes": 180}, "minutes_absurd"),
        ({"seats": 100_000}, "seats_absurd"),
        ({"monthly_minutes": Decimal("NaN")}, "minutes_not_finite"),
    ],
)
def test_what_cannot_be_meant_is_asked_again(said: dict[str, Any], code: str) -> None:
    found = estimate(Volume(**said), CATALOG)
    assert isinstance(found, Reason)
    assert found.code == code


@given(st.integers(0, 1000), st.integers(1, 600), st.integers(1, 31))
def test_the_working_multiplies_out(calls: int, tenths: int, days: int) -> None:
    found = worked(daily_calls=calls, call_minutes=Decimal(tenths) / 10, working_days=days)
    assert found.billed_minutes is not None
    assert found.billed_minutes - 1 < Decimal(tenths) / 10 <= found.billed_minutes
    assert found.minutes.high == calls * found.billed_minutes * days


def test_a_need_is_read_from_the_fields_of_a_draft() -> None:
    need = need_from(
        {"monthly_minutes": 100, "seats": 6, "budget": {"from": 100, "to": 200}, "feature": ["ivr"]}, CATALOG
    )
    assert isinstance(need, Need)
    assert (need.bound_numbers, need.budget, need.features) == (6, 200, {"ivr": 0})


# --- side by side


def test_plans_are_compared_in_the_order_asked_for_with_their_differences() -> None:
    found = compare(["aftersale", "service", "gold"], CATALOG, Need(1980), today=TODAY)
    assert isinstance(found, Comparison)
    assert [plan.id for plan in found.plans] == ["aftersale", "service"]
    assert [quote.monthly for quote in found.quotes] == [Decimal("300.00"), Decimal("237.60")]
    assert found.unknown == ("gold",)
    assert found.cheapest == "service"
    assert {row.feature: row.levels for row in found.differences} == {
        "recording": (30, None),
        "satisfaction": (0, None),
    }


def test_nothing_named_compares_all_without_prices_for_a_volume() -> None:
    found = compare([], CATALOG, today=TODAY)
    assert isinstance(found, Comparison)
    assert len(found.plans) == len(CATALOG.plans)
    assert found.quotes == ()


def test_a_comparison_for_impossible_minutes_asks_again() -> None:
    assert compare(["mini"], CATALOG, Need(-1), today=TODAY) == Reason("minutes_negative", {"value": -1})


# --- drawn


def drawing(planned: Span, **options: Any) -> ElementTree.Element:
    return ElementTree.fromstring(cost_curve(CATALOG.plans, planned, **options))


def test_the_curve_has_a_line_for_each_plan_that_only_rises() -> None:
    lines = drawing(Span(2376, 2376)).findall(f"{SVG}polyline")
    assert [line.get("data-plan") for line in lines] == [plan.id for plan in CATALOG.plans]
    for line in lines:
        points = [tuple(map(float, point.split(","))) for point in (line.get("points") or "").split()]
        assert points == sorted(points)
        heights = [y for _, y in points]
        assert heights == sorted(heights, reverse=True), "y falls on the screen as the cost rises"


def test_the_curve_marks_the_volume_and_names_prices_in_chinese() -> None:
    svg = cost_curve(CATALOG.plans, Span(2376, 2376), chosen="service")
    assert "您的话量 2376 分钟" in svg
    assert "客服版 237.6 元" in svg
    assert "示例数据" in svg
    bold = [
        line
        for line in drawing(Span(2376, 2376), chosen="service").findall(f"{SVG}polyline")
        if line.get("stroke-width") == "3"
    ]
    assert [line.get("data-plan") for line in bold] == ["service"]


def test_a_range_is_drawn_as_a_band() -> None:
    assert "您的话量范围" in cost_curve(CATALOG.plans, Span(2400, 3600))
    assert "您的话量范围" not in cost_curve(CATALOG.plans, Span(3600, 3600))


def test_everything_stays_inside_the_picture() -> None:
    for planned in (Span(0, 0), Span(1, 1), Span(370_000, 375_000)):
        svg = drawing(planned, floor=Decimal(5000))
        for line in svg.findall(f"{SVG}polyline"):
            for point in (line.get("points") or "").split():
                x, y = map(float, point.split(","))
                assert 0 <= x <= 640 and 0 <= y <= 340


def test_names_from_the_catalogue_cannot_break_the_page() -> None:
    from dataclasses import replace

    evil = replace(CATALOG.plans[0], name="<script>alert(1)</script>")
    assert "<script" not in cost_curve([evil], Span(10, 10))


def test_a_curve_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one plan"):
        cost_curve([], Span(1, 1))
