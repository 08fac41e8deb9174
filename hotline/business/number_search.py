"""Finding 400 numbers for a wish: what is free and fits, why it is good, what to give up if nothing does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from hotline.business.catalog import Range, Tier, Tiers
from hotline.business.homophones import Homophones, Reading
from hotline.business.patterns import WISHES, traits
from hotline.business.ranking import diverse, likeness
from hotline.business.reason import Reason
from hotline.business.stock import SEGMENTS, NumberStore, Query, Stock
from hotline.clock import Clock

OTHERS = {"4000": "unicom", "4006": "unicom", "4008": "telecom", "4009": "telecom"}  # 号段表、F032
LIMIT = 6
OPTIONS = 3  # so many ways out are named when nothing fits
HEARD = 9  # how many of the words in use are looked for at once
PER_TIER = 24
BEYOND = 5.0  # more than digits, sounds and likeness can weigh together
ALIKE = 60  # candidates of each grade that are compared for likeness


@dataclass(frozen=True)
class Wish:
    """What the customer would like; everything given must hold, but `like` only ranks.

    `suffix`, `contains`, `prefix`: digits (a prefix that begins with 400 names the segment); `excluded`:
    unwanted digits ("47"), judged on the last six; `patterns` as in the NLU contract (sequence, repeat, pair,
    homophone, birthday, plain) or our own finer names; `tiers`: grade ids; `price_ceiling`: yuan a month;
    `like`: digits to resemble; `name`: a company or product to be read from the digits; `seen`: numbers not
    to show again. `budget` (yuan a month, of the whole application) and `cheap` only rank: what is within his
    means first, the plain grades first.
    """

    suffix: str = ""
    contains: tuple[str, ...] = ()
    prefix: str = ""
    excluded: str = ""
    patterns: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    price_ceiling: Decimal | None = None
    like: str = ""
    name: str = ""
    seen: tuple[str, ...] = ()
    budget: Decimal | None = None
    cheap: bool = False
    limit: int = LIMIT


@dataclass(frozen=True)
class Card:
    """One number to show. 示例数据: `minimum_spend` yuan a month or `fee` once, never both (F040).

    `readings` with kind ``name`` (by: same, near, keypad per character) or ``word``; `reasons` best first.
    """

    number: str
    shown: str
    pattern: str
    tier: str
    tier_name: str
    minimum_spend: Range | None
    fee: Range | None
    months: Range
    has4: bool
    score: int
    reasons: tuple[Reason, ...]
    readings: tuple[Reading, ...]


@dataclass(frozen=True)
class SearchResult:
    """`reason`: found; nearest (nothing fits: `cards` are without the wishes in `relaxed`); none.

    `notes` say what cannot be had at all: foreign_segment (segment, operator), contradiction (digits),
    no_reading (no digits sound like the name). `options`: what could be relaxed, the one shown first.
    """

    cards: tuple[Card, ...]
    relaxed: tuple[str, ...]
    reason: str
    notes: tuple[Reason, ...] = ()
    options: tuple[str, ...] = ()


class Finder:
    """The search half of the number service."""

    def __init__(
        self, store: NumberStore, tiers: Callable[[], Tiers], clock: Clock, words: Homophones
    ) -> None:
        self._store, self._current, self._clock, self._words = store, tiers, clock, words

    @property
    def _tiers(self) -> Tiers:
        return self._current()

    def search(self, wish: Wish) -> SearchResult:
        """The best free numbers for a wish, unlike one another; else the nearest and what to relax."""
        wish, notes = self._sober(wish)
        impossible = any(note.code in ("contradiction", "no_reading") for note in notes)
        cards = () if impossible else self._cards(wish)
        if cards:
            return SearchResult(cards, (), "found", notes)
        relaxed: tuple[str, ...] = ()
        options: list[str] = []
        for name, easier in _easier(wish):
            if name in options or (options and name == "all"):
                continue
            if not options and self._promising(easier) and (cards := self._cards(easier)):
                relaxed = _given_up(wish, name)
                options.append(name)
            elif options and self._exists(easier):
                options.append(name)
            if len(options) == OPTIONS:
                break
        return SearchResult(cards, relaxed, "nearest" if cards else "none", notes, tuple(options))

    def card(self, number: str) -> Card | None:
        """The card of one number, free or not; None if it is not ours."""
        stock = self._store.get(number)
        return self._card(stock, ()) if stock else None

    def _sober(self, wish: Wish) -> tuple[Wish, tuple[Reason, ...]]:
        """The wish with digits cleaned, and what in it cannot be had."""
        notes = []
        prefix = _digits(wish.prefix)
        if len(prefix) >= 4 and prefix.startswith("400") and prefix[:4] not in SEGMENTS:
            values = {"segment": prefix[:4], "operator": OTHERS.get(prefix[:4])}
            notes.append(Reason("foreign_segment", values))
            prefix = prefix[4:]
        wish = replace(
            wish,
            prefix="" if prefix == "400" else prefix,
            suffix=_digits(wish.suffix)[-6:],
            contains=tuple(piece for each in wish.contains if (piece := _digits(each)[-6:])),
            excluded="".join(sorted(set(_digits(wish.excluded)))),
            like=_digits(wish.like)[-6:],
        )
        wanted = set(wish.suffix + "".join(wish.contains) + _tail(wish.prefix))
        if clash := sorted(wanted & set(wish.excluded)):
            notes.append(Reason("contradiction", {"digits": "".join(clash)}))
        if wish.name and not self._words.for_name(wish.name):
            notes.append(Reason("no_reading", {"name": wish.name}))
        return wish, tuple(notes)

    def _query(self, wish: Wish) -> Query | None:
        """The conditions of a wish; None if no grade is within its means."""
        tiers = self._affordable(wish)
        if not tiers:
            return None
        return Query(
            tiers=tuple(tier.id for tier in tiers),
            segment=wish.prefix[:4] if wish.prefix.startswith("400") else "",
            prefix=_tail(wish.prefix),
            suffix=wish.suffix,
            contains=wish.contains,
            excluded=wish.excluded,
            patterns=_shapes(wish.patterns),
            per_tier=PER_TIER + len(wish.seen),
        )

    def _affordable(self, wish: Wish) -> list[Tier]:
        """The grades he wants whose upper monthly floor is within his ceiling."""
        found = [tier for tier in self._tiers.all if not wish.tiers or tier.id in wish.tiers]
        if wish.price_ceiling is None:
            return found
        ceiling = wish.price_ceiling
        return [t for t in found if t.minimum_spend.high is not None and t.minimum_spend.high <= ceiling]

    def _cards(self, wish: Wish) -> tuple[Card, ...]:
        if (query := self._query(wish)) is None:
            return ()
        readings = self._words.for_name(wish.name) if wish.name else ()
        if wish.name and not readings:
            return ()
        ranked = self._ranked(self._candidates(query, wish, readings), wish, readings)
        spread = not (wish.tiers or wish.price_ceiling or wish.like or wish.cheap)
        chosen = diverse(ranked, wish.limit, spread=spread)
        return tuple(self._card(stock, readings) for stock in chosen)

    def _promising(self, wish: Wish) -> bool:
        """One quick look before several: without any number that meets the plain conditions, none sounds right."""
        several = wish.name or wish.like or "homophone" in wish.patterns
        return not several or self._exists(wish)

    def _exists(self, wish: Wish) -> bool:
        if (query := self._query(wish)) is None:
            return False
        shown = len(wish.seen)
        return self._store.count_up_to(query, self._clock.now().timestamp(), shown + 1) > shown

    def _find(self, query: Query) -> list[Stock]:
        return self._store.find(query, self._clock.now().timestamp())

    def _candidates(self, query: Query, wish: Wish, readings: Sequence[Reading]) -> list[Stock]:
        """What may be shown: numbers that end in the sounds or look like the digits, else whatever fits."""
        if wish.like and not wish.name:
            return self._alike(query, wish)
        sounds = self._sounds(wish, readings)
        if not sounds:
            return self._find(query)
        known = _known(query)
        sounds = tuple(piece for piece in sounds if not set(piece) & set(query.excluded))
        last = tuple(piece for piece in sounds if _fits(piece, known, 6 - len(piece)))
        long = tuple(piece for piece in last if len(piece) >= 3)
        found = self._find(replace(query, endings=long)) if long else []
        for piece in last:
            if len(piece) == 2:
                found += self._find(replace(query, endings=(piece,)))
        inside = tuple(piece for piece in sounds if len(piece) >= 3 and _fits_somewhere(piece, known))
        if not found and inside:
            found = self._find(replace(query, any_of=inside))
        return list(dict.fromkeys(found))

    def _sounds(self, wish: Wish, readings: Sequence[Reading]) -> tuple[str, ...]:
        """The digits to listen for: the name's, else the words in use."""
        if wish.name:
            long = [reading.digits for reading in readings if len(reading.digits) >= 3]
            short = [reading.digits for reading in readings if len(reading.digits) == 2]
            return tuple(dict.fromkeys((*long, *short[:1])))
        if "homophone" not in wish.patterns:
            return ()
        words = sorted(self._words.words, key=lambda word: (-word.weight, -len(word.digits)))
        return tuple(word.digits for word in words if len(word.digits) >= 3)[:HEARD]

    def _alike(self, query: Query, wish: Wish) -> list[Stock]:
        like, wide = wish.like, replace(query, per_tier=ALIKE)
        if len(like) < 3:
            return self._find(replace(query, contains=(*query.contains, like)))
        found = self._find(replace(wide, endings=(like[-3:],)))
        pieces = tuple(like[at : at + 4] for at in range(len(like) - 3)) or (like,)
        found += self._find(replace(wide, any_of=pieces))
        return list(dict.fromkeys(found)) or self._find(query)

    def _ranked(
        self, found: list[Stock], wish: Wish, readings: Sequence[Reading]
    ) -> list[tuple[float, Stock]]:
        """The worth of each candidate: its score, its sound, its likeness. Of the spoken, no bad reading."""
        spoken = bool(readings) or "homophone" in wish.patterns
        seen = set(wish.seen)
        ranked = []
        for stock in found:
            bad = self._words.bad_in(stock.six)
            if stock.number in seen or (spoken and bad):
                continue
            worth = stock.score / 1000 - (0.15 if bad else 0)
            if stock.number[3] in wish.excluded:
                worth -= 0.2  # 4007 for somebody who wants no 7: possible, but not first
            if spoken:
                worth += 2 * self._loudness(stock.six, readings)
            elif wish.like:
                worth = likeness(stock.six, wish.like) * 3 + worth / 10
            ranked.append((worth - self._dearness(stock, wish), stock))
        return sorted(ranked, key=lambda pair: (-pair[0], pair[1].number))

    def _dearness(self, stock: Stock, wish: Wish) -> float:
        """What ranks behind all that is within his means: each grade when it shall be cheap, else what is above
        his budget. No matter how good the digits are."""
        if self._tiers.charge_by != "minimum_spend":
            return 0.0
        tier = self._tiers.get(stock.tier)
        if wish.cheap:
            return BEYOND * tier.rank
        low = tier.minimum_spend.low
        above = wish.budget is not None and low is not None and low > wish.budget
        return BEYOND * (1 + tier.rank) if above else 0.0

    def _loudness(self, six: str, readings: Sequence[Reading]) -> float:
        """How well it can be read, 0–1: as the name by closeness and length, else as a word by its weight."""
        named = [r.score * (0.7 + len(r.digits) * 0.05) for r in readings if six.endswith(r.digits)]
        if readings:
            return max(named, default=0.0)
        return max((reading.score / 20 for reading in self._words.read(six)), default=0.0)

    def _card(self, stock: Stock, readings: Sequence[Reading]) -> Card:
        judged = traits(stock.six)
        tier = self._tiers.get(stock.tier)
        monthly = self._tiers.charge_by == "minimum_spend"
        named = sorted((r for r in readings if r.digits in stock.six), key=lambda r: -len(r.digits))
        return Card(
            number=stock.number,
            shown=f"{stock.number[:4]}-{stock.six[:3]}-{stock.six[3:]}",
            pattern=stock.pattern,
            tier=tier.id,
            tier_name=tier.name,
            minimum_spend=tier.minimum_spend if monthly else None,
            fee=None if monthly else tier.fee,
            months=tier.months,
            has4=judged.has4,
            score=stock.score,
            reasons=judged.reasons,
            readings=(*named[:1], *self._words.read(stock.six)[:2]),
        )


