"""The order of the house: who may know whom, where words live, and that every name is known by its one name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from hotline.datafile import DATA, ROOT

#: what everybody may use: where files lie, what time it is, how far long work is, threads
GROUND = {"datafile", "clock", "progress", "threads"}
#: room → the rooms it may import, besides itself and the ground
BELOW = {
    "values": set(),
    "business": {"values"},
    "store": {"business", "values"},
    "nlu": {"values", "settings"},
    "runtime": {"store", "business", "values", "settings"},
    "assist": {"business", "values", "services", "runtime"},
    "actions": {"business", "values", "services"},
    "channels": {"runtime", "business", "values", "services", "assist", "store", "settings"},
}
#: libraries that a room must do without
STRANGERS = {
    "values": {"rasa", "rasa_sdk", "sanic", "sqlalchemy"},
    "business": {"rasa", "rasa_sdk", "sanic", "sqlalchemy", "fastapi", "flask"},
    "store": {"rasa", "rasa_sdk", "sanic"},
    "actions": {"sqlalchemy", "sanic", "rasa"},
}
#: the one reader, and one that must run before anything else is imported
READS_ENVIRONMENT = {"hotline/settings.py", "hotline/runtime/no_tensorflow.py"}
#: rooms whose words would reach a customer; values and nlu hold the customers' own words
SPEAKING = ("actions", "business", "store", "runtime", "channels", "assist")
COMPLAINTS = {"error", "warning", "info", "exception"}  # calls that speak to operators

_HAN = re.compile(r"[\u4e00-\u9fff]")
_SENTENCE = re.compile(
    r"[\u4e00-\u9fff][^\[\](){}|^$\\]{3,}[。！？]|您[^\[\](){}|^$\\]{3,}|请[^\[\](){}|^$\\]{4,}"
)
_RASA_KEY = re.compile(r"\s*(?:nlu|rules|stories|responses)\s*:")


@cache
def modules() -> dict[Path, ast.Module]:
    """Every Python module of the product, parsed."""
    found = sorted([*(ROOT / "hotline").rglob("*.py"), *(ROOT / "actions").rglob("*.py")])
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in found}


def room(module: str) -> str:
    """The room of a dotted module name; the first part for one that is not ours."""
    parts = module.split(".")
    return parts[1] if parts[0] == "hotline" and len(parts) > 1 else parts[0]


def home(path: Path) -> str:
    """The room in which a file lies."""
    return room(".".join(path.relative_to(ROOT).with_suffix("").parts))


def imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything a module imports, also inside functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, "imports are written out"
            yield from ((node.lineno, f"{node.module}.{name.name}") for name in node.names)


def place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


class TestImports:
    def test_imports_run_downwards_only(self) -> None:
        wrong = []
        for path, tree in modules().items():
            if (me := home(path)) not in BELOW:
                continue
            for line, name in imported(tree):
                if name.split(".")[0] not in ("hotline", "actions"):
                    continue
                if room(name) not in BELOW[me] | GROUND | {me}:
                    wrong.append(f"{place(path, line)} imports {name}")
        assert wrong == []

    def test_nothing_imports_actions_or_channels_but_what_puts_the_process_together(self) -> None:
        wrong = [
            f"{place(path, line)} imports {name}"
            for path, tree in modules().items()
            for line, name in imported(tree)
            if room(name) in ("actions", "channels") and home(path) not in ("serve", room(name))
        ]
        assert wrong == []

    @pytest.mark.parametrize("name", STRANGERS)
    def test_a_room_does_without_the_libraries_of_the_rooms_above(self, name: str) -> None:
        wrong = [
            f"{place(path, line)} imports {module}"
            for path, tree in modules().items()
            if home(path) == name
            for line, module in imported(tree)
            if module.split(".")[0] in STRANGERS[name]
        ]
        assert wrong == []

    def test_the_environment_is_read_in_one_place(self) -> None:
        wrong = [
            place(path, node.lineno)
            for path, tree in modules().items()
            if str(path.relative_to(ROOT)) not in READS_ENVIRONMENT
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute)
            and node.attr in ("environ", "getenv")
            and isinstance(node.ctx, ast.Load)
            and not _sets(tree, node)
        ]
        assert wrong == []


def _sets(tree: ast.Module, environ: ast.Attribute) -> bool:
    """Whether `os.environ` is only written here (for a library that reads it)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and node.value is environ:
            return isinstance(node.ctx, ast.Store)
        if isinstance(node, ast.Attribute) and node.value is environ:
            return node.attr == "setdefault"
    return False


class TestWords:
    def test_no_sentence_for_customers_stands_in_python(self) -> None:
        wrong = []
        for path, tree in modules().items():
            if home(path) not in SPEAKING:
                continue
            aside = _aside(tree)
            for node in ast.walk(tree):
                if (
                    isinstance(node, ast.Constant)
                    and isinstance(node.value, str)
                    and id(node) not in aside
                    and _SENTENCE.search(node.value)
                ):
                    wrong.append(f"{place(path, node.lineno)} {node.value[:40]}")
        assert wrong == []

    def test_the_rule_would_notice_one(self) -> None:
        tree = ast.parse('def f(turn):\n    """文档：您好，请看。"""\n    turn.say("您好，审核要七天。")')
        found = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and id(node) not in _aside(tree)
            and _SENTENCE.search(node.value)
        ]
        assert [node.value for node in found] == ["您好，审核要七天。"]

    def test_customers_are_called_nin(self) -> None:
        texts = [ROOT / "domain.yml", DATA / "lexicon" / "labels.yml", *(DATA / "knowledge").glob("*.yml")]
        wrong = [
            f"{path.name}:{number} {line.strip()[:40]}"
            for path in texts
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
            if "你" in re.sub(r"words: \[.*|title: [^,}]*|#.*", "", line) and "{title" not in line
        ]
        assert wrong == []

    @pytest.mark.parametrize("folder", ["knowledge", "catalog", "lexicon"])
    def test_rasa_finds_nothing_to_read_in_our_own_data(self, folder: str) -> None:
        wrong = [
            f"{path.name}:{number}"
            for path in (DATA / folder).rglob("*.y*ml")
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
            if _RASA_KEY.match(line)
        ]
        assert wrong == []


def _aside(tree: ast.Module) -> set[int]:
    """The constants that no customer reads: docstrings, what is raised, logged or said to operators."""
    aside: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                aside.add(id(first.value))
        elif isinstance(node, ast.Raise) or (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in COMPLAINTS
        ):
            aside |= {id(each) for each in ast.walk(node)}
    return aside


class TestSize:
    def test_a_file_that_wants_to_be_two_is_two(self) -> None:
        long = {
            str(path.relative_to(ROOT)): lines
            for path in (*modules(), *(ROOT / "tests").rglob("*.py"))
            if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
        }
        assert long == {}

    def test_a_function_fits_on_a_screen(self) -> None:
        long = [
            f"{place(path, node.lineno)} {node.name}"
            for path, tree in modules().items()
            for node in ast.walk(tree)
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            and "migrations" not in path.parts  # tables in a row
            and (node.end_lineno or 0) - node.lineno > 75
        ]
        assert long == []
