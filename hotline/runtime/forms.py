"""Rasa's forms and slot extraction without replaying the conversation for each question.

Rasa builds a temporary tracker from all events whenever a form validates or asks, and walks through all mappings of
all slots after each message. Our tracker copies its state instead; and where every slot is filled by our own action
(mapping ``custom`` without an action of its own), that action is all there is to do.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import rasa.core.actions.forms as stock
from rasa.core.actions.action import ActionExtractSlots
from rasa.core.actions.forms import FormAction
from rasa.core.channels.channel import OutputChannel
from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.constants import (
    ACTION_VALIDATE_SLOT_MAPPINGS,
    DEFAULT_SLOT_NAMES,
    REQUESTED_SLOT,
)
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from hotline.runtime.tracker import TailTracker

_stock_temporary = FormAction._temporary_tracker
_stock_extraction = ActionExtractSlots.run
_KEPT = "_hotline_filled_by_us"  # on the domain itself: to hash a domain is to serialise it


def _temporary_tracker(
    self: FormAction, current_tracker: DialogueStateTracker, additional_events: list[Event], domain: Domain
) -> DialogueStateTracker:
    if not isinstance(current_tracker, TailTracker):
        tracker: DialogueStateTracker = _stock_temporary(self, current_tracker, additional_events, domain)
        return tracker
    twin = current_tracker.copy()
    asked = SlotSet(REQUESTED_SLOT, self.get_slot_to_fill(current_tracker))
    for event in (asked, ActionExecuted(self.name()), *additional_events):
        twin.update(event)
    return twin


async def _extract(
    self: ActionExtractSlots,
    output_channel: OutputChannel,
    nlg: NaturalLanguageGenerator,
    tracker: DialogueStateTracker,
    domain: Domain,
) -> list[Event]:
    if not isinstance(tracker, TailTracker) or not filled_by_us(domain):
        events: list[Event] = await _stock_extraction(self, output_channel, nlg, tracker, domain)
        return events
    if ACTION_VALIDATE_SLOT_MAPPINGS not in domain.user_actions:
        return []
    found: list[Event] = await self._run_custom_action(
        ACTION_VALIDATE_SLOT_MAPPINGS, output_channel, nlg, tracker, domain
    )
    return found


def filled_by_us(domain: Domain) -> bool:
    """Whether no slot has a mapping that Rasa itself would act on."""
    known: bool | None = domain.__dict__.get(_KEPT)
    if known is None:
        mappings: list[dict[str, Any]] = [
            mapping
            for slot in domain.slots
            if slot.name not in DEFAULT_SLOT_NAMES
            for mapping in slot.mappings
        ]
        known = all(m.get("type") == "custom" and not m.get("action") for m in mappings)
        setattr(domain, _KEPT, known)
    return known


def install() -> None:
    """Put both in place of Rasa's, for trackers of ours; and what the forms copy deeply, only for debug lines, they
    copy no more.
    """
    stock.copy = SimpleNamespace(deepcopy=lambda value: value)
    FormAction._temporary_tracker = _temporary_tracker
    ActionExtractSlots.run = _extract
