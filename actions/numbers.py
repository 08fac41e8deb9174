"""Find a number, keep it for the customer. The inventory decides; here it is shown."""

from __future__ import annotations

from typing import Any

from actions import another, costs, wishes
from actions.base import HotlineAction, Turn
from hotline.business.number_search import Wish
from hotline.business.numbers import Reserved, Taken

SHOWN = "shown_numbers"


class SearchNumber(HotlineAction):
    action_name = "action_search_number"

    def perform(self, turn: Turn) -> None:
        parts = wishes.heard(turn.entities)
        if turn.form == "number_form":
            return  # the form shows what is found as its question
        if parts:
            parts = wishes.added(turn.state("wish"), parts)
            turn.set("wish", parts)
            show(turn, wishes.wish_from(parts))
        elif turn.form:
            turn.say("utter_ask_hotline_number_wish")
        elif not another.wants_change(turn):
            turn.start_form("number_form")


class ReserveNumber(HotlineAction):
    action_name = "action_reserve_number"

    def perform(self, turn: Turn) -> None:
        number = turn.entity("hotline_number") or turn.box.pick(turn.text, turn.slot(SHOWN) or [])
        if number is not None:
            reserve(turn, str(number))
        elif another.closed(turn):
            return
        elif turn.form:
            turn.say("utter_number_which")
        else:
            turn.start_form("number_form")


def refine(turn: Turn) -> bool:
    """ "不要4" after numbers were shown: search again; False when it is no wish."""
    parts = wishes.heard(turn.entities)
    if not parts or not turn.slot(SHOWN):
        return False
    parts = wishes.added(turn.state("wish"), parts)
    turn.set("wish", parts)
    show(turn, wishes.wish_from(parts))
    return True


def ask(turn: Turn, again: bool) -> None:
    """The form's question for the number: what is found for his wishes, or which wishes he has."""
    faq = turn.intent.startswith("faq_")
    parts = {} if faq else wishes.added(turn.state("wish"), wishes.heard(turn.entities))
    if parts:
        turn.set("wish", parts)
        show(turn, wishes.wish_from(parts))
    elif again:
        turn.say("utter_reask_hotline_number")
    else:
        kept = turn.state("wish")
        if kept:
            show(turn, wishes.wish_from(kept))
        else:
            turn.say("utter_ask_hotline_number_wish")


def show(turn: Turn, wish: Wish) -> None:
    """Numbers for a wish as lines, buttons and a typed card; nothing found is said with what to relax."""
    found = turn.sv.numbers.search(wish)
    wording = turn.sv.number_wording
    notes = wording.notes(found)
    if not found.cards:
        turn.say("utter_numbers_none", notes=notes)
        return
    values: dict[str, Any] = {"rows": wording.rows(found.cards), "notes": notes}
    response = "utter_numbers_found"
    if found.relaxed:
        response, values["relaxed"] = "utter_numbers_relaxed", wording.wishes(found.relaxed)
    turn.say(response, buttons=wording.buttons(found.cards), card=wording.card(found), **values)
    turn.set(SHOWN, [card.number for card in found.cards])


def suggest(turn: Turn) -> bool:
    """ "随便": some good plain ones to choose from."""
    show(turn, Wish(excluded="4"))
    return True


def reserve(turn: Turn, number: str) -> bool:
    """Keep a number for this customer: said only after the database has it."""
    sv, wording = turn.sv, turn.sv.wording
    draft = sv.applications.draft(turn.cid, turn.channel)
    if draft.submitted:
        turn.say("utter_already_submitted", reference=draft.reference)
        return False
    held = sv.numbers.reserve(number, draft.draft_id)
    if isinstance(held, Reserved):
        if draft.reserved_number and draft.reserved_number != number:
            sv.numbers.release(draft.reserved_number, draft.draft_id)
            turn.say("utter_number_released", number=wording.hotline(draft.reserved_number))
        sv.applications.note_number(turn.cid, number, held.until)
        turn.mirror(["hotline_number"])
        turn.say("utter_number_reserved", number=wording.hotline(number), until=wording.moment(held.until))
        costs.warn(turn, number)
        if not turn.form:
            if turn.slot("goal") == "apply":
                turn.follow("action_continue")
            else:
                turn.say("utter_next_apply")
                turn.propose("apply")
        return True
    if isinstance(held, Taken):
        turn.say("utter_number_taken", number=wording.hotline(number))
        show(turn, Wish(like=number[4:]))
    else:
        turn.say("utter_number_unknown", number=number)
    return False
