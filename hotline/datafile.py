"""YAML that operators edit, read so that every complaint can name file, line and reason.

The values are ordinary dicts and lists that also remember the line of each entry.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "data"


class DataError(ValueError):
    """What an operator reads when a data file is wrong: file, line (1-based) and reason."""

    def __init__(self, file: Path | str, line: int, reason: str) -> None:
        path = Path(file)
        shown = path.relative_to(ROOT) if path.is_absolute() and path.is_relative_to(ROOT) else path
        super().__init__(f"{shown}:{line}: {reason}")
        self.file, self.line, self.reason = str(shown), line, reason


class Located(dict):
    """A mapping that knows its file, its own line and the line of each key."""

    file: str = ""
    line: int = 0

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[Hashable, int] = {}

    def error(self, reason: str, key: Hashable | None = None) -> DataError:
        """The complaint about this mapping, or about one key of it."""
        return DataError(self.file, self.lines.get(key, self.line), reason)


class LocatedList(list):
    """A list that knows its file, its line and the line of each item."""

    file: str = ""
    line: int = 0

    def __init__(self) -> None:
        super().__init__()
        self.item_lines: list[int] = []

    def error(self, reason: str, index: int | None = None) -> DataError:
        """The complaint about this list, or about one item of it."""
        return DataError(self.file, self.line if index is None else self.item_lines[index], reason)


#: the parser in C where PyYAML has it: a seventh of the time, the same values and lines
_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Safe):
    """Safe YAML; turns mappings and lists into their located kinds and refuses double keys."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> Located:
    found = Located()
    found.file, found.line = loader.name, node.start_mark.line + 1
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        line = key_node.start_mark.line + 1
        if key in found:
            raise DataError(loader.name, line, f"键 {key!r} 重复（第一次在第 {found.lines[key]} 行）")
        found[key] = loader.construct_object(value_node, deep=True)
        found.lines[key] = line
    return found


def _sequence(loader: _Loader, node: yaml.SequenceNode) -> LocatedList:
    found = LocatedList()
    found.file, found.line = loader.name, node.start_mark.line + 1
    for item in node.value:
        found.append(loader.construct_object(item, deep=True))
        found.item_lines.append(item.start_mark.line + 1)
    return found


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_SEQUENCE_TAG, _sequence)


def load(path: Path) -> Any:
    """Read one YAML file.

    Raises DataError with the line where the syntax breaks, where a key repeats, or line 1 when
    the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(path, 1, f"读不了这个文件：{error}") from error
    loader = _Loader(text)
    loader.name = str(path)
    try:
        return loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise DataError(path, mark.line + 1 if mark else 1, f"YAML 写法有误：{error.problem}") from error
    finally:
        loader.dispose()


def digest(paths: Iterable[Path]) -> str:
    """A fingerprint of contents (not of times): SHA-256 over sorted relative names and bytes."""
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path).encode())
        total.update(b"\0")
        total.update(path.read_bytes())
        total.update(b"\0")
    return total.hexdigest()
