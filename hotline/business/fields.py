"""The fields of a draft: what each may hold, and why a value is refused.

A field bears the name of its slot and entity. Values come normalised from the understanding, or as the
customer's own words from a form; both pass here before they are kept. Nothing is stored in this module.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import phonenumbers
from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, ValidationError

from hotline.values.counts import parse_bound_numbers, parse_daily_calls, parse_seats
from hotline.values.credit_code import parse_credit_code
from hotline.values.emails import parse_email
from hotline.values.folding import fold
from hotline.values.growth import parse_growth
from hotline.values.hotline_numbers import parse_hotline_number
from hotline.values.minutes import parse_call_minutes, parse_monthly_minutes
from hotline.values.money import parse_budget
from hotline.values.phones import parse_phone
from hotline.values.regions import parse_region
from hotline.values.terms import parse_contract_months, parse_working_days

PERSONAL = frozenset({"contact_name", "phone", "email", "contact_time"})  # need consent before they are kept
LISTS = frozenset({"feature", "material"})
DETAILS = "papers"  # what he says about his papers: {material: {stamped, expires, legible, both_sides, …}}

APPLICANTS = ("enterprise", "individual_business", "institution", "social_group", "branch")
SCENARIOS = ("consult", "after_sales", "marketing", "other")
CHANNELS = ("hall", "10086", "online", "wechat")
HANDLERS = ("legal_person", "agent")  # who brings the papers: F-table 按申请主体
# fmt: off
FEATURES = (
    "ivr", "recording", "analytics", "popup", "voicemail", "missed_call", "ring_back_tone",
    "time_routing", "region_routing", "blacklist", "transfer", "satisfaction", "trunk",
    "hangup_sms",
)
MATERIALS = (
    "business_license", "legal_person_id", "agent_id", "authorization_letter", "org_code",
    "tax_registration", "bank_permit", "business_profile", "acceptance_form", "commitment_letter",
    "bound_number_proof", "industry_permit", "other",
)

# fmt: on

#: every code that a refusal can bear; the dialogue has words for each (a test of its own checks that)
REFUSALS = frozenset(
    {
        "empty",
        "too_short",
        "too_long",
        "not_a_choice",
        "not_a_number",
        "out_of_range",
        "range_reversed",
        "not_a_date",
        "personal_not_eligible",
        "no_letters",
        "phone_wrong",
        "phone_length",
        "phone_no_area_code",
        "phone_is_400",
        "phone_not_mainland",
        "email_wrong",
        "credit_code_length",
        "credit_code_characters",
        "credit_code_check",
        "region_unknown",
        "number_length",
        "number_not_mobile_segment",
        "unknown_field",
        "not_skippable",
        "consent_refused",
        "already_submitted",
    }
)


class Refusal(Exception):
    """A value that cannot be kept: a code of `REFUSALS` and the values that explain it."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values = code, values


@dataclass(frozen=True)
class Field:
    """One field: how a value is normalised, and whether the customer may pass it by."""

    name: str
    normalise: Callable[[Any], Any]
    optional: bool = False

    @property
    def personal(self) -> bool:
        """Whether it tells who a person is (kept only after consent)."""
        return self.name in PERSONAL


def _text(value: Any, low: int, high: int) -> str:
    text = re.sub(r"\s+", " ", str(value)).strip(" ,，。.;；!！")
    if not text:
        raise Refusal("empty")
    if len(text) < low:
        raise Refusal("too_short", minimum=low)
    if len(text) > high:
        raise Refusal("too_long", maximum=high)
    return text


def _free(low: int, high: int) -> Callable[[Any], str]:
    """Any text of `low` to `high` characters."""
    return lambda value: _text(value, low, high)


def _worded(low: int, high: int) -> Callable[[Any], str]:
    """Free text of `low` to `high` characters with at least one letter or ideograph."""

    def normalise(value: Any) -> str:
        text = _text(value, low, high)
        if not any(character.isalpha() for character in text):
            raise Refusal("no_letters")
        return text

    return normalise


def _person(value: Any) -> str:
    """A name; a surname alone will do ("姓张"), a person will ask for the rest."""
    return _worded(1 if re.fullmatch(r"[\u4e00-\u9fff]", str(value).strip()) else 2, 30)(value)


def _choice(choices: Collection[str]) -> Callable[[Any], str]:
    def normalise(value: Any) -> str:
        if value not in choices:
            raise Refusal("not_a_choice", choices=list(choices))
        return str(value)

    return normalise


def _applicant(value: Any) -> str:
    if value == "personal":  # F001: 400 only for organisations
        raise Refusal("personal_not_eligible", choices=list(APPLICANTS))
    return _choice(APPLICANTS)(value)


