"""The inventory of numbers in SQL: searches that use an index each, and holds that only one can have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from math import comb, prod
from typing import Any

from sqlalchemy import Table, and_, bindparam, func, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from hotline.business.patterns import mask
from hotline.business.stock import Entry, Hold, Query, Stock
from hotline.store.database import Database
from hotline.store.models.numbers import FOREVER, Number
from hotline.store.quick import Prepared

TABLE: Table = Number.__table__
CARD = (TABLE.c.number, TABLE.c.pattern, TABLE.c.tier, TABLE.c.score)
COLUMNS = "number, pattern, tier, score"
CHUNK = 5_000
FILL_CACHE_KIB = 65_536  # memory for sorting while an empty shelf is filled
NOMINAL = 200_000  # numbers in an inventory of the expected size
LOOKUP, FETCH = 3, 1  # what a candidate costs to look up, and a find to rank, where scanning over one costs 1
COMMON = frozenset({"plain", "inside_pair", "aa", "aba", "date"})  # shapes that many numbers have
RARE = 0.002
CORRELATED = 2  # a shape that was asked for is rare in the plain grades: a scan there reads on in vain
KEPT = 512  # statements of searches: one for each kind of wish


class Values(dict[str, Any]):
    """What a statement in the making will be given; each value is known in it by the name that is returned."""

    def __call__(self, value: Any) -> str:
        name = f"v{len(self)}"
        self[name] = value
        return f":{name}"


#: a condition, for a statement with these values
Place = Callable[[Values], str]


@lru_cache(KEPT)
def _prepared(sql: str) -> Prepared:
    return Prepared(sql)


class SqlNumbers:
    """A `NumberStore` on one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- searching

    def find(self, query: Query, now: float) -> list[Stock]:
        """Free numbers that meet all conditions, best score first within each tier."""
        driver, of = _driver(query), Values()
        rows = self._read(_scan(query, now, of) if driver is None else _direct(query, driver, now, of), of)
        rows.sort(key=lambda row: (-row.score, row.number))
        return [Stock(*row) for row in rows]

    def count_up_to(self, query: Query, now: float, most: int) -> int:
        """How many free numbers meet all conditions, counted no further than `most`."""
        driver, of = _driver(replace(query, per_tier=None)), Values()
        if driver is None:
            return len(self._read(_scan(replace(query, per_tier=most), now, of), of)[:most])
        found = f"SELECT * FROM ({_found(query, driver, now, of)}) AS found"  # noqa: S608 - bound
        return len(self._read(f"{found} LIMIT {of(most)}", of))

    def _read(self, sql: str, values: Values) -> list[Any]:
        with self._database.quick(read_only=True) as connection:
            return connection.execute(_prepared(sql), values).all()

    def get(self, number: str) -> Stock | None:
        """One number, free or not; None if it is not ours."""
        with self._database.session(read_only=True) as session:
            row = session.execute(select(*CARD).where(TABLE.c.number == number)).first()
        return Stock(*row) if row else None

    def count(self) -> int:
        """How many numbers there are."""
        with self._database.session(read_only=True) as session:
            return int(session.execute(select(func.count()).select_from(TABLE)).scalar_one())

    # --- stocking

    def add(self, entries: Iterable[Entry]) -> int:
        """Put numbers on the shelf; known ones stay as they are. How many were new.

        An empty shelf is filled in one go, its indexes built afterwards; else each chunk is a transaction.
        """
        if self.count() == 0:
            return self._fill(entries)
        added = 0
        for chunk in _chunks(entries):
            with self._database.session() as session:
                added += _insert(session, chunk)
        return added

    def _fill(self, entries: Iterable[Entry]) -> int:
        seen: set[str] = set()
        with self._database.session() as session:
            connection = session.connection()
            if self._database.is_sqlite:
                connection.exec_driver_sql(f"PRAGMA cache_size = -{FILL_CACHE_KIB}")
            indexes = sorted(TABLE.indexes, key=lambda index: str(index.name))
            for index in indexes:
                index.drop(connection)
            for chunk in _chunks(entries):
                new = {entry.number: _row(entry) for entry in chunk if entry.number not in seen}
                if new:
                    connection.execute(TABLE.insert(), list(new.values()))
                seen.update(new)
            for index in indexes:
                index.create(connection)
            if self._database.is_sqlite:
                connection.exec_driver_sql("PRAGMA cache_size = -2000")  # SQLite's default
        return len(seen)

    def regrade(self, entries: Iterable[Entry]) -> int:
        """File known numbers under their present pattern, tier and score; how many there were."""
        statement = (
            update(TABLE)
            .where(TABLE.c.number == bindparam("key"))
            .values(
                pattern=bindparam("new_pattern"), tier=bindparam("new_tier"), score=bindparam("new_score")
            )
        )
        changed = 0
        for chunk in _chunks(entries):
            with self._database.session() as session:
                rows = [
                    {"key": e.number, "new_pattern": e.pattern, "new_tier": e.tier, "new_score": e.score}
                    for e in chunk
                ]
                session.connection().execute(statement, rows)
                changed += len(rows)
        return changed

    def all_numbers(self) -> Iterator[str]:
        """Every number, in order, read in chunks."""
        last = ""
        while True:
            with self._database.session(read_only=True) as session:
                query = (
                    select(TABLE.c.number).where(TABLE.c.number > last).order_by(TABLE.c.number).limit(CHUNK)
                )
                chunk = list(session.execute(query).scalars())
            if not chunk:
                return
            yield from chunk
            last = chunk[-1]

    # --- holding

    def claim(self, number: str, holder: str, now: float, until: float) -> Hold | None:
        """One conditional UPDATE decides; whoever comes second changes no row and is told who has it."""
        free = and_(TABLE.c.number == number, TABLE.c.held_until <= now)
        return self._hold(free, number, holder, now, until)

    def extend(self, number: str, holder: str, now: float, until: float) -> Hold | None:
        """Move the end of an own hold (never backwards), or take the number again if nobody did meanwhile."""
        own = and_(TABLE.c.holder == holder, TABLE.c.held_until < until)
        free = and_(TABLE.c.number == number, or_(TABLE.c.held_until <= now, own))
        return self._hold(free, number, holder, now, until)

    def _hold(
        self, condition: ColumnElement, number: str, holder: str, now: float, until: float
    ) -> Hold | None:
        with self._database.session() as session:
            won = session.execute(update(TABLE).where(condition).values(holder=holder, held_until=until))
            if won.rowcount == 1:
                return Hold(number, holder, until)
            row = session.execute(
                select(TABLE.c.holder, TABLE.c.held_until).where(TABLE.c.number == number)
            ).first()
        return Hold(number, row.holder or "", row.held_until) if row else None

    def assign(self, number: str, holder: str) -> bool:
        """Give it to its last holder for good (activation). False if someone else has had it since."""
        with self._database.session() as session:
            result = session.execute(
                update(TABLE)
                .where(TABLE.c.number == number, TABLE.c.holder == holder)
                .values(held_until=FOREVER)
            )
        return bool(result.rowcount)

    def release(self, number: str, holder: str) -> bool:
        """Give it back. False if this holder does not have it or it is assigned for good."""
        with self._database.session() as session:
            result = session.execute(
                update(TABLE)
                .where(TABLE.c.number == number, TABLE.c.holder == holder, TABLE.c.held_until < FOREVER)
                .values(holder=None, held_until=0.0)
            )
        return bool(result.rowcount)

    def held_by(self, holder: str, now: float) -> Sequence[Hold]:
        """The holds in force of one holder, the one that ends first in front."""
        with self._database.session(read_only=True) as session:
            rows = session.execute(
                select(TABLE.c.number, TABLE.c.holder, TABLE.c.held_until)
                .where(TABLE.c.holder == holder, TABLE.c.held_until > now)
                .order_by(TABLE.c.held_until, TABLE.c.number)
            ).all()
        return [Hold(*row) for row in rows]


