"""What a message asks for: one request, two or three. Pure; the recogniser has read the whole and each clause.

A clause read alone lacks its context ("存多久"), the whole has one reading only. So a clause's question counts when
the recogniser is sure of it and finds it possible in the whole too, or when it is a sentence of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hotline.business.clauses import QUESTION

FAQ = "faq_"
MOST = 3  # two are answered, the third is named
SURE = 0.6  # of a clause, to count as a question of its own
POSSIBLE = 0.02  # what the whole message must give it
PLAIN = 0.75  # of a clause in a message that is something else as a whole
_SUBJECT = 2  # characters that name what a question is about
_ASKS = re.compile(
    r"[\W_]|[多几][少久长]?|时间|哪|怎么|怎样|如何|什么|啥|能不能|可不可以|可以|要不要|是不是|有没有|需要|收费|收钱|价格|费用"
    r"|[吗呢么吧能要的钱贵天个号算弄办搞法是有在存了都也那还另外问我们你]"
)
_INTERROGATIVE = re.compile(rf"{QUESTION.pattern}|几")
_ENDS = ("?", "？", "。", "!", "！", "；", ";")
#: what can be begun beside an answer
TASKS = frozenset(
    {
        "apply",
        "recommend_plan",
        "compare_plans",
        "search_number",
        "check_materials",
        "check_application_status",
        "request_callback",
        "human_handoff",
    }
)


@dataclass(frozen=True)
class Asked:
    """One question: its intent, and the words that it was asked in (empty: a button)."""

    intent: str
    text: str

    @property
    def topic(self) -> str:
        """The topic of the knowledge base."""
        return self.intent.removeprefix(FAQ)


def questions(
    text: str,
    intent: str,
    confidence: float,
    chances: Mapping[str, float],
    parts: Sequence[Mapping[str, Any]],
) -> list[Asked]:
    """The questions of a message, in their order, at most three. `chances`: the whole's ranking by intent."""
    whole = intent.startswith(FAQ)
    found: dict[str, str] = {}
    before = ""
    for part in parts:
        name, sure = str(part["name"]), float(part["confidence"] or 0)
        alone = before.rstrip().endswith(_ENDS) or (str(part["text"]).rstrip().endswith(_ENDS) and not before)
        before = str(part["text"])
        if not name.startswith(FAQ):
            continue
        if whole:
            possible = chances.get(name, 0.0) >= POSSIBLE or (alone and sure >= PLAIN)
            asks = bool(_INTERROGATIVE.search(str(part["text"])))
            complete = sure >= PLAIN and asks and not elliptical(str(part["text"]))
            counts = name == intent or (sure >= SURE and possible) or complete
        else:
            counts = sure >= PLAIN and bool(QUESTION.search(str(part["text"])))
        if counts:
            found[name] = f"{found.get(name, '')}{part['text']}"
    if whole and (intent not in found) and (not found or confidence >= SURE):
        found = {intent: text, **found} if not found else {**found, intent: text}
    if len(found) == 1 and whole:
        found = dict.fromkeys(found, text)
    return [Asked(name, said) for name, said in list(found.items())[:MOST]]


def elliptical(clause: str) -> bool:
    """Whether a question lacks what it is about ("存多久", "怎么收费"): then it belongs to the clause before."""
    return len(_ASKS.sub("", clause)) < _SUBJECT


def second_task(intent: str, parts: Sequence[Mapping[str, Any]]) -> str | None:
    """A task that another clause asks for than the one that the message was taken for."""
    for part in parts:
        name = str(part["name"])
        if name in TASKS and name != intent and float(part["confidence"] or 0) >= PLAIN:
            return name
    return None
