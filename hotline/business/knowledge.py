"""What we answer: the topics of data/knowledge, each with its renditions, and which sentence comes first.

`Knowledge.load` reads and judges the files (see `knowledge_file`), `Knowledge.answer` puts an answer
together. Wording is data; nothing here writes a sentence.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from hotline.business.catalog import Catalog, CatalogSource
from hotline.clock import Clock, SystemClock
from hotline.datafile import DATA, ROOT, DataError, digest
from hotline.values.folding import fold

log = logging.getLogger(__name__)

SOURCES = (ROOT / "docs" / "facts.md", ROOT / "docs" / "process.md")
MOST_LEADS = 2  # aspects answered at once: more would bury the answer
PERSON_AFTER = 3  # the same question for the third time: words do not help, a person may

_SPACES = re.compile(r"(?<![a-z0-9])\s+|\s+(?![a-z0-9])")  # all but those between Latin words

# what may follow an answer besides a topic: dialogue intents that start something
ACTIONS = frozenset(
    [
        "apply",
        "recommend_plan",
        "compare_plans",
        "choose_plan",
        "search_number",
        "reserve_number",
        "check_materials",
        "submit_application",
        "check_application_status",
        "report_problem",
        "request_callback",
        "human_handoff",
        "withdraw_consent",
    ]
)


@dataclass(frozen=True)
class Block:
    """A piece of the web rendition; text nodes only. Kinds: text, note, list, steps, table."""

    type: str
    text: str = ""
    title: str = ""
    items: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """What the widget gets: the kind and whatever is not empty."""
        parts: dict[str, Any] = {
            "text": self.text,
            "title": self.title,
            "items": list(self.items),
            "head": list(self.head),
            "rows": [list(row) for row in self.rows],
        }
        return {"type": self.type, **{name: part for name, part in parts.items() if part}}

    def strings(self) -> tuple[str, ...]:
        """Every text node, in reading order."""
        cells = tuple(cell for row in self.rows for cell in row)
        return tuple(part for part in (self.title, self.text, *self.items, *self.head, *cells) if part)


@dataclass(frozen=True)
class Aspect:
    """A direct sentence for a question that names this aspect.

    A word matches when it occurs in the question, ``甲+乙`` when both do; a word of `unless` in the
    question switches the aspect off. With `alone` the sentence is the whole answer.
    """

    name: str
    words: tuple[str, ...]
    text: str
    unless: tuple[str, ...] = ()
    alone: bool = False

    def covers(self, question: str) -> frozenset[int]:
        """The positions of the (normalised) question that its words match; empty if it does not apply."""
        if any(_span(word, question) for word in self.unless):
            return frozenset()
        found: set[int] = set()
        for word in self.words:
            spans = [_span(part, question) for part in word.split("+")]
            if all(spans):
                found.update(*spans)
        return frozenset(found)


@dataclass(frozen=True)
class Topic:
    """One question of the journey, read and filled with the figures of the catalogue."""

    name: str
    stage: str
    label: str
    facts: tuple[str, ...]
    text: str
    rich: tuple[Block, ...]
    voice: str
    again: str
    next: tuple[str, ...]
    ask: str | None
    aspects: tuple[Aspect, ...]

    def aspects_in(self, question: str) -> tuple[Aspect, ...]:
        """The aspects that the question names, in the order of the question, at most `MOST_LEADS`.

        Where the words of one aspect lie wholly within those of another ("个人" in "个人独资"), the
        fuller match counts; of two equal ones the first in the file.
        """
        plain = _plain(question)
        hits = [(aspect, positions) for aspect in self.aspects if (positions := aspect.covers(plain))]
        kept = [
            (min(mine), aspect)
            for index, (aspect, mine) in enumerate(hits)
            if not any(
                mine < other or (mine == other and place < index) for place, (_, other) in enumerate(hits)
            )
        ]
        kept.sort(key=lambda hit: hit[0])
        return tuple(aspect for _, aspect in kept[:MOST_LEADS])


@dataclass(frozen=True)
class Answer:
    """What to say. `ask` goes last, unless a form has a question of its own to ask.

    `key` is the same for the same question about the same aspects: count repetitions by it.
    `person` says that repeating has not helped and a person should be offered.
    """

    topic: str
    label: str
    text: str
    rich: tuple[Block, ...]
    voice: str
    next: tuple[str, ...]
    ask: str | None
    facts: tuple[str, ...]
    aspects: tuple[str, ...] = ()
    times: int = 1

    @property
    def key(self) -> str:
        return "#".join((self.topic, *self.aspects))

    @property
    def person(self) -> bool:
        return self.times >= PERSON_AFTER

    def rich_json(self) -> list[dict[str, Any]]:
        """The web rendition as the widget gets it."""
        return [block.as_json() for block in self.rich]


class Knowledge:
    """All topics as one consistent reading of the files; follows them with `reload_if_changed`.

    `problem` is the complaint about the present files while an older reading is still in use.
    """

    def __init__(
        self, folder: Path, catalog: Callable[[], Catalog], clock: Clock, sources: tuple[Path, ...]
    ) -> None:
        self._folder, self._catalog, self._clock, self._sources = folder, catalog, clock, sources
        self._lock = threading.Lock()
        self._seen = self._fingerprint()
        self._topics = self._read()
        self.problem: DataError | None = None

    @classmethod
    def load(
        cls,
        folder: Path = DATA / "knowledge",
        catalog: Callable[[], Catalog] | None = None,
        clock: Clock | None = None,
        sources: tuple[Path, ...] = SOURCES,
    ) -> Knowledge:
        """Read and judge every file. `catalog` gives the present catalogue (`CatalogSource.current`).

        Raises DataError with file, line and reason for the first thing that is wrong.
        """
        clock = clock or SystemClock()
        return cls(folder, catalog or CatalogSource(clock=clock).current, clock, sources)

    @property
    def topics(self) -> Mapping[str, Topic]:
        """All topics by name, in the order of the journey."""
        return self._topics

    def label(self, topic: str) -> str:
        """What stands on a button for this topic. Raises KeyError if there is none."""
        return self._topics[topic].label

    def answer(self, topic: str, question: str = "", times: int = 1, *, brief: bool = False) -> Answer:
        """The answer to a question about this topic.

        `question` is what the customer wrote: an aspect that it names is answered first. `times` is how
        often this has now been asked (1 the first time): the second time other and more concrete words, then
        what a person would say in short (`voice`). `brief` leaves it at the aspects that are named, if any are. Raises KeyError for an unknown topic.
        """
        entry = self._topics[topic]
        aspects = entry.aspects_in(question)
        leads = tuple(aspect.text for aspect in aspects)
        body, blocks = [entry.text], entry.rich
        if times > 1:
            body, blocks = [entry.again], (Block("text", text=entry.again),)
        elif aspects and (brief or all(aspect.alone for aspect in aspects)):
            body, blocks = [], ()
        return Answer(
            topic=topic,
            label=entry.label,
            text="\n\n".join((*leads, *body)),
            rich=(*(Block("text", text=lead) for lead in leads), *blocks),
            voice=entry.voice if times >= PERSON_AFTER else "".join(leads) or entry.voice,
            next=entry.next,
            ask=entry.ask,
            facts=entry.facts,
            aspects=tuple(aspect.name for aspect in aspects),
            times=times,
        )

    def reload_if_changed(self) -> bool:
        """Read the files anew if their content, the catalogue or the day changed; True if it was taken.

        A broken change is refused: the older reading stays, `problem` and the log name file and line.
        """
        seen = self._fingerprint()
        if seen == self._seen:
            return False
        with self._lock:
            if seen == self._seen:
                return False
            self._seen = seen
            try:
                self._topics, self.problem = self._read(), None
            except DataError as error:
                self.problem = error
                log.error("知识库改坏了，继续用上一份：%s", error)
                return False
        log.info("知识库已更新：%s", seen[0][:12])
        return True

    def _fingerprint(self) -> tuple[str, str, str]:
        paths = [*self._folder.glob("*.yml"), *(path for path in self._sources if path.exists())]
        return digest(paths), self._catalog().digest, self._clock.today().isoformat()

    def _read(self) -> dict[str, Topic]:
        from hotline.business import knowledge_file

        return knowledge_file.read(self._folder, self._sources, self._catalog(), self._clock.today())


def _plain(text: str) -> str:
    """Half-width, lower case, simplified; no spaces but those between Latin words."""
    return _SPACES.sub("", fold(text))


def _span(word: str, question: str) -> range:
    """Where the word stands in the plain question, empty if nowhere."""
    hit = _pattern(word).search(question)
    return range(*hit.span()) if hit else range(0)


@cache  # as many as the files have words
def _pattern(word: str) -> re.Pattern[str]:
    """The word as it is looked for: Latin letters count only as a whole word."""
    plain = _plain(word)
    pattern = re.escape(plain)
    if plain.isascii() and plain.isalpha():
        pattern = rf"(?<![a-z]){pattern}(?![a-z])"
    return re.compile(pattern)
