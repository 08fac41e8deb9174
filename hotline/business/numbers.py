"""Finding and reserving a 400 number: what fits a wish, why it is good, and who holds it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Union

from hotline.business.catalog import Range, Tier, Tiers
from hotline.business.homophones import Homophones, Reading, homophones
from hotline.business.patterns import WISHES, traits
from hotline.business.ranking import diverse, likeness
from hotline.business.reason import Reason
from hotline.business.stock import SEGMENTS, NumberStore, Query, Stock
from hotline.clock import CHINA, Clock

OTHERS = {"4000": "unicom", "4006": "unicom", "4008": "telecom", "4009": "telecom"}  # 号段表、F032
LIMIT = 6
HOMOPHONE_WORDS = 10  # how many of the words in use are looked for at once


@dataclass(frozen=True)
class Wish:
    """What the customer would like; everything given must hold, `like` and `name` only rank.

    `suffix`, `contains`, `prefix` digits (a prefix of four or more that begins with 400 names the segment);
    `excluded` unwanted digits ("47"), judged on the last six; `patterns` as in the NLU contract (sequence,
    repeat, pair, homophone, birthday, plain) or our own finer names; `tiers` grade ids; `price_ceiling` yuan
    a month; `like` digits to resemble; `name` a company or product to read; `seen` numbers not to show again.
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
    limit: int = LIMIT


@dataclass(frozen=True)
class Card:
    """One number to show. Prices are 示例数据: `minimum_spend` yuan a month or `fee` once, never both (F040)."""

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
    """`reason`: found; nearest (nothing fits: `cards` without the wishes in `relaxed`); none.

    `notes` say what cannot be had at all: foreign_segment, not_a_wish, contradiction. `options`: each wish that
    would have to be relaxed to find something, the one shown first.
    """

    cards: tuple[Card, ...]
    relaxed: tuple[str, ...]
    reason: str
    notes: tuple[Reason, ...] = ()
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reserved:
    """It is yours until then. `again`: it was already."""

    number: str
    until: datetime
    again: bool = False


@dataclass(frozen=True)
class Taken:
    """Somebody else has it."""

    number: str


@dataclass(frozen=True)
class Unknown:
    """Not a number of ours."""

    number: str


Claim = Union[Reserved, Taken, Unknown]


