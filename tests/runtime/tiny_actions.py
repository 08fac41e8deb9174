"""The actions of the tiny model: each does one thing that the runtime has to stand."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk import Action, FormValidationAction
from rasa_sdk.events import AllSlotsReset, ConversationPaused, EventType, SlotSet, UserUtteranceReverted
from rasa_sdk.executor import ActionExecutor

TURNS: list[str] = []  # turn ids that action_count has seen
DELAY = {"seconds": 3.0}


class ActionCount(Action):
    def name(self) -> str:
        return "action_count"

    async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[EventType]:
        TURNS.append(tracker.latest_message["metadata"]["turn_id"])
        return [SlotSet("visits", (tracker.get_slot("visits") or 0) + 1)]


class ActionExplode(Action):
    def name(self) -> str:
        return "action_explode"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[EventType]:
        raise RuntimeError("boom")


class ActionDawdle(Action):
    def name(self) -> str:
        return "action_dawdle"

    async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[EventType]:
        await asyncio.sleep(DELAY["seconds"])
        return []


class ActionReset(Action):
    def name(self) -> str:
        return "action_reset"

    async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[EventType]:
        return [AllSlotsReset()]


class ActionRewind(Action):
    """Takes back this message and the `back` before it."""

    back = 1

    def name(self) -> str:
        return "action_rewind"

    async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[EventType]:
        dispatcher.utter_message(text="已撤回")
        return [UserUtteranceReverted() for _ in range(self.back + 1)]


class ActionSilence(Action):
    def name(self) -> str:
        return "action_silence"

    async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[EventType]:
        return []


class ActionPick(Action):
    def name(self) -> str:
        return "action_pick"

    async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[EventType]:
        plan = next(tracker.get_latest_entity_values("plan"), None)
        dispatcher.utter_message(text=f"已选 {plan}")
        return [SlotSet("plan", plan)]


class ActionPause(Action):
    def name(self) -> str:
        return "action_pause"

    async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[EventType]:
        dispatcher.utter_message(text="转人工")
        return [ConversationPaused()]


class ActionUnknown(Action):
    def name(self) -> str:
        return "action_unknown"

    async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[EventType]:
        dispatcher.utter_message(response="utter_unknown")
        return [UserUtteranceReverted()]


class ValidateApplyForm(FormValidationAction):
    def name(self) -> str:
        return "validate_apply_form"

    async def validate_phone(self, value: Any, dispatcher: Any, tracker: Any, domain: Any) -> dict[str, Any]:
        if value == "崩溃":
            raise RuntimeError("validator down")
        return {"phone": value if str(value).isdigit() else None}


def executor() -> ActionExecutor:
    """An executor with these actions and no others."""
    made = ActionExecutor()
    for action in (
        ActionCount, ActionExplode, ActionDawdle, ActionReset, ActionRewind, ActionSilence, ActionPick, ActionPause,
        ActionUnknown, ValidateApplyForm,
    ):  # fmt: skip
        made.register_action(action)
    return made
