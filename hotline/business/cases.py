"""What passes between the draft, the application and whoever asks: plain values, no logic."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class Change:
    """A field that now holds something else; `old` and `new` are None for "nothing"."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True)
class Refused:
    """A value that was not kept: a code of `fields.REFUSALS`, and the values that explain it."""

    field: str
    code: str
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What became of the values of one turn. `held` names personal fields that wait for the consent."""

    changes: tuple[Change, ...] = ()
    refused: tuple[Refused, ...] = ()
    held: tuple[str, ...] = ()

    @property
    def changed(self) -> dict[str, Change]:
        """The changes by field."""
        return {change.field: change for change in self.changes}


@dataclass(frozen=True)
class Application:
    """A submitted application as it stands."""

    reference: str
    draft_id: str
    conversation_id: str
    via: str  # the conversation's channel: web, wechat, assist
    status: str
    channel: str  # the chosen way to apply: hall, 10086, online, wechat
    plan: str
    hotline_number: str | None
    fields: Mapping[str, Any]
    submitted_at: datetime
    expected_from: date
    expected_to: date
    expected_certain: bool  # False: a year without published holidays is in between
    updated_at: datetime


@dataclass(frozen=True)
class Event:
    """One step of an application's history."""

    position: int
    at: datetime
    actor: str
    from_status: str
    to_status: str
    reason: str
    via: str
    actor_name: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class NextStep:
    """What to do next at a status by the chosen channel: words of ``data/catalog/channels.yml``."""

    channel: str
    status: str
    text: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Submitted:
    """The application exists; `again` when it already did (a repeated message, or another device was first: then
    `differs` names what in it is not as this customer saw it)."""

    application: Application
    next_step: NextStep
    again: bool = False
    differs: tuple[str, ...] = ()


@dataclass(frozen=True)
class NotDone:
    """A wish that was not fulfilled: a code and the values that explain it.

    Codes: ``incomplete`` (missing), ``number_lost`` (number), ``changed`` (fields),
    ``already_submitted`` (reference), ``no_match`` (tries_left), ``locked`` (until), ``not_possible`` / ``not_allowed`` (status, target),
    ``nothing_to_cancel``, ``not_submitted``.
    """

    code: str
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class StatusView:
    """What may be told about an application: nothing personal in it."""

    reference: str
    status: str
    since: datetime
    submitted_on: date
    expected_from: date
    expected_to: date
    expected_certain: bool
    hotline_number: str | None
    plan: str
    next_step: NextStep
    history: tuple[Event, ...]


@dataclass(frozen=True)
class Cancelled:
    """What was given up: an application (its reference) or only the draft (None)."""

    reference: str | None
    released_number: str | None


@dataclass(frozen=True)
class Attempt:
    """Wrong tries at something guarded."""

    failures: int
    locked_until: datetime | None
    updated_at: datetime
