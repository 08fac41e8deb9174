"""Puts the business together over the store, once a process. Everything else is given its parts from here."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from hotline.business.applications import Applications
from hotline.business.calendar import Calendar
from hotline.business.callbacks import Callbacks
from hotline.business.catalog import Catalog, CatalogSource
from hotline.business.channels import ChannelGuide, load_channels
from hotline.business.consent import load_terms
from hotline.business.continuing import Continuing
from hotline.business.desk import load_desk
from hotline.business.gaps import Gaps
from hotline.business.handoff import Handoffs
from hotline.business.holding import InventoryHold
from hotline.business.knowledge import Knowledge
from hotline.business.materials import Materials
from hotline.business.materials_file import load_materials
from hotline.business.numbers import NumberService
from hotline.business.retention import Retention
from hotline.business.stocking import Progress, make_samples
from hotline.business.troubles import GuidedTests, Troubles
from hotline.business.troubles_file import load_troubles
from hotline.business.uploads import Uploads
from hotline.case_wording import CaseWording
from hotline.clock import Clock, SystemClock
from hotline.number_wording import NumberWording
from hotline.plan_wording import PlanWording
from hotline.settings import Settings
from hotline.store.applications import SqlApplications
from hotline.store.crypto import Vault, key_from
from hotline.store.database import Database
from hotline.store.erasure import SqlErasure
from hotline.store.key_check import data_key
from hotline.store.numbers import SqlNumbers
from hotline.store.papers import SqlUploads
from hotline.store.people import SqlPeople
from hotline.store.trackers import LogEraser, TrackerLog
from hotline.values.regions import regions
from hotline.wording import Wording


@dataclass
class Services:
    """The parts. Thread-safe; made by `build`."""

    settings: Settings
    clock: Clock
    database: Database
    vault: Vault
    token_key: bytes
    catalog_source: CatalogSource
    knowledge: Knowledge
    applications: Applications
    continuing: Continuing
    inventory: SqlNumbers
    numbers: NumberService
    materials: Materials
    uploads: Uploads
    handoffs: Handoffs
    callbacks: Callbacks
    troubles: Troubles
    guided_tests: GuidedTests
    gaps: Gaps
    retention: Retention
    conversation_log: TrackerLog
    conversation_eraser: LogEraser
    calendar: Calendar
    channels: ChannelGuide
    wording: Wording
    plan_wording: PlanWording
    number_wording: NumberWording
    case_wording: CaseWording
    new_keys: list[Path] = field(default_factory=list)  # key files that this start made
    _catalog: Catalog | None = None

    @property
    def catalog(self) -> Catalog:
        """The catalogue in use; `refresh` follows the files."""
        if self._catalog is None:
            self.refresh()
        assert self._catalog is not None
        return self._catalog

    def refresh(self) -> None:
        """Take over edited prices and answers. Called now and then off the event loop, never per message."""
        self._catalog = self.catalog_source.current()
        self.knowledge.reload_if_changed()
        self.wording.names = names_of(self._catalog, self.materials)

    def close(self) -> None:
        """Give back the database connections."""
        self.database.close()


def names_of(catalog: Catalog, materials: Materials) -> dict[str, Mapping[str, str]]:
    """What the catalogue's ids are called."""
    return {
        "plan": {plan.id: plan.name for plan in catalog.plans},
        "feature": {name: feature.label for name, feature in catalog.features.items()},
        "material": {item.id: item.name for item in materials.catalog.items.values()},
    }


def build(settings: Settings, clock: Clock | None = None) -> Services:
    """Read all data, open the database and put the business over it.

    Raises DataError (file, line, reason) for wrong data and SettingError, VaultError or ValueError for a wrong key.
    """
    clock = clock or SystemClock()
    settings.make_var()
    key, made = data_key(settings.data_key, settings.var / "data.key", settings.db_url)
    token_key, made_too = key_from(settings.token_key, settings.var / "token.key", "HOTLINE_TOKEN_KEY")
    new_keys = [settings.var / name for name, new in (("data.key", made), ("token.key", made_too)) if new]
    vault = Vault(key)
    database = Database(settings.db_url, vault)
    regions()  # a mistake in it is told now, not in the middle of a conversation
    source = CatalogSource(clock=clock)
    catalog = source.current()
    calendar, channels, terms = Calendar.load(), load_channels(), load_terms()
    desk, troubles = load_desk(calendar), load_troubles()
    inventory, people, store = SqlNumbers(database), SqlPeople(database), SqlApplications(database)
    hold = InventoryHold(inventory, clock)
    log = TrackerLog(database, vault)
    eraser = LogEraser(log)
    materials = Materials(load_materials(), calendar)
    wording = Wording(names=names_of(catalog, materials))
    applications = Applications(
        store,
        clock,
        calendar=calendar,
        channels=channels,
        terms=terms,
        plans=lambda: [plan.id for plan in source.current().plans],
        hold=hold,
        volunteered_minutes=settings.volunteered_minutes,
    )
    parts = Services(
        settings=settings,
        clock=clock,
        database=database,
        vault=vault,
        token_key=token_key,
        catalog_source=source,
        knowledge=Knowledge.load(catalog=source.current, clock=clock),
        applications=applications,
        continuing=Continuing(store, applications, clock, hold),
        inventory=inventory,
        # the grades of the moment: an edited price is the price of the next card
        numbers=NumberService(inventory, lambda: parts.catalog.tiers, clock, settings.reservation_hours),
        materials=materials,
        uploads=Uploads(SqlUploads(database), terms, clock),
        handoffs=Handoffs(people, desk, clock),
        callbacks=Callbacks(people, desk, clock),
        troubles=Troubles(people, troubles, clock),
        guided_tests=GuidedTests(people, applications, troubles, clock),
        gaps=Gaps(people, clock),
        retention=Retention(
            SqlErasure(database),
            clock,
            terms,
            hold=hold,
            draft_days=settings.draft_days,
            erasers=[eraser],
        ),
        conversation_log=log,
        conversation_eraser=eraser,
        calendar=calendar,
        channels=channels,
        wording=wording,
        plan_wording=PlanWording(wording),
        number_wording=NumberWording(wording),
        case_wording=CaseWording(wording),
        new_keys=new_keys,
        _catalog=catalog,
    )
    return parts


def clean_up(sv: Services) -> dict[str, int]:
    """Delete what is older than was promised; what was deleted, by kind. To be called now and then."""
    oldest = sv.clock.now() - timedelta(days=sv.settings.draft_days)
    with sv.database.unhurried():
        counts = Counter(sv.retention.run())
        counts["conversations"] += sv.conversation_log.forget(
            sv.conversation_log.untouched_since(oldest.timestamp())
        )
    return {kind: count for kind, count in counts.items() if count}


def fill_sample_numbers(sv: Services, progress: Progress | None = None) -> int:
    """Put the sample inventory on an empty shelf; how many numbers are new (0 when there were some already)."""
    if sv.inventory.count():
        return 0
    return make_samples(sv.inventory, sv.catalog.tiers, sv.settings.sample_numbers, progress=progress)


_lock = threading.Lock()
_current: Services | None = None


def use(services_: Services | None) -> None:
    """Set what `services` gives: the server does so at start-up, a test for its own."""
    global _current
    _current = services_


def services() -> Services:
    """The parts of this process; built from the environment at the first call (`rasa run actions`)."""
    global _current
    with _lock:
        if _current is None:
            _current = build(Settings.from_env())
            _current.database.upgrade()
        return _current
