"""How long a search among 200,000 numbers takes, over every kind of wish, on SQLite."""

from __future__ import annotations

import gc
import itertools
import random
import time
from dataclasses import fields
from typing import Any

from bench.drive import percentiles
from bench.sides import NUMBERS, WORK, fill_numbers
from hotline import services
from hotline.business.number_search import Wish
from hotline.settings import Settings

PATTERNS = ("sequence", "repeat", "pair", "homophone", "birthday", "plain")
#: milliseconds that no search may take
LIMIT = 30.0


def wishes(dice: random.Random, count: int) -> list[Wish]:
    """Endings, contents, beginnings, unwanted digits, shapes, names, and mixtures that leave much or nothing."""

    def digits(least: int, most: int) -> str:
        return "".join(dice.choices("0123456789", k=dice.randint(least, most)))

    kinds = [
        lambda: Wish(suffix=digits(1, 6)),
        lambda: Wish(contains=(digits(1, 5),)),
        lambda: Wish(contains=(digits(2, 3), digits(1, 2))),
        lambda: Wish(prefix=dice.choice(["4001", "4007", "40018", "400766"])),
        lambda: Wish(excluded=dice.choice(["4", "47", "0147", "012345678"])),
        lambda: Wish(patterns=(dice.choice(PATTERNS),)),
        lambda: Wish(patterns=tuple(dice.sample(PATTERNS, 2)), excluded="4"),
        lambda: Wish(suffix=digits(1, 3), excluded=dice.choice(["4", "7", "47"])),
        lambda: Wish(like=digits(6, 6)),
        lambda: Wish(name=dice.choice(["晨星科技", "要发", "我爱你", "平安", "晴川商贸"])),
        lambda: Wish(suffix=digits(2, 2), contains=(digits(1, 1),), excluded="4"),
        lambda: Wish(),
    ]
    return [kind() for kind, _ in zip(itertools.cycle(kinds), range(count))]


def measure(count: int = 1200, seed: int = 400) -> dict[str, Any]:
    """Milliseconds of `count` searches, the slowest with its wish."""
    fill_numbers("product")
    sv = services.build(Settings(var=WORK / "product"))
    gc.collect()
    gc.freeze()  # as the server does once it has loaded
    found: list[tuple[float, Wish]] = []
    used = time.process_time()
    try:
        for wish in wishes(random.Random(seed), count):
            started = time.perf_counter()
            sv.numbers.search(wish)
            found.append(((time.perf_counter() - started) * 1000, wish))
        used = (time.process_time() - used) / count * 1000
        held = sv.inventory.count()
    finally:
        sv.close()
    slowest, wish = max(found, key=lambda pair: pair[0])
    told = {f.name: getattr(wish, f.name) for f in fields(Wish) if getattr(wish, f.name) != f.default}
    return {
        **percentiles([ms for ms, _ in found]),
        "max": round(slowest, 1),
        "slowest": told,
        "cpu_mean": round(used, 1),  # of the processor alone: the same on a busy machine
        "over_limit": sum(ms > LIMIT for ms, _ in found),
        "limit_ms": LIMIT,
        "numbers": held,
        "asked": NUMBERS,
    }
