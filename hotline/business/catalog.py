"""What we sell: plans, features, number tiers and usual volumes, as values read from data/catalog.

Money is Decimal yuan, minutes are per month, contracts are in months. The files are read and judged
in `catalog_file`; this module is what the rest of the business sees.
"""

from __future__ import annotations

import dataclasses
import logging
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from hotline.clock import Clock, SystemClock
from hotline.datafile import DATA, DataError, digest
from hotline.values.regions import province_of

log = logging.getLogger(__name__)

FILES = ("plans.yml", "features.yml", "number_tiers.yml", "industries.yml")
UNLIMITED = 1_000_000_000  # the level of a feature without a limit ("不限路数")


@dataclass(frozen=True)
class Usage:
    """What a feature costs each time it is used: yuan per `unit`."""

    price: Decimal
    unit: str


@dataclass(frozen=True)
class Feature:
    """A value-added feature. `level` is the unit of its grade (层, 天, 路) or None if it has none."""

    id: str
    label: str
    purpose: str
    level: str | None
    usage: Usage | None
    source: str


@dataclass(frozen=True)
class AddOn:
    """A feature that can be added to a plan. `monthly` yuan a month; None: the price must be asked for."""

    feature: str
    monthly: Decimal | None
    level: int


@dataclass(frozen=True)
class Prepaid:
    """A plan that is paid at once: `total` yuan for `months`, with `minutes` over the whole time."""

    total: Decimal
    months: int
    minutes: int


@dataclass(frozen=True)
class Plan:
    """A plan on sale. `fee` is the minimum spend a month; `features` maps what is included to its level."""

    id: str
    name: str
    fee: Decimal
    prepayment: Decimal
    included_minutes: int
    overage: Decimal
    features: Mapping[str, int]
    addons: Mapping[str, AddOn]
    bound_numbers: int
    contract_months: int
    audience: str
    valid_from: date
    valid_until: date | None = None
    prepaid: Prepaid | None = None
    regions: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    def sold_on(self, day: date) -> bool:
        """Whether it may be ordered on this day (first and last day included)."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    def in_region(self, region: str | None) -> Plan | None:
        """The plan as it is sold there; None if it is not. A city has its province's terms, and its own over them."""
        names = (province_of(region) or "", region) if region else ()
        override = {key: value for name in names for key, value in self.regions.get(name, {}).items()}
        if not override.pop("available", True):
            return None
        return dataclasses.replace(self, **override) if override else self  # type: ignore[arg-type]


@dataclass(frozen=True)
class Range:
    """From … to, both included; `to` None means "and more", `low` None means "to be negotiated"."""

    low: Decimal | None
    high: Decimal | None


@dataclass(frozen=True)
class Tier:
    """A grade of numbers, `rank` 0 the plainest. Yuan a month, months, yuan once."""

    id: str
    name: str
    rank: int
    patterns: tuple[str, ...]
    minimum_spend: Range
    months: Range
    fee: Range


@dataclass(frozen=True)
class Tiers:
    """All grades and how they are charged: ``minimum_spend`` or ``selection_fee`` (never both, F040)."""

    all: tuple[Tier, ...]
    charge_by: str
    custom_id: str
    custom_name: str
    custom_fee: Range

    def get(self, tier_id: str) -> Tier:
        """The grade of this id (KeyError if there is none)."""
        return next(tier for tier in self.all if tier.id == tier_id)

    def of_patterns(self, patterns: Iterable[str]) -> Tier:
        """The highest grade that any of these patterns reaches; the plainest if none is listed."""
        return self.all[max((self._ranks.get(pattern, 0) for pattern in patterns), default=0)]

    @cached_property
    def _ranks(self) -> dict[str, int]:
        return {pattern: tier.rank for tier in self.all for pattern in tier.patterns}


@dataclass(frozen=True)
class Industry:
    """The usual volume of an industry (示例): calls a day from–to, minutes a call, days a month."""

    id: str
    name: str
    words: tuple[str, ...]
    calls_from: int
    calls_to: int
    call_minutes: Decimal
    working_days: int
    calls_per_seat: int


@dataclass(frozen=True)
class Limits:
    """Where a volume stops being one for the catalogue, or for this world."""

    person_above_minutes: int
    absurd_above_minutes: int
    absurd_above_growth: Decimal
    default_contract_months: int
    headroom_offer: Decimal


@dataclass(frozen=True)
class Catalog:
    """Everything on sale, as one consistent reading of the files. `sample`: prices are 示例数据."""

    plans: tuple[Plan, ...]
    features: Mapping[str, Feature]
    tiers: Tiers
    industries: tuple[Industry, ...]
    limits: Limits
    sample: bool
    digest: str

    def plan(self, plan_id: str) -> Plan | None:
        """The plan of this id, or None."""
        return next((plan for plan in self.plans if plan.id == plan_id), None)

    def on_sale(self, day: date, region: str | None = None) -> tuple[Plan, ...]:
        """The plans that may be ordered on this day in this region, in catalogue order, regional prices."""
        local = (plan.in_region(region) for plan in self.plans if plan.sold_on(day))
        return tuple(plan for plan in local if plan is not None)

    def industry(self, text: str) -> Industry | None:
        """The industry that a customer's word belongs to; None if no word matches."""
        found = [
            (len(word), industry)
            for industry in self.industries
            for word in industry.words
            if word in text or (len(text) > 1 and text in word)
        ]
        return max(found, key=lambda hit: hit[0])[1] if found else None

    @property
    def any_industry(self) -> Industry:
        """The figures for a trade that is not in the list."""
        return self.industries[-1]


def load_catalog(folder: Path = DATA / "catalog", today: date | None = None) -> Catalog:
    """Read and judge the four files. `today` (default: now in China) decides what has expired.

    Raises DataError with file, line and reason for the first thing that is wrong.
    """
    from hotline.business import catalog_file

    return catalog_file.read(folder, today or SystemClock().today())


class CatalogSource:
    """The catalogue that follows its files: a changed content is read anew, a broken one is refused.

    `problem` is the complaint about the present files while an older reading is still in use.
    """

    def __init__(self, folder: Path = DATA / "catalog", clock: Clock | None = None) -> None:
        self._folder, self._clock = folder, clock or SystemClock()
        self._lock = threading.Lock()
        self._seen = self._fingerprint()
        self._catalog = load_catalog(folder, self._clock.today())
        self.problem: DataError | None = None

    def _fingerprint(self) -> str:
        return digest(path for name in FILES if (path := self._folder / name).exists())

    def current(self) -> Catalog:
        """The newest sound reading. Cheap enough for every turn (four small files are hashed)."""
        seen = self._fingerprint()
        if seen == self._seen:
            return self._catalog
        with self._lock:
            if seen != self._seen:
                self._reload()
                self._seen = seen
        return self._catalog

    def _reload(self) -> None:
        try:
            self._catalog = load_catalog(self._folder, self._clock.today())
            self.problem = None
            log.info("套餐目录已更新：%s", self._catalog.digest[:12])
        except DataError as error:
            self.problem = error
            log.error("套餐目录改坏了，继续用上一份：%s", error)
