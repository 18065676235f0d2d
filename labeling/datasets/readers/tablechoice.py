"""Which files of rows in an archive are read: the only one, or a table of a release packed whole.

A release holds the same data in several tables, each in a folder of its own and in a file a split.
Its `judgments` are what the others were made from: they bring every task, text, picture and answer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import PurePosixPath

from msgspec import Struct

from labeling.datasets.readers.fields import visible
from labeling.datasets.rows import UnreadableFile

#: What stands in the folder of every release, beside the folders of its tables.
_MANIFEST, _CARD = "manifest.json", "README.md"
#: The table from which the others of a release were made.
_WHOLE = "judgments"
#: Names that are listed, and characters of each.
_LISTED, _SHOWN = 5, 60


class ChosenTable(Struct, frozen=True):
    """The files of rows that are read, in order. `table` is the name of the table of a release that
    they are the parts of, and `others` those beside it; of any other archive there is none."""

    names: tuple[str, ...]
    table: str = ""
    others: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """What is read of a release, and what is not; nothing where there was no choice."""
        if not self.others:
            return ""
        return (
            f"The archive is a release. Of its tables, “{self.table}” is read: what people said of "
            f"each task, from which {_listed(self.others)} were made. To import another one, pack "
            "its files with the folder “images” and without the rest."
        )


def chosen_table(rows: Collection[str], names: Collection[str]) -> ChosenTable:
    """The files among `rows` that are read of an archive that holds `names`.

    Raises UnreadableFile where there are none, or several that may each be meant.
    """
    if len(rows) == 1:
        return ChosenTable(tuple(rows))
    tables = _tables_of_release(rows, names)
    if not tables:
        raise UnreadableFile(_several(rows))
    table = _WHOLE if _WHOLE in tables else min(tables)
    others = tuple(sorted(tables.keys() - {table}))
    if others and table != _WHOLE:
        raise UnreadableFile(
            f"The archive is a release of {len(tables)} tables ({_listed(sorted(tables))}): one is "
            "taken at a time. Pack the files of one table, with the folder “images” where it has "
            "pictures, and import that."
        )
    return ChosenTable(tuple(sorted(tables[table])), table, others)


def _tables_of_release(
    rows: Collection[str], names: Collection[str]
) -> Mapping[str, Collection[str]]:
    """The tables of the one release that an archive holds, by name; none where it holds none, or
    several, or rows beside it."""
    paths = {PurePosixPath(name) for name in names}
    folders = [
        path.parent for path in paths if path.name == _MANIFEST and path.parent / _CARD in paths
    ]
    if len(folders) != 1:
        return {}
    (folder,) = folders
    tables: dict[str, list[str]] = {}
    for name in rows:
        path = PurePosixPath(name)
        if path.parent.parent == folder and path.parent != folder:
            tables.setdefault(path.parent.name, []).append(name)
        elif path.parent != folder:
            return {}
    kinds = {"".join(PurePosixPath(name).suffixes) for table in tables.values() for name in table}
    return tables if len(kinds) == 1 else {}


def _several(rows: Collection[str]) -> str:
    """Why an archive is refused that holds no file of rows, or several."""
    listed = f" ({_listed(sorted(rows))})" if rows else ""
    return (
        f"The archive holds {len(rows) or 'no'} files of rows{listed}: it takes exactly one of "
        "JSON Lines, JSON, CSV or Parquet, beside the pictures that its rows name."
        + (" Leave the others out, and import each by itself." if rows else "")
    )


def _listed(names: Collection[str]) -> str:
    """The first of the names."""
    first = [visible(name, _SHOWN) for name in list(names)[:_LISTED]]
    return ", ".join(first) + (", …" if len(names) > _LISTED else "")
