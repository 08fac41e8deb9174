"""A number is kept for the customer, let go, or given for another one. Said only after the database has it."""

from __future__ import annotations

from collections.abc import Callable

from actions import another, costs, faq, numbers, review, wishes
from actions.base import HotlineAction, Turn
from hotline.business import number_talk
from hotline.business.number_search import Wish
from hotline.business.numbers import Reserved, Taken


class ReserveNumber(HotlineAction):
    action_name = "action_reserve_number"

    def perform(self, turn: Turn) -> None:
        serve = _TALK.get(turn.act or "")
        if serve:
            if not turn.form:
                faq.serve(turn)
            serve(turn)
            return
        number = turn.entity("hotline_number") or turn.box.pick(turn.text, turn.slot(numbers.SHOWN) or [])
        if number is not None:
            reserve(turn, str(number))
        elif another.closed(turn):
            return
        elif turn.slot("hotline_number"):
            tell(turn)
        elif turn.form:
            turn.say("utter_number_which")
        else:
            turn.start_form(numbers.FORM)


def reserve(turn: Turn, number: str) -> bool:
    """Keep a number for this customer; one that he had before is let go."""
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
        review.his_own(turn, {"hotline_number"})
        turn.mirror(["hotline_number"])
        turn.say("utter_number_reserved", number=wording.hotline(number), until=wording.moment(held.until))
        costs.warn(turn, number)
        if not turn.form:
            _go_on(turn)
        return True
    if isinstance(held, Taken):
        turn.say("utter_number_taken", number=wording.hotline(number))
        numbers.show(turn, Wish(like=number[4:]))
    else:
        turn.say("utter_number_unknown", number=number)
    return False


def _go_on(turn: Turn) -> None:
    if turn.slot("goal") == "apply":
        from actions.journey import begin

        begin(turn)
    else:
        turn.say("utter_next_apply")
        turn.propose("apply")


def pick(turn: Turn) -> None:
    """One of the list; of several equally cheap ones he has to choose."""
    found = numbers.spoken_of(turn)
    if len(found) == 1:
        reserve(turn, found[0].number)
    else:
        numbers.details(turn)


def let_go(turn: Turn) -> None:
    """Free the number that is kept, say so, and look for another one or offer to."""
    if another.closed(turn):
        return
    number = turn.sv.applications.give_back(turn.cid)
    if number is None:
        turn.say("utter_number_none_kept")
        return
    review.his_own(turn, {"hotline_number"})
    turn.mirror(["hotline_number"])
    shown = turn.sv.wording.hotline(number)
    if turn.talk.get("again") or wishes.heard(turn.entities, turn.text):
        turn.say("utter_number_released", number=shown)
        _another(turn, number)
        return
    turn.say("utter_number_let_go", number=shown)
    _note_seen(turn, number)
    if not turn.form:
        turn.propose("search")


def change(turn: Turn) -> None:
    """Another number instead: the one he has stays his until the new one is reserved."""
    if another.closed(turn):
        return
    number = str(turn.sv.applications.draft(turn.cid).get("hotline_number"))
    turn.say("utter_number_kept_meanwhile", number=turn.sv.wording.hotline(number))
    _another(turn, number)


def _another(turn: Turn, number: str) -> None:
    """Numbers instead of the one he does not want: as he wishes now, else as he wished before."""
    if number_talk.wants_cheaper(turn.text):
        _note_seen(turn, number)
        numbers.cheaper(turn, numbers.cards(turn, [number]))
        return
    kept = turn.state("wish") or {}
    parts = wishes.added(kept, wishes.heard(turn.entities, turn.text)) or kept
    if not parts:
        turn.say("utter_ask_hotline_number_wish")
        return
    seen = [*kept.get("seen", []), *(turn.slot(numbers.SHOWN) or []), number]
    parts = {**parts, "seen": list(dict.fromkeys(seen)) if parts == kept else [number]}
    turn.set("wish", parts)
    numbers.show(turn, wishes.wish_from(parts))


def _note_seen(turn: Turn, number: str) -> None:
    """A number that he gave back is not shown to him at once again."""
    kept = turn.state("wish")
    if kept:
        turn.set("wish", {**kept, "seen": list(dict.fromkeys([*kept.get("seen", []), number]))})


def search_again(turn: Turn) -> None:
    """Yes to the offer to look for another number."""
    kept = turn.state("wish")
    if kept:
        numbers.offer(turn, kept)
    else:
        turn.start_form(numbers.FORM)


def tell(turn: Turn) -> None:
    """Which number is kept, until when, what it costs; and how to let it go."""
    draft = turn.sv.applications.draft(turn.cid)
    held = [each for each in turn.sv.numbers.held_by(draft.draft_id) if each.number == draft.reserved_number]
    found = numbers.cards(turn, [held[0].number]) if held else []
    if not found:
        turn.say("utter_my_number_none")
        return
    wording = turn.sv.number_wording
    turn.say("utter_number_kept", rows=wording.details(found), until=turn.sv.wording.moment(held[0].until))


_TALK: dict[str, Callable[[Turn], None]] = {
    number_talk.PICK: pick,
    number_talk.RELEASE: let_go,
    number_talk.CHANGE: change,
    number_talk.KEPT: tell,
}