class NumberService:
    """Search and reservation over one inventory. Synchronous and thread-safe."""

    def __init__(
        self,
        store: NumberStore,
        tiers: Tiers,
        clock: Clock,
        hours: float = 24,
        words: Homophones | None = None,
    ) -> None:
        self._store, self._tiers, self._clock, self._hours = store, tiers, clock, hours
        self._words = words or homophones()

    # --- searching

    def search(self, wish: Wish) -> SearchResult:
        """The best free numbers for a wish, different from one another; else the nearest and what to relax."""
        wish, notes = self._sober(wish)
        if any(note.code == "contradiction" for note in notes):
            cards: tuple[Card, ...] = ()
        else:
            cards = self._cards(wish)
        if cards:
            return SearchResult(cards, (), "found", notes)
        options: list[str] = []
        for names, easier in self._easier(wish):
            if options and len(names) > 1:
                break  # one relaxed wish is enough: nobody needs to give up two
            found = self._cards(easier)
            if found:
                options.append("+".join(names))
                cards = cards or found
                relaxed = names if len(options) == 1 else relaxed
            if len(options) >= 3:
                break
        if not options:
            return SearchResult((), (), "none", notes)
        return SearchResult(cards, relaxed, "nearest", notes, tuple(options))

    def card(self, number: str) -> Card | None:
        """The card of one number, free or not; None if it is not ours."""
        stock = self._store.get(number)
        return self._card(stock, ()) if stock else None

    def _sober(self, wish: Wish) -> tuple[Wish, tuple[Reason, ...]]:
        """The wish with digits cleaned, and what in it cannot be had: other operators' segments, contradictions."""
        notes = []
        prefix = _digits(wish.prefix)
        if len(prefix) >= 4 and prefix.startswith("400") and prefix[:4] not in SEGMENTS:
            notes.append(
                Reason("foreign_segment", {"segment": prefix[:4], "operator": OTHERS.get(prefix[:4])})
            )
            prefix = prefix[4:]
        wish = replace(
            wish,
            prefix=prefix,
            suffix=_digits(wish.suffix)[-6:],
            contains=tuple(piece for each in wish.contains if (piece := _digits(each)[-6:])),
            excluded="".join(sorted(set(_digits(wish.excluded)))),
            like=_digits(wish.like)[-6:],
        )
        wanted = set(wish.suffix + "".join(wish.contains) + _tail(wish.prefix))
        if clash := sorted(wanted & set(wish.excluded)):
            notes.append(Reason("contradiction", {"digits": "".join(clash)}))
        return wish, tuple(notes)

    def _cards(self, wish: Wish) -> tuple[Card, ...]:
        tiers = self._affordable(wish)
        if not tiers:
            return ()
        readings = self._readings(wish)
        if wish.name and not readings:
            return ()
        query = Query(
            segment=wish.prefix[:4] if wish.prefix.startswith("400") else "",
            prefix=_tail(wish.prefix),
            suffix=wish.suffix,
            contains=wish.contains,
            excluded=wish.excluded,
            patterns=_shapes(wish.patterns),
            tiers=tuple(tier.id for tier in tiers),
            per_tier=40 + len(wish.seen),
        )
        found = self._find(query, wish, readings)
        ranked = self._ranked(found, wish, readings)
        chosen = diverse(ranked, wish.limit, spread=not (wish.tiers or wish.price_ceiling))
        return tuple(self._card(stock, readings) for stock in chosen)

    def _find(self, query: Query, wish: Wish, readings: Sequence[Reading]) -> list[Stock]:
        now = self._clock.now().timestamp()
        pieces = [reading.digits for reading in readings]
        if "homophone" in wish.patterns:
            words = sorted(self._words.words, key=lambda word: (-word.weight, -len(word.digits)))
            pieces += [word.digits for word in words if len(word.digits) >= 3][:HOMOPHONE_WORDS]
        if not pieces and len(wish.like) >= 3:
            pieces = [wish.like[at : at + 3] for at in range(len(wish.like) - 2)]
        if not pieces:
            return self._store.find(query, now)
        long = tuple(dict.fromkeys(piece for piece in pieces if len(piece) >= 3))
        found = self._store.find(replace(query, any_of=long), now) if long else []
        for piece in (piece for piece in pieces if len(piece) == 2):
            found += self._store.find(replace(query, contains=(*query.contains, piece)), now)
        return list(dict.fromkeys(found))

    def _readings(self, wish: Wish) -> tuple[Reading, ...]:
        return self._words.for_name(wish.name) if wish.name else ()

    def _ranked(
        self, found: list[Stock], wish: Wish, readings: Sequence[Reading]
    ) -> list[tuple[float, Stock]]:
        """Worth of each candidate: its score, how well it reads, how much it resembles. Bad readings are out."""
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
                heard = (*self._named(stock.six, readings), *self._words.read(stock.six))
                worth += 2 * max(
                    (_loudness(each) + stock.six.endswith(each.digits) * 0.2 for each in heard), default=0
                )
            if wish.like:
                worth = likeness(stock.six, wish.like) * 3 + worth / 10
            ranked.append((worth, stock))
        return sorted(ranked, key=lambda pair: (-pair[0], pair[1].number))

    def _named(self, six: str, readings: Sequence[Reading]) -> tuple[Reading, ...]:
        return tuple(reading for reading in readings if reading.digits in six)

    def _affordable(self, wish: Wish) -> list[Tier]:
        """The grades he wants whose upper monthly floor is within his ceiling."""
        found = [tier for tier in self._tiers.all if not wish.tiers or tier.id in wish.tiers]
        if wish.price_ceiling is None:
            return found
        return [
            tier
            for tier in found
            if tier.minimum_spend.high is not None and tier.minimum_spend.high <= wish.price_ceiling
        ]

    def _easier(self, wish: Wish) -> Iterable[tuple[tuple[str, ...], Wish]]:
        """The wish with one condition less, the least painful first; at last only the digits, then shorter."""
        if len(wish.suffix) >= 2:
            yield ("suffix",), replace(wish, suffix="", contains=(*wish.contains, wish.suffix))
        if wish.patterns:
            yield ("pattern",), replace(wish, patterns=())
        if wish.price_ceiling is not None:
            yield ("price_ceiling",), replace(wish, price_ceiling=None)
        if wish.tiers:
            yield ("tier",), replace(wish, tiers=())
        if wish.excluded:
            yield ("excluded",), replace(wish, excluded="")
        if wish.prefix:
            yield ("prefix",), replace(wish, prefix="")
        if wish.contains:
            yield ("contains",), replace(wish, contains=())
        if wish.name:
            yield ("name",), replace(wish, name="")
        if len(wish.suffix) >= 3:
            for length in range(len(wish.suffix) - 1, 1, -1):
                yield ("suffix",), replace(wish, suffix=wish.suffix[-length:])
        if len(longest := max(wish.contains, key=len, default="")) >= 3:
            yield ("contains",), replace(wish, contains=(longest[-(len(longest) - 1) :],))
        if digits := wish.suffix or longest:
            bare = Wish(seen=wish.seen, limit=wish.limit)
            yield ("others",), replace(bare, suffix=digits)
            yield ("others", "digits"), replace(bare, like=digits, suffix=digits[-2:])
        yield ("all",), Wish(seen=wish.seen, limit=wish.limit)

    def _card(self, stock: Stock, readings: Sequence[Reading]) -> Card:
        judged = traits(stock.six)
        tier = self._tiers.get(stock.tier)
        monthly = self._tiers.charge_by == "minimum_spend"
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
            readings=(*self._named(stock.six, readings)[:2], *self._words.read(stock.six)[:2]),
        )

    # --- reserving

    def reserve(self, number: str, holder: str) -> Claim:
        """Hold a number for this holder for the set hours. Asked again by the same holder, it is the same
        success with the same end, so a repeated turn does no harm. One holder at most: the database decides.
        """
        now = self._clock.now().timestamp()
        until = now + self._hours * 3600
        return self._outcome(number, holder, self._store.claim(number, holder, now, until), until)

    def extend(self, number: str, holder: str, hours: float | None = None) -> Claim:
        """Hold it for so many hours from now (default: as long as a new one); a lapsed hold that nobody took
        is taken again. On submission, hours until the review must be over."""
        now = self._clock.now().timestamp()
        until = now + (self._hours if hours is None else hours) * 3600
        return self._outcome(number, holder, self._store.extend(number, holder, now, until), until)

    def release(self, number: str, holder: str) -> bool:
        """Give it back (cancelled). False if this holder does not have it."""
        return self._store.release(number, holder)

    def held_by(self, holder: str) -> tuple[Reserved, ...]:
        """What this holder has, the one that ends first in front."""
        now = self._clock.now().timestamp()
        return tuple(Reserved(h.number, _moment(h.until), True) for h in self._store.held_by(holder, now))

    def _outcome(self, number: str, holder: str, hold: object, until: float) -> Claim:
        from hotline.business.stock import Hold

        if not isinstance(hold, Hold):
            return Unknown(number)
        if hold.holder != holder:
            return Taken(number)
        return Reserved(number, _moment(hold.until), again=hold.until != until)


def _moment(epoch: float) -> datetime:
    return datetime.fromtimestamp(epoch, CHINA)


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


def _loudness(reading: Reading) -> float:
    """How well a reading serves: a name's closeness, or a common word's weight, as 0–1."""
    return reading.score if reading.kind == "name" else reading.score / 20
