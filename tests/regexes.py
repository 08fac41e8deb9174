"""Which regular expressions read the same words in two ways, and so take twice as long for each of them."""

from __future__ import annotations

import re
import sre_constants as op
import sre_parse
from collections import Counter
from collections.abc import Iterator
from typing import Any

_UNBOUNDED = 25  # repetitions from which there are too many to be read in every way
_MOST_WORDS = 20_000
_OTHER = "\ue000"  # stands for what no word of the repetition has


class TooMany(Exception):
    """A repetition has more words than can be looked at."""


def doubtful(pattern: re.Pattern[str]) -> list[str]:
    """A text that a repetition of the pattern reads in two ways, one for each repetition that has such a text."""
    tree = sre_parse.parse(pattern.pattern, pattern.flags & re.IGNORECASE)
    return [text for part in _repeated(tree) if (text := _read_twice(_words(part, _literals(part))))]


def _repeated(tree: Any) -> Iterator[Any]:
    for kind, value in tree:
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
            if value[1] > _UNBOUNDED:
                yield value[2]
            yield from _repeated(value[2])
        elif kind is op.BRANCH:
            for branch in value[1]:
                yield from _repeated(branch)
        elif kind is op.SUBPATTERN:
            yield from _repeated(value[-1])
        elif kind in (op.ASSERT, op.ASSERT_NOT):
            yield from _repeated(value[1])


def _literals(tree: Any) -> set[str]:
    found: set[str] = set()
    for kind, value in tree:
        if kind is op.LITERAL:
            found.add(chr(value))
        elif kind in (op.MAX_REPEAT, op.MIN_REPEAT):
            found |= _literals(value[2])
        elif kind is op.BRANCH:
            for branch in value[1]:
                found |= _literals(branch)
        elif kind is op.SUBPATTERN:
            found |= _literals(value[-1])
    return found


def _words(tree: Any, known: set[str]) -> list[str]:
    """What a pattern matches; of a class of characters those that matter and one for the others."""
    found = [""]
    for kind, value in tree:
        found = [head + tail for head in found for tail in _choices(kind, value, known)]
        if len(found) > _MOST_WORDS:
            raise TooMany
    return found


def _choices(kind: Any, value: Any, known: set[str]) -> list[str]:
    if kind is op.LITERAL:
        return [chr(value)]
    if kind is op.IN:
        return _of_class(value, known)
    if kind in (op.ANY, op.NOT_LITERAL, op.CATEGORY):
        return [_OTHER]
    if kind is op.BRANCH:
        found = [word for branch in value[1] for word in _words(branch, known)]
        return found if any(found) else [""]  # branches that only look about
    if kind is op.SUBPATTERN:
        return _words(value[-1], known)
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
        least, most, part = value
        once = _words(part, known)
        found, now = [""] if least == 0 else [], [""]
        for times in range(1, min(most, max(least, 2)) + 1):
            now = [head + tail for head in now for tail in once]
            found += now if times >= least else []
            if len(found) > _MOST_WORDS:
                raise TooMany
        return found
    return [""]  # looks about, takes nothing


def _of_class(parts: Any, known: set[str]) -> list[str]:
    if parts[0][0] is op.NEGATE:
        return [_OTHER]
    found: set[str] = set()
    for kind, value in parts:
        if kind is op.LITERAL:
            found.add(chr(value))
        elif kind is op.RANGE:
            found |= {char for char in known if value[0] <= ord(char) <= value[1]} | {chr(value[0])}
        else:
            found.add(_OTHER)
    kept = found & known
    return sorted(kept | set(sorted(found - known)[:1]))


def _read_twice(words: list[str]) -> str | None:
    """A text that can be put together of the words in two ways (Sardinas and Patterson), None if there is none."""
    for word, times in Counter(words).items():
        if word and times > 1:
            return word
    code = set(words) - {""}
    rest = {
        long[len(short) :]: long
        for short in code
        for long in code
        if long != short and long.startswith(short)
    }
    waiting = list(rest)
    while waiting:
        tail = waiting.pop()
        if tail in code:
            return rest[tail]
        for word in code:
            for long, short in ((word, tail), (tail, word)):
                left = long[len(short) :]
                if left and long.startswith(short) and left not in rest:
                    rest[left] = rest[tail] + (left if long is word else "")
                    waiting.append(left)
    return None
