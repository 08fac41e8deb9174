"""What the actions ask of the services, in the dialogue's terms (forms, buttons, wishes)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from actions.questions import JOURNEY, TASKS
from hotline.business import drafts
from hotline.business.catalog import Plan
from hotline.business.channels import ChannelAdvice, advise_channel
from hotline.business.compare import Comparison, compare
from hotline.business.estimate import Estimate, Volume, estimate, span
from hotline.business.plans import Recommendation, need_from, recommend
from hotline.business.quotes import Need, Quote
from hotline.business.reason import Reason
from hotline.business.volume_said import VOLUME
from hotline.services import Services

_ORDINAL = re.compile(r"第\s*([一二三四五六七八九1-9])\s*个|(?:最后|末)一?个|(这个|就它|这一个)")
_DIGITS = {character: index + 1 for index, character in enumerate("一二三四五六七八九")}


class Toolbox:
    """Questions that several actions have, answered from one conversation's draft."""

    def __init__(self, services: Services, cid: str, channel: str) -> None:
        self.sv, self.cid, self.channel = services, cid, channel

    # ---- forms
    def open_fields(self, form: str, slot: Callable[[str], Any]) -> list[str]:
        """The questions that a form still has."""
        if form in TASKS:
            draft = self.sv.applications.draft(self.cid)
            found = [name for task in TASKS[form] for name in drafts.open_fields(draft, task)]
            if form != "contact_form" or draft.consent not in ("refused", "withdrawn"):
                return found
            kept = [name for name in found if name in ("channel", "company_name")]
            return [*kept, "consent"] if slot("consent_again") else []
        if form == "callback_form":
            return self._callback()
        if form == "test_form":
            return ["test_result"] if slot("test_left") else []
        if form == "submit_form" and any(self.open_fields(part, slot) for part in JOURNEY[:-1]):
            return []  # something was opened again: back to it first
        own = {"submit_form": ("submit_confirmed",), "status_form": ("application_id", "phone_tail")}[form]
        return [name for name in own if not slot(name)]

    def _callback(self) -> list[str]:
        draft = self.sv.applications.draft(self.cid)
        if draft.consent in ("refused", "withdrawn"):
            return []
        wanted = ["contact_name", "phone", "contact_time"]
        missing = [name for name in wanted if draft.get(name) is None]
        return missing if draft.consent == "granted" else ["consent", *missing]

    def may_skip(self, name: str) -> bool:
        """Whether a question may be passed by."""
        return drafts.may_skip(self.sv.applications.draft(self.cid), name)

    def missing(self) -> Sequence[drafts.Missing]:
        """What an application still needs."""
        return self.sv.applications.completeness(self.sv.applications.draft(self.cid)).missing

    def meaning(self, intent: str) -> str | None:
        """What an intent is called on a button; None for one that is no choice."""
        topic = intent.removeprefix("faq_")
        if intent.startswith("faq_") and topic in self.sv.knowledge.topics:
            return self.sv.knowledge.label(topic)
        return self.sv.wording.meaning(intent)

    # ---- plans
    def recommend(self, supposed: Mapping[str, Any] | None = None) -> Recommendation:
        """The recommendation for what the draft holds; unknown volume by the trade's usual figures.

        `supposed`: a volume to count with instead of the one told.
        """
        sv, need = self.sv, self._need(supposed)
        if isinstance(need, Reason):
            return Recommendation("ask_again", (need,))
        return recommend(need, sv.catalog, headroom=sv.settings.headroom, today=sv.clock.today())

    def volume_known(self) -> bool:
        """Whether he told how much he is called, or let us take the usual figures."""
        return drafts.volume_question(self.sv.applications.draft(self.cid)) is None

    def quote(self, *, plan: str | None = None, with_number: bool = True) -> Quote | None:
        """What a plan (the chosen one) costs him, with the reserved number or as if there were none; None without."""
        plan, sv = plan or self.sv.applications.draft(self.cid).plan, self.sv
        need = self._need() if plan else None
        if plan is None or need is None or isinstance(need, Reason):
            return None
        if not with_number:
            need = replace(need, number_floor=Decimal(0), number_months=0)
        found = compare([plan], sv.catalog, need, headroom=sv.settings.headroom, today=sv.clock.today())
        return None if isinstance(found, Reason) or not found.quotes else found.quotes[0]

    def plans_by_fee(self) -> list[Plan]:
        """The plans that are sold (where he is, if any are), the lowest monthly fee first."""
        sv, region = self.sv, self.sv.applications.draft(self.cid).get("region")
        sold = sv.catalog.on_sale(sv.clock.today(), region) or sv.catalog.plans
        return sorted(sold, key=lambda plan: plan.fee)

    def budget(self) -> Decimal | None:
        """The most that he wants to spend a month, if he said so."""
        said = self.sv.applications.draft(self.cid).get("budget")
        return None if said is None else Decimal(span(said).high)

    def _need(self, supposed: Mapping[str, Any] | None = None) -> Need | Reason:
        fields, sv = self._need_fields(), self.sv
        if supposed:
            fields = {name: value for name, value in fields.items() if name not in VOLUME} | dict(supposed)
        if all(fields.get(name) is None for name in ("monthly_minutes", "daily_calls", "seats")):
            fields.setdefault("industry", sv.catalog.any_industry.name)
        return need_from(fields, sv.catalog, working_days=sv.settings.working_days_per_month)

    def _need_fields(self) -> dict[str, Any]:
        draft = self.sv.applications.draft(self.cid)
        fields = dict(draft.fields)
        if draft.get("long_contract") and not draft.get("contract_months"):
            fields["contract_months"] = 0
        if draft.get("hotline_number"):
            fields.update(self._number_price(str(draft.get("hotline_number"))))
        return fields

    def _number_price(self, number: str) -> dict[str, Any]:
        """What the grade of the reserved number demands: monthly floor and months (F072)."""
        card = self.sv.numbers.card(number)
        if card is None:
            return {}
        floor = card.minimum_spend.low if card.minimum_spend else None
        return {"number_floor": floor or 0, "number_months": int(card.months.low or 0)}

    def number_binds_longer(self) -> bool:
        """Whether it is the reserved number whose grade demands a longer contract than usual."""
        number = self.sv.applications.draft(self.cid).get("hotline_number")
        demanded = self._number_price(str(number)).get("number_months", 0) if number else 0
        return bool(demanded > self.sv.catalog.limits.default_contract_months)

    def usual_volume(self, said: Mapping[str, Any] | None = None) -> Estimate:
        """Minutes a month by what is known (and `said`) of calls or seats, else by the trade (sample figures).

        Raises ValueError for a volume that makes no sense."""
        sv, known = self.sv, {**self.sv.applications.draft(self.cid).fields, **(said or {})}
        volume = Volume(
            monthly_minutes=(said or {}).get("monthly_minutes"),
            daily_calls=known.get("daily_calls"),
            call_minutes=known.get("call_minutes"),
            working_days=known.get("working_days"),
            seats=known.get("seats"),
            industry=known.get("industry") or sv.catalog.any_industry.name,
        )
        found = estimate(volume, sv.catalog, sv.settings.working_days_per_month)
        if isinstance(found, Reason):
            raise ValueError(f"no usual volume: {found.code}")
        return found

    def compare(self, named: Sequence[str]) -> Comparison | None:
        """Plans side by side, priced when the volume is known; None when the volume makes no sense."""
        sv = self.sv
        need = need_from(self._need_fields(), sv.catalog, working_days=sv.settings.working_days_per_month)
        wanted = None if isinstance(need, Reason) else need
        found = compare(named, sv.catalog, wanted, headroom=sv.settings.headroom, today=sv.clock.today())
        return None if isinstance(found, Reason) else found

    # ---- channels
    def channel_advice(self) -> ChannelAdvice:
        """Which way suits him, and why."""
        return advise_channel(self.sv.applications.draft(self.cid))

    # ---- numbers
    @staticmethod
    def pick(text: str, shown: Sequence[str]) -> str | None:
        """ "第二个", "这个", or the last digits of one of the numbers shown."""
        if not shown:
            return None
        match = _ORDINAL.search(text)
        if match:
            ordinal = match.group(1)
            if ordinal:
                place = int(_DIGITS.get(ordinal, ordinal)) - 1 if ordinal in _DIGITS else int(ordinal) - 1
                return shown[place] if place < len(shown) else None
            return shown[0] if match.group(2) and len(shown) == 1 else (None if match.group(2) else shown[-1])
        if re.fullmatch(r"\s*[1-9]\s*", text):
            return shown[int(text) - 1] if int(text) <= len(shown) else None
        digits = re.findall(r"\d{3,10}", text.replace("-", ""))
        hits = [number for number in shown if any(number.endswith(tail) for tail in digits)]
        return hits[0] if len(hits) == 1 else None


def entity_values(entities: Sequence[Mapping[str, Any]], name: str) -> list[Any]:
    """All values of one entity in a message."""
    return [entity["value"] for entity in entities if entity.get("entity") == name]
