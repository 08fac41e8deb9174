"""What each plan costs over the minutes, drawn: an SVG with the customer's volume marked.

The words and colours are data (data/catalog/curve.yml), the drawing is a template.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hotline.business.catalog import Plan
from hotline.business.estimate import Span
from hotline.business.quotes import exact_cost
from hotline.business.reason import yuan
from hotline.business.yaml_fields import Fields
from hotline.datafile import DATA, Located, load

WIDTH, HEIGHT = 640, 340
LEFT, RIGHT, TOP, BOTTOM = 56, 470, 48, 278
STEPS = (1, 2, 5)
LABELS = (
    "title",
    "minutes_axis",
    "cost_axis",
    "yours",
    "range",
    "minutes",
    "yuan",
    "included_hint",
    "sample_hint",
)


def cost_curve(
    plans: Sequence[Plan],
    planned: Span,
    *,
    chosen: str | None = None,
    sample: bool = True,
    floor: Decimal = Decimal(0),
) -> str:
    """The costs of these plans over minutes a month, as one ``<svg>`` element that can stand in a page.

    `planned` is marked (its upper end; a range also as a band); `chosen` is the id of the plan drawn boldly;
    `floor` the least monthly spend of a chosen number's grade. Raises ValueError without plans, DataError for
    a broken curve.yml.
    """
    if not plans:
        raise ValueError("a curve needs at least one plan")
    words, colours = labels()
    far = _round_up(max(planned.high * 2, *(plan.included_minutes for plan in plans), 10))
    high = _round_up(int(max(exact_cost(plan, far, floor=floor) for plan in plans)) + 1)

    def across(minutes: int) -> float:
        return round(LEFT + (RIGHT - LEFT) * minutes / far, 1)

    def up(cost: Decimal) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * float(cost) / high, 1)

    lines = [
        {
            "id": plan.id,
            "name": plan.name,
            "cost": _short(yuan(exact_cost(plan, planned.high, floor=floor))),
            "points": " ".join(
                f"{across(m)},{up(exact_cost(plan, m, floor=floor))}" for m in _bends(plan, far, floor)
            ),
            "y": up(exact_cost(plan, planned.high, floor=floor)),
            "colour": colours[rank % len(colours)],
            "chosen": plan.id == chosen,
            "legend": TOP + 10 + rank * 20,
        }
        for rank, plan in enumerate(plans)
    ]
    mark = across(planned.high)
    band = (
        None if planned.single else {"at": across(planned.low), "width": round(mark - across(planned.low), 1)}
    )
    return str(
        _template().render(
            id=f"curve-{planned.low}-{planned.high}",
            width=WIDTH,
            height=HEIGHT,
            left=LEFT,
            right=RIGHT,
            top=TOP,
            bottom=BOTTOM,
            label=words,
            lines=lines,
            mark=mark,
            mark_anchor="start" if mark < (LEFT + RIGHT) / 2 else "end",
            band=band,
            planned_text=str(planned.high) if planned.single else f"{planned.low}–{planned.high}",
            x_ticks=[{"at": across(far * n // 4), "text": far * n // 4} for n in range(5)],
            y_ticks=[
                {"at": up(Decimal(high) * n / 4), "text": _short(Decimal(high) * n / 4)} for n in range(5)
            ],
            sample=sample,
        )
    )


def curve_points(
    plans: Sequence[Plan], planned: Span, *, chosen: str | None = None, floor: Decimal = Decimal(0)
) -> dict[str, Any]:
    """The same curve as numbers, for a channel that draws it itself: minutes and yuan.

    ``far`` and ``high`` end the axes; a line has the name, its cost at the planned minutes, and its bends.
    Raises ValueError without plans.
    """
    if not plans:
        raise ValueError("a curve needs at least one plan")
    far = _round_up(max(planned.high * 2, *(plan.included_minutes for plan in plans), 10))
    high = _round_up(int(max(exact_cost(plan, far, floor=floor) for plan in plans)) + 1)
    lines = [
        {
            "name": plan.name,
            "cost": _short(yuan(exact_cost(plan, planned.high, floor=floor))),
            "chosen": plan.id == chosen,
            "points": [
                [minutes, float(yuan(exact_cost(plan, minutes, floor=floor)))]
                for minutes in _bends(plan, far, floor)
            ],
        }
        for plan in plans
    ]
    return {"far": far, "high": high, "planned": {"low": planned.low, "high": planned.high}, "lines": lines}


def _bends(plan: Plan, far: int, floor: Decimal) -> list[int]:
    """The minutes at which a plan's line turns: where it begins to rise, passes the floor, ends."""
    points = {0, min(plan.included_minutes, far), far}
    if plan.overage and floor > plan.fee:
        crossing = plan.included_minutes + int((floor - plan.fee) / plan.overage)
        points |= {min(crossing, far), min(crossing + 1, far)}
    return sorted(points)


def _round_up(value: int) -> int:
    """The next of 10, 20, 50, 100, 200 …, so that the scale reads well."""
    power = 1
    while True:
        for step in STEPS:
            if value <= step * power * 10:
                return step * power * 10
        power *= 10


def _short(amount: Decimal) -> str:
    """An amount without idle zeros: 237.6, 100."""
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(maxsize=1)
def _template() -> Any:
    folder = Path(__file__).parent / "templates"
    return Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=False
    ).get_template("cost_curve.svg.j2")


@lru_cache(maxsize=1)
def labels(path: Path = DATA / "catalog" / "curve.yml") -> tuple[dict[str, str], tuple[str, ...]]:
    """The words and the colours of the drawing. Raises DataError."""
    nothing = Located()
    nothing.file, nothing.line = str(path), 1
    top = Fields(load(path), "文件", nothing, None)
    words = {name: top.text(name) for name in LABELS}
    colours = top.words("colours")
    if not colours or not all(re.fullmatch(r"#[0-9a-fA-F]{6}", colour) for colour in colours):
        raise top.raw.error("colours 应当是 #rrggbb 的列表", "colours")
    top.done()
    return words, colours
