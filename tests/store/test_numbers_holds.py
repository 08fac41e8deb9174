"""One number, one holder: the database decides, also when two hundred ask at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from hotline.business.catalog import load_catalog
from hotline.business.numbers import Claim, NumberService, Reserved, Taken, Unknown, Wish
from hotline.business.stocking import entry
from hotline.clock import CHINA, FrozenClock
from hotline.store.database import Database
from hotline.store.numbers import SqlNumbers

TIERS = load_catalog().tiers
NUMBER, OTHER = "4001302888", "4007302168"
NOON = datetime(2026, 11, 24, 12, tzinfo=CHINA)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOON)


@pytest.fixture
def store(database: Database) -> SqlNumbers:
    inventory = SqlNumbers(database)
    inventory.add([entry(NUMBER, TIERS), entry(OTHER, TIERS)])
    return inventory


@pytest.fixture
def service(store: SqlNumbers, clock: FrozenClock) -> NumberService:
    return NumberService(store, TIERS, clock, hours=24)


def shown(service: NumberService) -> set[str]:
    return {card.number for card in service.search(Wish()).cards}


def test_a_reserved_number_is_his_for_a_day(service: NumberService) -> None:
    assert service.reserve(NUMBER, "anna") == Reserved(NUMBER, NOON + timedelta(hours=24))
    assert service.reserve(NUMBER, "bert") == Taken(NUMBER)
    assert [held.number for held in service.held_by("anna")] == [NUMBER]
    assert service.held_by("bert") == ()


def test_a_reserved_number_is_not_offered_to_anyone(service: NumberService) -> None:
    assert shown(service) == {NUMBER, OTHER}
    service.reserve(NUMBER, "anna")
    assert shown(service) == {OTHER}


def test_asking_again_is_the_same_success_with_the_same_end(
    service: NumberService, clock: FrozenClock
) -> None:
    first = service.reserve(NUMBER, "anna")
    clock.advance(hours=3)
    again = service.reserve(NUMBER, "anna")
    assert isinstance(first, Reserved) and isinstance(again, Reserved)
    assert (again.until, again.again) == (first.until, True)


def test_a_number_that_is_not_ours_is_unknown(service: NumberService) -> None:
    assert service.reserve("4008302888", "anna") == Unknown("4008302888")
    assert service.extend("4008302888", "anna") == Unknown("4008302888")


def test_a_hold_ends_by_itself_to_the_second(service: NumberService, clock: FrozenClock) -> None:
    service.reserve(NUMBER, "anna")
    clock.advance(hours=24, seconds=-1)
    assert service.reserve(NUMBER, "bert") == Taken(NUMBER)
    clock.advance(seconds=1)
    assert shown(service) == {NUMBER, OTHER}
    assert service.held_by("anna") == ()
    assert isinstance(service.reserve(NUMBER, "bert"), Reserved)
    assert service.reserve(NUMBER, "anna") == Taken(NUMBER)


def test_a_released_number_is_free_at_once(service: NumberService) -> None:
    service.reserve(NUMBER, "anna")
    assert not service.release(NUMBER, "bert"), "nobody gives back what another has"
    assert service.release(NUMBER, "anna")
    assert not service.release(NUMBER, "anna")
    assert isinstance(service.reserve(NUMBER, "bert"), Reserved)


def test_a_hold_is_extended_and_never_shortened(service: NumberService) -> None:
    service.reserve(NUMBER, "anna")
    longer = service.extend(NUMBER, "anna", hours=240)
    shorter = service.extend(NUMBER, "anna", hours=1)
    assert isinstance(longer, Reserved) and isinstance(shorter, Reserved)
    assert longer.until == shorter.until == NOON + timedelta(hours=240)
    assert service.extend(NUMBER, "bert", hours=999) == Taken(NUMBER)


def test_a_lapsed_hold_that_nobody_took_can_still_be_extended(
    service: NumberService, clock: FrozenClock
) -> None:
    service.reserve(NUMBER, "anna")
    clock.advance(hours=30)
    assert isinstance(service.extend(NUMBER, "anna"), Reserved)
    clock.advance(hours=30)
    service.reserve(NUMBER, "bert")
    assert service.extend(NUMBER, "anna") == Taken(NUMBER)


def test_an_assigned_number_never_comes_back(service: NumberService, clock: FrozenClock) -> None:
    service.reserve(NUMBER, "anna")
    assert not service.assign(NUMBER, "bert")
    assert service.assign(NUMBER, "anna")
    clock.advance(days=3650)
    assert service.reserve(NUMBER, "bert") == Taken(NUMBER)
    assert not service.release(NUMBER, "anna")
    assert shown(service) == {OTHER}


def test_a_hold_taken_in_a_transaction_that_fails_is_not_taken(
    service: NumberService, database: Database
) -> None:
    with pytest.raises(RuntimeError), database.transaction():
        assert isinstance(service.reserve(NUMBER, "anna"), Reserved)
        raise RuntimeError("the draft could not be saved")
    assert service.held_by("anna") == ()
    assert isinstance(service.reserve(NUMBER, "bert"), Reserved)


def test_of_two_hundred_at_once_exactly_one_wins(service: NumberService) -> None:
    threads = 200  # all of them waiting at the same line
    start = threading.Barrier(threads)
    began = threading.local()

    def claim(at: int) -> Claim:
        if not getattr(began, "yes", False):
            began.yes = True
            start.wait(timeout=30)
        return service.reserve(NUMBER, f"holder-{at}")

    with ThreadPoolExecutor(threads) as pool:
        outcomes = list(pool.map(claim, range(200)))
    winners = [at for at, outcome in enumerate(outcomes) if isinstance(outcome, Reserved)]
    assert len(winners) == 1
    assert sum(isinstance(outcome, Taken) for outcome in outcomes) == 199
    assert [held.number for held in service.held_by(f"holder-{winners[0]}")] == [NUMBER]


def test_a_lapsed_number_is_also_won_by_one_only(service: NumberService, clock: FrozenClock) -> None:
    service.reserve(NUMBER, "anna")
    clock.advance(hours=25)
    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(lambda at: service.reserve(NUMBER, f"holder-{at}"), range(64)))
    assert sum(isinstance(outcome, Reserved) for outcome in outcomes) == 1


def test_a_number_is_put_on_the_shelf_once(database: Database) -> None:
    inventory = SqlNumbers(database)
    twice = [entry(NUMBER, TIERS), entry(NUMBER, TIERS)]
    assert inventory.add([]) == 0
    assert inventory.add(twice) == 1
    assert inventory.add([*twice, entry(OTHER, TIERS), entry(OTHER, TIERS)]) == 1
    assert inventory.count() == 2


def test_adding_numbers_leaves_holds_alone(service: NumberService, store: SqlNumbers) -> None:
    service.reserve(NUMBER, "anna")
    store.add([entry(NUMBER, TIERS)])
    store.regrade([entry(NUMBER, TIERS)])
    assert service.reserve(NUMBER, "bert") == Taken(NUMBER)
