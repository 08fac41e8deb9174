"""A yes counts for what was on show: whatever is different by then is not submitted, but named."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from hotline.business import reviewing
from hotline.business.cases import NotDone, Submitted
from hotline.business.continuing import Continuing
from hotline.business.drafts import Draft
from tests.store.world import World


def shared(world: World, first: str = "c1", second: str = "c2") -> World:
    """A draft that could be submitted, in the hands of two devices."""
    world.ready(first, None)
    world.applications.skip(first, "hotline_number", world.next_turn(), "web")
    continuing = Continuing(world.store, world.applications, world.clock)
    code = continuing.issue(first).code
    assert isinstance(continuing.redeem(second, code, "wechat"), Draft)
    return world


def test_what_another_device_changed_is_named_and_nothing_is_submitted(world: World) -> None:
    shared(world)
    before = world.seen("c1")
    world.say("c2", company_name="杭州远山有限公司")
    world.say("c2", phone="13900139000")
    refused = world.applications.submit("c1", "web", seen=before)
    assert refused == NotDone("changed", {"fields": ("company_name", "phone")})
    assert world.applications.own("c1") == [] and not world.applications.draft("c1").submitted

    done = world.applications.submit("c1", "web", seen=world.seen("c1"))
    assert isinstance(done, Submitted) and done.application.fields["company_name"] == "杭州远山有限公司"


def test_a_reservation_is_not_prolonged_by_a_yes_to_something_else(world: World) -> None:
    world.ready()
    before = world.seen("c1")
    world.say("c1", company_name="杭州远山有限公司")
    assert isinstance(world.applications.submit("c1", "web", seen=before), NotDone)
    assert world.shelf.until == {}


def test_nothing_is_submitted_before_anything_was_shown(world: World) -> None:
    world.ready()
    assert world.applications.submit("c1", "web", seen=None) == NotDone("changed", {"fields": ()})


@pytest.mark.parametrize(
    "values",
    [{"material": "business_license"}, {"handler": "agent"}, {"budget": 800}],
    ids=lambda v: next(iter(v)),
)
def test_what_the_summary_does_not_show_does_not_stand_in_the_way(
    world: World, values: dict[str, Any]
) -> None:
    world.ready()
    before, revision = world.seen("c1"), world.applications.draft("c1").revision
    world.say("c1", **values)
    world.clock.advance(hours=20)
    world.applications.note_number("c1", "4001234567", world.clock.now())  # renewed
    assert world.applications.draft("c1").revision > revision
    assert isinstance(world.applications.submit("c1", "web", seen=before), Submitted)


def test_a_price_that_was_edited_meanwhile_is_shown_first(world: World) -> None:
    world.ready()
    before = world.seen("c1", "约 360 元")
    refused = world.applications.submit("c1", "web", seen=before, cost="约 420 元")
    assert refused == NotDone("changed", {"fields": (reviewing.COST,)})


def test_what_was_changed_and_changed_back_is_what_he_saw(world: World) -> None:
    shared(world)
    before, name = world.seen("c1"), world.applications.draft("c1").get("company_name")
    world.say("c2", company_name="杭州远山有限公司")
    world.say("c2", company_name=name)
    assert isinstance(world.applications.submit("c1", "web", seen=before), Submitted)


def test_who_comes_second_is_told_what_was_submitted_otherwise(world: World) -> None:
    shared(world)
    before = world.seen("c1")
    world.say("c2", phone="13900139000")
    first = world.submit("c2")
    second = world.applications.submit("c1", "web", seen=before)
    assert isinstance(first, Submitted) and not first.again
    assert isinstance(second, Submitted) and second.again and second.differs == ("phone",)
    assert world.submit("c2").differs == ()  # type: ignore[union-attr]


def test_a_number_that_was_lost_is_still_told_as_lost(world: World) -> None:
    world.ready()
    before = world.seen("c1")
    world.shelf.held["4001234567"] = "somebody else"
    assert world.applications.submit("c1", "web", seen=before) == NotDone(
        "number_lost", {"number": "4001234567"}
    )


@pytest.mark.parametrize("round_", range(8))
def test_a_yes_and_a_change_at_the_same_moment(world: World, round_: int) -> None:
    """Whichever is first: what is submitted is what was seen, or nothing is."""
    shared(world)
    before, name, start = world.seen("c1"), world.applications.draft("c1").get("company_name"), Barrier(2)

    def change() -> Any:
        start.wait()
        return world.say("c2", company_name="杭州远山有限公司")

    def agree() -> Any:
        start.wait()
        return world.applications.submit("c1", "web", seen=before)

    with ThreadPoolExecutor(2) as pool:
        changing, agreeing = pool.submit(change), pool.submit(agree)
        changed, done = changing.result(), agreeing.result()
    if isinstance(done, Submitted):
        assert done.application.fields["company_name"] == name
        assert [each.code for each in changed.refused] == ["already_submitted"]
    else:
        assert done == NotDone("changed", {"fields": ("company_name",)})
        assert world.applications.own("c1") == []
