"""What is made of a message around the understanding.

- A choice that was offered may be typed: its title, or its number on a channel that shows no buttons.
- Some fixed phrases of a dialogue ("上一步", "没看懂") are what they say (``data/lexicon/acts.yml``).
- A message of several clauses is also read clause by clause, so that two requests in it are both seen.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from hotline import datafile
from hotline.business.assent import rests, says_yes
from hotline.business.clauses import QUESTION
from hotline.runtime.reading import READ
from hotline.values.folding import fold
from hotline.values.numerals import parse_numeral

ACTS = datafile.DATA / "lexicon" / "acts.yml"
#: channels whose choices are numbered, because they show no buttons
NUMBERED = frozenset({"wechat", "voice"})
#: while one of these is asked, a bare number is its answer and never a choice
NUMBER_FIELDS = frozenset(
    {"monthly_minutes", "daily_calls", "call_minutes", "seats", "growth_rate", "bound_numbers", "budget"}
    | {"phone", "phone_tail", "application_id"}
)
MOST_CLAUSES = 5
_SHORTEST = 3  # characters of a clause worth reading
LONGEST_PHRASE = 60  # characters without marks: a longer text is no fixed phrase
_EXTRA = frozenset(
    "这那个我你咱说的了呀啊吧哦嘛呢哈是到底还完全有点再帮能下一给要想先就去请您"
)  # may surround a fixed phrase
_CLAUSE = re.compile(r"[^，,。；;！!？?\n]+[，,。；;！!？?\n]*")
_JOINT = re.compile(r"(?<=[^\s])(?=顺便|另外|还有|对了)|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
_MARKS = re.compile(r"[\s，,。.；;！!？?~～…、]+")
_PLACE = re.compile(r"(?:我?就?选)?第?\s*([1-9]|1\d|[一二两三四五六七八九十])\s*(?:个|项|号)?")

_FIRST = re.compile(r"(?:打)?头一?个")
_ORDINAL = re.compile(r"(?:我?就?[选要]?)?第\s*([1-9一二两三四五六七八九])\s*(?:个|项)")


@dataclass(frozen=True)
class Act:
    """A fixed phrase: what it does, the intent that it goes by, its wordings, and whole sentences as patterns.

    A group of a pattern is what the phrase is about (a code).
    """

    name: str
    intent: str
    words: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...] = ()


@dataclass(frozen=True)
class Acted:
    """A phrase that was said, and what it was about."""

    act: Act
    about: str = ""


@functools.lru_cache(maxsize=4)
def load_acts(path: Path = ACTS) -> tuple[Act, ...]:
    """The fixed phrases. Raises DataError if the file cannot be read."""
    data = datafile.load(path)
    return tuple(
        Act(
            str(name),
            str(entry["intent"]),
            tuple(sorted((_bare(str(word)) for word in entry.get("words", ())), key=len, reverse=True)),
            tuple(re.compile(str(pattern)) for pattern in entry.get("patterns", ())),
        )
        for name, entry in data.items()
    )


def act_of(text: str, acts: Iterable[Act]) -> Acted | None:
    """The fixed phrase that the text is, once or more ("你等下 我看看"), with nothing but particles around it."""
    bare = _bare(text)
    if len(bare) > LONGEST_PHRASE:
        return None
    for act in acts:
        for pattern in act.patterns:
            if match := pattern.fullmatch(bare):
                return Acted(act, next(filter(None, match.groups()), ""))
        rest = bare
        for word in act.words:
            rest = rest.replace(word, "")
        if rest != bare and set(rest) <= _EXTRA:
            return Acted(act)
    return None


def clauses(text: str) -> list[str]:
    """The clauses of a message that are worth reading alone; none when it has only one."""
    found = [part.strip() for clause in _CLAUSE.findall(text[:READ]) for part in _JOINT.split(clause)]
    if len([part for part in found if _bare(part)]) < 2:
        return []
    worth = [part for part in found if len(_bare(part)) >= _SHORTEST]
    # of a long list of particulars the questions are read first: they are not to be lost at its end
    first = sorted(range(len(worth)), key=lambda place: not QUESTION.search(worth[place]))[:MOST_CLAUSES]
    return [worth[place] for place in sorted(first)]


def offered(tracker: DialogueStateTracker | None) -> list[dict[str, str]]:
    """The buttons of our last words, in their order."""
    found: list[list[dict[str, str]]] = []
    for event in reversed(tracker.events if tracker else ()):
        if type(event) is UserUttered:
            break
        if type(event) is BotUttered:
            found.insert(0, list(event.data.get("buttons") or []))
    return [button for buttons in found for button in buttons]


def numbers_shown(tracker: DialogueStateTracker | None, channel: str) -> bool:
    """Whether choices bear numbers now: never while a number is being asked."""
    if channel not in NUMBERED or tracker is None:
        return False
    return not (tracker.active_loop_name and tracker.get_slot("requested_slot") in NUMBER_FIELDS)


def titled(text: str, buttons: Sequence[Mapping[str, str]]) -> str | None:
    """The meaning of a choice whose title was typed."""
    bare = _bare(text)
    return next((str(each["payload"]) for each in buttons if bare and bare == _bare(each["title"])), None)


def chosen(text: str, buttons: Sequence[Mapping[str, str]], numbered: bool) -> str | None:
    """The meaning of a choice that was typed, by its title or its number, or agreed to where there is but one
    ("可以" to "按 3 分钟算"); None for any other text."""
    if (payload := titled(text, buttons)) is not None:
        return payload
    if (only := _only_offer(buttons)) and says_yes(text) and not rests(text):
        return only
    pattern = _PLACE if numbered else _ORDINAL
    said = _FIRST.sub("第一个", fold(text)).strip(" 。.!！吧")
    place = pattern.fullmatch(said) if len(said) <= LONGEST_PHRASE else None
    number = parse_numeral(place.group(1)) if place else None
    if isinstance(number, int) and 1 <= number <= len(buttons):
        return str(buttons[number - 1]["payload"])
    return None


def _only_offer(buttons: Sequence[Mapping[str, str]]) -> str | None:
    """The meaning of the one value that was offered ("按 3 分钟算"), to which a plain yes agrees."""
    meanings = {str(button["payload"]) for button in buttons}
    offers = [each for each in meanings if each.startswith(("/inform{", "/unsure"))]
    return offers[0] if len(offers) == 1 and "/affirm" not in meanings else None


def parts_of(found: Iterable[str], read: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each clause with its intent, for a message that has several."""
    parts = []
    for clause in found:
        intent = read[clause].get("intent") or {}
        parts.append({"text": clause, "name": intent.get("name"), "confidence": intent.get("confidence")})
    return parts


def _bare(text: str) -> str:
    """Folded, without marks and blanks."""
    return _MARKS.sub("", fold(text)).lower()
