"""Which papers a case needs, and what is wrong with those he has. Explained, never guessed.

The rules stand in ``data/catalog/materials.yml``; a matter that words cannot decide goes to a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from stdnum.cn import uscc

from hotline.business.calendar import Calendar
from hotline.business.drafts import Draft
from hotline.business.fields import DETAILS
from hotline.business.materials_file import Item, MaterialsCatalog, Mend, Permit, Rule
from hotline.values.regions import province_of

PROCESS_DAYS = 15  # working days from the papers to the opening (F107)
MEND, WATCH, PERSON = "mend", "watch", "person"  # what has to be done: put right, heed, ask somebody
_IDS = ("legal_person_id", "agent_id")


@dataclass(frozen=True)
class Case:
    """What decides which papers are needed. None: not known yet."""

    applicant_type: str | None = None
    handler: str | None = None
    region: str | None = None
    plan: str | None = None
    industry: str | None = None
    usage_scenario: str | None = None
    old_license: bool = False  # a licence without the 18-character code (F079)


@dataclass(frozen=True)
class Paper:
    """What he says about one paper. None: he did not say, and nothing is concluded from it."""

    material: str
    expires: date | None = None  # None with `long_term` False: unknown
    long_term: bool = False
    stamped: bool | None = None
    legible: bool | None = None
    both_sides: bool | None = None
    same_person: bool | None = None
    recent: bool | None = None
    scope: str | None = None


@dataclass(frozen=True)
class Needed:
    """A paper on the list: how it is called here, what it must be, how binding, why (a code)."""

    material: str
    name: str
    need: str
    level: str  # required, usual, maybe
    why: str
    stamp: bool
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    """Something about the papers: what (a code), which paper, how urgent, values, how to mend it."""

    kind: str
    material: str | None
    severity: str  # mend, watch, person
    values: Mapping[str, Any]
    mend: Mend


@dataclass(frozen=True)
class ScopeMatch:
    """Whether a licence's scope bears the intended use: ``fits`` (words that matched), ``differs`` (a
    permit's words are missing), ``unsure`` (no word decides: a person)."""

    verdict: str
    matched: tuple[str, ...]
    wanted: tuple[str, ...]


