"""A recommendation as words: the price, the working, why, and what else. The phrases are data (labels.yml)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

from hotline import datafile
from hotline.business.catalog import Plan
from hotline.business.compare import Comparison
from hotline.business.curve import curve_points
from hotline.business.estimate import Estimate, Span
from hotline.business.plans import Alternative, Recommendation
from hotline.business.quotes import Quote, Sum
from hotline.business.reason import Reason, plain
from hotline.wording import Wording

CURVES = 5  # lines of a drawing that stay readable


class PlanWording:
    """Writes recommendations and comparisons. Raises DataError when labels.yml lacks plan_words."""

    def __init__(self, wording: Wording, folder: Path = datafile.DATA / "lexicon") -> None:
        data = datafile.load(folder / "labels.yml")
        if "plan_words" not in data:
            raise data.error("缺少 plan_words 一节")
        self._words, self._say = data["plan_words"], wording

    def minutes(self, amount: int | Span) -> str:
        """3300 分钟, or 2400～3600 分钟."""
        if isinstance(amount, Span) and not amount.single:
            low_high = self._say["from_to"].format(low=amount.low, high=amount.high)
            return self._say["minutes"].format(value=low_high)
        return self._say["minutes"].format(value=amount.high if isinstance(amount, Span) else amount)

    def months(self, count: int) -> str:
        """24 个月."""
        return self._say["months"].format(value=count)

    def basis(self, found: Estimate) -> str:
        """How the volume was arrived at ("每天 30 个、每通按 3 分钟、22 天算…")."""

        def plain(span: Span | None) -> str:
            if span is None:
                return ""
            return (
                str(span.high) if span.single else self._say["from_to"].format(low=span.low, high=span.high)
            )

        return str(
            self._words[found.basis].format(
                minutes=self.minutes(found.minutes),
                calls=plain(found.calls),
                each=found.billed_minutes,
                days=found.days,
                seats=plain(found.seats),
            )
        )

    def planned(self, found: Recommendation) -> str:
        """The working of the planned minutes: basis, growth, result."""
        assert found.estimate is not None and found.planned is not None
        key = "assumed" if found.growth_assumed else ("growth" if found.growth else "flat")
        growth = self._words[key].format(growth=self._say.percent(found.growth))
        parts = (self.basis(found.estimate), growth, self.minutes(found.planned))
        return "，".join(parts[:2]) + " = " + parts[2] if found.growth else f"{parts[0]}，{parts[1]}"

    def recommendation(self, found: Recommendation) -> dict[str, str]:
        """The values of utter_ask_plan."""
        quote = found.choice
        assert quote is not None
        return {
            "name": quote.plan.name,
            "fee": self._say.money(quote.fee),
            "included": self.minutes(quote.plan.included_minutes),
            "overage": self._say.rate(quote.plan.overage),
            "planned": self.planned(found),
            "working": self._working(quote),
            "cost": self._say.money(quote.monthly),
            "why": self._why(found),
            "contract": self.months(quote.contract_months),
            "prepayment": self._say.money(quote.first_payment),
            "commitment": self._say.money(quote.commitment),
            "alternatives": self._alternatives(found),
        }

    def card(self, found: Recommendation) -> dict[str, Any]:
        """The recommendation as a typed payload: rows of label and value, and the curve of what it costs."""
        quote, values = found.choice, self.recommendation(found)
        assert quote is not None and found.planned is not None
        labels: dict[str, str] = self._words["card_rows"]
        drawn = [quote.plan, *(each.plan for each in found.quotes if each.plan.id != quote.plan.id)]
        return {
            "type": "plan_card",
            "version": 1,
            "covers": True,
            "hint": self._words["card_hint"],
            "title": values["name"],
            "cost": self._words["card_cost"].format(cost=values["cost"]),
            "rows": [[label, values[name]] for name, label in labels.items()],
            "notes": [line for line in (values["why"], *values["alternatives"].split("\n")) if line],
            "ask": self._words["card_ask"],
            "curve": curve_points(drawn[:CURVES], found.planned, chosen=quote.plan.id, floor=quote.floor),
            "recommendation": plain(quote),
        }

    def longer(self, found: Recommendation, budget: Decimal | None) -> dict[str, str]:
        """The values of utter_plan_longer and its like."""
        quote = found.nearest
        assert quote is not None
        return {
            "name": quote.plan.name,
            "months": self.months(quote.contract_months),
            "cost": self._say.money(quote.monthly),
            "commitment": self._say.money(quote.commitment),
            "floor": self._say.money(quote.floor),
            "beyond": self.beyond(budget) if found.difference and budget is not None else "",
        }

    def summary(self, quote: Quote) -> list[tuple[str, str]]:
        """Label and value of what plan and number cost together: monthly, for how many minutes, how long, first."""
        labels: dict[str, str] = self._words["summary_rows"]
        cost = self._words["summary_cost"].format(cost=self._say.money(quote.monthly))
        if quote.floor and quote.monthly == quote.floor:
            cost += self._words["summary_floor"].format(floor=self._say.money(quote.floor))
        values = {
            "cost": cost,
            "planned": self._words["summary_planned"].format(minutes=self.minutes(quote.planned)),
            "contract": self._words["summary_contract"].format(
                months=self.months(quote.contract_months), commitment=self._say.money(quote.commitment)
            ),
            "prepayment": self._say.money(quote.first_payment),
        }
        return [(label, str(values[name])) for name, label in labels.items()]

    def sum_rows(self, quote: Quote, found: Sum) -> str:
        """The parts of a sum over some months, one a line."""
        money, times = self._say.money, self.months(found.months)
        parts = [("sum_prepaid" if quote.paid_at_once else "sum_fee", money(quote.fee), found.fee)]
        if found.overage:
            parts.append(("sum_over", money(quote.overage_cost), found.overage))
        if found.addons:
            parts.append(("sum_addons", money(sum(price for _, price in quote.addons)), found.addons))
        if found.total == found.floor:
            parts.append(("sum_floor", money(quote.floor), found.floor))
        lines = [
            self._words[key].format(each=each, months=times, cost=money(cost)) for key, each, cost in parts
        ]
        first = {"first": money(quote.first_payment), "contract": self.months(quote.contract_months)}
        lines.append(self._words["sum_first"].format(**first))
        return "\n".join(self._say["point"].format(text=line) for line in lines)

    def savings(self, found: Recommendation, than: Quote) -> str:
        """What would make it cheaper: a feature given up, a longer contract; one a line, empty if nothing would."""
        kinds = ("give_up_feature", "longer_contract")
        cheaper = [a for a in found.alternatives if a.kind in kinds and a.quote.monthly < than.monthly]
        return "".join(f"\n{self._say['point'].format(text=self._alternative(each))}" for each in cheaper[:3])

    def least(self, plan: Plan) -> dict[str, str]:
        """The values of utter_cheapest: what a plan costs at least."""
        cells = self._cells(plan)
        return {name: str(cells[name]) for name in ("name", "fee", "included", "rate", "months")}

    def lowest(self, quote: Quote) -> str:
        """What the plan with the lowest fee would cost him."""
        fee, cost = self._say.money(quote.fee), self._say.money(quote.monthly)
        return "\n" + str(self._words["lowest"].format(name=quote.plan.name, fee=fee, cost=cost))

    def with_number(self, number: str | None) -> str:
        """The number that the price is for, if there is one."""
        return str(self._words["with_number"].format(number=self._say.hotline(number))) if number else ""

    def consequence(self, floor: Decimal, months: int) -> str:
        """What the grade of a number demands."""
        parts = [self._words["demands_floor"].format(floor=self._say.money(floor))] if floor else []
        parts += [self._words["demands_months"].format(months=self.months(months))] if months else []
        return self._say.listing(parts)

    def dearer(self, without: Quote, monthly: Decimal) -> str:
        """How much more than the plan alone."""
        more = self._say.money(monthly - without.monthly)
        cost = self._say.money(without.monthly)
        return str(self._words["dearer"].format(name=without.plan.name, cost=cost, more=more))

    def beyond(self, budget: Decimal) -> str:
        """That it is more than he wants to spend."""
        return str(self._words["beyond_budget"].format(budget=self._say.money(budget)))

    def _working(self, quote: Quote) -> str:
        parts = []
        if quote.overage_minutes:
            over = self._words["over"].format(
                minutes=self.minutes(quote.overage_minutes),
                rate=self._say.rate(quote.plan.overage),
                cost=self._say.money(quote.overage_cost),
            )
            parts.append(over)
        else:
            parts.append(self._words["within"])
        if quote.monthly_low != quote.monthly:
            low, high = self._say.money(quote.monthly_low), self._say.money(quote.monthly)
            parts.append(self._words["range"].format(low=low, high=high))
        return "，".join(parts)

    def _why(self, found: Recommendation) -> str:
        assert found.choice is not None
        others = [quote for quote in found.quotes if quote.plan.id != found.choice.plan.id]
        quote = found.choice
        key = "why" if others else "why_only"
        if others and quote.floor and quote.monthly == quote.floor:
            key = "why_number"  # the grade of the number decides, not the plan
        lines = [self._words[key].format(floor=self._say.money(quote.floor))]
        if others:
            dearer = others[0].monthly - quote.monthly
            more, cost = self._say.money(dearer), self._say.money(others[0].monthly)
            words = self._words["runner_up" if dearer else "runner_up_same"]
            lines.append(words.format(name=others[0].plan.name, cost=cost, more=more))
        if found.status == "over_budget" and found.difference is not None:
            budget = self._say.money(found.reasons[0].values["budget"])
            beyond = self._say.money(found.difference)
            lines.append(self._words["over_budget"].format(budget=budget, more=beyond))
        return "".join(lines)

    def _alternatives(self, found: Recommendation) -> str:
        lines = [self._alternative(each) for each in found.alternatives]
        lines += [
            self._words["turning"].format(minutes=self.minutes(t.planned), name=t.plan.name)
            for t in found.turnings
            if t.side == "above"
        ]
        return "".join(f"\n{line}" for line in lines[:2])

    def _alternative(self, other: Alternative) -> str:
        return str(
            self._words[other.kind].format(
                name=other.quote.plan.name,
                cost=self._say.money(other.quote.monthly),
                included=self.minutes(other.quote.plan.included_minutes),
                months=self.months(other.quote.contract_months),
                feature=self._say.value("feature", other.feature) if other.feature else "",
            )
        )

    def buttons(self, found: Recommendation) -> list[dict[str, str]]:
        """Take the choice, take a named alternative, or refuse."""
        assert found.choice is not None
        plans = [found.choice.plan]
        plans += [a.quote.plan for a in found.alternatives if a.kind in ("more_headroom", "longer_contract")]
        unique = {plan.id: plan for plan in plans}
        taken = [
            {
                "title": self._words["take"].format(name=plan.name),
                "payload": "/choose_plan" + json.dumps({"plan": plan.id}),
            }
            for plan in unique.values()
        ]
        return [*taken, {"title": self._say["adjust_button"], "payload": "/deny"}]

    def reasons(self, reasons: Iterable[Reason]) -> str:
        """Why nothing fits."""
        lines = []
        for reason in reasons:
            values: dict[str, Any] = dict(reason.values)
            if "feature" in values:
                values["feature"] = self._say.value("feature", values["feature"])
            if "months" in values:
                values["months"] = self.months(values["months"])
            if reason.code in self._words:
                lines.append(str(self._words[reason.code].format(**values)))
        return "".join(lines)

    def rows(self, found: Comparison) -> str:
        """A comparison as lines of text, with his monthly cost where the volume is known."""
        costs = {quote.plan.id: quote.monthly for quote in found.quotes}
        lines = []
        for plan in found.plans:
            line = self._words["row"].format(**self._cells(plan))
            if plan.id in costs:
                line += self._words["row_cost"].format(cost=self._say.money(costs[plan.id]))
            lines.append(line)
        return "\n".join(lines)

    def _cells(self, plan: Plan) -> dict[str, Any]:
        return {
            "name": plan.name,
            "fee": self._say.money(plan.fee),
            "included": self.minutes(plan.included_minutes),
            "rate": self._say.rate(plan.overage),
            "bound": plan.bound_numbers,
            "months": self.months(plan.contract_months),
        }

    def table(self, found: Comparison) -> dict[str, Any]:
        """A comparison as a typed payload: head and rows of text."""
        head = dict(self._words["head"])
        costs = {quote.plan.id: self._say.money(quote.monthly) for quote in found.quotes}
        keys = [key for key in head if key != "cost" or costs]
        rows = [
            [str({**self._cells(plan), "cost": costs.get(plan.id, "")}[key]) for key in keys]
            for plan in found.plans
        ]
        return {
            "type": "comparison",
            "version": 1,
            "covers": self.rows(found),
            "head": [head[key] for key in keys],
            "rows": rows,
        }
