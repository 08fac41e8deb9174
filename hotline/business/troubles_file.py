"""``data/catalog/troubles.yml`` read and checked: first checks for faults, and the test after activation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hotline.business.fields import FEATURES
from hotline.business.yaml_fields import Fields
from hotline.datafile import DATA, DataError, Located, load

OTHER = "other"
TEST_IDS = tuple(f"T{number:02d}" for number in range(1, 19))


@dataclass(frozen=True)
class TroubleCheck:
    """One thing to look at first: the question, and what to do if it is the cause."""

    id: str
    ask: str
    found: str
    facts: tuple[str, ...]
    person: bool  # the cause itself needs a person


@dataclass(frozen=True)
class TestItem:
    """One item of the test after activation (T01–T18); `needs`: only with one of these features."""

    __test__ = False  # no test case, whatever pytest thinks of the name

    id: str
    name: str
    do: str
    passed: str
    needs: tuple[str, ...]


@dataclass(frozen=True)
class TroublesCatalog:
    """Checks by symptom, names of symptoms, and the test."""

    names: Mapping[str, str]
    checks: Mapping[str, tuple[TroubleCheck, ...]]
    test: tuple[TestItem, ...]


def load_troubles(file: Path = DATA / "catalog" / "troubles.yml") -> TroublesCatalog:
    """Read the file. Raises DataError."""
    data = load(file)
    if not isinstance(data, Located):
        raise DataError(file, 1, "应为 troubles 和 guided_test 两个键")
    top = Fields(data, "故障与测试", data, None)
    table = top.fields("troubles", "故障")
    if not table.has(OTHER):
        raise table.raw.error(f"要有 {OTHER}（归不了类的故障）")
    names: dict[str, str] = {}
    checks: dict[str, tuple[TroubleCheck, ...]] = {}
    for symptom in table.raw:
        one = table.fields(symptom, f"故障 {symptom}")
        names[symptom] = one.text("name")
        checks[symptom] = _checks(one)
        one.done()
    test = _test(top)
    top.done()
    return TroublesCatalog(names, checks, test)


def _checks(trouble: Fields) -> tuple[TroubleCheck, ...]:
    listed = trouble.items("checks")
    found = []
    for index, raw in enumerate(listed):
        one = Fields(raw, "检查", listed, index)
        person = one.flag("person") if one.has("person") else False
        found.append(
            TroubleCheck(one.text("id"), one.text("ask"), one.text("found"), one.words("facts"), person)
        )
        one.done()
    return tuple(found)


def _test(top: Fields) -> tuple[TestItem, ...]:
    listed = top.items("guided_test")
    found = []
    for index, raw in enumerate(listed):
        one = Fields(raw, "测试项", listed, index)
        needs = one.words("needs") if one.has("needs") else ()
        if wrong := set(needs) - set(FEATURES):
            raise one.raw.error(f"没有 {sorted(wrong)} 这些功能", "needs")
        found.append(TestItem(one.text("id"), one.text("name"), one.text("do"), one.text("pass"), needs))
        one.done()
    if tuple(item.id for item in found) != TEST_IDS:
        raise listed.error("测试项应正好是 T01 到 T18，按次序")
    return tuple(found)
