"""Points of the journey that a conversation may start from: what the draft holds by then, put there without talking.

`open_at(sv, cid, form, field)` leaves exactly one field of a form open, so that a form asks it first.
"""

from __future__ import annotations

from typing import Any

from hotline.business import process, reviewing
from hotline.business.cases import NotDone, Submitted
from hotline.business.consent import GRANTED
from hotline.business.fields import PERSONAL
from hotline.services import Services

NEED: dict[str, Any] = {
    "applicant_type": "enterprise",
    "usage_scenario": "consult",
    "monthly_minutes": 3000,
    "growth_rate": 0.2,
    "feature": ["ivr"],
    "bound_numbers": 3,
    "region": "杭州市",
    "budget": 500,
}
PLAN = {"plan": "service"}
PLACE = {"channel": "online", "company_name": "杭州晴川商贸有限公司"}
CONTACT = {
    "contact_name": "李文静",
    "phone": "13800138000",
    "email": "li@example.cn",
    "contact_time": "工作日下午",
}
PAPERS = {
    "handler": "legal_person",
    "industry": "餐饮",
    "material": ["business_license", "legal_person_id"],
}
EVERYTHING = {**NEED, **PLAN, **PLACE, **CONTACT, **PAPERS}
#: start → fields, passed by, consent
STARTS: dict[str, tuple[dict[str, Any], tuple[str, ...], bool]] = {
    "plan": (NEED, (), False),
    "number": ({**NEED, **PLAN}, (), False),
    "channel": ({**NEED, **PLAN}, ("hotline_number",), False),
    "consent": ({**NEED, **PLAN, **PLACE}, ("hotline_number",), False),
    "contact": ({**NEED, **PLAN, **PLACE}, ("hotline_number",), True),
    "materials": ({**NEED, **PLAN, **PLACE, **CONTACT}, ("hotline_number",), True),
    "submit": (EVERYTHING, ("hotline_number",), True),
}
#: start → the statuses that the submitted application went through
AFTERWARDS = {
    "submitted": (),
    "activated": ("reviewing", "approved", "signed", "paid", "activated"),
    "two_submitted": (),
}
_VOLUME = ("monthly_minutes", "daily_calls", "call_minutes", "seats")


def begin_at(sv: Services, cid: str, name: str) -> None:
    """Fill the draft of a conversation as if it had come this far."""
    fields, passed, agreed = STARTS["submit" if name in AFTERWARDS else name]
    _fill(sv, cid, fields, passed, agreed)
    for again in range(2 if name == "two_submitted" else 1 if name in AFTERWARDS else 0):
        if again:
            sv.applications.open_another(cid, "web")
            _fill(sv, cid, fields, passed, agreed, "again")
        done = sv.applications.submit(cid, "web", seen=reviewing.seen(sv.applications.draft(cid), ""))
        assert isinstance(done, Submitted), done
        for status in AFTERWARDS[name]:
            moved = sv.applications.advance(
                done.application.reference, status, actor=process.OPERATOR, reason="desk"
            )
            assert not isinstance(moved, NotDone), moved


def open_at(sv: Services, cid: str, form: str, field: str) -> None:
    """Fill the draft so that `field` is the first one that `form` asks."""
    fields = {name: value for name, value in EVERYTHING.items() if name != field}
    passed: tuple[str, ...] = ("hotline_number",) if field != "hotline_number" else ()
    if form == "number_form":
        fields = {**NEED, **PLAN}
    if field in _VOLUME:
        fields.pop("monthly_minutes", None)
        before = {"daily_calls": ("monthly_minutes",), "seats": ("monthly_minutes", "daily_calls")}
        passed += before.get(field, ())
        if field == "call_minutes":
            fields["daily_calls"] = 30
    if field == "consent":
        fields = {name: value for name, value in fields.items() if name not in PERSONAL}
    _fill(sv, cid, fields, passed, agreed=field != "consent")


def _fill(
    sv: Services, cid: str, fields: dict[str, Any], passed: tuple[str, ...], agreed: bool, turn: str = "start"
) -> None:
    if agreed:
        sv.applications.consent(cid, GRANTED, f"{turn}/consent", "web")
    outcome = sv.applications.record(cid, fields, f"{turn}/fields", "web")
    assert not outcome.refused and not outcome.held, outcome
    for name in passed:
        sv.applications.skip(cid, name, f"{turn}/{name}", "web")
