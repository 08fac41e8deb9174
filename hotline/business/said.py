"""One message and the question it may answer; and what is heard in it. Plain values, no logic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Said:
    """One message with what was understood of it, and the question that it may answer."""

    text: str
    intent: str
    entities: Sequence[Mapping[str, Any]] = ()
    requested: str | None = None  # the field asked, if a form is open
    last_field: str | None = None  # the field last told: what a bare correction refers to
    known: Mapping[str, Any] = field(default_factory=dict)
    pending: Mapping[str, Any] = field(default_factory=dict)  # told before the consent, waiting for it
    past: Sequence[Sequence[Mapping[str, Any]]] = ()  # the changes of the turns before, latest first
    engaged: bool = False  # an application is being made, even if no question is open
    confidence: float = 1.0  # of the intent
    # loose words, by value: for the field asked, for papers, for each field
    words: Mapping[str, Sequence[str]] = field(default_factory=dict)
    needed: Sequence[str] = ()  # the papers of his case, while they are asked for
    paper_words: Mapping[str, Sequence[str]] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    pressed: bool = False  # a button of ours, not typed


@dataclass
class Heard:
    """What to keep of a message."""

    values: dict[str, Any] = field(default_factory=dict)  # field: value, for the draft to check
    skip: str | None = None  # the customer passes this field by
    wants_proposal: str | None = None  # he leaves this field to us
    erase: str | None = None  # he wants to say this field anew
    yes: bool | None = None  # his answer to a yes-or-no question of ours
    wrong: bool = False  # something in the summary is wrong
    guessed: bool = False  # the unit of a volume was not said: to be confirmed
    left_to_us: bool = False  # "随便", "你定": whatever we propose is accepted; not so "不知道"
    answered: bool = False  # the question asked was taken up (even if its value is refused later)
    short: bool = False  # a plain yes, no or "whatever", whatever the recogniser made of it
    loose: bool = False  # the value was read from free text, not recognised
    supposed: dict[str, Any] = field(default_factory=dict)  # a figure that is only weighed: "要是五千分钟呢"
    beside: bool = False  # all of it is about something or somebody else
    outbound: bool = False  # he wants to call out with it, which it cannot
    assumed: tuple[str, ...] = ()  # fields that he did not say but that we conclude, and have to say so
