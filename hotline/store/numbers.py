"""The inventory of numbers in SQL: searches that use an index each, and holds that only one can have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Table, and_, bindparam, func, or_, select, union, union_all, update
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.selectable import Select

from hotline.business.patterns import mask
from hotline.business.stock import Entry, Hold, Query, Stock
from hotline.store.database import Database
from hotline.store.models.numbers import FOREVER, Number

TABLE: Table = Number.__table__
COLUMNS = (TABLE.c.number, TABLE.c.pattern, TABLE.c.tier, TABLE.c.score)
CHUNK = 5_000
FEW_MASKS = 64  # so many combinations of allowed digits are looked up by index rather than scanned for


class SqlNumbers:
    """A `NumberStore` on one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- searching

    def find(self, query: Query, now: float) -> list[Stock]:
        """Free numbers that meet all conditions, best score first within each tier."""
        filters = [TABLE.c.held_until <= now, *_filters(query)]
        with self._database.session(read_only=True) as session:
            if (direct := _direct(query)) is not None:
                return _best(session, direct, filters, query.per_tier)
            return _scan(session, query, filters)

    def get(self, number: str) -> Stock | None:
        """One number, free or not; None if it is not ours."""
        with self._database.session(read_only=True) as session:
            row = session.execute(select(*COLUMNS).where(TABLE.c.number == number)).first()
        return Stock(*row) if row else None

    def count(self) -> int:
        """How many numbers there are."""
        with self._database.session(read_only=True) as session:
            return int(session.execute(select(func.count()).select_from(TABLE)).scalar_one())

    # --- stocking

    def add(self, entries: Iterable[Entry]) -> int:
        """Put numbers on the shelf in chunks, each one transaction; known numbers stay as they are."""
        added = 0
        for chunk in _chunks(entries):
            with self._database.session() as session:
                asked = list({entry.number: entry for entry in chunk}.values())
                known = set(
                    session.execute(
                        select(TABLE.c.number).where(TABLE.c.number.in_([entry.number for entry in asked]))
                    ).scalars()
                )
                rows = [_row(entry) for entry in asked if entry.number not in known]
                if rows:
                    session.execute(TABLE.insert(), rows)
                added += len(rows)
        return added

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
        """Give it to its holder for good (activation). False if someone else has it."""
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


def _chunks(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    rest = iter(entries)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def _filters(query: Query) -> list[ColumnElement]:
    """Every condition on the columns of the wide indexes alone, so that a scan needs no table."""
    number = TABLE.c.number
    found: list[ColumnElement] = []
    if query.segment:
        found.append(number.like(query.segment + "%"))
    if query.prefix:
        found.append(number.like("____" + query.prefix + "%"))
    if query.suffix:
        found.append(number.like("%" + query.suffix))
    found += [number.like(f"____%{piece}%") for piece in query.contains]
    if query.any_of:
        found.append(or_(*[number.like(f"____%{piece}%") for piece in query.any_of]))
    if query.excluded:
        found.append(TABLE.c.mask.op("&")(mask(query.excluded)) == 0)
    if query.patterns:
        found.append(TABLE.c.pattern.in_(query.patterns))
    if query.tiers:
        found.append(TABLE.c.tier.in_(query.tiers))
    return found


def _direct(query: Query) -> list[ColumnElement] | None:
    """Conditions, one of which holds for each candidate, that an index leads to; None: scan by score."""
    if len(query.suffix) >= 2:
        return [_begins(TABLE.c.reverse, query.suffix[::-1])]
    if len(query.prefix) >= 2:
        return [_begins(TABLE.c.six, query.prefix)]
    longest = max(query.contains, key=len, default="")
    if len(longest) >= 3:
        return _anywhere(longest)
    if query.any_of and all(len(piece) >= 3 for piece in query.any_of):
        return [place for piece in query.any_of for place in _anywhere(piece)]
    allowed = ~mask(query.excluded) & 0x3FF
    if 2 ** bin(allowed).count("1") <= FEW_MASKS:
        return [TABLE.c.mask.in_([bits for bits in range(1, 1024) if bits & ~allowed == 0])]
    return None


def _begins(column: ColumnElement, digits: str) -> ColumnElement:
    """A prefix as a range, which both databases answer from an ordinary index."""
    return and_(column >= digits, column < digits + ":")  # ":" comes right after "9"


def _anywhere(digits: str) -> list[ColumnElement]:
    """The places where three or more digits can stand in six, each with its index."""
    places = [_begins(TABLE.c.six, digits), _begins(TABLE.c.from2, digits), _begins(TABLE.c.from3, digits)]
    if len(digits) >= 6:
        return places[:1]
    inner = places[: 6 - len(digits)]
    return [*inner, _begins(TABLE.c.reverse, digits[::-1])]


def _best(
    session: Session, direct: list[ColumnElement], filters: list[ColumnElement], per_tier: int
) -> list[Stock]:
    """All candidates that the indexes lead to, then the best of each tier."""
    statement = union(*[select(*COLUMNS).where(place, *filters) for place in direct])
    counts: dict[str, int] = {}
    found = []
    for row in sorted(session.execute(statement).all(), key=lambda row: (-row.score, row.number)):
        counts[row.tier] = counts.get(row.tier, 0) + 1
        if counts[row.tier] <= per_tier:
            found.append(Stock(*row))
    return found


def _scan(session: Session, query: Query, filters: list[ColumnElement]) -> list[Stock]:
    """The best of each tier (or of each pattern) in one statement; each part stops at its limit."""
    if query.patterns:
        groups = [TABLE.c.pattern == pattern for pattern in query.patterns]
    else:
        groups = [TABLE.c.tier == tier for tier in query.tiers]
    parts: list[Select] = []
    for group in groups:
        best = select(*COLUMNS).where(group, *filters).order_by(TABLE.c.score.desc()).limit(query.per_tier)
        parts.append(select(best.subquery()))
    if not parts:
        return []
    rows = session.execute(union_all(*parts)).all()
    return [Stock(*row) for row in sorted(rows, key=lambda row: (-row.score, row.number))]
