"""Working days, spoken times, references, the ways to apply, the table of steps: pure rules."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.business import process
from hotline.business.calendar import Calendar
from hotline.business.channels import advise_channel, load_channels
from hotline.business.consent import load_terms
from hotline.business.desk import Desk, load_desk
from hotline.business.drafts import Draft, completeness, open_fields
from hotline.business.fields import CHANNELS
from hotline.business.process import IllegalTransition, check_transition
from hotline.business.references import ALPHABET, new_reference, parse_reference, spoken_form
from hotline.business.troubles_file import load_troubles
from hotline.clock import CHINA
from hotline.datafile import DATA, DataError

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=CHINA)  # a Tuesday


@pytest.fixture(scope="module")
def desk() -> Desk:
    return load_desk(Calendar.load())


class TestWorkingDays:
    def test_the_day_of_submission_does_not_count(self) -> None:
        expected = Calendar.load().expected(date(2026, 11, 24), 3, 7)
        assert (expected.earliest, expected.latest, expected.certain) == (
            date(2026, 11, 27),
            date(2026, 12, 3),
            True,
        )

    def test_holidays_are_skipped_and_shifted_weekends_count(self) -> None:
        calendar = Calendar.load()
        assert not calendar.is_working(date(2026, 10, 1)) and calendar.is_working(date(2026, 10, 10))
        assert calendar.after(date(2026, 9, 30), 1) == date(2026, 10, 8)

    def test_an_uncovered_year_is_counted_by_weekdays_and_says_so(self) -> None:
        expected = Calendar.load().expected(date(2026, 12, 28), 3, 7)
        assert expected.latest == date(2027, 1, 6) and not expected.certain

    def test_the_operators_days_lie_over_the_library(self, tmp_path: Path) -> None:
        file = tmp_path / "holidays.yml"
        file.write_text("years: [2027]\nrest: [2027-01-01]\nwork: [2027-01-03]\n", encoding="utf-8")
        calendar = Calendar.load(file)
        assert not calendar.is_working(date(2027, 1, 1)) and calendar.is_working(date(2027, 1, 3))
        assert calendar.expected(date(2026, 12, 28), 3, 7).certain

    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ("years: []\nrest: [tomorrow]\nwork: []\n", 2),
            ("years: []\nrest: [2027-01-01]\nwork: [2027-01-01]\n", 3),
            ("years: []\nholidays: []\n", 2),
        ],
    )
    def test_a_mistake_is_told_with_its_line(self, tmp_path: Path, text: str, line: int) -> None:
        file = tmp_path / "holidays.yml"
        file.write_text(text, encoding="utf-8")
        with pytest.raises(DataError) as told:
            Calendar.load(file)
        assert told.value.line == line

    @given(st.dates(date(2024, 1, 1), date(2026, 11, 1)), st.integers(1, 30))
    def test_the_count_is_right_whatever_lies_between(self, start: date, days: int) -> None:
        calendar = Calendar()
        end = calendar.after(start, days)
        between = (date.fromordinal(day) for day in range(start.toordinal() + 1, end.toordinal() + 1))
        assert sum(map(calendar.is_working, between)) == days and calendar.is_working(end)


class TestSpokenTimes:
    @pytest.mark.parametrize(
        ("said", "start", "end"),
        [
            ("明天下午三点以后", "11-25 15:00", "11-25 18:00"),
            ("工作日上午", "11-24 10:30", "11-24 12:00"),
            ("随时", "11-24 10:30", "11-24 18:00"),
            ("今天下午2点到4点", "11-24 14:00", "11-24 16:00"),
            ("下周一上午十点半", "11-30 10:30", "11-30 11:30"),
            ("下午5点前", "11-24 14:00", "11-24 17:00"),
            ("周五下午", "11-27 14:00", "11-27 18:00"),
            ("三点", "11-24 15:00", "11-24 16:00"),
            ("12月1号下午", "12-01 14:00", "12-01 18:00"),
            ("大后天", "11-27 09:00", "11-27 18:00"),
        ],
    )
    def test_a_spoken_time_becomes_a_window(self, desk: Desk, said: str, start: str, end: str) -> None:
        window = desk.window(said, NOW)
        assert (f"{window.start:%m-%d %H:%M}", f"{window.end:%m-%d %H:%M}") == (start, end)
        assert not window.moved

    @pytest.mark.parametrize(("said", "start"), [("晚上七点", "11-25 09:00"), ("周末", "11-30 09:00")])
    def test_a_time_when_nobody_is_there_moves_and_says_so(self, desk: Desk, said: str, start: str) -> None:
        window = desk.window(said, NOW)
        assert window.moved and f"{window.start:%m-%d %H:%M}" == start

    @given(
        st.text("今明后天下周一五上午晚点半以前后到3 15:30末月号", max_size=12),
        st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 20)),
    )
    def test_whatever_is_said_the_window_is_ahead_and_staffed(self, said: str, moment: datetime) -> None:
        desk, now = load_desk(Calendar()), moment.replace(tzinfo=CHINA)
        window = desk.window(said, now)
        assert now <= window.start < window.end and desk.is_staffed(window.start)


class TestReferences:
    @given(st.integers(0, 7), st.sampled_from(ALPHABET))
    def test_every_single_slip_is_noticed(self, place: int, other: str) -> None:
        reference = new_reference()
        slipped = reference[:place] + other + reference[place + 1 :]
        assert (parse_reference(slipped) == slipped) == (slipped == reference)

    @given(st.integers(0, 6))
    def test_every_swap_of_neighbours_is_noticed(self, place: int) -> None:
        reference = new_reference()
        swapped = reference[:place] + reference[place + 1] + reference[place] + reference[place + 2 :]
        assert (parse_reference(swapped) == swapped) == (swapped == reference)

    def test_any_writing_of_it_is_read(self) -> None:
        reference = new_reference()
        for writing in (reference.lower(), spoken_form(reference), " ".join(reference)):
            assert parse_reference(writing) == reference
        assert parse_reference("hello") is None and parse_reference("") is None

    def test_nothing_in_it_is_mistaken_on_the_phone(self) -> None:
        assert not set("01ILOQ8BDUVWY9GSZ") & set(ALPHABET) and len(ALPHABET) == 19


class TestSteps:
    def test_the_customer_can_cancel_until_the_contract(self) -> None:
        cancellable = {
            status
            for status in process.STATUSES
            if process.CANCELLED in process.next_statuses(status, process.CUSTOMER)
        }
        assert cancellable == {"submitted", "reviewing", "supplement_needed", "approved"}

    @pytest.mark.parametrize(
        ("source", "target", "actor", "code"),
        [
            ("submitted", "paid", "operator", "not_possible"),
            ("closed", "reviewing", "operator", "not_possible"),
            ("submitted", "approved", "customer", "not_possible"),
            ("reviewing", "approved", "customer", "not_allowed"),
            ("submitted", "flying", "operator", "unknown_status"),
            ("submitted", "reviewing", "stranger", "unknown_status"),
        ],
    )
    def test_what_the_table_does_not_allow_is_refused(
        self, source: str, target: str, actor: str, code: str
    ) -> None:
        with pytest.raises(IllegalTransition) as refused:
            check_transition(source, target, actor)
        assert refused.value.code == code


class TestChannels:
    def test_every_channel_has_words_for_every_status(self) -> None:
        guide = load_channels()
        for channel in CHANNELS:
            for status in process.STATUSES[1:]:
                assert guide.next_step(channel, status).text
        assert (guide.review_least, guide.review_most) == (3, 7)

    def test_a_status_without_words_stops_the_start(self, tmp_path: Path) -> None:
        text = (DATA / "catalog" / "channels.yml").read_text(encoding="utf-8")
        file = tmp_path / "channels.yml"
        file.write_text(text.replace("    rejected:\n", "    refused:\n", 1), encoding="utf-8")
        with pytest.raises(DataError, match="refused"):
            load_channels(file)

    @pytest.mark.parametrize(
        ("fields", "wishes", "channel", "reason"),
        [
            ({}, set(), "online", "simple_case"),
            ({"bound_numbers": 40}, set(), "hall", "many_bound_numbers"),
            ({"feature": ["trunk"]}, set(), "hall", "needs_trunk"),
            ({"applicant_type": "institution"}, set(), "hall", "special_applicant"),
            ({}, {"unpractised", "no_trip"}, "10086", "unpractised"),
            ({}, {"face_to_face"}, "hall", "face_to_face"),
            ({}, {"any_time"}, "online", "any_time"),
        ],
    )
    def test_the_way_that_suits_him_is_named_with_why(
        self, fields: dict[str, object], wishes: set[str], channel: str, reason: str
    ) -> None:
        advice = advise_channel(Draft("d", "c", fields=dict(fields)), frozenset(wishes))
        assert advice.channel == channel and reason in {each.code for each in advice.reasons}
        assert {advice.channel, *advice.others} == {"hall", "10086", "online"}


def test_consent_covers_exactly_the_personal_fields(tmp_path: Path) -> None:
    assert load_terms().upload_days > 0
    text = (DATA / "catalog" / "consent.yml").read_text(encoding="utf-8")
    file = tmp_path / "consent.yml"
    file.write_text(text.replace("[contact_name, phone, email, contact_time]", "[phone]"), encoding="utf-8")
    with pytest.raises(DataError, match="kinds"):
        load_terms(file)


def test_the_test_after_activation_has_eighteen_items_in_order(tmp_path: Path) -> None:
    assert [item.id for item in load_troubles().test] == [f"T{number:02d}" for number in range(1, 19)]
    text = (DATA / "catalog" / "troubles.yml").read_text(encoding="utf-8")
    file = tmp_path / "troubles.yml"
    file.write_text(text.replace("{id: T18", "{id: T19"), encoding="utf-8")
    with pytest.raises(DataError, match="T18"):
        load_troubles(file)


class TestOpenFields:
    def test_the_need_is_asked_in_its_order(self) -> None:
        assert open_fields(Draft("d", "c"), "need") == [
            "applicant_type",
            "usage_scenario",
            "monthly_minutes",
            "growth_rate",
            "feature",
            "bound_numbers",
            "region",
            "budget",
        ]

    @pytest.mark.parametrize(
        ("fields", "question"),
        [
            ({"monthly_minutes": 3000}, None),
            ({"seats": 3}, None),
            ({"daily_calls": 50}, "call_minutes"),
            ({"call_minutes": 3}, "daily_calls"),
            ({"daily_calls": 50, "call_minutes": 3}, None),
        ],
    )
    def test_the_volume_is_known_in_three_ways(self, fields: dict[str, object], question: str | None) -> None:
        asked = open_fields(Draft("d", "c", fields=dict(fields)), "need")
        volume = [
            name for name in asked if name in ("monthly_minutes", "daily_calls", "call_minutes", "seats")
        ]
        assert volume == ([question] if question else [])

    def test_an_unknown_task_is_a_mistake_of_the_caller(self) -> None:
        with pytest.raises(KeyError):
            open_fields(Draft("d", "c"), "dance")

    @given(st.dictionaries(st.sampled_from(["region", "plan", "phone", "seats", "channel"]), st.just("x")))
    def test_done_and_missing_add_up(self, fields: dict[str, object]) -> None:
        report = completeness(Draft("d", "c", fields=dict(fields), consent="granted"))
        assert report.done + len(report.missing) == report.total and report.done >= 0