def _easier(wish: Wish) -> Iterator[tuple[str, Wish]]:
    """The wish with one condition less, the least painful first; at last the digits alone, then none."""
    if len(wish.suffix) >= 2:
        yield "suffix", replace(wish, suffix="", contains=(*wish.contains, wish.suffix))
    if wish.patterns:
        yield "patterns", replace(wish, patterns=())
    if wish.price_ceiling is not None and not wish.cheap:
        yield "price_ceiling", replace(wish, price_ceiling=None)
    if wish.tiers:
        yield "tiers", replace(wish, tiers=())
    if wish.excluded:
        yield "excluded", replace(wish, excluded="")
    if wish.prefix:
        head = _tail(wish.prefix)
        segment = wish.prefix[:4] if wish.prefix.startswith("400") else ""
        if len(head) >= 2:
            yield "prefix", replace(wish, prefix=segment, contains=(*wish.contains, head))
            yield "prefix", replace(wish, prefix=segment, like=wish.like or head)
        yield "prefix", replace(wish, prefix="")
    if wish.contains:
        longest = max(wish.contains, key=len)
        yield "contains", replace(wish, contains=(), like=wish.like or longest)
    if wish.name:
        yield "name", replace(wish, name="")
    for length in range(len(wish.suffix) - 1, 1, -1):
        yield "suffix", replace(wish, suffix=wish.suffix[-length:])
    if wish.price_ceiling is not None and wish.cheap:
        yield "price_ceiling", replace(wish, price_ceiling=None)  # the price is what he asked for
    bare = Wish(seen=wish.seen, limit=wish.limit, budget=wish.budget, cheap=wish.cheap)
    digits = wish.suffix or max(wish.contains, key=len, default="") or _tail(wish.prefix)
    if digits:
        yield "all", replace(bare, contains=(digits,))
        yield "all", replace(bare, like=digits)
    yield "all", bare


