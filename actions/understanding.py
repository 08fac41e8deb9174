"""What was just said goes into the draft, once a turn, before anything is decided about it.

Rasa calls this after every message (`action_validate_slot_mappings`). If something was told, the open form goes on;
if not, or if the message wants something of its own, the form steps aside (`actions.forms`), the intent's rule
answers, and the form asks again by itself.
"""

from __future__ import annotations

import json
import re
from typing import Any

from actions import review, submission, testing, wishes
from actions.base import HotlineAction, Turn
from actions.questions import FORMS, JOURNEY
from actions.review import WRONG
from hotline.business.answers import (
    ANSWERS,
    CONFIRM,
    CONSENT,
    REFERENCE,
    TAIL,
    TESTED,
    VOLUME,
    Heard,
    Said,
    hear,
)
from hotline.business.asides import reserved
from hotline.business.assent import about_right, leaves_it
from hotline.business.references import parse_reference
from hotline.business.undoing import returns

#: intents that want something of their own, whatever else the message tells
COMMANDS = frozenset(
    {
        "search_number",
        "check_materials",
        "request_callback",
        "human_handoff",
        "reserve_number",
        "recommend_plan",
        "compare_plans",
        "report_problem",
        "check_application_status",
        "complain",
        "cancel_task",
        "start_over",
        "withdraw_consent",
        "goodbye",
    }
)
ABOUT_NUMBERS = frozenset({"search_number", "reserve_number"})
#: fixed phrases beside which something may be told
HEARD = frozenset({"submit_now", "wrong_in_summary"})
#: proposals that a yes must follow at once
DESTRUCTIVE = frozenset({"start_over", "withdraw", "cancel_application"})
#: what of a turn's note shows that something was told
NOTED = ("changes", "refused", "held", "vague", "same", "named", "tested", "wish", "what_if", "kept")
WHAT_IF = "what_if"
REMEMBERED = 8  # messages back in which a change can still be taken back by a word
#: what nobody is committed to without his yes
WEIGHTY = frozenset({"long_contract"})
_SUBMITS = re.compile(r"提交|确认|没(?:有)?(?:问题|错)|^/")
_PLAN_NAMED = re.compile(r"[\u4e00-\u9fff]{1,5}版")
#: below this, what was told weighs more than what the recogniser took the message for
DOUBTFUL = 0.5


class Understand(HotlineAction):
    action_name = "action_validate_slot_mappings"

    def perform(self, turn: Turn) -> None:
        if not turn.first_action():
            return
        proposal = turn.state("proposal") or {}
        draft = turn.sv.applications.draft(turn.cid)
        said = Said(
            text=turn.text,
            intent=turn.intent,
            entities=turn.entities,
            requested=turn.requested or came_back_to(turn),
            last_field=turn.slot("last_field"),
            known=draft.fields,
            pending=draft.volunteered,
            past=past_changes(turn) if returns(turn.text) else [],
            pressed=turn.pressed,
            engaged=bool(turn.form or turn.slot("goal")),
            confidence=turn.confidence,
            words=turn.sv.wording.answer_words(turn.requested),
            choices=turn.sv.wording.choices,
            needed=submission.needed(turn) if turn.requested == "material" else (),
            paper_words=turn.sv.wording.paper_words,
        )
        kept = keeps_as_it_was(turn)
        fixed = turn.act and turn.act not in HEARD
        heard = Heard(erase=back_to(turn)) if fixed or kept else hear(said, turn.sv.wording.field_words)
        if heard.loose and turn.intent in ABOUT_NUMBERS and turn.confidence >= DOUBTFUL:
            heard = Heard()  # "找个尾号66的号码" is no answer to how many phones
        note: dict[str, Any] = {"changes": [], "refused": []}
        if proposal.get("kind") in DESTRUCTIVE and turn.intent not in ("affirm", "deny"):
            turn.propose(None)  # a yes to something else later must not erase anything
        settled = (
            bool(turn.requested)
            and proposal.get("on") == turn.requested
            and settle(turn, proposal, heard, note)
        )
        note["assumed"] = [*note.get("assumed", []), *heard.assumed]
        keep(turn, heard, note, settled)
        if kept:
            note["kept"] = kept
        review.his_own(turn, {each["field"] for each in note["changes"]} | {note.get("skipped", "")} - {""})
        if turn.intent not in ("nlu_fallback", "out_of_scope"):
            turn.set("misses", 0.0)
        wished = turn.form == "number_form" and not turn.act and bool(wishes.heard(turn.entities, turn.text))
        # what is said again is told, too, though it changes nothing
        told = settled or heard.answered or bool(heard.erase) or wished or bool(heard.values)
        told = told or any(note.get(key) for key in NOTED)
        note["told"] = told
        if told and turn.form and proposal.get("kind") == "handoff" and turn.intent not in ("affirm", "deny"):
            turn.propose(None)  # he goes on instead: a later yes answers what the form asks
        note["aside"] = (
            bool(turn.form) and not kept and not (turn.pressed and told) and steps_aside(turn, heard, told)
        )
        if heard.outbound and turn.form == "need_form":
            note["outbound"] = told = note["told"] = True
            note["aside"] = False
        note["aside"] = note["aside"] or home_of(turn, note) is not None or bool(note.get("consents_again"))
        turn.set("turn_note", note)
        turn.mirror()
        name = turn.requested
        if name and not note["aside"] and not any(event.get("name") == name for event in turn.events):
            turn.set(name, turn.slot(name), force=True)  # taken up, though it holds nothing new


