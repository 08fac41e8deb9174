"""Which papers are needed, what is wrong with them, and how it is mended."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from hotline.business.calendar import Calendar
from hotline.business.drafts import Draft
from hotline.business.materials import MEND, PERSON, WATCH, Case, Materials, Paper, case_of, papers_of
from hotline.business.materials_file import FINDINGS, load_materials
from hotline.datafile import DATA, DataError

TODAY = date(2026, 11, 24)
BASE = {"business_license", "legal_person_id", "acceptance_form", "commitment_letter"}
COMPANY = Case("enterprise", "legal_person", "杭州市", "service", "家电维修", "after_sales")


@pytest.fixture(scope="module")
def materials() -> Materials:
    return Materials(load_materials(), Calendar.load())


def required(materials: Materials, case: Case) -> set[str]:
    return {each.material for each in materials.checklist(case) if each.level == "required"}


def all_papers(materials: Materials, case: Case, **changed: Paper) -> dict[str, Paper]:
    papers = {each.material: Paper(each.material) for each in materials.checklist(case)}
    return {**papers, **changed}


def found(
    materials: Materials, case: Case, papers: dict[str, Paper], code: str = ""
) -> dict[str, str | None]:
    check = materials.check(case, papers, TODAY, code)
    return {each.kind: each.mend.code for each in check.findings}


def test_a_legal_person_brings_four_papers_and_an_agent_two_more(materials: Materials) -> None:
    assert required(materials, COMPANY) == BASE
    agent = Case("enterprise", "agent")
    assert required(materials, agent) == BASE | {"agent_id", "authorization_letter"}


@pytest.mark.parametrize(
    ("kind", "paper", "name"),
    [
        ("individual_business", "business_license", "个体工商户营业执照"),
        ("individual_business", "legal_person_id", "经营者身份证"),
        ("institution", "business_license", "事业单位法人证书或统一社会信用代码证书"),
        ("branch", "legal_person_id", "分公司负责人身份证"),
    ],
)
def test_papers_are_called_by_what_the_applicant_has(
    materials: Materials, kind: str, paper: str, name: str
) -> None:
    names = {each.material: each.name for each in materials.checklist(Case(kind))}
    assert names[paper] == name


def test_old_codes_are_asked_only_of_an_old_licence(materials: Materials) -> None:
    """F010, F079: a licence with the 18-character code made them obsolete."""
    asked = {each.material for each in materials.checklist(COMPANY)}
    assert not {"org_code", "tax_registration"} & asked
    old = {each.material for each in materials.checklist(Case("enterprise", old_license=True))}
    assert {"org_code", "tax_registration"} <= old


@pytest.mark.parametrize(
    ("industry", "permit"),
    [
        ("口腔诊所", "医疗机构执业许可证"),
        ("英语培训", "办学许可证"),
        ("保险代理", "保险业务或保险代理许可证"),
    ],
)
def test_a_regulated_industry_needs_its_permit(materials: Materials, industry: str, permit: str) -> None:
    case = Case("enterprise", industry=industry)
    assert permit in {each.name for each in materials.checklist(case)}
    assert found(materials, case, {})["missing_permit"] == "R15"


def test_everything_in_order_has_no_finding(materials: Materials) -> None:
    papers = all_papers(
        materials,
        COMPANY,
        business_license=Paper(
            "business_license", long_term=True, stamped=True, legible=True, scope="家用电器维修、销售"
        ),
        legal_person_id=Paper(
            "legal_person_id", expires=date(2035, 1, 1), both_sides=True, stamped=True, same_person=True
        ),
    )
    check = materials.check(COMPANY, papers, TODAY, "91110000600037341L")
    assert check.findings == () and check.good and check.missing == ()


def test_what_he_did_not_say_is_not_held_against_him(materials: Materials) -> None:
    assert materials.check(COMPANY, all_papers(materials, COMPANY), TODAY).findings == ()


@pytest.mark.parametrize(
    ("paper", "kind", "code"),
    [
        (Paper("business_license", expires=date(2026, 11, 23)), "expired_license", "R03"),
        (Paper("business_license", expires=date(2026, 12, 1)), "expiring_license", "R03"),
        (Paper("legal_person_id", expires=date(2020, 1, 1)), "expired_id", "R05"),
        (Paper("legal_person_id", both_sides=False), "one_side_only", "R05"),
        (Paper("legal_person_id", same_person=False), "other_person", "R04"),
        (Paper("business_license", stamped=False), "not_stamped", "R06"),
        (Paper("business_license", legible=False), "not_legible", "R02"),
        (Paper("bound_number_proof", recent=False), "stale_proof", "R13"),
        (Paper("acceptance_form", expires=date(2026, 11, 1)), "expired_paper", None),
    ],
)
def test_each_fault_has_its_reason_of_rejection_and_a_way_to_mend_it(
    materials: Materials, paper: Paper, kind: str, code: str | None
) -> None:
    papers = {**all_papers(materials, COMPANY), paper.material: paper}
    (finding,) = materials.check(COMPANY, papers, TODAY).findings
    assert (finding.kind, finding.mend.code, finding.material) == (kind, code, paper.material)
    assert finding.mend.text and finding.mend.sources


def test_a_paper_valid_until_the_process_is_over_is_not_expiring(materials: Materials) -> None:
    over = Calendar.load().after(TODAY, 15)
    for day, kinds in ((over, set()), (date.fromordinal(over.toordinal() - 1), {"expiring_license"})):
        papers = {
            **all_papers(materials, COMPANY),
            "business_license": Paper("business_license", expires=day),
        }
        assert set(found(materials, COMPANY, papers)) == kinds


def test_a_missing_paper_is_named_and_an_agent_without_letter_is_r07(materials: Materials) -> None:
    case = Case("enterprise", "agent")
    papers = all_papers(materials, case)
    del papers["authorization_letter"], papers["acceptance_form"]
    check = materials.check(case, papers, TODAY)
    assert {each.kind: each.mend.code for each in check.findings} == {
        "missing_authorization": "R07",
        "missing": None,
    }
    assert set(check.missing) == {"authorization_letter", "acceptance_form"} and not check.good


def test_what_only_most_places_want_is_no_obstacle(materials: Materials) -> None:
    papers = all_papers(materials, COMPANY)
    del papers["bound_number_proof"]
    check = materials.check(COMPANY, papers, TODAY)
    assert [each.severity for each in check.findings] == [WATCH] and check.good


def test_a_wrong_credit_code_is_noticed(materials: Materials) -> None:
    assert "credit_code_wrong" in found(materials, COMPANY, {}, "91110000600037341X")
    assert "credit_code_wrong" not in found(materials, COMPANY, {}, "91110000600037341L")


@pytest.mark.parametrize(
    ("case", "scope", "verdict", "matched"),
    [
        (COMPANY, "家用电器维修服务", "fits", "维修"),
        (Case(industry="口腔诊所"), "口腔诊疗服务", "fits", "口腔"),
        (Case(industry="口腔诊所"), "日用百货销售", "differs", None),
        (Case(industry="家具", usage_scenario="marketing"), "软件开发", "unsure", None),
        (Case(usage_scenario="marketing"), "服装批发零售", "fits", "批发"),
    ],
)
def test_scope_against_use_shows_the_words_that_decided(
    materials: Materials, case: Case, scope: str, verdict: str, matched: str | None
) -> None:
    match = materials.match_scope(case, scope)
    assert match.verdict == verdict
    assert matched is None or matched in match.matched


def test_a_doubtful_scope_goes_to_a_person_and_a_wrong_one_is_mended(materials: Materials) -> None:
    severities = {}
    for industry in ("口腔诊所", "家具"):
        case = Case("enterprise", industry=industry, usage_scenario="marketing")
        licence = Paper("business_license", scope="软件开发")
        papers = {**all_papers(materials, case), "business_license": licence}
        (finding,) = materials.check(case, papers, TODAY).findings
        severities[finding.kind] = finding.severity
    assert severities == {"scope_differs": MEND, "scope_unsure": PERSON}


def test_persons_and_risky_trades_are_told_first(materials: Materials) -> None:
    assert found(materials, Case("personal"), {})["personal_applicant"] == "R01"
    check = materials.check(Case("enterprise", industry="小额贷款"), {}, TODAY)
    assert check.findings[0].kind == "high_risk" and check.findings[0].severity == PERSON


def test_all_eighteen_reasons_of_rejection_can_be_mended(materials: Materials) -> None:
    for number in range(1, 19):
        assert materials.mend(f"R{number:02d}").text
    assert set(materials.catalog.by_finding) == set(FINDINGS)


def test_the_draft_knows_case_and_papers() -> None:
    draft = Draft("d", "c")
    draft.fields.update(
        applicant_type="branch",
        material=["business_license"],
        papers={"legal_person_id": {"both_sides": True, "expires": "long_term"}},
    )
    assert case_of(draft).applicant_type == "branch"
    papers = papers_of(draft)
    assert set(papers) == {"business_license", "legal_person_id"} and papers["legal_person_id"].long_term


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("level: usual", "level: sometimes", "level"),
        ("id: business_license", "id: passport", "id"),
        ("expired_license: R03", "expired_license: R99", "R99"),
        ("handler: [agent]", "handler: [robot]", "robot"),
        ("sample: true", "sample: true\nsmaple: 1", "smaple"),
    ],
)
def test_a_mistake_in_the_file_is_told_with_its_line(tmp_path: Path, old: str, new: str, reason: str) -> None:
    text = (DATA / "catalog" / "materials.yml").read_text(encoding="utf-8")
    line = text[: text.index(old)].count("\n") + 1
    file = tmp_path / "materials.yml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError, match=reason) as told:
        load_materials(file)
    assert abs(told.value.line - line) <= 1


def test_what_a_province_asks_for_is_asked_of_its_cities(tmp_path: Path) -> None:
    text = (DATA / "catalog" / "materials.yml").read_text(encoding="utf-8")
    rule = "  - {item: bank_permit, level: required, why: payment_and_invoice, when: {region: [浙江省, 深圳市]}}\n"
    file = tmp_path / "materials.yml"
    file.write_text(
        text.replace("  - {item: bank_permit, level: maybe", rule + "  - {item: bank_permit, level: maybe")
    )
    local = Materials(load_materials(file), Calendar.load())
    asked = {
        place: "bank_permit" in required(local, Case("enterprise", "legal_person", place))
        for place in ("浙江省", "杭州市", "深圳市", "广州市", None)
    }
    assert asked == {"浙江省": True, "杭州市": True, "深圳市": True, "广州市": False, None: False}
