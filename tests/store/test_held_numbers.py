"""Submission and the real inventory: one transaction over both."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hotline.business.applications import Applications
from hotline.business.calendar import Calendar
from hotline.business.cases import NotDone, Submitted
from hotline.business.catalog import load_catalog
from hotline.business.channels import load_channels
from hotline.business.consent import load_terms
from hotline.business.holding import InventoryHold
from hotline.business.numbers import NumberService, Reserved, Taken
from hotline.business.stocking import make_samples
from hotline.store.numbers import SqlNumbers
from tests.store.world import PLANS, World


@pytest.fixture
def inventory(world: World) -> SqlNumbers:
    """Fifty numbers on the shelf, and the world's applications over it."""
    inventory = SqlNumbers(world.database)
    make_samples(inventory, load_catalog().tiers, 50)
    world.applications = Applications(
        world.store,
        world.clock,
        calendar=Calendar.load(),
        channels=load_channels(),
        terms=load_terms(),
        plans=lambda: PLANS,
        hold=InventoryHold(inventory, world.clock),
    )
    return inventory


@pytest.fixture
def numbers(world: World, inventory: SqlNumbers) -> NumberService:
    return NumberService(inventory, load_catalog().tiers, world.clock)


def reserved(world: World, inventory: SqlNumbers, numbers: NumberService, conversation: str = "c1") -> str:
    """A draft that is ready, with a number of the inventory reserved for it."""
    world.ready(conversation, None)
    number = next(iter(inventory.all_numbers()))
    draft = world.applications.draft(conversation)
    claim = numbers.reserve(number, draft.draft_id)
    assert isinstance(claim, Reserved)
    world.applications.note_number(conversation, number, claim.until)
    return number


def test_a_submission_extends_the_hold_in_the_same_transaction(
    world: World, inventory: SqlNumbers, numbers: NumberService
) -> None:
    number = reserved(world, inventory, numbers)
    assert isinstance(world.submit("c1"), Submitted)
    (hold,) = numbers.held_by(world.applications.draft("c1").draft_id)
    assert hold.number == number and hold.until == world.clock.now() + timedelta(days=15)


def test_a_submission_that_fails_leaves_the_hold_as_it_was(
    world: World, inventory: SqlNumbers, numbers: NumberService, monkeypatch: pytest.MonkeyPatch
) -> None:
    reserved(world, inventory, numbers)
    draft_id = world.applications.draft("c1").draft_id
    before = numbers.held_by(draft_id)

    def broken(*_: object) -> bool:
        raise OSError("disk full")

    monkeypatch.setattr(world.store, "add_application", broken)
    with pytest.raises(OSError, match="disk full"):
        world.submit("c1")
    assert numbers.held_by(draft_id) == before


def test_a_lapsed_reservation_that_somebody_took_is_not_submitted(
    world: World, inventory: SqlNumbers, numbers: NumberService
) -> None:
    number = reserved(world, inventory, numbers)
    world.clock.advance(hours=25)
    assert isinstance(numbers.reserve(number, "somebody else"), Reserved)
    assert world.submit("c1") == NotDone("number_lost", {"number": number})


def test_a_lapsed_reservation_that_nobody_took_still_holds(
    world: World, inventory: SqlNumbers, numbers: NumberService
) -> None:
    reserved(world, inventory, numbers)
    world.clock.advance(hours=25)
    assert isinstance(world.submit("c1"), Submitted)


def test_the_number_is_his_for_good_once_it_works_and_free_once_he_cancels(
    world: World, inventory: SqlNumbers, numbers: NumberService
) -> None:
    number = reserved(world, inventory, numbers)
    done = world.submit("c1")
    assert isinstance(done, Submitted)
    reference = done.application.reference
    for status in ("reviewing", "approved", "signed", "paid", "activated"):
        world.applications.advance(reference, status, actor="operator", reason="desk")
    world.clock.advance(days=3650)
    assert isinstance(numbers.reserve(number, "somebody else"), Taken)

    other = reserved_other(world, inventory, numbers, number)
    second = world.submit("c2")
    assert isinstance(second, Submitted)
    world.applications.cancel(second.application.reference, "changed_mind")
    assert isinstance(numbers.reserve(other, "somebody else"), Reserved)


def reserved_other(world: World, inventory: SqlNumbers, numbers: NumberService, taken: str) -> str:
    world.ready("c2", None)
    number = next(each for each in inventory.all_numbers() if each != taken)
    claim = numbers.reserve(number, world.applications.draft("c2").draft_id)
    assert isinstance(claim, Reserved)
    world.applications.note_number("c2", number, claim.until)
    return number


def test_a_number_that_he_gives_back_is_free_at_once_and_asked_for_again(
    world: World, inventory: SqlNumbers, numbers: NumberService
) -> None:
    number = reserved(world, inventory, numbers)
    assert world.applications.give_back("c1") == number
    draft = world.applications.draft("c1")
    assert (draft.reserved_number, draft.get("hotline_number")) == (None, None)
    assert isinstance(numbers.reserve(number, "somebody else"), Reserved)
    assert world.applications.give_back("c1") is None


def test_the_number_of_a_submitted_application_is_not_given_back_by_a_word(
    world: World, inventory: SqlNumbers, numbers: NumberService
) -> None:
    number = reserved(world, inventory, numbers)
    assert isinstance(world.submit("c1"), Submitted)
    assert world.applications.give_back("c1") is None
    assert isinstance(numbers.reserve(number, "somebody else"), Taken)
