"""What logs may tell of an exception: its type, where it came from, and its text only where nobody's data can be in it.

Any other exception's text is whatever was at hand: a ValueError or a KeyError quotes the value that was wrong, which
may be a customer's name, and no pattern knows a name. Type and frames are enough to find the fault.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator

from sqlalchemy.exc import OperationalError

from hotline.runtime.masking import mask_text

OURS = ("hotline", "actions")


def told(error: BaseException) -> str:
    """Type and, for our own classes and for what is away or full, the text."""
    name, text = type(error).__qualname__, _harmless(error)
    return f"{name}: {mask_text(text)}" if text else name


def _harmless(error: BaseException) -> str:
    if type(error).__module__.partition(".")[0] in OURS or isinstance(error, ImportError):
        return str(error)
    if isinstance(error, OSError):
        return error.strerror or ""  # not the name of the file
    if isinstance(error, OperationalError):  # the details, on the lines below, may quote a row
        return (str(error.orig).strip().splitlines() or [""])[0]
    return ""


def trace(error: BaseException) -> str:
    """Stack traces of an exception and of those that led to it, the first one first; no values of variables."""
    parts = ["".join(traceback.format_tb(each.__traceback__)) + told(each) for each in _chain(error)]
    return "\n\n".join(reversed(parts))


def scrub(text: str, *errors: BaseException | None) -> str:
    """A text in which somebody put an exception's text, with its type instead."""
    for error in errors:
        for each in _chain(error):
            if _harmless(each) == str(each):
                continue
            for quoted in (repr(each), str(each)):
                if len(quoted) > 1:  # a single character would be found everywhere
                    text = text.replace(quoted, told(each))
    return text


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