def _number(value: Any, low: Decimal, high: Decimal, whole: bool) -> int | float:
    try:
        number = Decimal(str(value).strip().replace(",", ""))
    except InvalidOperation:
        raise Refusal("not_a_number") from None
    if not number.is_finite():
        raise Refusal("not_a_number")
    if not low <= number <= high:
        raise Refusal("out_of_range", minimum=float(low), maximum=float(high))
    if number == number.to_integral_value():
        return int(number)
    return int(number.to_integral_value("ROUND_CEILING")) if whole else float(number)


def _amount(
    low: str, high: str, words: Callable[[str], Any], *, whole: bool = True, ranges: bool = True
) -> Callable[[Any], Any]:
    """A number within the limits, or ``{"from": a, "to": b}`` of two of them; `words` reads it from text."""
    least, most = Decimal(low), Decimal(high)

    def normalise(value: Any) -> Any:
        if isinstance(value, str) and (read := words(value)) is not None:
            value = read
        if not (isinstance(value, Mapping) and ranges):
            return _number(value, least, most, whole)
        if set(value) != {"from", "to"}:
            raise Refusal("not_a_number")
        start, end = (_number(value[end], least, most, whole) for end in ("from", "to"))
        if start > end:
            raise Refusal("range_reversed", start=start, end=end)
        return start if start == end else {"from": start, "to": end}

    return normalise


def _phone(value: Any) -> str:
    """11 digits of a mobile, ``区号-号码`` or ``区号-号码-分机`` of a landline (mainland China).

    Checked against the numbering plan of the phonenumbers library.
    """
    text = re.sub(r"[\s()（）]", "", fold(str(value)))
    text = re.sub(r"^(\+?86-?|0086-?)(?=[01]\d)", "", text)
    text, _, extension = re.sub(r"(?:转|ext\.?|x)(?=\d)", "#", text).partition("#")
    if match := re.fullmatch(r"(0\d{2,3}-?\d{7,8})-(\d{1,6})", text):
        text, extension = match[1], match[2]
    digits = text.replace("-", "")
    if not digits.isascii() or not digits.lstrip("+").isdigit():
        raise Refusal("phone_wrong")
    if digits.startswith("+"):
        raise Refusal("phone_not_mainland")
    if digits.startswith("400") and len(digits) == 10:
        raise Refusal("phone_is_400")
    if digits.startswith("1") and len(digits) != 11:
        raise Refusal("phone_length", length=len(digits), expected=11)
    if len(digits) in (7, 8):
        raise Refusal("phone_no_area_code")
    number = phonenumbers.PhoneNumber(country_code=86, national_number=int(digits.lstrip("0") or 0))
    if not digits.startswith(("0", "1")) or not phonenumbers.is_valid_number(number):
        raise Refusal("phone_wrong")
    if digits.startswith("1"):
        return digits
    area = phonenumbers.length_of_geographical_area_code(number)
    if not area:
        raise Refusal("phone_wrong")
    landline = f"{digits[: area + 1]}-{digits[area + 1 :]}"
    return f"{landline}-{extension}" if extension else landline


_EMAIL = re.compile(
    r"[a-z0-9_+%-]+(?:\.[a-z0-9_+%-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}"
)


def _email(value: Any) -> str:
    """Lower case; the usual subset of RFC 5321, at most 254 characters (section 4.5.3.1)."""
    text = fold(str(value)).strip().strip(".,;").lower()
    if len(text) > 254 or len(text.partition("@")[0]) > 64 or not _EMAIL.fullmatch(text):
        raise Refusal("email_wrong")
    return text


def _credit_code(value: Any) -> str:
    """18 characters with a check character, GB 32100-2015."""
    code = re.sub(r"[\s-]", "", fold(str(value))).upper()
    if len(code) != 18:
        raise Refusal("credit_code_length", length=len(code), expected=18)
    try:
        uscc.validate(code)
    except InvalidChecksum:
        raise Refusal("credit_code_check") from None
    except ValidationError:
        raise Refusal("credit_code_characters") from None
    return code


def _hotline(value: Any) -> str:
    """Ten digits; of China Mobile's segments 4001 and 4007 (F004, F005)."""
    digits = re.sub(r"[\s-]", "", fold(str(value)))
    if not (digits.isascii() and digits.isdigit() and len(digits) == 10):
        raise Refusal("number_length", expected=10)
    if not digits.startswith(("4001", "4007")):
        raise Refusal("number_not_mobile_segment", segment=digits[:4])
    return digits


def _region(value: Any) -> str:
    """The standard name of a province or city."""
    found = parse_region(_text(value, 1, 30))
    if found is None:
        raise Refusal("region_unknown")
    return found


