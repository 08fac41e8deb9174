"""What a text means, by itself: read off the event loop, and kept for the texts that everybody types.

Much of what customers type is typed by many of them ("怎么收费", a button's title). The understanding of a text depends
on nothing but the text, so what it is of texts typed at least twice is kept, in memory only, and found by a hash with a
key that dies with the process. The texts themselves are not kept, and nothing of one that may tell who somebody is.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hotline.business.fields import PERSONAL
from hotline.threads import Pool
from hotline.values.plain import copied

KEPT = 4096  # texts, and as many hashes of texts that came once
LONGEST = 40  # characters: longer ones are hardly ever typed again
_TELLING = re.compile(r"[@＠]|(?:\d[\s-]?){5}")  # an address, a number of somebody
_PEOPLE = PERSONAL | {"company_name", "credit_code", "application_id", "reference"}
#: characters of a message that are read for what it means, and for the values in it: who writes more has said by then
#: what he wants, and each further character would cost as much again. People and the record have the whole message.
READ = 500

Parsed = dict[str, Any]
Read = Callable[[str], Parsed]


class Readings:
    """Reads texts with `read`, one at a time, in a thread of its own: the encoder's arithmetic leaves the other core
    to everybody else.
    """

    def __init__(self, read: Read, most: int = KEPT) -> None:
        self._read, self.most = read, most
        self._kept: OrderedDict[bytes, Parsed] = OrderedDict()
        self._once: OrderedDict[bytes, None] = OrderedDict()
        self._key = os.urandom(32)
        self._thread = Pool("reading", 1)

    async def of(self, texts: Iterable[str]) -> dict[str, Parsed]:
        """What each of the texts means; the caller may change what he gets."""
        found: dict[str, Parsed] = {}
        unknown: list[str] = []
        for text in dict.fromkeys(texts):
            mark = self._mark(text)
            if mark in self._kept:
                self._kept.move_to_end(mark)
                found[text] = {"text": text, **copied(self._kept[mark])}
            else:
                unknown.append(text)
        if unknown:
            read = await self._thread.run(self._all, unknown)
            for text, parsed in zip(unknown, read, strict=True):
                found[text] = parsed
                if anonymous(text, parsed):
                    self._came(text, parsed)
        return found

    def __len__(self) -> int:
        return len(self._kept)

    def _all(self, texts: list[str]) -> list[Parsed]:
        # what a button means is read whole
        return [{**self._read(text if text[:1] == "/" else text[:READ]), "text": text} for text in texts]

    def _came(self, text: str, parsed: Parsed) -> None:
        """Note that a text came; the second time what it means is kept."""
        mark = self._mark(text)
        if mark in self._once:
            del self._once[mark]
            self._kept[mark] = {name: copied(part) for name, part in parsed.items() if name != "text"}
        else:
            self._once[mark] = None
        for notes in (self._once, self._kept):
            while len(notes) > self.most:
                notes.popitem(last=False)

    def _mark(self, text: str) -> bytes:
        return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=16, key=self._key).digest()


def anonymous(text: str, parsed: Mapping[str, Any]) -> bool:
    """Whether a text says nothing of anybody, so that it may be kept beyond its turn."""
    if len(text) > LONGEST or _TELLING.search(text):
        return False
    return not any(entity.get("entity") in _PEOPLE for entity in parsed.get("entities") or [])
