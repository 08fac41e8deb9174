"""``data/catalog/materials.yml`` read and checked: every complaint names file and line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hotline.business.fields import APPLICANTS, HANDLERS, MATERIALS, SCENARIOS
from hotline.business.yaml_fields import Fields
from hotline.datafile import DATA, DataError, Located, load

LEVELS = ("required", "usual", "maybe")
FINDINGS = (
    *("missing", "missing_authorization", "missing_permit", "expired_license", "expiring_license"),
    *("expired_id", "expiring_id", "expired_paper", "expiring_paper", "one_side_only", "not_stamped"),
    *("not_legible", "other_person", "stale_proof", "scope_differs", "scope_unsure"),
    *("credit_code_wrong", "high_risk", "personal_applicant"),
)
_CONDITIONS: dict[str, tuple[str, ...] | None] = {
    "applicant_type": APPLICANTS,
    "handler": HANDLERS,
    "region": None,
    "plan": None,
}
_FLAGS = ("permit", "old_license")


@dataclass(frozen=True)
class Item:
    """A paper: what it is called (by applicant), what makes it good, whether it is stamped."""

    id: str
    name: str
    names: Mapping[str, str]
    need: str
    stamp: bool
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """Who has to bring a paper: all conditions hold (a tuple of allowed values, or a flag)."""

    item: str
    level: str
    why: str
    when: Mapping[str, Any]


@dataclass(frozen=True)
class Permit:
    """An industry that needs a permit: words it is known by, words its licence's scope should bear."""

    id: str
    name: str
    words: tuple[str, ...]
    scope: tuple[str, ...]


@dataclass(frozen=True)
class Mend:
    """How to put a finding right; `code` is the reason of rejection R01–R18, None where there is none."""

    code: str | None
    text: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class MaterialsCatalog:
    """The whole file."""

    items: Mapping[str, Item]
    rules: tuple[Rule, ...]
    permits: tuple[Permit, ...]
    high_risk: tuple[str, ...]
    scope_words: Mapping[str, tuple[str, ...]]
    mends: Mapping[str, Mend]  # by R-code
    by_finding: Mapping[str, Mend]


def load_materials(file: Path = DATA / "catalog" / "materials.yml") -> MaterialsCatalog:
    """Read the file. Raises DataError."""
    data = load(file)
    if not isinstance(data, Located):
        raise DataError(file, 1, "应为“键: 值”的形式")
    top = Fields(data, "材料表", data, None)
    top.flag("sample")
    items = _items(top)
    mends = {code: _mend(top, "mends", code, code) for code in (f"R{number:02d}" for number in range(1, 19))}
    risk = top.fields("high_risk", "高风险行业")
    high_risk = risk.words("words")
    risk.words("sources")
    risk.done()
    scope = top.fields("scope_words", "用途对应的词")
    catalog = MaterialsCatalog(
        items=items,
        rules=_rules(top, items),
        permits=_permits(top),
        high_risk=high_risk,
        scope_words={name: scope.words(name) for name in SCENARIOS if scope.has(name)},
        mends=mends,
        by_finding=_findings(top, mends),
    )
    scope.done()
    top.done()
    return catalog


def _items(top: Fields) -> dict[str, Item]:
    found: dict[str, Item] = {}
    listed = top.items("items")
    for index, raw in enumerate(listed):
        one = Fields(raw, "材料", listed, index)
        name = one.one_of("id", tuple(MATERIALS))
        if name in found:
            raise one.raw.error(f"{name} 写了两遍", "id")
        names: dict[str, str] = {}
        if one.has("names"):
            by_type = one.fields("names", "各类主体的叫法")
            names = {kind: by_type.text(kind) for kind in APPLICANTS if by_type.has(kind)}
            by_type.done()
        found[name] = Item(
            name, one.text("name"), names, one.text("need"), one.flag("stamp"), one.words("sources")
        )
        one.done()
    return found


def _rules(top: Fields, items: Mapping[str, Item]) -> tuple[Rule, ...]:
    listed = top.items("checklist")
    rules = []
    for index, raw in enumerate(listed):
        one = Fields(raw, "清单的一条", listed, index)
        when = _conditions(one.fields("when", "条件")) if one.has("when") else {}
        rules.append(
            Rule(one.one_of("item", tuple(items)), one.one_of("level", LEVELS), one.text("why"), when)
        )
        one.done()
    return tuple(rules)


def _conditions(when: Fields) -> dict[str, Any]:
    found: dict[str, Any] = {name: when.flag(name) for name in _FLAGS if when.has(name)}
    for name, allowed in _CONDITIONS.items():
        if when.has(name):
            values = when.words(name)
            if allowed and (wrong := set(values) - set(allowed)):
                raise when.raw.error(f"{name} 没有 {sorted(wrong)} 这个值", name)
            found[name] = values
    when.done()
    return found


def _permits(top: Fields) -> tuple[Permit, ...]:
    listed = top.items("permits")
    found = []
    for index, raw in enumerate(listed):
        one = Fields(raw, "行业许可", listed, index)
        found.append(Permit(one.text("id"), one.text("name"), one.words("words"), one.words("scope")))
        one.done()
    return tuple(found)


def _mend(top: Fields, section: str, key: str, code: str | None) -> Mend:
    one = top.fields(section, section).fields(key, f"{key} 的改法")
    mend = Mend(code, one.text("text"), one.words("sources"))
    one.done()
    return mend


def _findings(top: Fields, mends: Mapping[str, Mend]) -> dict[str, Mend]:
    table = top.fields("findings", "检查结果")
    found: dict[str, Mend] = {}
    for name in FINDINGS:
        code = table.get(name)
        if code is None:
            found[name] = _mend(top, "advice", name, None)
        elif code in mends:
            found[name] = mends[code]
        else:
            raise table.raw.error(f"没有 {code} 这个驳回原因", name)
    table.done()
    return found
