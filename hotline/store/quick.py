"""Ready-made statements straight on the driver: what a turn waits for.

SQLAlchemy takes fifty times as long to carry a statement to SQLite as SQLite takes to run it. A `Prepared` statement
is written and compiled by SQLAlchemy once (so it knows both databases and our column types), and run without it.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.expression import Executable

_NONE: Mapping[str, Any] = {}


class Prepared:
    """A statement whose values are given by name. `columns`: what an INSERT or UPDATE sets, by column."""

    def __init__(self, statement: str | Executable, *columns: str) -> None:
        self._statement: Any = text(statement) if isinstance(statement, str) else statement
        self._columns = columns
        self._compiled: dict[str, _Compiled] = {}

    def on(self, dialect: Dialect) -> _Compiled:
        """As this kind of database has it."""
        found = self._compiled.get(dialect.name)
        if found is None:
            found = self._compiled[dialect.name] = _Compiled(self._statement, self._columns, dialect)
        return found


class _Compiled:
    def __init__(self, statement: Any, columns: Sequence[str], dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=list(columns) or None)
        if compiled.post_compile_params or compiled.literal_execute_params:
            raise ValueError("a list of unknown length cannot be prepared")
        self.sql = str(compiled)
        self.names: list[str] | None = list(compiled.positiontup) if compiled.positional else None
        self._wanted = [
            (name, compiled.binds[name].type.dialect_impl(dialect)) for name in compiled.bind_names.values()
        ]
        self._fixed = {
            name: bind.value
            for name, bind in compiled.binds.items()
            if not bind.required and bind.value is not None
        }
        self._types = [entry[3] for entry in compiled._result_columns]
        self._labels = [entry[0] for entry in compiled._result_columns]
        self._row: Any = None

    def bound(self, values: Mapping[str, Any], dialect: Dialect) -> Any:
        """The values as the driver wants them. Raises KeyError for one that is missing."""
        given: dict[str, Any] = {}
        for name, kind in self._wanted:
            value = values[name] if name in values else self._fixed[name]
            convert = kind._cached_bind_processor(dialect)
            given[name] = convert(value) if convert else value
        return given if self.names is None else [given[name] for name in self.names]

    def rows(self, cursor: Any, dialect: Dialect) -> list[Any]:
        """All rows, with their names, as our column types read them."""
        if self._row is None:
            names = self._labels or [column[0] for column in cursor.description]
            self._row = namedtuple("Row", names, rename=True)  # type: ignore[misc]
        make = self._row._make
        # the driver's own type of each column: PostgreSQL's numbers are read by it
        converts = [
            kind._cached_result_processor(dialect, column[1])
            for kind, column in zip(self._types, cursor.description, strict=False)
        ]
        if not any(converts):
            return [make(row) for row in cursor.fetchall()]
        return [
            make([c(v) if c else v for c, v in zip(converts, row, strict=True)]) for row in cursor.fetchall()
        ]


class Result:
    """What a statement gave: rows, or how many it touched."""

    __slots__ = ("_rows", "rowcount")

    def __init__(self, rows: list[Any], rowcount: int) -> None:
        self._rows, self.rowcount = rows, rowcount

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def all(self) -> list[Any]:
        """All rows."""
        return self._rows

    def first(self) -> Any | None:
        """The first row, or None."""
        return self._rows[0] if self._rows else None

    def scalar(self) -> Any:
        """The first value of the first row, or None."""
        return self._rows[0][0] if self._rows else None


class Quick:
    """A connection in a transaction, for prepared statements. Errors are SQLAlchemy's, without the values."""

    __slots__ = ("_connection", "_dialect")

    def __init__(self, connection: Any, dialect: Dialect) -> None:
        self._connection, self._dialect = connection, dialect

    def execute(
        self, statement: Prepared, values: Mapping[str, Any] | Sequence[Mapping[str, Any]] = _NONE
    ) -> Result:
        """Run it; once for each, when several sets of values are given."""
        dialect = self._dialect
        compiled = statement.on(dialect)
        cursor = self._connection.cursor()
        try:
            if isinstance(values, Mapping):
                cursor.execute(compiled.sql, compiled.bound(values, dialect))
            else:
                cursor.executemany(compiled.sql, [compiled.bound(each, dialect) for each in values])
            return Result(compiled.rows(cursor, dialect) if cursor.description else [], cursor.rowcount)
        except dialect.dbapi.Error as error:
            raise told(error, compiled.sql, dialect, self._connection) from error
        finally:
            cursor.close()


def told(error: Exception, sql: str, dialect: Dialect, connection: Any) -> Exception:
    """A driver's error as SQLAlchemy has it, without the values."""
    gone = dialect.is_disconnect(error, connection, None)
    made: Exception = DBAPIError.instance(
        sql,
        None,
        error,
        dialect.dbapi.Error,
        hide_parameters=True,
        connection_invalidated=gone,
        dialect=dialect,
    )
    return made
