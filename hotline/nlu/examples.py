"""The sentences in Rasa's NLU files, read without Rasa."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hotline.datafile import DATA, DataError, load

TRAINING = DATA / "nlu"
_ANNOTATION = re.compile(r"\[(?P<said>[^\[\]]+)\](?:\((?P<name>[^()]+)\)|(?P<more>\{[^{}]*\}))")


@dataclass(frozen=True)
class Mark:
    """A value marked in a sentence: its place in the plain text and what it means."""

    entity: str
    start: int
    end: int
    value: Any
    role: str | None = None


@dataclass(frozen=True)
class Example:
    """One sentence, what it wants, and where it stands."""

    text: str
    intent: str
    file: str
    line: int
    marks: tuple[Mark, ...] = ()


def plain(marked: str) -> tuple[str, tuple[Mark, ...]]:
    """A sentence without its marks, and the marks. Raises ValueError for a mark that is no JSON."""
    text, end, marks = "", 0, []
    for match in _ANNOTATION.finditer(marked):
        text += marked[end : match.start()]
        more = json.loads(match["more"]) if match["more"] else {"entity": match["name"]}
        said = match["said"]
        value = more.get("value", said)
        marks.append(Mark(more["entity"], len(text), len(text) + len(said), value, more.get("role")))
        text += said
        end = match.end()
    return text + marked[end:], tuple(marks)


def read(path: Path) -> list[Example]:
    """The examples of one file. Raises DataError where a line cannot be read."""
    found = []
    content = load(path) or {}
    for entry in content.get("nlu", []) if isinstance(content, dict) else []:
        if "intent" not in entry:
            continue
        first = entry.lines["examples"]
        for offset, line in enumerate(str(entry.get("examples", "")).split("\n"), start=1):
            if not line.strip():
                continue
            if not line.startswith("- "):
                raise DataError(path, first + offset, f"例句要以“- ”开头：{line[:30]}")
            try:
                text, marks = plain(line[2:].strip())
            except (ValueError, KeyError) as error:
                raise DataError(path, first + offset, f"标注写法有误：{error}") from error
            found.append(Example(text, entry["intent"], path.name, first + offset, marks))
    return found


def read_all(folder: Path = TRAINING) -> list[Example]:
    """The examples of every file in ``folder``, in the order of names."""
    return [example for path in sorted(folder.glob("*.yml")) for example in read(path)]


def by_intent(examples: Iterable[Example]) -> dict[str, list[Example]]:
    """Grouped, in order of first appearance."""
    groups: dict[str, list[Example]] = {}
    for example in examples:
        groups.setdefault(example.intent, []).append(example)
    return groups
