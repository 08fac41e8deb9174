"""Find a number and show it. The inventory decides; what is said of a list is heard by `business.number_talk`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from actions import another, faq, wishes
from actions.base import HotlineAction, Turn
from hotline.business import number_talk
from hotline.business.number_search import Card, Wish

SHOWN = "shown_numbers"
SEARCH = "search_number"
#: the form that shows what is found as its question
FORM = "number_form"
PERSON_NAMED = 2  # times that nothing is cheaper, until a person is offered


class SearchNumber(HotlineAction):
    action_name = "action_search_number"

    def perform(self, turn: Turn) -> None:
        serve = _TALK.get(turn.act or "")
        if serve:
            serve(turn)
            return
        parts = wishes.heard(turn.entities, turn.text)
        if turn.form == FORM:
            return
        if parts:
            offer(turn, wishes.added(turn.state("wish"), parts))
        elif not turn.form and another.wants_change(turn):
            return
        elif turn.form or turn.slot("hotline_number"):
            turn.say("utter_ask_hotline_number_wish")
        else:
            turn.start_form(FORM)


def refine(turn: Turn) -> bool:
    """ "不要4" after numbers were shown: search again; False when it is no wish."""
    return bool(turn.slot(SHOWN)) and wished(turn)


def wished(turn: Turn) -> bool:
    """Search for the wishes of a message; False when it has none."""
    parts = wishes.heard(turn.entities, turn.text)
    if not parts:
        return False
    offer(turn, wishes.added(turn.state("wish"), parts))
    return True


def offer(turn: Turn, parts: dict[str, Any]) -> None:
    """Keep a wish and show what is found for it; the number form shows it as its question."""
    turn.set("wish", parts)
    if turn.form != FORM:
        show(turn, wishes.wish_from(parts))


def ask(turn: Turn, again: bool) -> None:
    """The form's question for the number: what is found for his wishes, or which wishes he has."""
    if turn.act in _TOLD or (turn.state("turn_note") or {}).get("ended"):
        return  # what was just said ends with the question
    asks = turn.intent.startswith("faq_")
    parts = {} if asks else wishes.added(turn.state("wish"), wishes.heard(turn.entities, turn.text))
    kept = turn.state("wish")
    if turn.act in _TALK:
        show(turn, wishes.wish_from(kept or {}))
    elif parts:
        turn.set("wish", parts)
        show(turn, wishes.wish_from(parts))
    elif _budget_told(turn):
        show(turn, wishes.wish_from(kept or {}))
    elif again:
        turn.say("utter_reask_hotline_number" if turn.slot(SHOWN) else "utter_reask_hotline_number_wish")
    elif kept:
        show(turn, wishes.wish_from(kept))
    else:
        turn.say("utter_ask_hotline_number_wish")


def _budget_told(turn: Turn) -> bool:
    changes = (turn.state("turn_note") or {}).get("changes", [])
    return any(change["field"] == "budget" for change in changes)


def show(turn: Turn, wish: Wish) -> None:
    """Numbers for a wish as lines, buttons and a typed card; nothing found is said with what to relax."""
    wish = replace(wish, budget=turn.box.budget())
    found = turn.sv.numbers.search(wish)
    wording = turn.sv.number_wording
    notes = wording.notes(found) + wording.by_budget(found.cards, wish.budget)
    if not found.cards:
        turn.say("utter_numbers_none", notes=notes)
        return
    values: dict[str, Any] = {"rows": wording.rows(found.cards), "notes": notes}
    response = "utter_numbers_found"
    if found.relaxed:
        listed = set(turn.slot(SHOWN) or [])
        exhausted = bool(listed) and listed <= set(wish.seen)
        response = "utter_numbers_no_more" if exhausted else "utter_numbers_relaxed"
        if wish.cheap and found.relaxed == ("price_ceiling",):
            response = "utter_numbers_not_cheaper"
        values["relaxed"] = wording.wishes(found.relaxed)
    turn.say(response, buttons=wording.buttons(found.cards), card=wording.card(found), **values)
    turn.set(SHOWN, [card.number for card in found.cards])


