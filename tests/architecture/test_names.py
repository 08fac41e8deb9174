"""One name, one thing: vocabulary, domain, rules, data and code call everything the same, and nothing is left over."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa_sdk.executor import ActionExecutor

from actions.questions import FORMS, TASKS
from hotline.business.drafts import Draft, open_fields
from hotline.business.fields import FIELDS, REFUSALS
from hotline.business.knowledge import ACTIONS, Knowledge
from hotline.datafile import DATA, ROOT
from hotline.store import models
from hotline.store.models.base import Base

#: said by the runtime outside a turn, or by Rasa itself
BUILT_IN = {"action_listen", "action_session_start", "action_validate_slot_mappings"}
#: numbers are asked for by showing some
ASKED_BY_SHOWING = {"utter_ask_hotline_number"}


def _yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@cache
def domain() -> dict[str, Any]:
    return dict(_yaml(ROOT / "domain.yml"))


@cache
def contract() -> dict[str, Any]:
    return dict(_yaml(ROOT / "tests" / "nlu" / "contract.yml"))


def names(entries: list[Any]) -> list[str]:
    """The names of a domain list whose entries may have settings."""
    return [entry if isinstance(entry, str) else next(iter(entry)) for entry in entries]


@cache
def strings() -> frozenset[str]:
    """Every string that stands in the product's code; what is put in at run time reads ``*``."""
    found: set[str] = set()
    for path in (*(ROOT / "actions").rglob("*.py"), *(ROOT / "hotline").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                parts = (part.value if isinstance(part, ast.Constant) else "*" for part in node.values)
                found.add("".join(map(str, parts)))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return frozenset(found)


def said() -> set[str]:
    """The responses that the code names; those with a ``*`` stand for several (``utter_action`` is Rasa's own key)."""
    return {text for text in strings() if re.fullmatch(r"utter_[a-z0-9_*]*[a-z0-9*]", text)} - {
        "utter_action"
    }


def rules() -> list[dict[str, Any]]:
    return [rule for path in sorted((DATA / "rules").glob("*.yml")) for rule in _yaml(path)["rules"]]


@cache
def registered() -> dict[str, Any]:
    executor = ActionExecutor()
    executor.register_package("actions")
    return {
        name: action  # not the base class, which has no name, and none of other tests' actions
        for name, action in executor.actions.items()
        if name and type(action.__self__).__module__.startswith("actions")
    }


class TestVocabulary:
    def test_the_domain_has_every_intent_of_the_vocabulary_and_nothing_else(self) -> None:
        agreed = {f"faq_{topic}" for topic in contract()["faq"]} | set(contract()["dialogue"])
        assert set(names(domain()["intents"])) == agreed | {"nlu_fallback"}

    def test_every_topic_has_an_answer_and_every_answer_a_topic(self) -> None:
        assert set(contract()["faq"]) == set(Knowledge.load().topics)

    def test_a_topics_sentences_and_its_answer_lie_in_files_of_the_same_name(self) -> None:
        answered = {path.stem: set(_yaml(path)) for path in sorted((DATA / "knowledge").glob("*.yml"))}
        taught = {
            path.stem: {
                entry["intent"].removeprefix("faq_") for entry in _yaml(path)["nlu"] if "intent" in entry
            }
            for path in sorted((DATA / "nlu").glob("0*.yml"))
        }
        assert taught == answered

    def test_the_domain_has_every_entity_of_the_vocabulary(self) -> None:
        """More may be there where only our own buttons bring them, marked so in the domain."""
        ours = set(names(domain()["entities"])) - set(contract()["entities"])
        assert set(contract()["entities"]) <= set(names(domain()["entities"]))
        text = (ROOT / "domain.yml").read_text(encoding="utf-8")
        from_buttons = text.index("只从我们自己的按钮里来")
        assert all(text.index(f"  - {name}\n") > from_buttons for name in ours)

    def test_what_is_said_of_an_entity_lies_in_the_slot_of_its_name(self) -> None:
        assert set(FIELDS) & set(contract()["entities"]) <= set(domain()["slots"])

    def test_slots_never_steer_the_prediction(self) -> None:
        assert [name for name, slot in domain()["slots"].items() if slot["influence_conversation"]] == []


class TestActions:
    def test_every_action_of_the_domain_is_registered_and_the_other_way_round(self) -> None:
        assert set(domain()["actions"]) - BUILT_IN == set(registered()) - BUILT_IN

    def test_every_action_in_a_rule_is_in_the_domain(self) -> None:
        known = {*domain()["actions"], *domain()["forms"], *domain()["responses"], *BUILT_IN}
        used = {step["action"] for rule in rules() for step in rule["steps"] if "action" in step}
        assert used - known == set()

    def test_every_intent_has_exactly_one_rule(self) -> None:
        counted: dict[str, int] = dict.fromkeys(names(domain()["intents"]), 0)
        for rule in rules():
            for step in rule["steps"]:
                for choice in step.get("or", [step]):
                    if "intent" in choice:
                        counted[choice["intent"]] += 1
        assert {intent: count for intent, count in counted.items() if count != 1} == {}

    def test_what_may_follow_an_answer_can_be_done(self) -> None:
        assert set(ACTIONS) <= set(names(domain()["intents"]))


class TestResponses:
    def test_every_response_that_is_said_exists(self) -> None:
        responses = list(domain()["responses"])
        missing = {
            name
            for name in said()
            if not any(re.fullmatch(name.replace("*", "[a-z0-9_]+"), each) for each in responses)
        }
        assert missing == set()

    def test_every_response_that_exists_is_said(self) -> None:
        patterns = [name.replace("*", "[a-z0-9_]+") for name in said()]
        unsaid = {
            name
            for name in domain()["responses"]
            if not any(re.fullmatch(pattern, name) for pattern in patterns)
        }
        assert unsaid == set()

    def test_every_refusal_of_a_value_has_its_words(self) -> None:
        assert {f"utter_refused_{code}" for code in REFUSALS} - set(domain()["responses"]) == set()

    def test_a_refusals_words_use_only_values_that_come_with_it(self) -> None:
        given: dict[str, set[str]] = {}
        for path in (ROOT / "hotline" / "business").glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refusal":
                    code = ast.literal_eval(node.args[0])
                    values = {keyword.arg or "" for keyword in node.keywords}
                    given[code] = given.get(code, values) & values
        wanted = {
            code: set(re.findall(r"\{(\w+)\}", domain()["responses"][f"utter_refused_{code}"][0]["text"]))
            for code in given
        }
        assert set(given) <= REFUSALS
        assert {code: more for code in given if (more := wanted[code] - given[code])} == {}

    def test_every_button_means_something(self) -> None:
        intents = set(names(domain()["intents"]))
        entities = set(names(domain()["entities"]))
        wrong = []
        for name, variations in domain()["responses"].items():
            for button in (b for variation in variations for b in variation.get("buttons", [])):
                read = re.fullmatch(r"/([a-z0-9_]+)(\{\{.*\}\})?", button["payload"])
                values = re.findall(r'"([a-z_]+)":', button["payload"])
                if not read or read[1] not in intents or not set(values) <= entities:
                    wrong.append(f"{name}: {button['payload']}")
        assert wrong == []


@pytest.mark.parametrize("form", domain()["forms"])
class TestForms:
    def slots(self, form: str) -> list[str]:
        return list(domain()["forms"][form]["required_slots"])

    def test_every_slot_exists_and_has_its_question(self, form: str) -> None:
        asked = {f"action_ask_{form}_{slot}" for slot in self.slots(form)}
        assert asked <= set(registered())
        assert set(self.slots(form)) <= set(domain()["slots"])
        words = {f"utter_ask_{slot}" for slot in self.slots(form)} - ASKED_BY_SHOWING
        assert words <= set(domain()["responses"])

    def test_every_question_can_be_explained_shown_by_example_and_put_again(self, form: str) -> None:
        wanted = {
            f"utter_{kind}_{slot}" for kind in ("explain", "example", "reask") for slot in self.slots(form)
        }
        assert wanted - set(domain()["responses"]) == set()

    def test_it_is_checked_and_its_end_has_one_rule(self, form: str) -> None:
        assert f"validate_{form}" in registered()
        ends = [
            rule["rule"]
            for rule in rules()
            if {"action": form} in rule["steps"] and {"active_loop": None} in rule["steps"]
        ]
        assert len(ends) == 1

    def test_it_asks_for_everything_that_its_tasks_may_leave_open(self, form: str) -> None:
        assert tuple(self.slots(form)) == FORMS[form]
        for task in TASKS.get(form, ()):
            assert set(open_fields(Draft("d", "c"), task)) <= set(self.slots(form))


def test_the_diagram_of_the_data_model_shows_every_table() -> None:
    for _, name, _ in pkgutil.iter_modules(models.__path__, f"{models.__name__}."):
        importlib.import_module(name)
    text = (ROOT / "docs" / "business.md").read_text(encoding="utf-8")
    diagram = text.split("erDiagram", 1)[1].split("```", 1)[0]
    assert {name for name in Base.metadata.tables if not re.search(rf"\b{name}\b", diagram)} == set()