@dataclass(frozen=True)
class Check:
    """The result of a check: what is needed, what is there, what is not right."""

    needed: tuple[Needed, ...]
    present: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Required papers that he does not have."""
        return tuple(
            each.material
            for each in self.needed
            if each.level == "required" and each.material not in self.present
        )

    @property
    def good(self) -> bool:
        """Nothing to mend and nobody to ask."""
        return not any(each.severity in (MEND, PERSON) for each in self.findings)


class Materials:
    """Checklists and checks by the catalogue; `today` dates come from the caller."""

    def __init__(self, catalog: MaterialsCatalog, calendar: Calendar) -> None:
        self.catalog, self._calendar = catalog, calendar

    def checklist(self, case: Case) -> tuple[Needed, ...]:
        """The papers for a case, most binding first in the order of the catalogue."""
        permit = self.permit(case)
        found: dict[str, Needed] = {}
        for rule in self.catalog.rules:
            if _applies(rule, case, permit) and rule.item not in found:
                found[rule.item] = _needed(self.catalog.items[rule.item], rule, case, permit)
        return tuple(found.values())

    def permit(self, case: Case) -> Permit | None:
        """The permit that his industry needs (F087), if any."""
        said = case.industry or ""
        return next((each for each in self.catalog.permits if any(word in said for word in each.words)), None)

    def check(self, case: Case, papers: Mapping[str, Paper], today: date, credit_code: str = "") -> Check:
        """Everything that would make the review send it back, each with how to mend it.

        "Expiring" is: not valid any more when the whole process should be over (15 working days, F107).
        """
        needed = self.checklist(case)
        findings = [*self._applicant(case), *self._missing(needed, papers)]
        for paper in papers.values():
            findings += self._paper(paper, today)
        findings += self._scope(case, papers.get("business_license"))
        if credit_code and not uscc.is_valid(credit_code):
            findings.append(self._found("credit_code_wrong", "business_license", MEND, code=credit_code))
        return Check(needed, tuple(papers), tuple(findings))

    def mend(self, code: str) -> Mend:
        """How to put a reason of rejection right (R01–R18). Raises KeyError."""
        return self.catalog.mends[code]

    def match_scope(self, case: Case, scope: str) -> ScopeMatch:
        """The intended use against the licence's scope, by words that can be shown."""
        permit = self.permit(case)
        if permit is not None:
            matched = tuple(word for word in permit.scope if word in scope)
            return ScopeMatch("fits" if matched else "differs", matched, permit.scope)
        wanted = self.catalog.scope_words.get(case.usage_scenario or "", ())
        industry = case.industry or ""
        pairs = (industry[at : at + 2] for at in range(len(industry) - 1))
        by_industry = [pair for pair in pairs if pair in scope]
        by_usage = [word for word in wanted if word in scope]
        verdict = "fits" if by_industry or (by_usage and not industry) else "unsure"
        matched = tuple(dict.fromkeys(by_industry + by_usage))
        return ScopeMatch(verdict, matched, (industry, *wanted) if industry else wanted)

    # --- inside

    def _found(self, kind: str, material: str | None, severity: str, **values: Any) -> Finding:
        return Finding(kind, material, severity, values, self.catalog.by_finding[kind])

    def _applicant(self, case: Case) -> list[Finding]:
        found = []
        if case.applicant_type == "personal":
            found.append(self._found("personal_applicant", None, MEND))
        if word := next((each for each in self.catalog.high_risk if each in (case.industry or "")), None):
            found.append(self._found("high_risk", None, PERSON, word=word))
        return found

    def _missing(self, needed: tuple[Needed, ...], papers: Mapping[str, Paper]) -> list[Finding]:
        kinds = {
            "authorization_letter": "missing_authorization",
            "agent_id": "missing_authorization",
            "industry_permit": "missing_permit",
        }
        found = []
        for each in needed:
            if each.material in papers or each.level == "maybe":
                continue
            kind = kinds.get(each.material, "missing")
            severity = MEND if each.level == "required" else WATCH
            found.append(self._found(kind, each.material, severity, name=each.name, why=each.why))
        return found

    def _paper(self, paper: Paper, today: date) -> list[Finding]:
        item = self.catalog.items.get(paper.material)
        found = [*self._validity(paper, today)]
        plain = (
            (paper.stamped is False and item is not None and item.stamp, "not_stamped"),
            (paper.legible is False, "not_legible"),
            (paper.both_sides is False and paper.material in _IDS, "one_side_only"),
            (paper.same_person is False, "other_person"),
            (paper.recent is False and paper.material == "bound_number_proof", "stale_proof"),
        )
        found += [self._found(kind, paper.material, MEND) for wrong, kind in plain if wrong]
        return found

    def _validity(self, paper: Paper, today: date) -> list[Finding]:
        if paper.expires is None or paper.long_term:
            return []
        kind = (
            "id" if paper.material in _IDS else "license" if paper.material == "business_license" else "paper"
        )
        if paper.expires < today:
            return [self._found(f"expired_{kind}", paper.material, MEND, expires=paper.expires)]
        over = self._calendar.after(today, PROCESS_DAYS)
        if paper.expires < over:
            left = paper.expires - today
            return [
                self._found(
                    f"expiring_{kind}",
                    paper.material,
                    WATCH,
                    expires=paper.expires,
                    needed=over,
                    days=left // timedelta(days=1),
                )
            ]
        return []

    def _scope(self, case: Case, license: Paper | None) -> list[Finding]:
        if license is None or not license.scope:
            return []
        match = self.match_scope(case, license.scope)
        if match.verdict == "fits":
            return []
        kind, severity = ("scope_differs", MEND) if match.verdict == "differs" else ("scope_unsure", PERSON)
        return [self._found(kind, "business_license", severity, matched=match.matched, wanted=match.wanted)]


def case_of(draft: Draft) -> Case:
    """The case as the draft knows it."""
    fields = draft.fields
    return Case(
        applicant_type=fields.get("applicant_type"),
        handler=fields.get("handler"),
        region=fields.get("region"),
        plan=fields.get("plan"),
        industry=fields.get("industry"),
        usage_scenario=fields.get("usage_scenario"),
    )


def papers_of(draft: Draft) -> dict[str, Paper]:
    """The papers he says he has, with what he said about them."""
    details: Mapping[str, Mapping[str, Any]] = draft.fields.get(DETAILS) or {}
    found = {}
    for material in dict.fromkeys([*(draft.fields.get("material") or ()), *details]):
        said = dict(details.get(material, {}))
        expires = said.pop("expires", None)
        day = date.fromisoformat(expires) if expires and expires != "long_term" else None
        found[material] = Paper(material, expires=day, long_term=expires == "long_term", **said)
    return found


def _applies(rule: Rule, case: Case, permit: Permit | None) -> bool:
    flags = {"permit": permit is not None, "old_license": case.old_license}
    for name, wanted in rule.when.items():
        if name in flags:
            if flags[name] != wanted:
                return False
        elif name == "region":
            if not {case.region, province_of(case.region or "")} & set(wanted):
                return False
        elif getattr(case, name) not in wanted:
            return False
    return True


def _needed(item: Item, rule: Rule, case: Case, permit: Permit | None) -> Needed:
    name = item.names.get(case.applicant_type or "", item.name)
    if item.id == "industry_permit" and permit is not None:
        name = permit.name
    return Needed(item.id, name, item.need, rule.level, rule.why, item.stamp, item.sources)