def _said(normalise: Callable[[Any], Any], words: Callable[[str], Any]) -> Callable[[Any], Any]:
    """`normalise`, for a value that may stand in a sentence that `words` reads."""

    def read(value: Any) -> Any:
        try:
            return normalise(value)
        except Refusal:
            found = words(value) if isinstance(value, str) else None
            if found is None or found == value:
                raise
            with contextlib.suppress(Refusal):
                return normalise(found)
            raise

    return read


def _expiry(value: Any) -> str:
    """A day (ISO) or ``long_term``."""
    if value == "long_term":
        return "long_term"
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise Refusal("not_a_date") from None


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Refusal("not_a_choice", choices=[True, False])
    return value


_PAPER_DETAILS: dict[str, Callable[[Any], Any]] = {
    "expires": _expiry,
    "stamped": _flag,
    "legible": _flag,
    "both_sides": _flag,
    "same_person": _flag,  # the person on it is the legal person of the licence
    "recent": _flag,  # a proof of the last three months with full names (F085)
    "scope": _free(2, 2000),
}


def _papers(value: Any) -> dict[str, dict[str, Any]]:
    """Details by material; nothing in them says who somebody is."""
    if not isinstance(value, Mapping):
        raise Refusal("not_a_choice", choices=list(MATERIALS))
    found: dict[str, dict[str, Any]] = {}
    for material, details in value.items():
        known = found.setdefault(_choice(MATERIALS)(material), {})
        for name, said in details.items():
            known[_choice(list(_PAPER_DETAILS))(name)] = _PAPER_DETAILS[name](said)
    return found


_FIELDS = [
    Field("applicant_type", _applicant),
    Field("usage_scenario", _choice(SCENARIOS)),
    Field("industry", _worded(1, 40), optional=True),
    Field("monthly_minutes", _amount("1", "10000000", parse_monthly_minutes)),
    Field("daily_calls", _amount("1", "100000", parse_daily_calls)),
    Field("call_minutes", _amount("0.1", "240", parse_call_minutes, whole=False)),
    Field("seats", _amount("1", "10000", parse_seats)),
    Field("working_days", _amount("1", "31", parse_working_days, ranges=False), optional=True),
    Field("growth_rate", _amount("0", "10", parse_growth, whole=False, ranges=False), optional=True),
    Field("feature", _choice(FEATURES)),
    Field("bound_numbers", _amount("1", "1000", parse_bound_numbers, ranges=False)),
    Field("region", _region),
    Field("budget", _amount("1", "10000000", parse_budget), optional=True),
    Field("contract_months", _amount("1", "120", parse_contract_months, ranges=False), optional=True),
    Field("long_contract", _flag, optional=True),
    Field("plan", _free(1, 32)),  # an id of the catalogue: `Applications` knows which exist
    Field("hotline_number", _said(_hotline, parse_hotline_number), optional=True),
    Field("channel", _choice(CHANNELS)),
    Field("company_name", _worded(4, 60)),
    Field("contact_name", _person),
    Field("phone", _said(_phone, parse_phone)),
    Field("email", _said(_email, parse_email), optional=True),
    Field("contact_time", _free(1, 60)),
    Field("credit_code", _said(_credit_code, parse_credit_code), optional=True),
    Field("handler", _choice(HANDLERS)),
    Field("material", _choice(MATERIALS)),
    Field(DETAILS, _papers, optional=True),
]
FIELDS: dict[str, Field] = {field.name: field for field in _FIELDS}


def normalise(name: str, value: Any, current: Any = None) -> Any:
    """The value to keep for field `name`; `current` is what it holds now (lists grow).

    A list field takes one item, a list of them (added), ``{"remove": […]}`` or ``{"set": […]}``.
    Raises Refusal.
    """
    field = FIELDS.get(name)
    if field is None:
        raise Refusal("unknown_field", field=name)
    if name == DETAILS:
        said = field.normalise(value)
        known = dict(current or {})
        return {**known, **{each: {**known.get(each, {}), **details} for each, details in said.items()}}
    if name not in LISTS:
        return field.normalise(value)
    kept = list(current or [])
    if isinstance(value, Mapping) and set(value) == {"set"}:
        kept, value = [], value["set"]
    elif isinstance(value, Mapping) and set(value) == {"remove"}:
        gone = {field.normalise(item) for item in _listed(value["remove"])}
        return [item for item in kept if item not in gone]
    for item in _listed(value):
        if (found := field.normalise(item)) not in kept:
            kept.append(found)
    return kept


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple, set, frozenset)) else [value]
