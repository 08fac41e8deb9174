"""The way of an application: its statuses, who may move it where."""

from __future__ import annotations

DRAFT, SUBMITTED, REVIEWING, SUPPLEMENT, APPROVED = (
    "draft",
    "submitted",
    "reviewing",
    "supplement_needed",
    "approved",
)
SIGNED, PAID, ACTIVATED, TESTED, CLOSED = "signed", "paid", "activated", "tested", "closed"
CANCELLED, REJECTED = "cancelled", "rejected"

STATUSES = (
    DRAFT,
    SUBMITTED,
    REVIEWING,
    SUPPLEMENT,
    APPROVED,
    SIGNED,
    PAID,
    ACTIVATED,
    TESTED,
    CLOSED,
    CANCELLED,
    REJECTED,
)
FINAL = frozenset({CLOSED, CANCELLED, REJECTED})

CUSTOMER, AGENT, OPERATOR, SYSTEM = "customer", "agent", "operator", "system"
ACTORS = (CUSTOMER, AGENT, OPERATOR, SYSTEM)

_STAFF = frozenset({OPERATOR, SYSTEM})  # the reviewer at the desk, or the operator's own systems
_ANYONE = frozenset(ACTORS)
_WITH_CUSTOMER = frozenset({CUSTOMER, AGENT, OPERATOR})

#: (from, to) → who may. Signing comes before payment, payment before opening (F116, F125); after signing
#: the contract rules an end (F115), so only staff cancels then.
TRANSITIONS: dict[tuple[str, str], frozenset[str]] = {
    (DRAFT, SUBMITTED): _WITH_CUSTOMER,
    (SUBMITTED, REVIEWING): _STAFF,
    (SUBMITTED, SUPPLEMENT): _STAFF,
    (SUBMITTED, REJECTED): _STAFF,
    (SUBMITTED, CANCELLED): _ANYONE,
    (REVIEWING, SUPPLEMENT): _STAFF,
    (REVIEWING, APPROVED): _STAFF,
    (REVIEWING, REJECTED): _STAFF,
    (REVIEWING, CANCELLED): _ANYONE,
    (SUPPLEMENT, REVIEWING): _ANYONE,
    (SUPPLEMENT, REJECTED): _STAFF,
    (SUPPLEMENT, CANCELLED): _ANYONE,
    (APPROVED, SIGNED): _STAFF,
    (APPROVED, CANCELLED): _ANYONE,
    (SIGNED, PAID): _STAFF,
    (SIGNED, CANCELLED): _STAFF,
    (PAID, ACTIVATED): _STAFF,
    (PAID, CANCELLED): _STAFF,
    (ACTIVATED, TESTED): _ANYONE,
    (ACTIVATED, CLOSED): _STAFF,
    (TESTED, ACTIVATED): _STAFF,  # a fault showed after the test
    (TESTED, CLOSED): _ANYONE,
}


class IllegalTransition(Exception):
    """A step that the table does not allow: `code` is unknown_status, not_possible or not_allowed."""

    def __init__(self, code: str, source: str, target: str, actor: str) -> None:
        super().__init__(f"{actor}: {source} → {target}: {code}")
        self.code, self.source, self.target, self.actor = code, source, target, actor


def check_transition(source: str, target: str, actor: str) -> None:
    """Raises IllegalTransition unless `actor` may move an application from `source` to `target`."""
    if target not in STATUSES or actor not in ACTORS:
        raise IllegalTransition("unknown_status", source, target, actor)
    allowed = TRANSITIONS.get((source, target))
    if allowed is None:
        raise IllegalTransition("not_possible", source, target, actor)
    if actor not in allowed:
        raise IllegalTransition("not_allowed", source, target, actor)


def next_statuses(source: str, actor: str) -> list[str]:
    """Where `actor` may move an application that stands at `source`, in the order of the table."""
    return [to for (start, to), actors in TRANSITIONS.items() if start == source and actor in actors]
