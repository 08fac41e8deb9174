"""Reference numbers and codes: short, speakable, not guessable, and a slip of the tongue is noticed.

Of letters and digits that look or sound alike (0/O, 1/I/L, 2/Z, 5/S, 6/G, 8/B/D, 9/Q, U/V/W/Y) at most one is
used. The 19 that remain are a prime number, so the weighted sum below notices every single wrong character
and every swap of two neighbours.
"""

from __future__ import annotations

import secrets

ALPHABET = "234567ACEFHJKMNPRTX"
_LETTERS = "ACEFHJKMNPRTX"
LENGTH = 8  # a letter, six free characters, a check character: over 4 × 10^8 references


def check_character(body: str) -> str:
    """The last character for a body: Σ weight × place of the character, modulo 19."""
    return ALPHABET[sum((place + 1) * ALPHABET.index(one) for place, one in enumerate(body)) % len(ALPHABET)]


def new_reference() -> str:
    """A random reference without hyphen, e.g. ``HK7A3NXP``; at least two digits, so that it is no word."""
    while True:
        body = secrets.choice(_LETTERS) + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 2))
        if sum(one.isdigit() for one in body) >= 2:
            return body + check_character(body)


def parse_reference(text: str) -> str | None:
    """The reference in a text that should be only that (spaces, hyphens and small letters allowed), or None
    when characters or check character are wrong."""
    plain = "".join(text.split()).replace("-", "").upper()
    if len(plain) != LENGTH or plain[0] not in _LETTERS or any(one not in ALPHABET for one in plain):
        return None
    return plain if check_character(plain[:-1]) == plain[-1] else None


def spoken_form(reference: str) -> str:
    """As it is shown and read: in two groups, ``HK7A-3NXP``."""
    return f"{reference[:4]}-{reference[4:]}"


def new_digits(length: int = 6) -> str:
    """A random code of digits."""
    return f"{secrets.randbelow(10**length):0{length}d}"


def new_long_code() -> str:
    """A code that travels in a link: 128 random bits, URL-safe."""
    return secrets.token_urlsafe(16)


def new_id() -> str:
    """An id of our own, 32 hex digits."""
    return secrets.token_hex(16)
