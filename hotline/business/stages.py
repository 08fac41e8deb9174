"""Where a customer stands in the eight stages of the way to a 400 number (P00)."""

from __future__ import annotations

from dataclasses import dataclass

from hotline.business import drafts, process
from hotline.business.drafts import Draft

#: in the order of the process
STAGES = NEED, NUMBER, PLAN, MATERIALS, CHANNEL, REVIEW, CONTRACT, SERVICE = (
    "need",
    "number",
    "plan",
    "materials",
    "channel",
    "review",
    "contract",
    "service",
)
#: stage → the tasks of the draft that belong to it, in the order in which we ask
_ASKED: dict[str, tuple[str, ...]] = {
    NEED: (drafts.NEED,),
    PLAN: (drafts.PLAN,),
    NUMBER: (drafts.NUMBER,),
    CHANNEL: (drafts.CHANNEL, drafts.CONTACT),
    MATERIALS: (drafts.DOCUMENTS,),
}
_REACHED = {
    process.SUBMITTED: REVIEW,
    process.REVIEWING: REVIEW,
    process.SUPPLEMENT: REVIEW,
    process.APPROVED: CONTRACT,
    process.SIGNED: CONTRACT,
    process.PAID: SERVICE,
    process.ACTIVATED: SERVICE,
    process.TESTED: SERVICE,
}


@dataclass(frozen=True)
class Place:
    """The stage reached, what is behind and what is ahead, each in the order of the process."""

    now: str
    done: tuple[str, ...]
    ahead: tuple[str, ...]


def place(draft: Draft) -> Place:
    """Where an unfinished application stands: the first stage that has an open question."""
    is_open = {
        stage: any(drafts.open_fields(draft, task) for task in tasks) for stage, tasks in _ASKED.items()
    }
    now = next((stage for stage in _ASKED if is_open[stage]), REVIEW)
    done = tuple(stage for stage in STAGES if not is_open.get(stage, True))
    return Place(now, done, tuple(stage for stage in STAGES if stage not in (now, *done)))


def place_of(status: str) -> Place | None:
    """Where an application with this status stands; None when it is over."""
    now = _REACHED.get(status)
    if now is None:
        return None
    at = STAGES.index(now)
    return Place(now, STAGES[:at], STAGES[at + 1 :])
