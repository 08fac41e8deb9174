"""Applying once more: after an application was cancelled or refused, or for one more number beside it (F053)."""

from __future__ import annotations

import re
from typing import Any

from actions.base import Turn
from hotline.business.cases import NotDone
from hotline.business.process import CANCELLED, CLOSED, REJECTED
from hotline.business.references import spoken_form

PROPOSAL = "another"
_ONE_MORE = re.compile(
    r"(?:再|另外?|多|重新|新)(?:给|帮|替)?(?:我|我们|咱)?(?:办|申请|开|来|要|弄|搞|加|报)|第[二三2３]个|(?:再|另|多)(?:一|1)个|另一个"
)
_CHANGE = re.compile(r"换|改|不要了|调整")
_OTHER_COMPANY = re.compile(
    r"(?:换|另|别|其他|其它|新|第二)(?:了|成)?(?:一?家|一?个|的)*(?:公司|单位|主体|企业|店|执照|厂)"
)


def offer(turn: Turn) -> None:
    """Someone whose application exists wants to apply: is that a mistake, once more, or one more?"""
    draft = turn.sv.applications.draft(turn.cid)
    reference = spoken_form(str(draft.reference))
    status = _status(turn, str(draft.reference))
    turn.set("goal", None)
    if _OTHER_COMPANY.search(turn.text):
        begin(turn, keep=False)
        return
    name = turn.sv.case_wording.status(status)
    again, more = status in (CANCELLED, REJECTED), status == CLOSED
    if again:
        turn.say("utter_apply_again", reference=reference, status=name)
    elif more or turn.entity("another") or _ONE_MORE.search(turn.text):
        turn.say("utter_apply_another", reference=reference, status=name)
    else:
        turn.say("utter_already_submitted", reference=reference)
        return
    turn.propose(PROPOSAL)


def _status(turn: Turn, reference: str) -> str:
    found = turn.sv.applications.application(reference)
    return found.status if found else CANCELLED


def accepted(turn: Turn, _: dict[str, Any]) -> None:
    """ "用原来的"."""
    begin(turn, keep=True)


def begin(turn: Turn, *, keep: bool) -> None:
    """Open the new draft, say what was taken over, and go on to its first question."""
    from actions import journey

    opened = turn.sv.applications.open_another(turn.cid, turn.channel, keep=keep)
    turn.propose(None)
    if isinstance(opened, NotDone):
        journey.begin(turn)
        return
    journey.forget(turn)
    turn.mirror()
    wording = turn.sv.wording
    shown = [name for name in ("company_name", "contact_name", "phone") if opened.get(name)]
    if shown:
        kept = wording["sentence"].join(wording.change(name, None, opened.get(name)) for name in shown)
        turn.say("utter_another_opened_kept", kept=kept)
    else:
        turn.say("utter_another_opened")
    turn.set("goal", "apply")
    journey.begin(turn)


def wants_change(turn: Turn) -> bool:
    """ "号码我还想换一个", after it was submitted (to look for one more is no change)."""
    return bool(_CHANGE.search(turn.text)) and closed(turn)


def closed(turn: Turn) -> bool:
    """Whether what he wants to change was submitted already: said once, with who can change it."""
    draft = turn.sv.applications.draft(turn.cid)
    if not draft.submitted:
        return False
    turn.say("utter_refused_already_submitted")
    turn.propose("handoff")
    return True
