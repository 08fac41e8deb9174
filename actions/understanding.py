"""What was just said goes into the draft, once a turn, before anything is decided about it.

Rasa calls this after every message (`action_validate_slot_mappings`). If it reports slots of the open form,
the form goes on; if not, the form steps aside, the intent's rule answers, and the form asks again by itself.
"""

from __future__ import annotations

from typing import Any

from actions.base import HotlineAction, Turn
from hotline.business.answers import CONFIRM, CONSENT, REFERENCE, TAIL, Heard, Said, hear
from hotline.business.references import parse_reference

WISHES = ("number_pattern", "number_digits", "excluded_digits")
_VOLUME = ("monthly_minutes", "daily_calls", "call_minutes", "seats")
_ASIDE = (
    "search_number",
    "check_materials",
    "request_callback",
    "human_handoff",
    "reserve_number",
    "recommend_plan",
)


class Understand(HotlineAction):
    action_name = "action_validate_slot_mappings"

    def perform(self, turn: Turn) -> None:
        if not turn.first_action():
            return
        proposal = turn.state("proposal") or {}
        said = Said(
            text=turn.text,
            intent=turn.intent,
            entities=turn.entities,
            requested=turn.requested,
            last_field=turn.slot("last_field"),
            known=turn.sv.applications.draft(turn.cid).fields,
            pressed=turn.pressed,
        )
        heard = hear(said, turn.sv.wording.field_words)
        note: dict[str, Any] = {"changes": [], "refused": []}
        settled = (
            bool(turn.requested)
            and proposal.get("on") == turn.requested
            and settle(turn, proposal, heard, note)
        )
        if not settled:
            keep(turn, heard, note)
        if turn.intent not in ("nlu_fallback", "out_of_scope"):
            turn.set("misses", 0.0)
        turn.set("turn_note", note)
        self._report(turn, heard, note, settled)

    @staticmethod
    def _report(turn: Turn, heard: Heard, note: dict[str, Any], answered: bool) -> None:
        """Tell Rasa what the open form may take as its own; nothing makes it step aside."""
        own_rule = turn.intent.startswith("faq_") or turn.intent in _ASIDE
        changed = [change["field"] for change in note["changes"]]
        if (
            turn.form
            and own_rule
            and not turn.pressed
            and not heard.erase
            and not (heard.short and heard.answered)
        ):
            return
        if not turn.form or changed or answered or heard.answered or heard.erase:
            turn.mirror()
            name = turn.requested
            if name and not any(event.get("name") == name for event in turn.events):
                turn.set(name, turn.slot(name), force=True)  # taken up, though it holds nothing new


def settle(turn: Turn, proposal: dict[str, Any], heard: Heard, note: dict[str, Any]) -> bool:
    """A yes or no to a value that we proposed for the field being asked ("按每月 3300 分钟算，可以吗？")."""
    chosen = turn.intent == "choose_plan" and "plan" not in heard.values
    if heard.yes is None and not chosen and turn.intent != "unsure":
        return False
    if heard.values or heard.erase:
        return False
    turn.propose(None)
    if heard.yes is False:
        note["declined"] = True
    else:
        record(turn, {proposal["field"]: proposal["value"]}, note)
    return True


def keep(turn: Turn, heard: Heard, note: dict[str, Any]) -> None:
    """Put what was heard where it belongs: draft, consent, or this conversation's own slots."""
    name = turn.requested
    if heard.erase:
        gone = _VOLUME if heard.erase in _VOLUME else (heard.erase,)
        turn.sv.applications.record(turn.cid, dict.fromkeys(gone), f"{turn.turn_id}/erase", turn.channel)
        note["erased"] = heard.erase
    if heard.skip:
        skip(turn, heard.skip, note)
    if heard.wants_proposal:
        note["wants"] = heard.wants_proposal
    if name == CONSENT and heard.yes is not None:
        decision = "granted" if heard.yes else "refused"
        outcome = turn.sv.applications.consent(turn.cid, decision, turn.turn_id, turn.channel)
        note["consent"] = decision
        note["changes"] += [{"field": c.field, "old": c.old, "new": c.new} for c in outcome.changes]
        turn.set(CONSENT, decision)
    elif name == CONFIRM and heard.yes is not None:
        turn.set(CONFIRM, "yes" if heard.yes else "no")
    values = dict(heard.values)
    for own in (REFERENCE, TAIL):
        if own in values:
            _own_slot(turn, own, str(values.pop(own)), note)
    if values:
        record(turn, values, note)


def record(turn: Turn, values: dict[str, Any], note: dict[str, Any]) -> None:
    """Values into the draft; what changed and what was refused into the note of this turn."""
    outcome = turn.sv.applications.record(turn.cid, values, turn.turn_id, turn.channel)
    note["changes"] += [{"field": c.field, "old": c.old, "new": c.new} for c in outcome.changes]
    note["refused"] += [{"field": r.field, "code": r.code, "values": r.values} for r in outcome.refused]
    note["held"] = [*note.get("held", []), *outcome.held]
    if outcome.changes:
        turn.set("last_field", outcome.changes[-1].field)


def skip(turn: Turn, name: str, note: dict[str, Any]) -> None:
    """The customer passes a field by, if it may be passed by."""
    outcome = turn.sv.applications.skip(turn.cid, name, turn.turn_id, turn.channel)
    note["refused"] += [{"field": r.field, "code": r.code, "values": r.values} for r in outcome.refused]
    note["skipped"] = name


def _own_slot(turn: Turn, name: str, value: str, note: dict[str, Any]) -> None:
    """The two things asked before a status is told: checked for form here, for truth by the business."""
    if name == TAIL:
        digits = "".join(character for character in value if character.isdigit())
        if len(digits) >= 4:
            turn.set(TAIL, digits[-4:])
        else:
            note["refused"].append({"field": TAIL, "code": "tail", "values": {}})
        return
    reference = parse_reference(value)
    if reference:
        turn.set(REFERENCE, reference)
    else:
        note["refused"].append({"field": REFERENCE, "code": "reference", "values": {}})
