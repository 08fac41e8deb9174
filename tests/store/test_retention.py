"""Deletion of one person everywhere, and of what is older than promised."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from PIL import Image
from sqlalchemy import text

from hotline.business.calendar import Calendar
from hotline.business.callbacks import Callbacks
from hotline.business.consent import load_terms
from hotline.business.continuing import Continuing
from hotline.business.desk import load_desk
from hotline.business.gaps import Gaps
from hotline.business.handoff import Handoffs
from hotline.business.retention import Retention, Subject
from hotline.business.troubles import Troubles
from hotline.business.troubles_file import load_troubles
from hotline.business.uploads import Upload, Uploads
from hotline.store.erasure import SqlErasure
from hotline.store.journal import Journal, Outgoing, Received, turn_id_of
from hotline.store.models import applications, service
from hotline.store.models.base import Base
from hotline.store.papers import SqlUploads
from hotline.store.people import SqlPeople
from hotline.store.trackers import Append, LogEraser, TrackerLog
from tests.store.world import World

EVIDENCE = {"deletions", "attempts"}  # a receipt without a name; counts under fingerprints


@dataclass
class Tracker:
    """Another room that takes part in deletions."""

    name: str = "tracker"
    seen: list[Subject] = field(default_factory=list)
    broken: bool = False

    def erase(self, subject: Subject) -> int:
        if self.broken:
            raise OSError("tracker unreachable")
        self.seen.append(subject)
        return 7


@pytest.fixture
def tracker() -> Tracker:
    return Tracker()


@pytest.fixture
def retention(world: World, tracker: Tracker) -> Retention:
    made = Retention(SqlErasure(world.database), world.clock, load_terms(), hold=world.shelf)
    made.register(tracker)
    return made


def licence() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((1700, 1200), 90).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def leave_traces(world: World, conversation: str) -> None:
    """One of everything that a conversation can leave behind."""
    people = SqlPeople(world.database)
    desk = load_desk(Calendar.load())
    draft = world.applications.draft(conversation)
    assert isinstance(
        Uploads(SqlUploads(world.database), load_terms(), world.clock).accept(
            draft, "business_license", licence()
        ),
        Upload,
    )
    Handoffs(people, desk, world.clock).request(conversation, "requested", {"a": 1}, "h1")
    Callbacks(people, desk, world.clock).request(draft, "b1")
    Troubles(people, load_troubles(), world.clock).report(draft, "busy", {}, "占线", "r1")
    Gaps(people, world.clock).note(conversation, f"{conversation}-g1", "听不懂的话")
    Continuing(world.store, world.applications, world.clock).issue(conversation)
    world.applications.save_dialogue(conversation, {"goal": "apply"})


def rows(world: World) -> dict[str, int]:
    ours = sorted(
        mapper.class_.__tablename__
        for mapper in Base.registry.mappers
        if mapper.class_.__module__ in (applications.__name__, service.__name__)
    )
    with world.database.session(read_only=True) as session:
        return {name: session.execute(text(f"SELECT count(*) FROM {name}")).scalar() for name in ours}


def left(world: World, besides: Sequence[str] = ()) -> dict[str, int]:
    return {
        name: count
        for name, count in rows(world).items()
        if count and name not in EVIDENCE and name not in besides
    }


def test_one_person_is_deleted_everywhere_with_a_receipt(
    world: World, retention: Retention, tracker: Tracker
) -> None:
    reference = world.submitted()
    leave_traces(world, "c1")
    full = rows(world)
    receipt = retention.erase("c1", "web")
    assert left(world) == {}
    assert receipt.counts["applications"] == 1 and receipt.counts["tracker"] == 7
    assert {"uploads", "handoffs", "callbacks", "tickets", "gaps"} <= set(receipt.counts)
    assert all(full[name] for name in ("uploads", "handoffs", "callbacks", "tickets", "gaps", "consents"))
    assert tracker.seen[0].conversation_ids == ("c1",) and tracker.seen[0].references == (reference,)
    assert world.shelf.held == {}
    again = retention.receipt(receipt.receipt)
    assert again is not None and again.counts == receipt.counts


def test_the_other_channels_of_the_same_draft_go_too(
    world: World, retention: Retention, tracker: Tracker
) -> None:
    world.ready("web-1")
    continuing = Continuing(world.store, world.applications, world.clock)
    continuing.redeem("wechat-1", continuing.issue("web-1").code, "wechat")
    retention.erase("wechat-1")
    assert tracker.seen[0].conversation_ids == ("web-1", "wechat-1")
    assert left(world) == {}


def test_an_application_that_he_went_on_from_goes_too(world: World, retention: Retention) -> None:
    """A second channel of the same draft opened a new one: deleting there reaches the first application."""
    reference = world.submitted()
    world.store.link("c2", world.applications.draft("c1").draft_id, "wechat", world.clock.now())
    world.applications.open_another("c2", "wechat")
    retention.erase("c2", "wechat")
    assert world.applications.application(reference) is None
    assert world.applications.own("c1") == world.applications.own("c2") == []


def test_other_people_keep_theirs(world: World, retention: Retention) -> None:
    world.submitted("c1", "4001234567")
    world.submitted("c2", "4007654321", phone="13900139000")
    leave_traces(world, "c2")
    before = rows(world)
    retention.erase("c1")
    assert world.shelf.held.keys() == {"4007654321"}
    assert rows(world)["uploads"] == before["uploads"] and len(world.applications.own("c2")) == 1


def test_what_a_contract_obliges_to_keep_stays_and_is_said(world: World, retention: Retention) -> None:
    reference = world.submitted()
    for status in ("reviewing", "approved", "signed"):
        world.applications.advance(reference, status, actor="operator", reason="desk")
    receipt = retention.erase("c1")
    assert receipt.kept == (reference,)
    assert left(world, ["applications", "application_events"]) == {}
    assert "4001234567" in world.shelf.held


def test_staff_can_delete_by_phone_over_all_conversations(world: World, retention: Retention) -> None:
    world.submitted("c1", "4001234567")
    world.ready("c2", None)
    world.ready("c3", None, phone="13900139000")
    retention.erase_phone("13800138000")
    assert rows(world)["drafts"] == 1 and world.applications.draft("c3").get("phone") == "13900139000"


def test_a_deletion_that_fails_halfway_deletes_nothing(
    world: World, retention: Retention, tracker: Tracker
) -> None:
    world.submitted()
    before = rows(world)
    tracker.broken = True
    with pytest.raises(OSError, match="unreachable"):
        retention.erase("c1")
    assert rows(world) == before


def test_a_forgotten_draft_goes_after_thirty_days_with_its_tracker(
    world: World, retention: Retention, tracker: Tracker
) -> None:
    world.ready("old")
    leave_traces(world, "old")
    world.clock.advance(days=29)
    world.ready("new", None)
    retention.run()
    assert rows(world)["drafts"] == 2
    world.clock.advance(days=2)
    retention.run()
    assert rows(world)["drafts"] == 1 and tracker.seen[-1].conversation_ids == ("old",)
    assert world.shelf.held == {}


def test_a_running_application_outlives_the_draft_days(world: World, retention: Retention) -> None:
    reference = world.submitted()
    world.clock.advance(days=60)
    retention.run()
    assert world.applications.application(reference) is not None
    assert world.applications.draft("c1").reference == reference


def test_a_finished_application_goes_after_its_years(world: World, retention: Retention) -> None:
    world.applications.cancel(world.submitted(), "changed_mind")
    world.clock.advance(days=load_terms().application_days - 1)
    retention.run()
    assert rows(world)["applications"] == 1
    world.clock.advance(days=2)
    retention.run()
    assert left(world) == {}


def test_volunteered_details_are_wiped_from_the_row_too(world: World, retention: Retention) -> None:
    world.say(phone="13800138000")
    world.clock.advance(minutes=31)
    assert retention.run()["volunteered"] == 1
    with world.database.session(read_only=True) as session:
        assert session.execute(text("SELECT volunteered FROM drafts")).scalar() is None


def test_uploads_go_after_ninety_days(world: World, retention: Retention) -> None:
    world.submitted()
    leave_traces(world, "c1")
    world.clock.advance(days=load_terms().upload_days + 1)
    assert retention.run()["uploads"] == 1


def test_starting_over_keeps_nothing_of_the_old_draft(world: World) -> None:
    world.ready("c1", None)
    world.applications.start_over("c1")
    assert rows(world)["drafts"] == 1


class TestConversations:
    """What the runtime keeps: event logs, messages in and out, meanings of buttons."""

    @pytest.fixture
    def journal(self, world: World) -> Journal:
        assert world.database.vault is not None
        return Journal(TrackerLog(world.database, world.database.vault))

    @pytest.fixture
    def eraser(self, retention: Retention, journal: Journal) -> LogEraser:
        made = LogEraser(journal.log)
        retention.register(made)
        return made

    def turn(self, journal: Journal, who: str, client_id: str, forget: bool = False) -> list[Outgoing]:
        """One message and its answer, with an event and a button."""
        number = turn_id_of(who, client_id)
        message = Received(number, who, client_id, "web", {"text": "我是王小明"}, 1.0)
        tail = journal.log.read(who)
        version, length = (tail.version, tail.length) if tail else (0, 0)
        new = Append(who, version, length, [{"event": "user", "text": "我是王小明"}], 0)
        return journal.commit(message, [new], [{"text": "好的"}], {"d" * 8 + client_id: "/inform"}, forget)

    def kept(self, world: World, who: str) -> dict[str, int]:
        tables = ("chunk", "inbox", "outbox", "button")
        with world.database.session(read_only=True) as session:
            return {
                table: session.execute(
                    text(f"SELECT count(*) FROM runtime_{table} WHERE conversation_id = :who"), {"who": who}
                ).scalar_one()
                for table in tables
            }

    def test_they_go_with_the_person(
        self, world: World, retention: Retention, journal: Journal, eraser: LogEraser
    ) -> None:
        for who in ("c1", "c2"):
            world.ready(who, number=None)
            self.turn(journal, who, "m1")
        receipt = retention.erase("c1")
        assert receipt.counts["conversations"] == 1
        assert set(self.kept(world, "c1").values()) == {0} and journal.log.read("c1") is None
        assert set(self.kept(world, "c2").values()) == {1}

    def test_a_turn_under_way_deletes_its_conversation_at_its_own_commit(
        self, world: World, retention: Retention, journal: Journal, eraser: LogEraser
    ) -> None:
        world.ready("c1", number=None)
        self.turn(journal, "c1", "m1")
        eraser.postpone = lambda conversation: conversation == "c1"
        assert retention.erase("c1").counts["conversations"] == 1
        assert self.kept(world, "c1")["chunk"] == 1, "not under the turn"
        farewell = self.turn(journal, "c1", "m2", forget=True)
        assert self.kept(world, "c1") == {"chunk": 0, "inbox": 1, "outbox": 1, "button": 1}
        assert [reply.seq for reply in farewell] == [1]
        assert journal.log.read("c1") is None, "the next message begins anew"
        assert [line.payload["text"] for line in journal.history("c1")] == ["", "好的"]
        assert journal.open("c1", turn_id_of("c1", "m2")).replies == farewell, "and a repetition is known"

    def test_a_message_after_it_is_an_ordinary_first_one(self, journal: Journal) -> None:
        self.turn(journal, "c1", "m1")
        self.turn(journal, "c1", "m2", forget=True)
        (reply,) = self.turn(journal, "c1", "m3")
        tail = journal.log.read("c1")
        assert reply.seq == 2 and tail is not None and tail.length == 1
