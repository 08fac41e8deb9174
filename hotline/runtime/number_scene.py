"""What a conversation has before it of 400 numbers, and a message heard in that light (`business.number_talk`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from rasa.shared.core.events import BotUttered, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from hotline.business import number_talk
from hotline.business.clauses import QUESTION
from hotline.business.number_talk import Scene, Talk
from hotline.runtime.listening import NUMBER_FIELDS, NUMBERED, offered, titled

#: intents whose rules serve what is said about numbers; the act tells the action which of it
INTENTS = {
    number_talk.PICK: "reserve_number",
    number_talk.RELEASE: "reserve_number",
    number_talk.CHANGE: "reserve_number",
    number_talk.KEPT: "reserve_number",
}
SEARCH = "search_number"
MOST_TURNS = 8  # so long a list that was shown is remembered
_KEPT = "hotline_number"
_RESERVES = "/reserve_number"
#: buttons of a question of ours: a newer list than the numbers, whether it bears numbers or not
_QUESTIONS = ("/inform", "/choose_plan")
_ASKS = re.compile(r"(?:那|我|想|就|给我|帮我|再)*(?:要|换|找|改成|来)")
_WISHES = frozenset({"number_digits", "excluded_digits", "number_pattern"})
_MISTAKEN = frozenset({"faq_number_prefix", "faq_number_choice", "faq_number_transfer", "choose_plan"})


def heard(text: str, tracker: DialogueStateTracker | None, channel: str) -> Talk | None:
    """What a typed message says about numbers; None when nothing, or when it is the title of a choice on show."""
    if tracker is None or titled(text, offered(tracker)) is not None:
        return None
    return number_talk.read(text, scene(tracker, channel))


def settle(
    parsed: dict[str, Any], talk: Talk | None, tracker: DialogueStateTracker | None, channel: str
) -> None:
    """Write what was heard into the parse of the message, as a fixed phrase is.

    While numbers are on show, digits in a statement are a wish for others, though they sound like a question about
    digits ("换成4007开头的").
    """
    if talk is None:
        intent = str((parsed.get("intent") or {}).get("name"))
        named = any(each.get("entity") in _WISHES for each in parsed.get("entities") or [])
        if intent in _MISTAKEN and named and tracker is not None:
            before = scene(tracker, channel)
            near = (
                before.fresh or before.asked or (before.listed and _ASKS.match(str(parsed.get("text") or "")))
            )
            if near and not QUESTION.search(str(parsed.get("text") or "")):
                parsed["intent"] = {"name": SEARCH, "confidence": 1.0}
        return
    parsed["act"] = talk.kind
    parsed["intent"] = {"name": INTENTS.get(talk.kind, SEARCH), "confidence": 1.0}
    parsed["talk"] = {"numbers": list(talk.numbers), "cheapest": talk.cheapest, "again": talk.again}


def scene(tracker: DialogueStateTracker, channel: str) -> Scene:
    """The list on show, the number kept, and what is being asked."""
    asked = tracker.get_slot("requested_slot") if tracker.active_loop_name else None
    kept = tracker.get_slot(_KEPT)
    spoken = list(islice(_spoken(tracker), MOST_TURNS))
    age = _age(spoken, channel)
    about = _reserving(spoken[0]) if spoken else []
    listed = tuple(tracker.get_slot("shown_numbers") or ())
    return Scene(
        shown=listed if age is not None else (),
        fresh=age == 0,
        asked=asked == _KEPT,
        bare=asked in (None, _KEPT) or (age == 0 and asked not in NUMBER_FIELDS | {"contact_time"}),
        kept=str(kept) if kept else None,
        pointed=next((number for number in listed if number in about[0]), None) if len(about) == 1 else None,
        listed=bool(listed),
        dated=asked == "contact_time",
        just_kept=bool(kept) and _just_kept(tracker),
    )


def _age(spoken: list[list[BotUttered]], channel: str) -> int | None:
    """How many turns ago numbers were shown; None if long ago, or if other choices have been offered since.

    A question that was open beside the list already, and is only put again, offers nothing newer.
    """
    since: set[str] = set()
    for age, events in enumerate(spoken):
        payloads = _payloads(events)
        if _reserving(events):
            return age if since <= set(payloads) else None
        if payloads and channel in NUMBERED:
            return None
        since.update(payload for payload in payloads if payload.startswith(_QUESTIONS))
    return None


def _payloads(events: list[BotUttered]) -> list[str]:
    return [str(button["payload"]) for event in events for button in event.data.get("buttons") or []]


def _reserving(events: list[BotUttered]) -> list[str]:
    """The choices among our words that reserve a number."""
    return [payload for payload in _payloads(events) if payload.startswith(_RESERVES)]


def _just_kept(tracker: DialogueStateTracker) -> bool:
    """Whether the number was reserved in answer to the last message."""
    for event in reversed(tracker.events):
        if isinstance(event, (UserUttered, SessionStarted)):
            return False
        if isinstance(event, SlotSet) and event.key == _KEPT:
            return True
    return False


def _spoken(tracker: DialogueStateTracker) -> Iterator[list[BotUttered]]:
    """Our words of each turn, the latest first."""
    words: list[BotUttered] = []
    for event in reversed(tracker.events):
        if type(event) is UserUttered:  # Rasa's classes are abstract: isinstance would take most of the time
            yield words
            words = []
        elif type(event) is BotUttered:
            words.append(event)
    yield words
