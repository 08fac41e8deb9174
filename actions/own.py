"""Questions that have an answer of his own, once there is a choice or an application: better than the general one."""

from __future__ import annotations

from actions import costs, submission
from actions.base import Turn
from hotline.business.process import REJECTED, SUPPLEMENT
from hotline.business.requests import Asked


def answer(turn: Turn, question: Asked) -> int | None:
    """Answer from his own case; how often that was asked now. None when the question, or the case, has nothing."""
    if not question.text:
        return None
    if question.topic == "plan_price":
        return costs.answer(turn, question.text)
    if question.topic not in ("review_rejected", "review_progress"):
        return None
    own = turn.sv.applications.own(turn.cid)
    if not own or (question.topic == "review_rejected" and own[0].status not in (REJECTED, SUPPLEMENT)):
        return None
    submission.tell(turn, turn.sv.applications.view(own[0]))
    return 1  # it may stand elsewhere each time
