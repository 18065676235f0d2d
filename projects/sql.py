"""Statements that every request or judgment runs: prepared once a connection, read without the ORM.

The ORM builds a query's text anew each time and PostgreSQL plans it anew; on the path that a
rater waits for, both cost more than the query itself (docs/performance.md). Elsewhere use the ORM.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any, Generic, TypeAlias, TypeVar, cast

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet
from psycopg2 import extensions

_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
M = TypeVar("M", bound=Model)
_Rows: TypeAlias = list[tuple[Any, ...]]


_copies = threading.Lock()
_watches: list[Callable[..., Any] | None] = []


@contextmanager
def copying() -> Iterator[None]:
    """Lets COPY run, which psycopg2 refuses while the web waits by a function of its own.

    That function (config/timeouts.py) holds for all threads, so it is set aside from the first
    copy that begins to the last that ends; the server's own time-outs hold meanwhile.
    """
    with _copies:
        if not _watches:
            watch = extensions.get_wait_callback()
            extensions.set_wait_callback(None)
        else:
            watch = _watches[0]
        _watches.append(watch)
    try:
        yield
    finally:
        with _copies:
            watch = _watches.pop()
            if not _watches:
                extensions.set_wait_callback(watch)


class Statement:
    """One SQL statement with named placeholders `%(name)s`, each of a declared PostgreSQL type.

    Behind a pooler in transaction mode (`CONCORD_PGBOUNCER`) it is sent as it is, because there a
    prepared statement may belong to another server connection.
    """

    #: Whether PostgreSQL keeps it, and its plan, for the next time.
    is_kept = True

    def __init__(self, name: str, sql: str, **types: str) -> None:
        self.name, self.sql = f"concord_{name}", sql
        self.parameters = tuple(types)
        places = {parameter: f"${place}" for place, parameter in enumerate(types, start=1)}
        body = _PLACEHOLDER.sub(lambda match: places[match[1]], sql)
        self._prepare = f"PREPARE {self.name} ({', '.join(types.values())}) AS {body}"
        self._execute = f"EXECUTE {self.name} ({', '.join(['%s'] * len(types))})"

    def rows(self, **values: Any) -> _Rows:
        """Runs it and returns every row. JSON columns are text here."""
        session = connections[DEFAULT_DB_ALIAS]
        if settings.DATABASE_POOLED or not self.is_kept:
            with session.cursor() as cursor:
                cursor.execute(self.sql, values)
                return cast(_Rows, cursor.fetchall())
        if _is_watched(session):
            with session.cursor() as watched:
                return self._prepared_rows(session, watched, values)
        session.ensure_connection()
        with session.wrap_database_errors:
            return self._prepared_rows(session, session.create_cursor(), values)

    def _prepared_rows(
        self, session: BaseDatabaseWrapper, cursor: Any, values: dict[str, Any]
    ) -> _Rows:
        if self.name not in (known := _prepared(session)):
            cursor.execute(self._prepare)
            known.add(self.name)
        cursor.execute(self._execute, [values[name] for name in self.parameters])
        return cast(_Rows, cursor.fetchall())

    def row(self, **values: Any) -> tuple[Any, ...] | None:
        """Runs it and returns the first row, or None."""
        rows = self.rows(**values)
        return rows[0] if rows else None


class PlannedAnew(Statement):
    """One that is planned for its values and the rows of the moment each time.

    For what is run now and then and looks at many rows: a plan that was made while there were few
    may take a thousand times as long.
    """

    is_kept = False


def _is_watched(session: BaseDatabaseWrapper) -> bool:
    """Whether Django has something to do about a statement, or to say against it.

    Its own cursor does it: proves at the start of a request that the connection lives, refuses a
    transaction that is broken, shows statements to whoever counts them. Where there is nothing of
    that, it costs a third of a statement's time in this process.
    """
    is_proven = session.health_check_done or not session.health_check_enabled  # type: ignore[attr-defined]
    return bool(
        not is_proven
        or session.needs_rollback
        or session.execute_wrappers
        or session.queries_logged
    )


def _prepared(session: BaseDatabaseWrapper) -> set[str]:
    """The names prepared on the connection that is open now; a new connection knows none."""
    owner, names = getattr(session, "_concord_prepared", (None, set()))
    if owner is not session.connection:
        names = set()
        session._concord_prepared = (session.connection, names)  # type: ignore[attr-defined]
    return names


def database_now() -> datetime:
    """The time by the database's clock, which all share: those of machines differ by hours.

    What one process writes and another one compares (leases, ages of jobs) is told by it alone. A
    statement that is run anyway can bring the time along (`clock_timestamp()`, `Now()`).
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (moment,) = cursor.fetchone()
    return cast(datetime, moment)


def pieces(rows: QuerySet[Any], step: int) -> Iterator[list[int]]:
    """Ids of rows, `step` at a time; each is looked at once, whatever is done to it meanwhile."""
    reached, ordered = 0, rows.order_by("pk")
    while ids := list(ordered.filter(pk__gt=reached).values_list("pk", flat=True)[:step]):
        yield ids
        reached = ids[-1]


def columns(model: type[Model], alias: str) -> str:
    """All columns of a model in the order that `instance` expects, qualified by `alias`."""
    return ", ".join(f'{alias}."{field.column}"' for field in model._meta.concrete_fields)


def instance(model: type[M], values: tuple[Any, ...]) -> M:
    """A model's instance from its columns; not for models with JSON fields."""
    return model.from_db(DEFAULT_DB_ALIAS, _names(model), values)


@cache
def _names(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


class RowReader(Generic[M]):
    """Reads whole rows of one model by a fixed condition."""

    def __init__(self, name: str, model: type[M], tail: str, **types: str) -> None:
        table = model._meta.db_table
        self._model = model
        sql = f'SELECT {columns(model, "t")} FROM "{table}" t {tail}'  # noqa: S608 - our names
        self._statement = Statement(name, sql, **types)

    def all(self, **values: Any) -> list[M]:
        """Every row that fits."""
        return [instance(self._model, row) for row in self._statement.rows(**values)]

    def first(self, **values: Any) -> M | None:
        """The first row that fits, or None."""
        row = self._statement.row(**values)
        return instance(self._model, row) if row else None