def past_changes(turn: Turn) -> list[list[dict[str, Any]]]:
    """What each of the last turns changed (field, old, new), latest first."""
    turns: list[list[dict[str, Any]]] = []
    spoken = 0
    for event in reversed(turn.tracker.events):
        if event.get("event") == "user":
            spoken += 1
            if spoken > REMEMBERED:
                break
        if event.get("event") == "slot" and event.get("name") == "turn_note" and event.get("value"):
            changes = json.loads(event["value"]).get("changes")
            if changes and changes not in turns[-1:]:
                turns.append(changes)
    return turns


def home_of(turn: Turn, note: dict[str, Any]) -> str | None:
    """The form that asks what he wants to say anew ("换个渠道"), when it is another than the one that is open."""
    name = note.get("erased")
    if not name or turn.intent != "correct_info" or turn.form not in JOURNEY or name in FORMS[turn.form]:
        return None
    return next((form for form in JOURNEY if name in FORMS[form]), None)


def steps_aside(turn: Turn, heard: Heard, told: bool) -> bool:
    """Whether the open form leaves this message to the rule of its intent."""
    if not told:
        return True
    if heard.short and heard.answered:
        return False
    return turn.intent in COMMANDS and turn.confidence >= DOUBTFUL


def came_back_to(turn: Turn) -> str | None:
    """The question that was open when he left, if his first words now may answer it."""
    if turn.form or turn.slot("returning") is not True:
        return None
    field = turn.slot("asked_field")
    return str(field) if field and field != CONFIRM else None


def keeps_as_it_was(turn: Turn) -> str | None:
    """The field that was to be said anew and that he leaves as it is after all ("算了不改了", "提交")."""
    draft = turn.sv.applications.draft(turn.cid)
    asked = turn.requested
    if not draft.reopened or draft.submitted or (turn.form and asked not in draft.reopened):
        return None
    if turn.pressed or not (leaves_it(turn.text) or turn.intent == "submit_application"):
        return None
    turn.sv.applications.keep(turn.cid, f"{turn.turn_id}/keep", turn.channel)
    return asked or next(iter(draft.reopened))


def back_to(turn: Turn) -> str | None:
    """The field that "上一步" opens again: the last one told before the question asked, in this form or before it.

    A number that is kept for him is not let go by a step back.
    """
    if turn.act != "go_back" or not turn.form or not turn.requested:
        return None
    draft = turn.sv.applications.draft(turn.cid)
    forms = JOURNEY[: JOURNEY.index(turn.form) + 1] if turn.form in JOURNEY else (turn.form,)
    names = list(dict.fromkeys(name for form in forms for name in FORMS[form]))
    before = names[: names.index(turn.requested)] if turn.requested in names else []
    told = [name for name in before if name in draft.fields or name in draft.skipped]
    return told[-1] if told and not (told[-1] == "hotline_number" and draft.reserved_number) else None


def settle(turn: Turn, proposal: dict[str, Any], heard: Heard, note: dict[str, Any]) -> bool:
    """A yes or no to values that we proposed for the field being asked ("按每月 3300 分钟算，可以吗？")."""
    values = proposal["values"]
    # "绑定三个手机也行吧" is a yes to nothing, "可以，就是有点贵" to nothing yet
    aside = not turn.pressed and (bool(heard.values) or reserved(turn.text))
    chosen = turn.intent == "choose_plan" and not _PLAN_NAMED.search(turn.text) and not aside
    if (set(values) | {proposal["on"]}) & set(heard.values) or heard.erase:
        turn.propose(None)
        return False
    # "随便给我个普通号" is about another thing
    elsewhere = turn.intent in COMMANDS and turn.confidence >= DOUBTFUL
    left = heard.left_to_us and not elsewhere
    agreed = heard.yes or chosen or left or (heard.yes is None and not aside and about_right(turn.text))
    undecided = heard.wants_proposal == proposal["on"] and not elsewhere and not set(values) & WEIGHTY
    if heard.yes is None and not agreed and not undecided:
        return False
    turn.propose(None)
    heard.wants_proposal = None
    if heard.yes is False:
        note["declined"] = proposal["kind"] != WHAT_IF
    else:
        record(turn, values, note)
        if not agreed:  # asked twice, he cannot say: what we proposed holds until he says otherwise
            note["assumed"] = list(values)
    return True


