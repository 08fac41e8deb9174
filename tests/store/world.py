"""The application core with a real store, a still clock and an inventory that can be looked into."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hotline.business import reviewing
from hotline.business.applications import Applications
from hotline.business.calendar import Calendar
from hotline.business.cases import NotDone, Submitted
from hotline.business.channels import load_channels
from hotline.business.consent import load_terms
from hotline.clock import FrozenClock
from hotline.store.applications import SqlApplications
from hotline.store.database import Database

TUESDAY = datetime(2026, 11, 24, 10, 0)
PLANS = ("mini", "basic", "service")

NEED: dict[str, Any] = {
    "applicant_type": "enterprise",
    "usage_scenario": "after_sales",
    "monthly_minutes": 2000,
    "feature": ["ivr", "recording"],
    "bound_numbers": 5,
    "region": "杭州市",
}
CHOICES: dict[str, Any] = {"plan": "service", "channel": "hall", "company_name": "杭州晨星科技有限公司"}
CONTACT: dict[str, Any] = {"contact_name": "王小明", "phone": "13800138000", "contact_time": "工作日上午"}


@dataclass
class Shelf:
    """An inventory of reserved numbers: number → holder."""

    held: dict[str, str] = field(default_factory=dict)
    until: dict[str, datetime] = field(default_factory=dict)

    def extend(self, number: str, holder: str, until: datetime) -> bool:
        if self.held.get(number) != holder:
            return False
        self.until[number] = until
        return True

    def release(self, number: str, holder: str) -> bool:
        if self.held.get(number) != holder:
            return False
        del self.held[number]
        return True

    def assign(self, number: str, holder: str) -> bool:
        self.until.pop(number, None)
        return self.held.get(number) == holder


@dataclass
class World:
    """Everything one test needs."""

    database: Database
    clock: FrozenClock
    store: SqlApplications
    shelf: Shelf
    applications: Applications
    turn: int = 0

    def say(self, conversation: str = "c1", **values: Any) -> Any:
        """Record values as one more turn."""
        return self.applications.record(conversation, values, self.next_turn(), "web")

    def next_turn(self) -> str:
        self.turn += 1
        return f"turn-{self.turn}"

    def ready(self, conversation: str = "c1", number: str | None = "4001234567", **more: Any) -> str:
        """A conversation whose draft can be submitted."""
        self.say(conversation, **NEED, **CHOICES)
        self.applications.consent(conversation, "granted", self.next_turn(), "web")
        self.say(conversation, **{**CONTACT, **more})
        if number:
            self.shelf.held[number] = self.applications.draft(conversation).draft_id
            self.applications.note_number(conversation, number, self.clock.now())
        return conversation

    def seen(self, conversation: str = "c1", cost: str = "") -> dict[str, str]:
        """What a summary shows in this conversation at this moment."""
        return reviewing.seen(self.applications.draft(conversation), cost)

    def submit(self, conversation: str = "c1", channel: str = "web") -> Submitted | NotDone:
        """Submit what stands there now, as somebody does who has just seen it."""
        return self.applications.submit(conversation, channel, seen=self.seen(conversation))

    def submitted(self, conversation: str = "c1", number: str | None = "4001234567", **more: Any) -> str:
        """The reference of a submitted application."""
        done = self.submit(self.ready(conversation, number, **more))
        assert isinstance(done, Submitted), done
        return done.application.reference


def make_world(database: Database) -> World:
    clock, shelf = FrozenClock(TUESDAY), Shelf()
    store = SqlApplications(database)
    applications = Applications(
        store,
        clock,
        calendar=Calendar.load(),
        channels=load_channels(),
        terms=load_terms(),
        plans=lambda: PLANS,
        hold=shelf,
    )
    return World(database, clock, store, shelf, applications)
