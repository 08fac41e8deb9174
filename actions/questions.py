"""Which form puts which questions. The order and what is still open is the business's to say (`drafts.open_fields`)."""

from __future__ import annotations

from hotline.business.drafts import CHANNEL, CONSENT, CONTACT, DOCUMENTS, NEED, NUMBER, PLAN

#: form → the tasks of the draft that it works through
TASKS: dict[str, tuple[str, ...]] = {
    "need_form": (NEED, PLAN),
    "number_form": (NUMBER,),
    "contact_form": (CHANNEL, CONTACT),
    "materials_form": (DOCUMENTS,),
}
#: form → every field it may ask (domain.yml lists the same; a test compares)
FORMS: dict[str, tuple[str, ...]] = {
    "need_form": (
        "applicant_type",
        "usage_scenario",
        "monthly_minutes",
        "daily_calls",
        "call_minutes",
        "seats",
        "growth_rate",
        "feature",
        "bound_numbers",
        "region",
        "budget",
        "plan",
    ),
    "number_form": ("hotline_number",),
    "contact_form": ("channel", "company_name", CONSENT, "contact_name", "phone", "email", "contact_time"),
    "materials_form": ("applicant_type", "region", "handler", "industry", "material"),
    "submit_form": ("submit_confirmed",),
    "status_form": ("application_id", "phone_tail"),
    "test_form": ("test_result",),
    "callback_form": (CONSENT, "contact_name", "phone", "contact_time"),
}
#: the order of the journey: which form follows when an application is being made
JOURNEY = ("need_form", "number_form", "contact_form", "materials_form", "submit_form")