def suggest(turn: Turn) -> bool:
    """ "随便": some good plain ones to choose from; of those on show one, to be confirmed."""
    if turn.slot("asked_field") == "hotline_number" and (shown := cards(turn, turn.slot(SHOWN) or [])):
        best = min(shown, key=monthly)  # the list is in order of how well they fit: the first of the cheapest
        wording = turn.sv.number_wording
        turn.say("utter_number_details", rows=wording.details([best]), buttons=wording.buttons([best]))
        turn.propose("reserve", number=best.number)
        return True
    parts = {"excluded": "4", **(turn.state("wish") or {})}
    turn.set("wish", parts)
    show(turn, wishes.wish_from(parts))
    return True


# ---- what is said of a list


def cards(turn: Turn, numbers: list[str]) -> list[Card]:
    """The cards of numbers that are still ours."""
    found = (turn.sv.numbers.card(number) for number in numbers)
    return [card for card in found if card is not None]


def spoken_of(turn: Turn) -> list[Card]:
    """The numbers that the message speaks of; the cheapest ones of the list if it asks for these."""
    if not turn.talk.get("cheapest"):
        return cards(turn, list(turn.talk.get("numbers") or []))
    shown = cards(turn, turn.slot(SHOWN) or [])
    least = min((monthly(card) for card in shown), default=Decimal(0))
    return [card for card in shown if monthly(card) == least]


def monthly(card: Card) -> Decimal:
    """What a number costs at least: yuan a month, or once where numbers are charged once."""
    span = card.minimum_spend or card.fee
    return Decimal(span.low or 0) if span else Decimal(0)


def details(turn: Turn) -> None:
    """What the numbers spoken of cost, for how long, and what is good about them."""
    found = spoken_of(turn)
    wording = turn.sv.number_wording
    if not found:
        turn.say("utter_number_which")
        return
    response = "utter_number_details" if len(found) == 1 else "utter_numbers_compared"
    turn.say(response, rows=wording.details(found), buttons=wording.buttons(found))
    if len(found) == 1 and turn.requested in (None, "hotline_number"):
        turn.propose("reserve", number=found[0].number)


def more(turn: Turn) -> None:
    """The next ones for the same wish, none of those shown before."""
    kept = turn.state("wish") or {}
    parts = wishes.added(kept, wishes.heard(turn.entities, turn.text)) or kept
    seen = [*kept.get("seen", []), *(turn.slot(SHOWN) or [])]
    offer(turn, {**parts, "seen": list(dict.fromkeys(seen))})


def cheaper(turn: Turn, than: list[Card] | None = None) -> None:
    """The list by its price; below the price that all on show (or `than`) have. Said if there is no lower grade."""
    prices = [monthly(card) for card in than or cards(turn, turn.slot(SHOWN) or [])]
    least = min(prices, default=None)
    kept = turn.state("wish") or {}
    parts = wishes.added(kept, {**wishes.heard(turn.entities, turn.text), "cheap": True})
    if than:
        parts["seen"] = kept.get("seen", [])  # not the one he has just given back
    lower = turn.sv.numbers.price_below(least) if least is not None else None
    if least is not None and lower is None:
        if least == max(prices) and bargained(turn):
            return
        turn.say("utter_numbers_cheapest")
    elif lower is not None and least == max(prices):
        parts["price_ceiling"] = float(lower)
    offer(turn, parts)


def bargained(turn: Turn) -> bool:
    """That nothing is cheaper is told with the list, once; after that only a person can make it so."""
    times = faq.count(turn, f"{faq.OWN}{number_talk.CHEAPER}")
    if times == 1:
        return False
    turn.set("turn_note", {**(turn.state("turn_note") or {}), "ended": True})
    if times == PERSON_NAMED:
        turn.say("utter_cheaper_person")
        turn.propose("handoff", price=True)
    else:
        faq.call_person(turn)
    return True


def limit(turn: Turn) -> None:
    """ "不要超过100块一个月": a ceiling for the numbers; the budget of the application stays as it is."""
    most = number_talk.ceiling(turn.text)
    new = {**wishes.heard(turn.entities, turn.text), "price_ceiling": most}
    offer(turn, wishes.added(turn.state("wish"), new))


_TALK: dict[str, Callable[[Turn], None]] = {
    number_talk.ABOUT: details,
    number_talk.MORE: more,
    number_talk.CHEAPER: cheaper,
    number_talk.CEILING: limit,
}
_TOLD = frozenset({number_talk.ABOUT, number_talk.KEPT, number_talk.RELEASE, number_talk.CHANGE})