def _row(entry: Entry) -> dict[str, Any]:
    six = entry.six
    return {
        "number": entry.number,
        "six": six,
        "from2": six[1:],
        "from3": six[2:],
        "reverse": six[::-1],
        "pattern": entry.pattern,
        "tier": entry.tier,
        "score": entry.score,
        "mask": entry.mask,
        "held_until": 0.0,
    }


def _insert(session: Session, chunk: list[Entry]) -> int:
    """Insert what is not there yet."""
    asked = {entry.number: entry for entry in chunk}
    known = session.execute(select(TABLE.c.number).where(TABLE.c.number.in_(list(asked)))).scalars()
    for number in known:
        del asked[number]
    if asked:
        session.execute(TABLE.insert(), [_row(entry) for entry in asked.values()])
    return len(asked)


def _chunks(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    rest = iter(entries)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def _filters(query: Query, now: float, of: Values) -> list[str]:
    """Every condition, on the columns of the wide indexes alone, the cheapest to judge first."""
    wanted, unwanted = mask(query.prefix + query.suffix + "".join(query.contains)), mask(query.excluded)
    found = ["1 = 0"] if wanted & unwanted else []  # a digit both wanted and unwanted
    if wanted | unwanted:
        found.append(f"(mask & {of(wanted | unwanted)}) = {of(wanted)}")
    if query.segment:
        found.append(_like(of, query.segment + "%"))
    if query.prefix:
        found.append(_like(of, "____" + query.prefix + "%"))
    if query.suffix:
        found.append(_like(of, "%" + query.suffix))
    found += [_like(of, f"____%{piece}%") for piece in query.contains]
    if query.any_of:
        found.append(_like(of, *[f"____%{piece}%" for piece in query.any_of]))
    if query.endings:
        found.append(_like(of, *["%" + piece for piece in query.endings]))
    found.append(f"held_until <= {of(now)}")
    return found


def _like(of: Values, *patterns: str) -> str:
    return f"({' OR '.join(f'number LIKE {of(pattern)}' for pattern in patterns)})"


def _driver(query: Query) -> list[Place] | None:
    """The conditions that lead to the fewest candidates by an index (one of them holds for each candidate).

    None if a scan in order of score, which stops when it has enough, is expected to read less. Shares are of
    numbers with evenly spread digits; the weights were measured on SQLite with the inventory of `NOMINAL`.
    """
    ways: list[tuple[float, list[Place]]] = []
    if query.suffix:
        ways.append((10.0 ** -len(query.suffix), [_begins("reverse", query.suffix[::-1])]))
    if query.prefix:
        ways.append((10.0 ** -len(query.prefix), [_begins("six", query.prefix)]))
    ways += [(_share([piece]), _anywhere(piece)) for piece in query.contains]
    if query.any_of:
        ways.append((_share(query.any_of), [place for piece in query.any_of for place in _anywhere(piece)]))
    if query.endings:
        share = sum(10.0 ** -len(piece) for piece in query.endings)
        ways.append((share, [_begins("reverse", piece[::-1]) for piece in query.endings]))
    matching = min(1.0, prod(share for share, _ in ways))
    masks = _masks(query)
    ways.append((sum(_MASK_SHARE[bits] for bits in masks), [_of_digits(masks)]))
    if query.excluded:
        matching *= (1 - len(set(query.excluded)) / 10) ** 6
    usable = [way for way in ways if way[1]]
    share, best = min(usable, key=lambda way: way[0])
    if query.patterns and not COMMON.intersection(query.patterns) and share > RARE:
        return None  # there are fewer numbers of these shapes than candidates
    enough = 1.0 if query.per_tier is None else 2 * CORRELATED * query.per_tier / (matching * NOMINAL + 1)
    return best if share * LOOKUP + matching * FETCH <= min(1.0, enough) else None


def _masks(query: Query) -> list[int]:
    """The sets of digits that a number may have."""
    wanted, unwanted = mask(query.prefix + query.suffix + "".join(query.contains)), mask(query.excluded)
    return [bits for bits in _MASK_SHARE if bits & wanted == wanted and not bits & unwanted]


def _surjections(digits: int) -> int:
    """In how many ways six places can show all of so many digits."""
    return sum((-1) ** k * comb(digits, k) * (digits - k) ** 6 for k in range(digits + 1))


_MASK_SHARE = {
    bits: _surjections(bin(bits).count("1")) / 10**6 for bits in range(1, 1024) if bin(bits).count("1") <= 6
}


def _share(pieces: Iterable[str]) -> float:
    return sum((7 - len(piece)) * 10.0 ** -len(piece) for piece in pieces)


def _begins(column: str, digits: str) -> Place:
    """A prefix as a range, which both databases answer from an ordinary index: ":" comes right after "9"."""
    return lambda of: f"{column} >= {of(digits)} AND {column} < {of(digits + ':')}"


def _anywhere(digits: str) -> list[Place]:
    """The places where three or more digits can stand in six, each with its index; none for fewer digits."""
    if len(digits) < 3:
        return []
    inner = [_begins(column, digits) for column in ("six", "from2", "from3")]
    return [*inner[: 6 - len(digits)], _begins("reverse", digits[::-1])]


def _of_digits(masks: Sequence[int]) -> Place:
    """The sets of digits, which are numbers of ours and stand in the statement as they are."""
    one = f"mask IN ({', '.join(map(str, masks))})" if masks else "1 = 0"
    return lambda _: one


def _among(column: str, values: Sequence[str], of: Values) -> str:
    """By a column that the planner shall not choose an index for: a better one has been chosen here."""
    return f"coalesce({column}, '') IN ({', '.join(map(of, values))})"


def _found(query: Query, driver: Sequence[Place], now: float, of: Values) -> str:
    """All candidates that the indexes lead to, judged by all conditions."""
    filters = [_among("tier", query.tiers, of), *_filters(query, now, of)]
    if query.patterns:
        filters.append(_among("pattern", query.patterns, of))
    return " UNION ".join(_select(place(of), *filters) for place in driver)


def _select(*conditions: str) -> str:
    return f"SELECT {COLUMNS} FROM numbers WHERE {' AND '.join(conditions)}"  # noqa: S608 - bound


def _direct(query: Query, driver: Sequence[Place], now: float, of: Values) -> str:
    """The best of each tier among what the indexes lead to."""
    found = _found(query, driver, now, of)
    if query.per_tier is None:
        return found
    place = "row_number() OVER (PARTITION BY tier ORDER BY score DESC, number) AS place"
    ranked = f"SELECT {COLUMNS}, {place} FROM ({found}) AS found"  # noqa: S608 - bound
    return f"SELECT {COLUMNS} FROM ({ranked}) AS ranked WHERE place <= {of(query.per_tier)}"  # noqa: S608 - bound


def _scan(query: Query, now: float, of: Values) -> str:
    """The best of each tier (or of each pattern) in one statement; each part stops at its limit."""
    filters = _filters(query, now, of)
    if query.patterns:
        filters.insert(0, _among("tier", query.tiers, of))
    column, groups = ("pattern", query.patterns) if query.patterns else ("tier", query.tiers)
    last = "" if query.per_tier is None else f" LIMIT {of(query.per_tier)}"
    parts = [f"{_select(f'{column} = {of(group)}', *filters)} ORDER BY score DESC{last}" for group in groups]
    return " UNION ALL ".join(f"SELECT * FROM ({part}) AS best{n}" for n, part in enumerate(parts))  # noqa: S608 - bound
