"""The draft of an application: the truth of a conversation, and what of it is still open.

Pure: a `Draft` is loaded and saved by a store (see `applications.ApplicationStore`), the functions here
only look at it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hotline.business.fields import FIELDS, PERSONAL

CONSENT = "consent"  # stands among the open fields where the question has to be put
NEED, NUMBER, PLAN, CHANNEL, CONTACT, DOCUMENTS, SUBMIT = TASKS = (
    "need",
    "number",
    "plan",
    "channel",
    "contact",
    "materials",
    "submit",
)

_VOLUME = "monthly_minutes"  # stands for the whole question how much he is called
_ORDER: dict[str, tuple[str, ...]] = {
    NEED: (
        "applicant_type",
        "usage_scenario",
        _VOLUME,
        "growth_rate",
        "feature",
        "bound_numbers",
        "region",
        "budget",
    ),
    PLAN: ("plan",),
    NUMBER: ("hotline_number",),
    CHANNEL: ("channel",),
    CONTACT: ("company_name", CONSENT, "contact_name", "phone", "email", "contact_time"),
    DOCUMENTS: ("applicant_type", "region", "handler", "industry", "material"),
}
#: what is true of the unit and its contact whatever it applies for
OWN = frozenset(
    {"applicant_type", "company_name", "credit_code", "region", "industry", "handler", "material", "papers"}
    | {"contact_name", "phone", "email", "contact_time"}
)
#: what belongs to one application only: the number that was reserved for it, the plan at the prices of its day
ONCE = frozenset({"hotline_number", "plan", "long_contract"})
_BEFORE_SUBMIT = (NEED, PLAN, NUMBER, CHANNEL, CONTACT)  # papers may follow: 预受理 only


@dataclass
class Draft:
    """What one customer told us. Several conversations (channels) may share one draft."""

    draft_id: str
    conversation_id: str  # the conversation it was loaded for
    via: str = ""  # web, wechat, assist: what that conversation runs on
    fields: dict[str, Any] = field(default_factory=dict)
    skipped: set[str] = field(default_factory=set)
    reopened: set[str] = field(
        default_factory=set
    )  # being said anew: asked again, what they hold stays till then
    consent: str = "none"  # none, granted, refused, withdrawn
    volunteered: dict[str, Any] = field(default_factory=dict)  # personal, said before the answer
    volunteered_until: datetime | None = None
    dialogue: dict[str, Any] = field(default_factory=dict)  # this conversation's own scratch
    reserved_number: str | None = None
    reserved_until: datetime | None = None
    reference: str | None = None  # of the application made from it; then it is read only
    created_at: datetime | None = None
    updated_at: datetime | None = None
    revision: int = 0  # counts the saves, whatever they changed; what a customer saw is in `reviewing`

    @property
    def submitted(self) -> bool:
        """Whether an application was made from it."""
        return self.reference is not None

    @property
    def plan(self) -> str | None:
        """The chosen plan's id."""
        return self.fields.get("plan")

    @property
    def channel(self) -> str | None:
        """The chosen way to apply: hall, 10086, online, wechat (not what the conversation runs on)."""
        return self.fields.get("channel")

    def get(self, name: str) -> Any:
        """What a field holds; None when nothing was said."""
        return self.fields.get(name)


@dataclass(frozen=True)
class Missing:
    """One thing that is still missing: which, why it is needed (a code), and where it is given (a task)."""

    field: str
    why: str
    where: str


@dataclass(frozen=True)
class Completeness:
    """How far a task is: `done` of `total` required fields, and what is missing, in the order to ask."""

    task: str
    done: int
    total: int
    missing: tuple[Missing, ...]

    @property
    def complete(self) -> bool:
        """Nothing is missing."""
        return not self.missing


def volume_question(draft: Draft) -> str | None:
    """The next question about the volume, or None when it can be computed or estimated.

    Known by minutes a month, by calls a day × minutes a call, or by seats; "I do not know" to one leads
    to the next, and after the last the industry's usual figures serve (F016, F019).
    """
    known = draft.fields
    if _VOLUME in draft.reopened:
        return _VOLUME
    if known.get(_VOLUME) is not None or known.get("seats") is not None:
        return None
    if "daily_calls" in known:
        done = "call_minutes" in known or "call_minutes" in draft.skipped
        return None if done else "call_minutes"
    for name in (_VOLUME, "daily_calls", "seats"):
        if name not in draft.skipped:
            return "daily_calls" if name == _VOLUME and "call_minutes" in known else name
    return None


def open_fields(draft: Draft, task: str, *, required_only: bool = False) -> list[str]:
    """The fields of a task that still have to be asked, in the order to ask them.

    ``consent`` stands before the first personal field until it was answered; after a refusal no personal
    field is asked (but with `required_only`, as for ``submit``, ``consent`` stays open: nothing can be
    submitted without it). Optional fields that were passed by are closed. Raises KeyError for an unknown
    task.
    """
    if task == SUBMIT:
        needed = (name for part in _BEFORE_SUBMIT for name in open_fields(draft, part, required_only=True))
        return list(dict.fromkeys(needed))
    found = []
    for name in _ORDER[task]:
        asked = volume_question(draft) if name == _VOLUME else name
        if asked is not None and _is_open(draft, asked, required_only):
            found.append(asked)
    return found


def _is_open(draft: Draft, name: str, required_only: bool) -> bool:
    if name == CONSENT:
        return draft.consent == "none" or (required_only and draft.consent != "granted")
    if name in PERSONAL and draft.consent in ("refused", "withdrawn"):
        return False
    if name in draft.reopened:
        return not (required_only and FIELDS[name].optional)
    if name == "hotline_number" and draft.reserved_number:
        return False
    if name in draft.fields or name in draft.skipped:
        return False
    return not (required_only and FIELDS[name].optional)


def may_skip(draft: Draft, name: str) -> bool:
    """Whether a field may be passed by: optional ones, and volume questions (the next one follows)."""
    if name in (_VOLUME, "daily_calls", "call_minutes", "seats"):
        return True
    return name in FIELDS and FIELDS[name].optional


def completeness(draft: Draft, task: str = SUBMIT) -> Completeness:
    """What a task still needs ("还差 3 项"): each with a reason code ``why_<field>`` and the asking task."""
    parts = _BEFORE_SUBMIT if task == SUBMIT else (task,)
    missing: dict[str, Missing] = {}
    required: set[str] = set()
    for part in parts:
        for name in open_fields(draft, part, required_only=True):
            missing.setdefault(name, Missing(name, f"why_{name}", part))
        required.update(name for name in _ORDER[part] if name == CONSENT or not FIELDS[name].optional)
    total = len(required)
    return Completeness(task, total - len(missing), total, tuple(missing.values()))
