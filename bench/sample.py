"""A part of the training sentences that stands for the whole: seeded, with every intent and each kind of sentence."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

_ANNOTATION = re.compile(r"\]\((\w+)\)|\]\{[^}]*\"entity\":\s*\"(\w+)\"")
SEED = 400


def entities_of(sentence: str) -> frozenset[str]:
    """The entities that are annotated in a sentence."""
    return frozenset(short or long for short, long in _ANNOTATION.findall(sentence))


def chosen(sentences: Sequence[str], count: int, seed: int = SEED) -> list[str]:
    """So many sentences of one intent, in their order; each kind (by its entities) with its share and at least one.

    Sentences are sorted by kind and shuffled within it; then every n-th is taken, which gives each kind its share.
    """
    if len(sentences) <= count:
        return list(sentences)
    dice = random.Random(f"{seed} {len(sentences)} {sentences[0]}")
    kinds = {n: sorted(entities_of(sentence)) for n, sentence in enumerate(sentences)}
    order = sorted(kinds, key=lambda n: (kinds[n], dice.random()))
    taken = {order[place * len(order) // count] for place in range(count)}
    seen = {tuple(kinds[n]) for n in taken}
    for n in order:
        if tuple(kinds[n]) not in seen:
            seen.add(tuple(kinds[n]))
            taken.add(n)
    return [sentences[n] for n in sorted(taken)]


def write(sources: Sequence[Path], folder: Path, per_intent: int) -> None:
    """Write the sample of these files. Synonyms, lookup tables and regular expressions are kept whole."""
    by_intent: dict[str, list[str]] = {}
    rest: list[dict[str, Any]] = []
    for file in sorted(sources):
        for block in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            if "intent" in block:
                by_intent.setdefault(block["intent"], []).extend(lines_of(block["examples"]))
            else:
                rest.append(block)
    parts = ['version: "3.1"\nnlu:\n']
    for intent, sentences in by_intent.items():
        parts.append(_block("intent", intent, chosen(sentences, per_intent)))
    for block in rest:
        kind = next(name for name in block if name != "examples")
        parts.append(_block(kind, block[kind], lines_of(block["examples"])))
    (folder / "nlu.yml").write_text("".join(parts), encoding="utf-8")


def lines_of(examples: str) -> list[str]:
    """The sentences of a block."""
    return [line.strip()[2:] for line in examples.splitlines() if line.strip().startswith("- ")]


def _block(kind: str, name: str, sentences: Sequence[str]) -> str:
    return f"- {kind}: {name}\n  examples: |\n" + "".join(f"    - {sentence}\n" for sentence in sentences)