def _given_up(wish: Wish, name: str) -> tuple[str, ...]:
    """The names of the wishes that a relaxed search no longer keeps."""
    if name != "all":
        return (name,)
    kept = ("seen", "limit", "like", "budget", "cheap")
    return tuple(each for each, value in vars(wish).items() if value and each not in kept)


def _known(query: Query) -> str:
    """The six digits as far as a query tells them, ``?`` for the others."""
    six = query.prefix.ljust(6, "?")
    return six[: 6 - len(query.suffix)] + query.suffix


def _fits(piece: str, known: str, at: int) -> bool:
    """Whether a piece can stand at a place without contradicting what is known."""
    return all(there in ("?", digit) for digit, there in zip(piece, known[at:], strict=False))


def _fits_somewhere(piece: str, known: str) -> bool:
    return any(_fits(piece, known, at) for at in range(7 - len(piece)))


def _digits(text: str) -> str:
    return "".join(char for char in text if char in "0123456789")


def _tail(prefix: str) -> str:
    """The part of a wished beginning that falls on the six digits."""
    return prefix[4:10] if prefix.startswith("400") else prefix[:6]


def _shapes(patterns: Iterable[str]) -> tuple[str, ...]:
    """Our patterns for what was asked; homophone is no shape."""
    found: list[str] = []
    for pattern in patterns:
        if pattern == "birthday":
            found.append("date")
        elif pattern != "homophone":
            found += WISHES.get(pattern, (pattern,))
    return tuple(dict.fromkeys(found))
