"""The catalogue files: what an operator reads when he breaks them, and how a running service follows them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from hotline.business.catalog import CatalogSource, load_catalog
from hotline.business.patterns import PATTERNS
from hotline.clock import FrozenClock
from hotline.datafile import DATA, DataError

TODAY = date(2026, 11, 24)
Edit = Callable[[str, str, str], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "catalog"
    shutil.copytree(DATA / "catalog", copy)
    return copy


@pytest.fixture
def edit(folder: Path) -> Edit:
    def replace(name: str, old: str, new: str) -> None:
        text = (folder / name).read_text("utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), "utf-8")

    return replace


def line_of(folder: Path, name: str, text: str) -> int:
    lines = (folder / name).read_text("utf-8").splitlines()
    return next(at for at, line in enumerate(lines, start=1) if text in line)


def test_the_house_catalogue_is_the_sample_of_the_fact_sheet() -> None:
    catalog = load_catalog(today=TODAY)
    rows = [
        (p.id, p.fee, p.prepayment, p.included_minutes, p.overage, p.bound_numbers) for p in catalog.plans
    ]
    assert catalog.sample
    assert rows == [
        ("mini", 50, 600, 410, Decimal("0.12"), 5),
        ("basic", 100, 600, 900, Decimal("0.11"), 10),
        ("service", 200, 600, 2000, Decimal("0.1"), 20),
        ("aftersale", 300, 900, 3000, Decimal("0.1"), 20),
        ("growth", 500, 1500, 5500, Decimal("0.09"), 30),
        ("enterprise", 1000, 3000, 11700, Decimal("0.085"), 50),
        ("callcenter", 3000, 9000, 37500, Decimal("0.08"), 100),
        ("prepaid3y", Decimal("83.33"), 3000, 694, Decimal("0.12"), 10),
    ]
    assert [plan.contract_months for plan in catalog.plans] == [12, 12, 12, 24, 24, 24, 36, 36]


def test_the_first_prepayment_is_three_months_or_six_hundred() -> None:
    for plan in load_catalog(today=TODAY).plans:
        if plan.prepaid is None:
            assert plan.prepayment == max(3 * plan.fee, 600), plan.id


def test_what_a_plan_includes_it_keeps_in_the_next_one() -> None:
    plans = {plan.id: plan for plan in load_catalog(today=TODAY).plans}
    ladder = ["mini", "basic", "service", "aftersale", "growth", "enterprise", "callcenter"]
    for lower, higher in pairwise(ladder):
        for feature, level in plans[lower].features.items():
            assert plans[higher].features[feature] >= level
    assert plans["aftersale"].features["recording"] == 30
    assert plans["growth"].features["recording"] == 90


def test_every_pattern_belongs_to_exactly_one_grade() -> None:
    tiers = load_catalog(today=TODAY).tiers
    listed = [pattern for tier in tiers.all for pattern in tier.patterns]
    assert sorted(listed) == sorted(PATTERNS)


@pytest.mark.parametrize(
    ("file", "old", "new", "marker", "reason"),
    [
        ("plans.yml", "fee: 200", "fee: -200", "fee: -200", "负数"),
        ("plans.yml", "fee: 200", "fee: 很多", "fee: 很多", "数字"),
        ("plans.yml", "fee: 200", "fee: .inf", "fee: .inf", "数字"),
        ("plans.yml", "fee: 200", "fees: 200", "- id: service", "缺少 fee"),
        (
            "plans.yml",
            "    audience: 小微",
            "    regions: {浙江: {fee: 60}}\n    audience: 小微",
            "regions: {浙江",
            "没有 浙江 这个地区",
        ),
        (
            "plans.yml",
            "    audience: 小微",
            "    colour: red\n    audience: 小微",
            "colour",
            "没有 colour 这个字段",
        ),
        ("plans.yml", "- id: basic", "- id: mini", None, "重复"),
        ("plans.yml", "included_minutes: 900", "included_minutes: 9.5", "9.5", "整数"),
        ("plans.yml", "includes: mini", "includes: maxi", "includes: maxi", "maxi"),
        ("plans.yml", "[ivr: 1, voicemail]", "[ivr, voicemail]", "[ivr, voicemail]", "几层"),
        ("plans.yml", "[ivr: 1, voicemail]", "[ivr: 1, fax]", "fax", "fax"),
        ("plans.yml", "bound_numbers: 5", "bound_numbers: 0", "bound_numbers: 0", "小于 1"),
        ("plans.yml", "hangup_sms: usage", "popup: usage", "popup: usage", "单价"),
        ("plans.yml", "hangup_sms: usage", "transfer: {monthly: 5}", "transfer: {", "已经含在"),
        ("plans.yml", "valid_from: 2024-01-01", "valid_from: 去年", "去年", "日期"),
        ("plans.yml", "sample: true", "sample: maybe", "maybe", "true 或 false"),
        ("features.yml", "- id: blacklist", "- id: transfer", None, "重复"),
        ("features.yml", "price: 0.10", "price: -1", "price: -1", "负数"),
        ("number_tiers.yml", "patterns: [plain]", "patterns: [plane]", "plane", "plane"),
        ("number_tiers.yml", "[aa, aba, inside_pair]", "[aa, aba]", "  - id: N0", "inside_pair"),
        ("number_tiers.yml", "charge_by: minimum_spend", "charge_by: both", "both", "只能是"),
        ("number_tiers.yml", "{from: 120, to: 200}", "{from: 300, to: 200}", "300, to: 200", "小于"),
        ("industries.yml", "working_days: 30", "working_days: 40", "working_days: 40", "31"),
    ],
)
def test_a_mistake_is_named_with_file_line_and_reason(
    folder: Path, edit: Edit, file: str, old: str, new: str, marker: str | None, reason: str
) -> None:
    edit(file, old, new)
    with pytest.raises(DataError) as caught:
        load_catalog(folder, TODAY)
    assert Path(caught.value.file).name == file
    assert reason in caught.value.reason
    if marker:
        assert caught.value.line == line_of(folder, file, marker)


def test_an_expired_plan_is_refused_and_its_last_day_is_not(folder: Path, edit: Edit) -> None:
    edit("plans.yml", "valid_from: 2024-01-01", "valid_from: 2024-01-01\n    valid_until: 2026-11-24")
    assert load_catalog(folder, TODAY).plans[0].valid_until == TODAY
    with pytest.raises(DataError, match="过期"):
        load_catalog(folder, date(2026, 11, 25))


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "features.yml").unlink()
    with pytest.raises(DataError, match=r"features\.yml:1"):
        load_catalog(folder, TODAY)


def test_regional_prices_and_add_ons_are_read(folder: Path, edit: Edit) -> None:
    edit(
        "plans.yml",
        "    addons: {hangup_sms: usage, satisfaction: quote}",
        "    regions: {浙江省: {fee: 60}, 西藏自治区: {available: false}}\n"
        "    addons: {recording: {monthly: 9.9, level: 30}, satisfaction: quote}",
    )
    mini = load_catalog(folder, TODAY).plans[0]
    assert mini.addons["recording"].monthly == Decimal("9.9")
    assert mini.addons["satisfaction"].monthly is None
    local = mini.in_region("浙江省")
    assert local is not None and local.fee == 60
    assert mini.in_region("西藏自治区") is None
    assert mini.in_region("广东省") == mini


def test_a_city_has_the_terms_of_its_province_unless_it_has_its_own(folder: Path, edit: Edit) -> None:
    edit(
        "plans.yml",
        "    addons: {hangup_sms: usage, satisfaction: quote}",
        "    regions: {浙江省: {fee: 60, overage: 0.2}, 宁波市: {fee: 70}, 西藏自治区: {available: false},\n"
        "      拉萨市: {available: true}}\n"
        "    addons: {hangup_sms: usage, satisfaction: quote}",
    )
    mini = load_catalog(folder, TODAY).plans[0]
    hangzhou, ningbo = mini.in_region("杭州市"), mini.in_region("宁波市")
    assert hangzhou and ningbo
    assert (hangzhou.fee, hangzhou.overage) == (60, Decimal("0.2"))
    assert (ningbo.fee, ningbo.overage) == (70, Decimal("0.2"))
    assert mini.in_region("日喀则市") is None and mini.in_region("拉萨市") == mini


def test_a_running_service_follows_an_edited_price(folder: Path, edit: Edit) -> None:
    source = CatalogSource(folder, FrozenClock(datetime(2026, 11, 24, 9)))
    before = source.current()
    assert source.current() is before
    edit("plans.yml", "fee: 200", "fee: 210")
    service = source.current().plan("service")
    assert service is not None and service.fee == 210


def test_a_running_service_keeps_the_old_catalogue_while_the_new_one_is_broken(
    folder: Path, edit: Edit
) -> None:
    source = CatalogSource(folder, FrozenClock(datetime(2026, 11, 24, 9)))
    before = source.current()
    edit("plans.yml", "fee: 200", "fee: -200")
    assert source.current() is before
    assert source.problem is not None and "负数" in source.problem.reason
    edit("plans.yml", "fee: -200", "fee: 220")
    service = source.current().plan("service")
    assert service is not None and service.fee == 220
    assert source.problem is None


def test_a_touched_file_with_the_same_content_is_not_read_again(folder: Path) -> None:
    source = CatalogSource(folder, FrozenClock(datetime(2026, 11, 24, 9)))
    before = source.current()
    (folder / "plans.yml").touch()
    assert source.current() is before


@pytest.mark.parametrize(
    ("text", "industry"),
    [("火锅店", "catering"), ("家电维修", "repair"), ("口腔", "medical"), ("养蜂", None)],
)
def test_a_trade_is_known_by_the_customers_word(text: str, industry: str | None) -> None:
    found = load_catalog(today=TODAY).industry(text)
    assert (found.id if found else None) == industry
