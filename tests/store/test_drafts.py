"""The draft: what is kept, what waits for consent, what is done once."""

from __future__ import annotations

from sqlalchemy import text

from hotline.business.cases import Change
from tests.store.world import CONTACT, NEED, World


def test_what_was_said_is_kept_and_no_longer_open(world: World) -> None:
    outcome = world.say(**NEED)
    assert set(outcome.changed) == set(NEED)
    draft = world.applications.draft("c1")
    assert draft.fields == NEED
    assert world.applications.open_fields(draft, "need") == ["growth_rate", "budget"]


def test_a_correction_names_the_old_and_the_new_value(world: World) -> None:
    world.say(monthly_minutes=3000)
    outcome = world.say(monthly_minutes="五千分钟")
    assert outcome.changes == (Change("monthly_minutes", 3000, 5000),)


def test_the_same_turn_again_changes_nothing_and_answers_the_same(world: World) -> None:
    first = world.applications.record("c1", {"feature": "ivr", "phone": "12"}, "t1", "web")
    revision = world.applications.draft("c1").revision
    assert world.applications.record("c1", {"feature": "ivr", "phone": "12"}, "t1", "web") == first
    assert world.applications.draft("c1").revision == revision


def test_other_values_in_the_same_turn_are_kept_too(world: World) -> None:
    world.applications.record("c1", {"seats": 3}, "t1", "web")
    world.applications.record("c1", {"region": "杭州市"}, "t1", "web")
    assert world.applications.draft("c1").fields == {"seats": 3, "region": "杭州市"}


def test_a_wrong_value_is_refused_alone(world: World) -> None:
    outcome = world.say(seats=-1, region="杭州市")
    assert [(each.field, each.code) for each in outcome.refused] == [("seats", "out_of_range")]
    assert world.applications.draft("c1").fields == {"region": "杭州市"}


def test_a_plan_that_is_not_sold_is_refused(world: World) -> None:
    assert world.say(plan="gold").refused[0].code == "not_a_choice"


def test_a_field_that_is_erased_is_open_again(world: World) -> None:
    world.say(**NEED)
    outcome = world.applications.erase("c1", "region", "e1")
    assert outcome.changes == (Change("region", "杭州市", None),)
    assert "region" in world.applications.open_fields(world.applications.draft("c1"), "need")


def test_a_field_said_anew_keeps_what_it_holds_until_then(world: World) -> None:
    world.say(**NEED)
    world.applications.reopen("c1", "region", "r1")
    draft = world.applications.draft("c1")
    assert draft.get("region") == "杭州市" and "region" in world.applications.open_fields(draft, "need")
    world.applications.keep("c1", "r2")
    draft = world.applications.draft("c1")
    assert draft.get("region") == "杭州市" and "region" not in world.applications.open_fields(draft, "need")


def test_a_volume_said_anew_in_other_words_replaces_the_old(world: World) -> None:
    world.say(monthly_minutes=3000)
    world.applications.reopen("c1", "seats", "r1")
    world.say(seats=4)
    draft = world.applications.draft("c1")
    assert draft.fields == {"seats": 4} and not draft.reopened


def test_features_grow_and_shrink(world: World) -> None:
    world.say(feature=["ivr", "recording"])
    world.say(feature="popup")
    world.say(feature={"remove": ["recording"]})
    assert world.applications.draft("c1").get("feature") == ["ivr", "popup"]
    world.say(feature={"set": []})
    assert world.applications.draft("c1").get("feature") == []
    assert "feature" not in world.applications.open_fields(world.applications.draft("c1"), "need")


def test_calls_a_day_said_later_replace_the_minutes_said_before(world: World) -> None:
    world.say(monthly_minutes=3000)
    outcome = world.say(daily_calls=50, call_minutes=3)
    assert outcome.changed["monthly_minutes"] == Change("monthly_minutes", 3000, None)


def test_contact_details_said_before_consent_wait_and_move_in(world: World) -> None:
    outcome = world.say(**CONTACT)
    assert set(outcome.held) == {"contact_name", "phone", "contact_time"}
    assert world.applications.draft("c1").fields == {}
    moved = world.applications.consent("c1", "granted", "t9", "web")
    assert set(moved.changed) == {"contact_name", "phone", "contact_time"}
    draft = world.applications.draft("c1")
    assert draft.get("phone") == "13800138000" and draft.volunteered == {}


