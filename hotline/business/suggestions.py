"""What we propose when a customer leaves a choice to us or does not know. Always to be confirmed, never silent."""

from __future__ import annotations

from hotline.business.drafts import Draft
from hotline.values.regions import parse_region

BOUND_NUMBERS = 3
_FEATURES = {
    "consult": ["ivr"],
    "after_sales": ["ivr", "recording"],  # F-table 用途与功能: who mends things wants proof of what was said
    "marketing": ["ivr", "analytics"],
}


def applicant_type(draft: Draft) -> str:
    """What its name says it is; else a company, as most are."""
    name = str(draft.get("company_name") or "")
    if "分公司" in name:
        return "branch"
    return "enterprise" if not name or "公司" in name else "individual_business"


def features(draft: Draft) -> list[str]:
    """What companies with his use usually take."""
    return list(_FEATURES.get(str(draft.get("usage_scenario")), ["ivr"]))


def region(draft: Draft) -> str | None:
    """The place that stands at the head of his company's name, if one does."""
    return parse_region(str(draft.get("company_name") or "")[:4])
