"""The baseline's actions, run by ``rasa run actions``: the same services, called the plain way of the tutorials."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.executor import CollectingDispatcher

from hotline.business.number_search import Wish
from hotline.business.plans import need_from, recommend
from hotline.services import services
from hotline.values.counts import parse_bound_numbers
from hotline.values.growth import parse_growth
from hotline.values.minutes import parse_monthly_minutes
from hotline.values.money import parse_budget

Events = list[dict[str, Any]]
_DIGITS = re.compile(r"\d{2,6}")


class Answer(Action):
    """The answer of the knowledge base to the question's topic."""

    def name(self) -> str:
        return "action_answer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        topic = str(tracker.latest_message["intent"]["name"]).removeprefix("faq_")
        answer = services().knowledge.answer(topic, tracker.latest_message["text"])
        dispatcher.utter_message(text=answer.text)
        return []


class Recommend(Action):
    """The plan for what the form holds."""

    def name(self) -> str:
        return "action_recommend"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        sv = services()
        need = need_from(
            {
                "monthly_minutes": tracker.get_slot("monthly_minutes") or 3000,
                "growth_rate": tracker.get_slot("growth_rate"),
                "bound_numbers": tracker.get_slot("bound_numbers"),
                "feature": ["ivr"],
            },
            sv.catalog,
        )
        found = recommend(need, sv.catalog, headroom=sv.settings.headroom, today=sv.clock.today())
        dispatcher.utter_message(response="utter_ask_plan", **sv.plan_wording.recommendation(found))
        return []


class SearchNumber(Action):
    """Numbers that end with the digits he said."""

    def name(self) -> str:
        return "action_search_number"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        sv = services()
        digits = _DIGITS.search(tracker.latest_message["text"])
        found = sv.numbers.search(Wish(suffix=digits.group() if digits else "8"))
        rows = sv.number_wording.rows(found.cards)
        dispatcher.utter_message(response="utter_numbers_found", rows=rows, notes="")
        return []


class ValidateNeedForm(FormValidationAction):
    """Values by the product's own parsers; what does not parse is taken as the least."""

    def name(self) -> str:
        return "validate_need_form"

    def validate_monthly_minutes(self, value: Any, *_: Any) -> dict[str, Any]:
        return {"monthly_minutes": parse_monthly_minutes(str(value)) or 3000}

    def validate_growth_rate(self, value: Any, *_: Any) -> dict[str, Any]:
        return {"growth_rate": parse_growth(str(value)) or 0.0}

    def validate_bound_numbers(self, value: Any, *_: Any) -> dict[str, Any]:
        return {"bound_numbers": parse_bound_numbers(str(value)) or 5}

    def validate_budget(self, value: Any, *_: Any) -> dict[str, Any]:
        return {"budget": parse_budget(str(value)) or 0}
