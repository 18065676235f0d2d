"""Columns of pictures, as the `datasets` library shows them: in Parquet with their bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from labeling.datasets.arrow import pa
from labeling.datasets.formats.base import TaskRows
from labeling.datasets.formats.columns import ColumnType
from labeling.datasets.records import Message


class PictureCell(Struct, frozen=True, gc=False):
    """A picture of a row: its name in the folder of the release, and where the file is now."""

    name: str
    path: str


@cache
def _kind() -> pa.DataType:
    return pa.list_(pa.struct([("bytes", pa.binary()), ("path", pa.string())]))


def _build(values: Sequence[Sequence[PictureCell]]) -> pa.Array[Any]:
    rows = [
        [{"bytes": Path(cell.path).read_bytes(), "path": cell.name} for cell in cells]
        for cells in values
    ]
    return pa.array(rows, type=_kind())


def _names(value: Sequence[PictureCell]) -> list[str]:
    return [cell.name for cell in value]


#: Pictures in order; in files without bytes, the names of files in the folder of the release.
PICTURES = ColumnType(_kind, {"list": "image"}, _build, _names)


@cache
def _nested() -> pa.DataType:
    return pa.list_(_kind())


def _build_nested(values: Sequence[Sequence[Sequence[PictureCell]]]) -> pa.Array[Any]:
    offsets = [0]
    flat: list[Sequence[PictureCell]] = []
    for value in values:
        flat.extend(value)
        offsets.append(len(flat))
    return pa.ListArray.from_arrays(pa.array(offsets, type=pa.int32()), _build(flat))


def _nested_names(value: Sequence[Sequence[PictureCell]]) -> list[list[str]]:
    return list(map(_names, value))


#: The pictures of each response of a row.
PICTURE_LISTS = ColumnType(_nested, {"list": {"list": "image"}}, _build_nested, _nested_names)
#: Columns of a pair: the pictures of the prompt, as TRL calls them, and of both responses.
PAIR_PICTURES = (
    ("images", PICTURES),
    ("chosen_images", PICTURES),
    ("rejected_images", PICTURES),
)
#: Columns of a response by itself, of one that completes a prompt, and of all of a task.
RESPONSE_PICTURES = (("images", PICTURES), ("response_images", PICTURES))
COMPLETION_PICTURES = (("images", PICTURES), ("completion_images", PICTURES))
RESPONSES_PICTURES = (("images", PICTURES), ("response_images", PICTURE_LISTS))
#: Of a whole conversation.
CHAT_PICTURES = (("images", PICTURES),)


def picture_cells(item: TaskRows, *texts: Iterable[Message]) -> tuple[tuple[PictureCell, ...], ...]:
    """A value for a column of pictures for each of these texts; none where a release has none."""
    if not item.needs.images:
        return ()
    folder = item.pictures or Path()
    return tuple(
        tuple(
            PictureCell(picture.file_name, str(folder / picture.file_name))
            for turn in turns
            for picture in turn.images
        )
        for turns in texts
    )
