"""Topics × ways of asking: more sentences for training, drawn from ``data/lexicon/frames.yml``."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hotline.datafile import DATA, DataError, load

FRAMES = DATA / "lexicon" / "frames.yml"
_SLOT = re.compile(r"\{(\w+)\}")


def _fill(frame: str, lists: Mapping[str, list[str]], chance: random.Random) -> str:
    return _SLOT.sub(lambda match: str(chance.choice(lists[match[1]])), frame)


def _checked(entry: Any, name: str, shared: Mapping[str, Any]) -> dict[str, list[str]]:
    lists = {key: [str(item) for item in values] for key, values in {**shared, **entry}.items()}
    for frame in lists["say"]:
        for slot in _SLOT.findall(frame):
            if slot not in lists:
                raise entry.error(f"{name} 的句式 {frame!r} 用了没有定义的 {{{slot}}}", "say")
    return lists


def sentences(number: int, seed: int, path: Path = FRAMES) -> list[tuple[str, str]]:
    """Up to ``number`` different sentences for each intent, as (sentence, intent).

    Every frame is used once before any is used again. Raises DataError for an unknown slot.
    """
    content = load(path)
    if not isinstance(content, dict) or "shared" not in content:
        raise DataError(path, 1, "要有 shared 和各意图的句式")
    found = []
    for intent in content:
        if intent == "shared":
            continue
        lists = _checked(content[intent], intent, content["shared"])
        chance = random.Random(f"{seed}\0{intent}")
        made: dict[str, None] = {}
        for turn in range(3 * number):
            if turn % len(lists["say"]) == 0:
                order = chance.sample(lists["say"], len(lists["say"]))
            if len(made) < number:
                made.setdefault(_fill(order[turn % len(order)], lists, chance))
        found += [(sentence, intent) for sentence in made]
    return found
