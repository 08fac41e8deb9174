"""What Rasa makes anew for each action and each response, made once: the action of a name, the choice of a variation."""

from __future__ import annotations

import random
from typing import Any

import rasa.core.actions.action as stock
from rasa.core.actions.action import Action, ActionRetrieveResponse
from rasa.core.nlg.generator import ResponseVariationFilter
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import EndpointConfig

_stock_action = stock.action_for_name_or_text
_MADE = "_hotline_actions"  # on the endpoint that runs them


def action_for_name_or_text(
    action_name_or_text: str, domain: Domain, action_endpoint: EndpointConfig | None
) -> Action:
    """Rasa's action of a name. An action knows nothing of any conversation, so one serves all; for each that it is asked
    for, Rasa makes it, and a dozen default actions to see whether it is one of them.
    """
    if action_endpoint is None:
        return _stock_action(action_name_or_text, domain, action_endpoint)
    known = action_endpoint.__dict__.get(_MADE)
    if known is None or known[0] is not domain:
        known = (domain, {})
        setattr(action_endpoint, _MADE, known)
    made: dict[str, Action] = known[1]
    found = made.get(action_name_or_text)
    if found is None:
        found = _stock_action(action_name_or_text, domain, action_endpoint)
        if not isinstance(found, ActionRetrieveResponse):  # which keeps what it said
            made[action_name_or_text] = found
    return found


class QuickResponses(TemplatedNaturalLanguageGenerator):
    """Rasa's responses, without the detour over numpy for the choice of a variation."""

    def _random_response_for(
        self, utter_action: str, output_channel: str, filled_slots: dict[str, Any]
    ) -> dict[str, Any] | None:
        if utter_action not in self.responses:
            return None
        suitable: list[dict[str, Any]] = ResponseVariationFilter(self.responses).responses_for_utter_action(
            utter_action, output_channel, filled_slots
        )
        if len(suitable) < 2:
            return suitable[0] if suitable else None
        return random.choice(suitable)


def install(nlg: Any) -> None:
    """Put both in place of Rasa's."""
    stock.action_for_name_or_text = action_for_name_or_text
    if type(nlg) is TemplatedNaturalLanguageGenerator:
        nlg.__class__ = QuickResponses
