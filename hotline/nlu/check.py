"""Is the language data sound? What a person who adds sentences wants to know before training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

from hotline.datafile import ROOT, load
from hotline.nlu.examples import Example, by_intent
from hotline.nlu.features import Features
from hotline.nlu.normalise import normalise

CONTRACT = ROOT / "tests" / "nlu" / "contract.yml"
LEAST, LEAST_BROAD = 60, 150
BROAD = ("inform", "out_of_scope", "search_number", "recommend_plan", "human_handoff")
NEAR = 0.8  # cosine of character n-grams from which two sentences are the same to a reader
RARE = 25  # a piece of writing in so few sentences is worth following


@dataclass(frozen=True)
class Finding:
    """One thing to look at; an ``error`` breaks the contract or contradicts itself."""

    error: bool
    place: str
    reason: str

    def __str__(self) -> str:
        return f"{'错误' if self.error else '提醒'}  {self.place}: {self.reason}"


def contract_names(contract: Path = CONTRACT) -> tuple[set[str], set[str]]:
    """The intents (``faq_<topic>`` for topics) and entities that the contract knows."""
    names = load(contract)
    return {f"faq_{topic}" for topic in names["faq"]} | set(names["dialogue"]), set(names["entities"])


def _place(example: Example) -> str:
    return f"{example.file}:{example.line}"


def unknown_names(examples: Sequence[Example], intents: set[str], entities: set[str]) -> list[Finding]:
    """Intents and entities outside the contract, and intents without any sentence."""
    found = [
        Finding(True, _place(group[0]), f"意图 {intent} 不在约定里")
        for intent, group in by_intent(examples).items()
        if intent not in intents
    ]
    for example in examples:
        found += [
            Finding(True, _place(example), f"实体 {mark.entity} 不在约定里")
            for mark in example.marks
            if mark.entity not in entities
        ]
    missing = sorted(intents - {example.intent for example in examples})
    return found + [Finding(True, "data/nlu", f"意图 {intent} 没有例句") for intent in missing]


def duplicates(examples: Sequence[Example]) -> list[Finding]:
    """The same sentence twice: an error under two intents, a remark under one."""
    first: dict[str, Example] = {}
    found = []
    for example in examples:
        known = first.setdefault(normalise(example.text).text.rstrip("?!.。,~"), example)
        if known is not example:
            differ = known.intent != example.intent
            what = f"又是 {example.intent}" if differ else "重复"
            found.append(
                Finding(differ, _place(example), f"“{example.text}”{what}（{_place(known)} {known.intent}）")
            )
    return found


def near_duplicates(examples: Sequence[Example], limit: float = NEAR) -> list[Finding]:
    """Sentences of different intents that hardly differ in writing.

    Only pairs that share a rare piece of writing are compared: all with all takes minutes.
    """
    texts = [normalise(example.text).text for example in examples]
    rows = Features.learn(texts, {"char": 1.0}, least=2).matrix(texts)
    rare = rows[:, np.flatnonzero(np.diff(rows.tocsc().indptr) <= RARE)]
    found = []
    for start in range(0, len(texts), 2000):
        close = (rare[start : start + 2000] @ rare.T).tocoo()
        for left, right in zip(close.row + start, close.col, strict=True):
            a, b = examples[left], examples[right]
            if left >= right or a.intent == b.intent or texts[left] == texts[right]:
                continue
            if abs(len(a.text) - len(b.text)) <= 3 and _cosine(rows[left], rows[right]) >= limit:
                reason = f"“{b.text}”({b.intent}) 很像 {_place(a)} “{a.text}”({a.intent})"
                found.append(Finding(False, _place(b), reason))
    return found


def _cosine(one: csr_matrix, other: csr_matrix) -> float:
    return float((one @ other.T).toarray()[0, 0])


def imbalance(examples: Sequence[Example]) -> list[Finding]:
    """Intents with too few sentences, or with many times the usual number."""
    sizes = {intent: len(group) for intent, group in by_intent(examples).items()}
    usual = float(np.median(list(sizes.values()))) if sizes else 0.0
    found = []
    for intent, size in sizes.items():
        least = LEAST_BROAD if intent in BROAD else LEAST
        if size < least:
            found.append(Finding(False, intent, f"只有 {size} 句，至少要 {least} 句"))
        elif size > 8 * usual:
            found.append(Finding(False, intent, f"有 {size} 句，是一般意图（{usual:.0f} 句）的 8 倍以上"))
    return found


def check(examples: Sequence[Example], contract: Path = CONTRACT) -> list[Finding]:
    """Everything, errors first."""
    found = unknown_names(examples, *contract_names(contract))
    found += duplicates(examples) + near_duplicates(examples) + imbalance(examples)
    return sorted(found, key=lambda finding: not finding.error)
