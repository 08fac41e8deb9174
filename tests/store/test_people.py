"""Handoffs, callbacks, troubles, the guided test, continue codes, gaps."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest

from hotline.business.calendar import Calendar
from hotline.business.callbacks import Callbacks, Promised
from hotline.business.cases import NotDone
from hotline.business.continuing import LONG, Continuing
from hotline.business.desk import Desk, load_desk
from hotline.business.drafts import Draft
from hotline.business.gaps import Gaps
from hotline.business.handoff import Handoff, Handoffs, context_of
from hotline.business.troubles import GuidedTests, TestState, Troubles
from hotline.business.troubles_file import load_troubles
from hotline.clock import CHINA
from hotline.store.people import SqlPeople
from tests.store.world import World


@pytest.fixture(scope="module")
def desk() -> Desk:
    return load_desk(Calendar.load())


@pytest.fixture
def handoffs(world: World, desk: Desk) -> Handoffs:
    return Handoffs(SqlPeople(world.database), desk, world.clock)


class TestHandoff:
    def test_a_person_gets_everything_that_is_known(self, world: World, handoffs: Handoffs) -> None:
        world.ready()
        draft = world.applications.draft("c1")
        context = context_of(draft, [{"who": "user", "text": "我要投诉"}])
        made = handoffs.request("c1", "complaint", context, "t1", "web")
        (waiting,) = handoffs.waiting()
        assert waiting == made.handoff
        assert waiting.context["fields"]["company_name"] == "杭州晨星科技有限公司"
        assert waiting.context["recent"] == [{"who": "user", "text": "我要投诉"}]

    def test_what_is_said_about_waiting_is_true(self, world: World, handoffs: Handoffs) -> None:
        handoffs.request("c1", "requested", {}, "t1")
        world.clock.advance(seconds=1)
        second = handoffs.request("c2", "requested", {}, "t2")
        assert (second.ahead, second.staffed) == (1, True)
        world.clock.advance(hours=10)  # 20:00
        third = handoffs.request("c3", "complaint", {}, "t3")
        assert third.ahead == 0, "a complaint goes first"
        assert not third.staffed and third.next_staffed == datetime(2026, 11, 25, 9, 0, tzinfo=CHINA)

    def test_the_place_that_is_told_is_the_place_in_the_queue(self, world: World, handoffs: Handoffs) -> None:
        for number, reason in enumerate(("requested", "complaint", "outbound", "requested", "failure")):
            handoffs.request(f"c{number}", reason, {}, "t1")  # at the same moment
        handoffs.take(handoffs.waiting()[0].handoff_id, "甲")
        places = [
            handoffs.request(each.conversation_id, "requested", {}, "t2").ahead for each in handoffs.waiting()
        ]
        assert places == [0, 1, 2, 3]
        assert handoffs.request(handoffs.with_people()[0].conversation_id, "requested", {}, "t2").ahead == 0

    def test_asking_twice_waits_once(self, handoffs: Handoffs) -> None:
        first = handoffs.request("c1", "requested", {}, "t1")
        again = handoffs.request("c1", "complaint", {}, "t2")
        assert again.again and again.handoff == first.handoff and len(handoffs.waiting()) == 1

    def test_two_people_cannot_take_the_same_one(self, handoffs: Handoffs) -> None:
        handoff = handoffs.request("c1", "requested", {}, "t1").handoff
        taken: list[Handoff | NotDone] = []
        people = [
            threading.Thread(target=lambda name=name: taken.append(handoffs.take(handoff.handoff_id, name)))
            for name in ("甲", "乙", "丙", "丁")
        ]
        for person in people:
            person.start()
        for person in people:
            person.join()
        assert sorted(type(each).__name__ for each in taken) == ["Handoff", "NotDone", "NotDone", "NotDone"]

    def test_it_comes_back_and_can_be_asked_for_again(self, handoffs: Handoffs) -> None:
        first = handoffs.request("c1", "requested", {}, "t1").handoff
        handoffs.take(first.handoff_id, "甲")
        assert handoffs.current("c1") is not None and handoffs.held("c1") and not handoffs.held("c2")
        refused = handoffs.close(first.handoff_id, "乙", "x")
        assert isinstance(refused, NotDone) and refused.code == "not_allowed"
        assert handoffs.held("c1"), "another person cannot give it back"
        closed = handoffs.close(first.handoff_id, "甲", "已解释")
        assert not handoffs.held("c1")
        assert isinstance(closed, Handoff) and closed.outcome == "已解释"
        assert handoffs.current("c1") is None
        assert not handoffs.request("c1", "requested", {}, "t2").again

    def test_he_may_change_his_mind_while_nobody_has_taken_it(self, handoffs: Handoffs) -> None:
        handoffs.request("c1", "requested", {}, "t1")
        assert handoffs.withdraw("c1") is not None and handoffs.waiting() == []
        second = handoffs.request("c1", "requested", {}, "t2").handoff
        handoffs.take(second.handoff_id, "甲")
        assert handoffs.withdraw("c1") is None


class TestCallback:
    @pytest.fixture
    def callbacks(self, world: World, desk: Desk) -> Callbacks:
        return Callbacks(SqlPeople(world.database), desk, world.clock)

    def test_a_call_is_promised_in_a_window(self, world: World, callbacks: Callbacks) -> None:
        draft = world.applications.draft(world.ready())
        promised = callbacks.request(draft, "t1", "明天下午三点以后", "套餐")
        assert isinstance(promised, Promised)
        assert promised.callback.window_from == datetime(2026, 11, 25, 15, 0, tzinfo=CHINA)
        assert callbacks.due(world.clock.now() + timedelta(days=2))[0].contact["phone"] == "13800138000"
        assert callbacks.due(world.clock.now()) == []
        callbacks.done(promised.callback.callback_id)
        assert callbacks.of("c1") == []
        assert isinstance(callbacks.cancel(promised.callback.callback_id), NotDone)

    def test_the_same_turn_promises_once(self, world: World, callbacks: Callbacks) -> None:
        draft = world.applications.draft(world.ready())
        first, again = (callbacks.request(draft, "t1", "随时") for _ in range(2))
        assert isinstance(first, Promised) and isinstance(again, Promised)
        assert again.again and again.callback == first.callback

    def test_without_consent_or_phone_nobody_can_be_called(self, world: World, callbacks: Callbacks) -> None:
        assert callbacks.request(world.applications.draft("c1"), "t1") == NotDone("consent_missing")
        world.applications.consent("c1", "granted", "t2")
        refused = callbacks.request(world.applications.draft("c1"), "t3")
        assert refused == NotDone("incomplete", {"missing": ("phone",)})


class TestTroubles:
    @pytest.fixture
    def troubles(self, world: World) -> Troubles:
        return Troubles(SqlPeople(world.database), load_troubles(), world.clock)

    def test_the_first_checks_come_before_a_ticket(self, world: World, troubles: Troubles) -> None:
        answers: dict[str, str] = {}
        asked = []
        while check := troubles.next_check("cannot_connect", answers):
            asked.append(check.id)
            answers[check.id] = "fine"
        assert asked[0] == "arrears" and "phone_settings" in asked  # F127, F129
        draft = world.applications.draft("c1")
        ticket = troubles.report(draft, "cannot_connect", answers, "一直嘟嘟嘟", "t1")
        assert troubles.open_tickets() == [ticket]
        assert troubles.report(draft, "cannot_connect", answers, "一直嘟嘟嘟", "t1") == ticket

    def test_a_found_cause_ends_the_questions(self, troubles: Troubles) -> None:
        answers = {"arrears": "cause"}
        assert troubles.next_check("cannot_connect", answers) is None
        cause = troubles.cause("cannot_connect", answers)
        assert cause is not None and "缴清" in cause.found

    def test_a_solved_ticket_stays_solved(self, world: World, troubles: Troubles) -> None:
        ticket = troubles.report(world.applications.draft("c1"), "odd", {}, "?", "t1")
        assert ticket.symptom == "other"
        troubles.set_status(ticket.number, "solved")
        assert troubles.open_tickets() == []
        assert isinstance(troubles.set_status(ticket.number, "open"), NotDone)


class TestGuidedTest:
    @pytest.fixture
    def tests(self, world: World) -> GuidedTests:
        return GuidedTests(SqlPeople(world.database), world.applications, load_troubles(), world.clock)

    def activated(self, world: World) -> str:
        reference = world.submitted()
        for status in ("reviewing", "approved", "signed", "paid", "activated"):
            world.applications.advance(reference, status, actor="operator", reason="desk")
        return reference

    def test_only_what_he_ordered_is_tested(self, tests: GuidedTests) -> None:
        ids = {item.id for item in tests.items(["ivr"])}
        assert {"T01", "T08", "T09"} <= ids and not {"T05", "T13"} & ids

    def test_a_passed_test_closes_the_journey(self, world: World, tests: GuidedTests) -> None:
        reference = self.activated(world)
        state = tests.state(reference)
        while isinstance(state, TestState) and state.next_item:
            state = tests.record(reference, state.next_item.id, "passed", "web")
        assert isinstance(state, TestState) and state.status == "closed" and state.done == state.total

    def test_a_failed_item_keeps_it_open_until_it_passes(self, world: World, tests: GuidedTests) -> None:
        reference = self.activated(world)
        for item in tests.items(["ivr", "recording"]):
            tests.record(reference, item.id, "failed" if item.id == "T08" else "passed")
        state = tests.state(reference)
        assert isinstance(state, TestState) and state.status == "activated"
        assert [item.id for item in state.failed] == ["T08"]
        state = tests.record(reference, "T08", "passed")
        assert isinstance(state, TestState) and state.status == "closed"

    def test_what_remains_is_what_was_not_tested_then_what_failed(
        self, world: World, tests: GuidedTests
    ) -> None:
        reference = self.activated(world)
        first, second, *rest = tests.items(["ivr", "recording"])
        tests.record(reference, first.id, "passed")
        assert tests.remaining(reference) == (second, *rest)
        tests.record(reference, second.id, "failed")
        for item in rest:
            tests.record(reference, item.id, "skipped")
        assert tests.remaining(reference) == (second,)
        tests.record(reference, second.id, "passed")
        assert tests.remaining(reference) == ()

    def test_there_is_nothing_to_test_before_activation(self, world: World, tests: GuidedTests) -> None:
        refused = tests.state(world.submitted())
        assert isinstance(refused, NotDone) and refused.code == "not_possible"


class TestContinueCodes:
    @pytest.fixture
    def continuing(self, world: World) -> Continuing:
        return Continuing(world.store, world.applications, world.clock, world.shelf)

    def test_the_application_goes_on_elsewhere(self, world: World, continuing: Continuing) -> None:
        world.say("web-1", region="杭州市")
        code = continuing.issue("web-1")
        assert len(code.code) == 6 and code.code.isdigit()
        moved = continuing.redeem("wechat-1", f"{code.code[:3]} {code.code[3:]}", "wechat")
        assert isinstance(moved, Draft) and moved.fields == {"region": "杭州市"}
        world.say("wechat-1", seats=3)
        assert world.applications.draft("web-1").get("seats") == 3, "both work on the same draft"

    def test_a_code_works_once_and_for_a_quarter_of_an_hour(
        self, world: World, continuing: Continuing
    ) -> None:
        first = continuing.issue("a")
        assert isinstance(continuing.redeem("b", first.code), Draft)
        assert continuing.redeem("c", first.code) == NotDone("no_match", {"tries_left": 4})
        second, long = continuing.issue("a"), continuing.issue("a", LONG)
        world.clock.advance(minutes=16)
        assert isinstance(continuing.redeem("d", second.code), NotDone)
        assert isinstance(continuing.redeem("d", long.code), Draft)

    def test_a_new_code_replaces_the_old_one(self, continuing: Continuing) -> None:
        old, _new = continuing.issue("a"), continuing.issue("a")
        assert isinstance(continuing.redeem("b", old.code), NotDone)

    def test_five_wrong_codes_lock(self, continuing: Continuing) -> None:
        right = continuing.issue("a").code
        wrong = f"{(int(right) + 1) % 10**6:06d}"
        for _ in range(5):
            refused = continuing.redeem("b", wrong)
        assert isinstance(refused, NotDone) and refused.code == "locked"
        assert isinstance(continuing.redeem("b", right), NotDone)
        assert isinstance(continuing.redeem("c", right), Draft)

    def test_the_number_of_the_draft_left_behind_is_freed(self, world: World, continuing: Continuing) -> None:
        world.say("a", region="杭州市")
        world.ready("b", "4007654321")
        continuing.redeem("b", continuing.issue("a").code)
        assert world.shelf.held == {}


def test_alike_unanswered_messages_are_one_gap(world: World) -> None:
    gaps = Gaps(SqlPeople(world.database), world.clock)
    for number, message in enumerate(
        ["能开视频会议吗", "能不能开视频会议", "可以开视频会议吗？", "你们收比特币吗"]
    ):
        gaps.note(f"c{number}", f"t{number}", message, [("value_added", 0.41234)], "web")
    gaps.note("c0", "t0", "能开视频会议吗", [])
    first, second = gaps.clusters()
    assert (first.count, first.conversations, first.guesses) == (3, 3, ("value_added",))
    assert second.examples == ("你们收比特币吗",)
    assert gaps.clusters(world.clock.now() + timedelta(seconds=1)) == []
