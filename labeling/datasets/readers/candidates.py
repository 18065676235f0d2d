"""Several numbered columns, `output_0`, `output_1` and so on, as one list of responses."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

#: Stands for the number in the name of a series.
_ANY = "*"
_MARK = re.compile(r"[0-9]{1,2}\Z|[A-Ia-i]\Z")


def series_name(columns: Sequence[str]) -> str:
    """`output_*` for `output_0`, `output_1`, …; "" where more than the number differs."""
    stems = {_MARK.sub("", column) for column in columns}
    return f"{stems.pop()}{_ANY}" if len(stems) == 1 else ""


def is_series(column: str) -> bool:
    """Whether a mapping names a series of columns."""
    return column.endswith(_ANY) and len(column) > 1


def _place(column: str, name: str) -> tuple[int, str] | None:
    stem = name.removesuffix(_ANY)
    mark = column.removeprefix(stem)
    if not column.startswith(stem) or not _MARK.fullmatch(mark):
        return None
    return (int(mark), "") if mark.isdigit() else (0, mark.lower())


def folded(row: Mapping[str, object], name: str) -> dict[str, object]:
    """The row with the columns of a series as one list under its name, in the order they count.

    Candidates that a row does not have are left out of its list.
    """
    places = {column: place for column in row if (place := _place(column, name)) is not None}
    rest: dict[str, object] = {c: value for c, value in row.items() if c not in places}
    counted = sorted(places, key=lambda column: places[column])
    if counted:
        rest[name] = [row[column] for column in counted if row[column] is not None]
    return rest
