"""What a summary showed is compared by its lines, and gives nothing away."""

from __future__ import annotations

from dataclasses import replace

from hotline.business.drafts import Draft
from hotline.business.reviewing import COST, changed, seen, without

DRAFT = Draft("draft-1", "c1", fields={"plan": "service", "phone": "13800138000", "monthly_minutes": 3000})


def test_only_what_is_shown_or_counted_with_counts() -> None:
    more = replace(
        DRAFT, fields={**DRAFT.fields, "material": ["business_license"]}, revision=7, consent="granted"
    )
    assert seen(more, "360") == seen(DRAFT, "360")


def test_the_cost_is_named_only_where_nothing_else_explains_it() -> None:
    dearer = replace(DRAFT, fields={**DRAFT.fields, "monthly_minutes": 9000})
    assert changed(seen(DRAFT, "360"), seen(DRAFT, "420")) == (COST,)
    assert changed(seen(DRAFT, "360"), seen(dearer, "420")) == ("monthly_minutes",)


def test_what_was_told_for_the_first_time_and_what_is_gone_have_changed() -> None:
    added = replace(DRAFT, fields={**DRAFT.fields, "email": "li@example.cn"})
    assert changed(seen(DRAFT, ""), seen(added, "")) == ("email",)
    assert changed(seen(added, ""), seen(DRAFT, "")) == ("email",)


def test_a_change_of_his_own_is_no_surprise_but_was_not_shown_yet() -> None:
    own = replace(DRAFT, fields={**DRAFT.fields, "phone": "13900139000"})
    before, now = without(seen(DRAFT, "360"), {"phone"}), seen(own, "420")
    assert changed(before, now) == () and before != now


def test_what_was_seen_of_one_draft_confirms_no_other() -> None:
    assert seen(replace(DRAFT, draft_id="draft-2"), "") != seen(DRAFT, "")