def keep(turn: Turn, heard: Heard, note: dict[str, Any], settled: bool = False) -> None:
    """Put what was heard where it belongs: draft, consent, or this conversation's own slots."""
    name = turn.requested
    if heard.erase:
        erase(turn, heard.erase, note)
    if heard.skip:
        skip(turn, heard.skip, note)
    if heard.supposed and turn.form:
        note["what_if"] = heard.supposed
    note["beside"] = heard.beside
    if heard.wrong and not heard.erase:
        note["wrong"] = True
    if heard.wants_proposal:
        note["wants"] = heard.wants_proposal
    values = dict(heard.values)
    if name == CONSENT and heard.yes is not None:
        decision = "granted" if heard.yes else "refused"
        outcome = turn.sv.applications.consent(turn.cid, decision, turn.turn_id, turn.channel)
        note["consent"] = decision
        turn.set("consent_again", None)
        note["changes"] += [{"field": c.field, "old": c.old, "new": c.new} for c in outcome.changes]
        turn.set(CONSENT, decision)
    elif not settled and turn.intent == "affirm" and agrees_after_all(turn):
        note["consents_again"] = True
    elif name == CONFIRM and heard.yes is not None and not settled:
        if (
            heard.yes
            and (turn.state("proposal") or {}).get("kind") == WRONG
            and not _SUBMITS.search(turn.text)
        ):
            note["wrong"] = True  # asked what is wrong, a yes does not submit
        else:
            turn.set(CONFIRM, "yes" if heard.yes else "no")
    if TESTED in values:
        testing.record(turn, str(values.pop(TESTED)), note)
    for own in (REFERENCE, TAIL):
        value = values.pop(own, None) or turn.entity(own)  # a question about an application names it too
        if value:
            _own_slot(turn, own, str(value), note)
    if name in VOLUME and not settled:
        _vague(str(name), values, note, heard.guessed)
    if values:
        record(turn, values, note)
    note["wish"] = _wish(turn, note)


def erase(turn: Turn, name: str, note: dict[str, Any]) -> None:
    """Have a field asked again, or say why that cannot be."""
    if name in (REFERENCE, TAIL):
        turn.set(name, None)
        return
    outcome = turn.sv.applications.reopen(turn.cid, name, f"{turn.turn_id}/reopen", turn.channel)
    note["refused"] += [{"field": r.field, "code": r.code, "values": r.values} for r in outcome.refused[:1]]
    if not outcome.refused:
        note["erased"] = name


def agrees_after_all(turn: Turn) -> bool:
    """ "我同意", some time after a refusal, as we told him to say."""
    refused = turn.sv.applications.draft(turn.cid).consent in ("refused", "withdrawn")
    return refused and not turn.pressed and bool(re.match(r"^我?(?:现在|又|还是)?同意", turn.text.strip()))


def _vague(name: str, values: dict[str, Any], note: dict[str, Any], guessed: bool) -> None:
    """ "两三千", "一天五十": kept back until he agrees to a number for it, see `showing.confirm_volume`."""
    volume = {field: values[field] for field in VOLUME if field in values}
    told = set(volume)
    complete = name == "call_minutes" or bool({"monthly_minutes", "seats"} & told)
    complete = complete or {"daily_calls", "call_minutes"} <= told
    if guessed or (complete and any(isinstance(value, dict) for value in volume.values())):
        note["vague"] = volume
        for field in volume:
            del values[field]


def _wish(turn: Turn, note: dict[str, Any]) -> bool:
    """Digits named in passing are a wish for later; a search takes them itself."""
    if turn.form == "number_form" or turn.act or turn.intent.startswith("faq_") or turn.pressed:
        return False
    if any(told["field"] == "phone" for kind in ("changes", "refused") for told in note[kind]):
        return False  # the digits are a telephone's, if a wrong one
    parts = {key: value for key, value in wishes.heard(turn.entities, turn.text).items() if key != "name"}
    if parts and turn.intent not in ("check_application_status", "report_problem", "out_of_scope"):
        turn.set("wish", wishes.added(turn.state("wish"), parts))
        return turn.intent in ANSWERS
    return False


def record(turn: Turn, values: dict[str, Any], note: dict[str, Any]) -> None:
    """Values into the draft; what changed and what was refused into the note of this turn."""
    outcome = turn.sv.applications.record(turn.cid, values, turn.turn_id, turn.channel)
    note["changes"] += [{"field": c.field, "old": c.old, "new": c.new} for c in outcome.changes]
    note["refused"] += [{"field": r.field, "code": r.code, "values": r.values} for r in outcome.refused]
    note["held"] = [*note.get("held", []), *outcome.held]
    if outcome.changes:
        turn.set("last_field", outcome.changes[-1].field)
    elif turn.intent == "correct_info":  # "换成 10086 吧", and it is that already
        known = turn.sv.applications.draft(turn.cid).fields
        note["same"] = {name: known[name] for name in values if name in known and not outcome.refused}


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
            note["named"] = True
        else:
            note["refused"].append({"field": TAIL, "code": "tail", "values": {}})
        return
    reference = parse_reference(value)
    if reference:
        turn.set(REFERENCE, reference)
        note["named"] = True
    else:
        note["refused"].append({"field": REFERENCE, "code": "reference", "values": {}})