def test_a_refusal_drops_what_was_volunteered_and_keeps_the_rest(world: World) -> None:
    world.say(phone="13800138000", region="杭州市")
    world.applications.consent("c1", "refused", "t9", "web")
    draft = world.applications.draft("c1")
    assert draft.volunteered == {} and draft.fields == {"region": "杭州市"}
    assert world.say(phone="13800138000").refused[0].code == "consent_refused"
    assert "phone" not in world.applications.open_fields(draft, "contact")


def test_a_withdrawal_takes_the_personal_fields_out(world: World) -> None:
    world.ready()
    outcome = world.applications.consent("c1", "withdrawn", "t99", "web")
    assert {each.field for each in outcome.changes} == {"contact_name", "phone", "contact_time"}
    assert "phone" not in world.applications.draft("c1").fields


def test_volunteered_details_are_gone_after_half_an_hour(world: World) -> None:
    world.say(phone="13800138000")
    world.clock.advance(minutes=31)
    assert world.applications.draft("c1").volunteered == {}
    assert world.applications.consent("c1", "granted", "t9", "web").changes == ()


def test_consent_is_asked_before_the_first_personal_field_and_once(world: World) -> None:
    draft = world.applications.draft("c1")
    assert world.applications.open_fields(draft, "contact") == [
        "company_name",
        "consent",
        "contact_name",
        "phone",
        "email",
        "contact_time",
    ]
    world.applications.consent("c1", "granted", "t1", "web")
    assert "consent" not in world.applications.open_fields(world.applications.draft("c1"), "contact")


def test_a_skipped_optional_field_is_not_asked_and_a_required_one_cannot_be_skipped(world: World) -> None:
    world.applications.skip("c1", "budget", "t1")
    assert "budget" not in world.applications.open_fields(world.applications.draft("c1"), "need")
    assert world.applications.skip("c1", "region", "t2").refused[0].code == "not_skippable"


def test_not_knowing_the_minutes_leads_to_the_next_question_about_volume(world: World) -> None:
    asked = []
    for turn in range(3):
        (name,) = (
            each
            for each in world.applications.open_fields(world.applications.draft("c1"), "need")
            if each in ("monthly_minutes", "daily_calls", "seats")
        )
        asked.append(name)
        world.applications.skip("c1", name, f"s{turn}")
    assert asked == ["monthly_minutes", "daily_calls", "seats"]
    left = world.applications.open_fields(world.applications.draft("c1"), "need")
    assert not {"monthly_minutes", "daily_calls", "seats"} & set(left)


def test_starting_over_empties_the_draft_but_not_the_consent(world: World) -> None:
    world.ready()
    before = world.applications.draft("c1").draft_id
    fresh = world.applications.start_over("c1")
    assert fresh.fields == {} and fresh.consent == "granted" and fresh.draft_id != before
    assert world.applications.draft("c1").draft_id == fresh.draft_id


def test_the_dialogue_keeps_its_scratch(world: World) -> None:
    world.applications.save_dialogue("c1", {"goal": "apply", "misses": 1})
    world.say(region="杭州市")
    assert world.applications.draft("c1").dialogue == {"goal": "apply", "misses": 1}


def test_nothing_the_customer_said_can_be_read_in_the_database(world: World) -> None:
    world.say(**CONTACT, company_name="杭州晨星科技有限公司")
    world.submitted("c2")
    with world.database.session(read_only=True) as session:
        for table in ("drafts", "draft_conversations", "draft_turns", "applications", "attempts"):
            rows = str(session.execute(text(f"SELECT * FROM {table}")).all())
            assert not any(word in rows for word in ("13800138000", "8000'", "王小明", "晨星")), table


def test_a_draft_that_is_read_twice_in_one_view_is_two_drafts(world: World) -> None:
    world.say(**NEED)
    with world.database.one_view():
        draft = world.applications.draft("c1")
        draft.fields["feature"].append("popup")
        draft.dialogue["asked"] = True
        assert world.applications.draft("c1").fields == NEED
        assert world.applications.draft("c1").dialogue == {}
