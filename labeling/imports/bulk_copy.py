"""New rows by COPY: a third of the processor time that the ORM takes for the same rows."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.utils import timezone

from projects.sql import copying


def next_ids(model: type[models.Model], count: int) -> list[int]:
    """`count` fresh primary keys of a model, ascending."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return sorted(pk for (pk,) in cursor.fetchall())


def copy_rows(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Inserts rows of the fields `names` (attribute names); other fields get their defaults.

    Values are stored as they are: no validation, no signals, and no primary key unless named.
    Raises django.db.IntegrityError as any insert does.
    """
    fields = {field.attname: field for field in model._meta.concrete_fields}
    rest = [name for name in fields if name not in names and not fields[name].primary_key]
    constant = "".join(f"\t{_encoded(_default(fields[name]))}" for name in rest)
    buffer = io.StringIO()
    buffer.writelines(_lines(rows, constant))
    if not buffer.tell():
        return
    buffer.seek(0)
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(fields[name].column)) for name in (*names, *rest))
    statement = f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN"
    with connection.cursor() as cursor, connection.wrap_database_errors, copying():
        cursor.copy_expert(statement, buffer)


def _lines(rows: Iterable[Sequence[object]], constant: str) -> Iterator[str]:
    for row in rows:
        yield "\t".join([_encoded(value) for value in row]) + constant + "\n"


def _default(field: models.Field[object, object]) -> object:
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return timezone.now()
    default = field.get_default()
    if isinstance(field, ArrayField) and default is not None:
        raise TypeError(f"Give {field.name} a value: arrays have no default here.")
    return default


def array(values: Iterable[int]) -> str:
    """Whole numbers as PostgreSQL writes an array."""
    return "{" + ",".join(map(str, values)) + "}"


def _encoded(value: object) -> str:
    """A value in the text format of COPY."""
    if type(value) is str:
        return _escaped(value)
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict | list):
        return _escaped(json.dumps(value, ensure_ascii=False))
    return _escaped(str(value))


def _escaped(text: str) -> str:
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    if "\n" in text:
        text = text.replace("\n", "\\n")
    if "\r" in text:
        text = text.replace("\r", "\\r")
    if "\t" in text:
        text = text.replace("\t", "\\t")
    return text
