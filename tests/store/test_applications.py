"""From submission to the end: one transaction, a history, no guessing."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from hotline.business import process
from hotline.business.cases import Cancelled, NotDone, StatusView, Submitted
from hotline.business.drafts import Draft
from hotline.business.references import spoken_form
from tests.store.world import World


def test_a_complete_draft_becomes_an_application_with_dates_in_working_days(world: World) -> None:
    done = world.submit(world.ready(), "web")
    assert isinstance(done, Submitted)
    application = done.application
    assert (application.expected_from, application.expected_to) == (date(2026, 11, 27), date(2026, 12, 3))
    assert application.expected_certain and application.status == "submitted"
    assert done.next_step.channel == "hall" and done.next_step.text
    assert [event.to_status for event in world.applications.history(application.reference)] == ["submitted"]


def test_submission_keeps_the_number_longer(world: World) -> None:
    world.submitted()
    assert world.shelf.until["4001234567"] == world.clock.now() + timedelta(days=15)


def test_a_second_submission_is_the_same_application(world: World) -> None:
    reference = world.submitted()
    again = world.submit("c1", "web")
    assert isinstance(again, Submitted) and again.again and again.application.reference == reference
    assert len(world.applications.own("c1")) == 1


def test_what_is_missing_is_named_with_why_and_where(world: World) -> None:
    world.say(region="杭州市")
    refused = world.submit("c1", "web")
    assert isinstance(refused, NotDone) and refused.code == "incomplete"
    missing = {each.field: each for each in refused.values["missing"]}
    assert missing["phone"].where == "contact" and missing["phone"].why == "why_phone"
    assert "region" not in missing and "budget" not in missing and "email" not in missing
    report = world.applications.completeness(world.applications.draft("c1"))
    assert report.total - report.done == len(report.missing) == len(missing)


def test_nothing_is_submitted_without_consent(world: World) -> None:
    world.ready()
    world.applications.consent("c1", "withdrawn", "t50", "web")
    refused = world.submit("c1", "web")
    assert isinstance(refused, NotDone)
    assert "consent" in {each.field for each in refused.values["missing"]}


def test_a_number_lost_meanwhile_is_said_and_can_be_chosen_again(world: World) -> None:
    world.ready()
    world.shelf.held["4001234567"] = "somebody else"
    refused = world.submit("c1", "web")
    assert refused == NotDone("number_lost", {"number": "4001234567"})
    assert world.applications.draft("c1").reserved_number is None
    assert "hotline_number" in world.applications.open_fields(world.applications.draft("c1"), "number")


def test_a_failure_in_the_middle_of_the_submission_leaves_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.ready()
    before = world.applications.draft("c1")

    def broken(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(world.store, "save_draft", broken)
    with pytest.raises(OSError, match="disk full"):
        world.submit("c1", "web")
    monkeypatch.undo()
    assert world.applications.own("c1") == []
    assert world.applications.draft("c1") == before


def test_a_submitted_draft_takes_papers_only(world: World) -> None:
    world.submitted()
    outcome = world.say(region="上海市", material="business_license")
    assert [each.code for each in outcome.refused] == ["already_submitted"]
    assert world.applications.draft("c1").get("material") == ["business_license"]


@pytest.mark.parametrize("writing", [str, str.lower, spoken_form, lambda it: " ".join(it)])
def test_status_by_reference_and_last_four_digits(world: World, writing: object) -> None:
    reference = world.submitted()
    view = world.applications.status(writing(reference), "8000", "stranger")  # type: ignore[operator]
    assert isinstance(view, StatusView) and view.status == "submitted"
    assert "13800138000" not in repr(view) and "王小明" not in repr(view)


def test_the_last_four_of_a_landline_leave_its_extension_out(world: World) -> None:
    reference = world.submitted(phone="0571-87654321-801")
    assert isinstance(world.applications.status(reference, "4321", "x"), StatusView)


def test_a_wrong_reference_and_wrong_digits_look_the_same(world: World) -> None:
    reference = world.submitted()
    wrong_digits = world.applications.status(reference, "0000", "a")
    wrong_reference = world.applications.status("HHHH-HHHH", "8000", "b")
    assert wrong_digits == wrong_reference == NotDone("no_match", {"tries_left": 4})


def test_five_wrong_tries_lock_the_asker_for_half_an_hour(world: World) -> None:
    reference = world.submitted()
    for _ in range(4):
        world.applications.status("AAAA-AAAA", "1111", "a")
    locked = world.applications.status("CCCC-CCCC", "1111", "a")
    assert isinstance(locked, NotDone) and locked.code == "locked"
    assert isinstance(world.applications.status(reference, "8000", "a"), NotDone)
    assert isinstance(world.applications.status(reference, "8000", "b"), StatusView)
    world.clock.advance(minutes=31)
    assert isinstance(world.applications.status(reference, "8000", "a"), StatusView)


def test_one_reference_cannot_be_tried_from_many_conversations(world: World) -> None:
    reference = world.submitted()
    for number in range(5):
        world.applications.status(reference, "1111", f"asker {number}")
    locked = world.applications.status(reference, "8000", "somebody new")
    assert isinstance(locked, NotDone) and locked.code == "locked"


def test_an_unknown_reference_locks_just_like_a_known_one(world: World) -> None:
    answers = [world.applications.status("HHHH-HHHH", "1111", f"asker {number}") for number in range(5)]
    assert [each.code for each in answers] == ["no_match"] * 4 + ["locked"]  # type: ignore[union-attr]


def test_a_right_try_clears_the_count(world: World) -> None:
    reference = world.submitted()
    for _ in range(3):
        for _ in range(4):
            world.applications.status(reference, "1111", "a")
        assert isinstance(world.applications.status(reference, "8000", "a"), StatusView)


def test_the_whole_way_and_its_history(world: World) -> None:
    reference = world.submitted()
    way = ["reviewing", "approved", "signed", "paid", "activated", "tested", "closed"]
    for status in way:
        world.clock.advance(days=1)
        moved = world.applications.advance(reference, status, actor="operator", reason="desk", note="顺利")
        assert not isinstance(moved, NotDone), moved
    history = world.applications.history(reference)
    assert [event.to_status for event in history] == ["submitted", *way]
    assert [event.position for event in history] == list(range(1, 9))
    view = world.applications.status(reference, "8000", "a")
    assert isinstance(view, StatusView) and view.since == world.clock.now()
    assert all(event.note is None for event in view.history), "notes are for staff"


def test_an_illegal_step_is_refused_and_leaves_no_trace(world: World) -> None:
    reference = world.submitted()
    refused = world.applications.advance(reference, "paid", actor="operator", reason="x")
    assert refused == NotDone("not_possible", {"status": "submitted", "target": "paid"})
    by_customer = world.applications.advance(reference, "reviewing", actor="customer", reason="x")
    assert by_customer == NotDone("not_allowed", {"status": "submitted", "target": "reviewing"})
    assert len(world.applications.history(reference)) == 1


def test_supplemented_papers_start_the_review_anew(world: World) -> None:
    reference = world.submitted()
    world.applications.advance(reference, "supplement_needed", actor="operator", reason="stamp_missing")
    world.clock.advance(days=6)  # Monday, 30 November
    moved = world.applications.advance(reference, "reviewing", actor="customer", reason="supplemented")
    assert not isinstance(moved, NotDone)
    assert (moved.expected_from, moved.expected_to) == (date(2026, 12, 3), date(2026, 12, 9))


def test_a_submission_into_an_uncovered_year_says_that_the_dates_are_uncertain(world: World) -> None:
    world.ready()
    world.clock.advance(days=(datetime(2026, 12, 28) - datetime(2026, 11, 24)).days)
    done = world.submit("c1", "web")
    assert isinstance(done, Submitted) and not done.application.expected_certain


def test_cancelling_frees_the_number_until_the_contract_is_signed(world: World) -> None:
    reference = world.submitted()
    assert world.applications.cancel(reference, "changed_mind", "web") == Cancelled(reference, "4001234567")
    assert "4001234567" not in world.shelf.held
    second = world.submitted("c2", "4007654321")
    for status in ("reviewing", "approved", "signed"):
        world.applications.advance(second, status, actor="operator", reason="desk")
    refused = world.applications.cancel(second, "changed_mind", "web")
    assert isinstance(refused, NotDone) and refused.code == "not_allowed"


def test_giving_up_an_unfinished_draft_frees_its_number(world: World) -> None:
    world.ready()
    assert world.applications.abandon("c1") == Cancelled(None, "4001234567")
    assert world.shelf.held == {} and world.applications.draft("c1").fields == {}


def test_the_database_itself_refuses_to_change_history(world: World) -> None:
    world.submitted()
    with pytest.raises(DBAPIError, match="append-only"), world.database.session() as session:
        session.execute(text("UPDATE application_events SET reason = 'forged'"))


def test_every_status_but_the_final_ones_has_a_way_on_and_an_end() -> None:
    for status in process.STATUSES:
        reachable, frontier = set(), [status]
        while frontier:
            for target in process.next_statuses(frontier.pop(), process.OPERATOR):
                if target not in reachable:
                    reachable.add(target)
                    frontier.append(target)
        assert bool(reachable & process.FINAL) == (status not in process.FINAL), status


class TestApplyingOnceMore:
    """After the end of one application, or beside it: a new draft, and the old application stays."""

    def test_only_beside_one_that_was_submitted(self, world: World) -> None:
        world.ready()
        assert world.applications.open_another("c1", "web") == NotDone("not_submitted", {})

    @pytest.mark.parametrize("end", [process.CANCELLED, process.REJECTED])
    def test_after_a_bad_end_the_need_is_kept_but_not_plan_and_number(self, world: World, end: str) -> None:
        reference = world.submitted()
        before = world.applications.draft("c1")
        world.applications.advance(reference, end, actor=process.OPERATOR, reason="R09")
        fresh = world.applications.open_another("c1", "web")
        assert isinstance(fresh, Draft) and fresh.draft_id != before.draft_id and not fresh.submitted
        gone = set(before.fields) - set(fresh.fields)
        assert gone == {"plan", "hotline_number"} and fresh.consent == "granted"
        assert fresh.get("region") == before.get("region") and fresh.reserved_number is None

    def test_beside_a_living_one_only_unit_and_contact_are_kept(self, world: World) -> None:
        world.submitted()
        before = world.applications.draft("c1").fields
        fresh = world.applications.open_another("c1", "web")
        assert isinstance(fresh, Draft)
        assert fresh.get("company_name") == before["company_name"] and fresh.get("phone") == before["phone"]
        assert not {"usage_scenario", "monthly_minutes", "plan", "channel"} & set(fresh.fields)

    def test_for_another_unit_nothing_is_kept_but_the_consent(self, world: World) -> None:
        world.submitted()
        fresh = world.applications.open_another("c1", "web", keep=False)
        assert isinstance(fresh, Draft) and fresh.fields == {} and fresh.consent == "granted"

    def test_without_consent_no_contact_is_taken_over(self, world: World) -> None:
        world.submitted()
        world.applications.consent("c1", "withdrawn", "t90", "web")
        fresh = world.applications.open_another("c1", "web")
        assert isinstance(fresh, Draft) and not {"contact_name", "phone", "email"} & set(fresh.fields)
        assert fresh.consent == "none"

    def test_both_are_his_and_the_old_one_is_still_found(self, world: World) -> None:
        first = world.submitted()
        world.applications.open_another("c1", "web")
        world.ready(number="4001234568")
        world.clock.advance(hours=1)
        done = world.submit("c1", "web")
        assert isinstance(done, Submitted) and done.application.reference != first
        own = [each.reference for each in world.applications.own("c1")]
        assert own == [done.application.reference, first]
        assert isinstance(world.applications.status(first, "8000", "stranger"), StatusView)

    def test_a_second_channel_of_the_old_draft_keeps_its_application(self, world: World) -> None:
        """Two conversations share a draft; one of them goes on to another: the first application stays its own."""
        reference = world.submitted()
        draft_id = world.applications.draft("c1").draft_id
        world.store.link("c2", draft_id, "wechat", world.clock.now())
        world.applications.open_another("c2", "wechat")
        world.applications.save_dialogue("c2", {"mood": "calm"})
        assert [each.reference for each in world.applications.own("c2")] == [reference]
        assert world.applications.draft("c1").reference == reference
