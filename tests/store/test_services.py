"""The parts put together: a price that is edited is the price that is said, on every way to it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from hotline.business.catalog import CatalogSource
from hotline.business.numbers import Wish
from hotline.business.plans import Need, recommend
from hotline.business.stocking import entry
from hotline.clock import FrozenClock
from hotline.datafile import DATA
from hotline.services import Services, build, clean_up
from hotline.settings import Settings
from hotline.store.journal import Journal

NUMBER = "4001238888"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA / "catalog", tmp_path / "catalog"))


@pytest.fixture
def services(tmp_path: Path, folder: Path, clock: FrozenClock) -> Iterator[Services]:
    """A fresh installation that follows a catalogue of its own, with one number on its shelf."""
    made = build(Settings(var=tmp_path / "var"), clock)
    made.database.upgrade()
    made.catalog_source = CatalogSource(folder, clock)
    made.refresh()
    made.inventory.add([entry(NUMBER, made.catalog.tiers)])
    yield made
    made.close()


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_an_edited_plan_is_recommended_at_its_new_price(services: Services, folder: Path) -> None:
    need = Need(minutes=1500)
    before = recommend(need, services.catalog, today=services.clock.today()).choice
    edit(folder / "plans.yml", "fee: 200\n", "fee: 150\n")
    services.refresh()
    after = recommend(need, services.catalog, today=services.clock.today()).choice
    assert before and after
    assert after.monthly == Decimal(150) < before.monthly


def test_an_edited_grade_is_on_the_next_number_card(services: Services, folder: Path) -> None:
    spend = "minimum_spend: {from: 1000, to: 3000}"
    card = services.numbers.card(NUMBER)
    assert card and card.minimum_spend and card.minimum_spend.low == 1000
    edit(folder / "number_tiers.yml", spend, spend.replace("1000", "900"))
    services.refresh()
    (shown,) = services.numbers.search(Wish(suffix="8888")).cards
    assert shown.minimum_spend and shown.minimum_spend.low == 900


def test_a_broken_edit_keeps_the_service_on_the_older_reading(services: Services, folder: Path) -> None:
    edit(folder / "plans.yml", "fee: 200\n", "fee: -200\n")
    services.refresh()
    assert services.catalog_source.problem and "plans.yml" in str(services.catalog_source.problem)
    service = services.catalog.plan("service")
    assert service and service.fee == 200


def test_what_is_too_old_is_cleaned_up_with_its_conversation(services: Services, clock: FrozenClock) -> None:
    journal = Journal(services.conversation_log, now=lambda: clock.now().timestamp())
    services.applications.record("old", {"region": "杭州市"}, "t1", "web")
    journal.say("old", [{"text": "您好"}])
    journal.say("only asked", [{"text": "您好"}])
    clock.advance(days=29)
    assert clean_up(services) == {}
    journal.say("new", [{"text": "您好"}])
    clock.advance(days=2)
    counts = clean_up(services)
    assert counts["drafts"] == 1 and counts["conversations"] == 2
    assert [len(journal.since(who, 0)) for who in ("old", "only asked", "new")] == [0, 0, 1]


def test_key_files_are_private_and_told_once(tmp_path: Path, clock: FrozenClock) -> None:
    settings = Settings(var=tmp_path / "fresh")
    first = build(settings, clock)
    first.close()
    assert [path.name for path in first.new_keys] == ["data.key", "token.key"]
    assert {path.stat().st_mode & 0o777 for path in first.new_keys} == {0o600}
    second = build(settings, clock)
    second.close()
    assert second.new_keys == []
