"""Reads data/catalog/*.yml and judges every entry: unknown or missing fields, kinds, ranges, doubles.

The complaints are for the operator who edits the files, hence in Chinese.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from hotline.business.catalog import (
    FILES,
    UNLIMITED,
    AddOn,
    Catalog,
    Feature,
    Industry,
    Limits,
    Plan,
    Prepaid,
    Range,
    Tier,
    Tiers,
    Usage,
)
from hotline.business.patterns import PATTERNS
from hotline.business.yaml_fields import Fields
from hotline.datafile import DataError, Located, LocatedList, digest, load
from hotline.values.regions import province_of

T = TypeVar("T")


def read(folder: Path, today: date) -> Catalog:
    """All four files as one catalogue. Raises DataError."""
    features = _features(folder / "features.yml")
    plans, limits, sample = _plans(folder / "plans.yml", features, today)
    return Catalog(
        plans=plans,
        features=features,
        tiers=_tiers(folder / "number_tiers.yml"),
        industries=_industries(folder / "industries.yml"),
        limits=limits,
        sample=sample,
        digest=digest(folder / name for name in FILES),
    )


def _top(path: Path) -> Fields:
    value = load(path)
    nothing = Located()
    nothing.file, nothing.line = str(path), 1
    return Fields(value, "文件", nothing, None)


def _each(
    items: LocatedList, what: str, make: Callable[[Fields], T], name: Callable[[T], str]
) -> dict[str, T]:
    """Every item made, by id; doubles are refused with the line of the first."""
    found: dict[str, T] = {}
    lines: dict[str, int] = {}
    for index, item in enumerate(items):
        made = make(fields := Fields(item, what, items, index))
        fields.done()
        if (key := name(made)) in found:
            raise fields.raw.error(f"{what} {key} 重复（第一次在第 {lines[key]} 行）", "id")
        found[key], lines[key] = made, items.item_lines[index]
    if not found:
        raise items.error(f"至少要有一个{what}")
    return found


def _features(path: Path) -> dict[str, Feature]:
    top = _top(path)
    found = _each(top.items("features"), "功能", _feature, lambda feature: feature.id)
    top.done()
    return found


def _feature(fields: Fields) -> Feature:
    usage = None
    if fields.has("usage"):
        price = fields.fields("usage", "按量费用")
        usage = Usage(price.number("price"), price.text("unit"))
        price.done()
    return Feature(
        id=fields.text("id"),
        label=fields.text("label"),
        purpose=fields.text("purpose"),
        level=fields.text("level") if fields.has("level") else None,
        usage=usage,
        source=fields.text("source"),
    )


def _plans(path: Path, features: Mapping[str, Feature], today: date) -> tuple[tuple[Plan, ...], Limits, bool]:
    top = _top(path)
    limits = _limits(top.fields("limits", "limits "))
    made: dict[str, Plan] = {}

    def make(fields: Fields) -> Plan:
        plan = _plan(fields, features, made, today)
        made.setdefault(plan.id, plan)
        return plan

    plans = _each(top.items("plans"), "套餐", make, lambda plan: plan.id)
    sample = top.flag("sample")
    top.done()
    return tuple(plans.values()), limits, sample


def _limits(fields: Fields) -> Limits:
    limits = Limits(
        fields.count("person_above_minutes", 1),
        fields.count("absurd_above_minutes", 1),
        fields.number("absurd_above_growth", above=Decimal(0)),
        fields.count("default_contract_months", 1),
        fields.number("headroom_offer"),
    )
    fields.done()
    return limits


def _plan(fields: Fields, features: Mapping[str, Feature], earlier: Mapping[str, Plan], today: date) -> Plan:
    prepaid = _prepaid(fields)
    valid_from = fields.day("valid_from")
    valid_until = fields.day("valid_until") if fields.has("valid_until") else None
    if valid_until is not None and valid_until < valid_from:
        raise fields.raw.error("valid_until 早于 valid_from", "valid_until")
    if valid_until is not None and valid_until < today:
        raise fields.raw.error(f"套餐已在 {valid_until} 过期，请改有效期或删去", "valid_until")
    plan = Plan(
        id=fields.text("id"),
        name=fields.text("name"),
        fee=_monthly(prepaid) if prepaid else fields.number("fee"),
        prepayment=prepaid.total if prepaid else fields.number("prepayment"),
        included_minutes=prepaid.minutes // prepaid.months if prepaid else fields.count("included_minutes"),
        overage=fields.number("overage"),
        features=_included(fields, features, earlier),
        addons=_addons(fields, features),
        bound_numbers=fields.count("bound_numbers", 1),
        contract_months=prepaid.months if prepaid else fields.count("contract_months", 1),
        audience=fields.text("audience"),
        valid_from=valid_from,
        valid_until=valid_until,
        prepaid=prepaid,
        regions=_regions(fields),
    )
    for name, addon in plan.addons.items():
        if addon.level <= plan.features.get(name, -1):
            raise fields.raw.error(f"{name} 已经含在套餐里，不用再列为附加", "addons")
    return plan


def _prepaid(fields: Fields) -> Prepaid | None:
    if not fields.has("prepaid"):
        return None
    inner = fields.fields("prepaid", "prepaid ")
    prepaid = Prepaid(inner.number("total"), inner.count("months", 1), inner.count("minutes"))
    inner.done()
    return prepaid


def _monthly(prepaid: Prepaid) -> Decimal:
    return (prepaid.total / prepaid.months).quantize(Decimal("0.01"))


def _included(fields: Fields, features: Mapping[str, Feature], earlier: Mapping[str, Plan]) -> dict[str, int]:
    """The included features with their levels, on top of those of the plan that `includes` names."""
    found: dict[str, int] = {}
    if fields.has("includes"):
        base = fields.text("includes")
        if base not in earlier:
            raise fields.raw.error(f"includes 指的套餐 {base} 不存在，或写在后面", "includes")
        found.update(earlier[base].features)
    if not fields.has("features"):
        return found
    items = fields.items("features")
    for index, item in enumerate(items):
        name, level = (
            next(iter(item.items())) if isinstance(item, Located) and len(item) == 1 else (item, None)
        )
        try:
            feature = features[_known(name, features)]
            found[feature.id] = _level(feature, level)
        except ValueError as error:
            raise items.error(str(error), index) from error
    return found


def _known(name: Any, features: Mapping[str, Feature]) -> str:
    if not isinstance(name, str) or name not in features:
        raise ValueError(f"没有 {name!r} 这个功能（见 features.yml）")
    return name


def _level(feature: Feature, level: Any) -> int:
    if feature.level is None:
        if level is not None:
            raise ValueError(f"{feature.id} 没有档次，不用写 {level!r}")
        return 0
    if level == "unlimited":
        return UNLIMITED
    if isinstance(level, bool) or not isinstance(level, int) or level < 1:
        raise ValueError(f"{feature.id} 要写到几{feature.level}，例如 {feature.id}: 1")
    return level


def _addons(fields: Fields, features: Mapping[str, Feature]) -> dict[str, AddOn]:
    if not fields.has("addons"):
        return {}
    inner = fields.fields("addons", "addons ")
    return {name: _addon(inner, name, features) for name in inner.raw}


def _addon(inner: Fields, name: str, features: Mapping[str, Feature]) -> AddOn:
    try:
        feature = features[_known(name, features)]
        value = inner.raw[name]
        if value == "quote":
            return AddOn(name, None, UNLIMITED if feature.level else 0)
        if value == "usage":
            if feature.usage is None:
                raise ValueError(f"{name} 在 features.yml 里没有按量单价，不能写 usage")
            return AddOn(name, Decimal(0), 0)
        priced = Fields(value, f"附加功能 {name} ", inner.raw, name)
        level = _level(feature, priced.get("level") if priced.has("level") else None)
        addon = AddOn(name, priced.number("monthly"), level)
        priced.done()
        return addon
    except DataError:
        raise
    except ValueError as error:
        raise inner.raw.error(str(error), name) from error


_OVERRIDABLE = ("fee", "prepayment", "overage", "included_minutes", "available")


def _regions(fields: Fields) -> dict[str, dict[str, object]]:
    if not fields.has("regions"):
        return {}
    found: dict[str, dict[str, object]] = {}
    outer = fields.fields("regions", "regions ")
    for region in outer.raw:
        if province_of(str(region)) is None:
            raise outer.raw.error(
                f"没有 {region} 这个地区，要写标准名（见 regions.yml），例如 浙江省、杭州市", region
            )
        inner = outer.fields(region, f"{region} ")
        override: dict[str, object] = {}
        for key in _OVERRIDABLE:
            if inner.has(key):
                override[key] = _override(inner, key)
        inner.done()
        found[region] = override
    return found


def _override(inner: Fields, key: str) -> object:
    if key == "available":
        return inner.flag(key)
    return inner.count(key) if key == "included_minutes" else inner.number(key)


def _span(fields: Fields, key: str) -> Range:
    inner = fields.fields(key, f"{key} ")
    low = inner.number("from") if inner.get("from") is not None else None
    high = inner.number("to") if inner.get("to") is not None else None
    inner.done()
    if low is not None and high is not None and high < low:
        raise inner.raw.error(f"{key}：to 小于 from", "to")
    return Range(low, high)


def _tiers(path: Path) -> Tiers:
    top = _top(path)
    top.flag("sample")
    claimed: dict[str, str] = {}

    def make(fields: Fields) -> Tier:
        tier = Tier(
            id=fields.text("id"),
            name=fields.text("name"),
            rank=0,
            patterns=fields.words("patterns"),
            minimum_spend=_span(fields, "minimum_spend"),
            months=_span(fields, "months"),
            fee=_span(fields, "fee"),
        )
        for pattern in tier.patterns:
            if pattern not in PATTERNS:
                raise fields.raw.error(f"没有 {pattern} 这个号型，可用：{'、'.join(PATTERNS)}", "patterns")
            if pattern in claimed:
                raise fields.raw.error(f"号型 {pattern} 已经归 {claimed[pattern]}", "patterns")
            claimed[pattern] = tier.id
        return tier

    items = top.items("tiers")
    found = list(_each(items, "等级", make, lambda tier: tier.id).values())
    if missing := [pattern for pattern in PATTERNS if pattern not in claimed]:
        raise items.error(f"这些号型没有归到任何等级：{'、'.join(missing)}")
    ranked = tuple(dataclasses.replace(tier, rank=rank) for rank, tier in enumerate(found))
    custom = top.fields("custom", "custom ")
    custom_id, custom_name, custom_fee = custom.text("id"), custom.text("name"), _span(custom, "fee")
    _span(custom, "months")
    custom.done()
    charge = top.one_of("charge_by", ("minimum_spend", "selection_fee"))
    top.done()
    return Tiers(ranked, charge, custom_id, custom_name, custom_fee)


def _industries(path: Path) -> tuple[Industry, ...]:
    top = _top(path)
    top.flag("sample")
    items = top.items("industries")
    found = list(_each(items, "行业", _industry, lambda industry: industry.id).values())
    top.done()
    if found[-1].id != "default":
        raise items.error("最后一个行业应当是 default", len(items) - 1)
    return tuple(found)


def _industry(fields: Fields) -> Industry:
    calls = fields.fields("daily_calls", "daily_calls ")
    low, high = calls.count("from", 1), calls.count("to", 1)
    calls.done()
    if high < low:
        raise calls.raw.error("daily_calls：to 小于 from", "to")
    days = fields.count("working_days", 1)
    if days > 31:
        raise fields.raw.error("working_days 一个月最多 31 天", "working_days")
    return Industry(
        id=fields.text("id"),
        name=fields.text("name"),
        words=fields.words("words"),
        calls_from=low,
        calls_to=high,
        call_minutes=fields.number("call_minutes", above=Decimal(0)),
        working_days=days,
        calls_per_seat=fields.count("calls_per_seat", 1),
    )
