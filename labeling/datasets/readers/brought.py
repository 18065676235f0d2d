"""The pictures that rows name: whether they came with the rows, and what of a row they replace.

A row is refused where one of its pictures is not at hand. Outside of an archive a column of
pictures beside the texts is left out instead: data sets have such columns also where the pictures
are not in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec.structs import replace

from labeling.datasets.readers.archives import PictureArchive, UnusedFiles, is_archive
from labeling.datasets.readers.fields import refusal
from labeling.datasets.readers.weights import up_to
from labeling.datasets.records import Message, PictureRef
from labeling.datasets.rows import (
    Duplicate,
    ImportedResponse,
    ImportRow,
    Refusal,
    RefusalCode,
    RowError,
)
from labeling.media import lie_of, limits

#: What becomes of a picture under the name of its field. Raises RowError where there is none.
Finder = Callable[[PictureRef, str], PictureRef]
Row = ImportRow | Duplicate | Refusal
#: Bytes by which a picture is told.
_HEAD = 4096
#: Rows beyond the first that are looked through for the names of pictures, and bytes of them.
_MOST_ROWS, _MOST_BYTES = 10_000, 32 << 20


def has_pictures(row: Row) -> bool:
    """Whether a row that would be taken has any."""
    return isinstance(row, ImportRow) and any(True for _ref in row_pictures(row))


def row_pictures(row: ImportRow) -> Iterator[PictureRef]:
    """All pictures of a row, those of its prompt first."""
    for messages in (row.messages, *(response.messages for response in row.responses)):
        for turn in messages:
            yield from turn.images


def with_pictures(row: ImportRow, finder: Finder, *, may_miss_aside: bool) -> ImportRow | Refusal:
    """The row with what `finder` gives for its pictures, or why it is refused."""
    left_out: list[Refusal] = []
    try:
        messages = row.messages
        if may_miss_aside:
            messages = _without_aside(row, finder, left_out)
        messages = _turns(messages, "prompt", finder)
        responses = tuple(
            _response(response, f"responses[{place}]", finder)
            for place, response in enumerate(row.responses)
        )
    except RowError as error:
        refused = refusal(row.line, error)
        return replace(refused, number=row.number, row_id=row.external_id)
    left_out = [*row.left_out, *left_out]
    return replace(row, messages=messages, responses=responses, left_out=tuple(left_out))


def _marks_prompt(row: ImportRow) -> bool:
    """Whether a label marks a picture of the prompt."""
    return any(mark.response == "" for label in row.judgments for mark in label.regions)


def _without_aside(row: ImportRow, finder: Finder, left_out: list[Refusal]) -> tuple[Message, ...]:
    """The turns without pictures of a column beside the texts that are not at hand.

    The row stands without them, so they are counted as left out, each with its reason.
    """
    turns = []
    for turn in row.messages:
        kept = []
        for ref in turn.images:
            try:
                kept.append(finder(ref, "images") if ref.is_aside else ref)
            except RowError as error:
                if _marks_prompt(row):
                    raise  # which picture of the prompt a label means counts all of them
                left_out.append(refusal(row.line, error))
        turns.append(replace(turn, images=tuple(kept)))
    return tuple(turns)


def _response(response: ImportedResponse, field: str, finder: Finder) -> ImportedResponse:
    if not any(turn.images for turn in response.messages):
        return response
    return replace(response, messages=_turns(response.messages, field, finder))


def _turns(turns: tuple[Message, ...], field: str, finder: Finder) -> tuple[Message, ...]:
    if not any(turn.images for turn in turns):
        return turns
    return tuple(
        replace(turn, images=tuple(finder(ref, f"{field}.images") for ref in turn.images))
        for turn in turns
    )


def name_at_hand(archive: PictureArchive | None, name: str, field: str) -> str:
    """What a picture is called in the archive. Raises RowError where it did not come."""
    if archive is None:
        raise RowError(
            field,
            "Names a picture, and no pictures came with the rows. Send its file along with the "
            "rows, import a zip archive of both, or leave the column out.",
            name,
            code=RefusalCode.MISSING,
        )
    return archive.named(name, field)


@contextmanager
def opened_pictures(path: Path) -> Iterator[PictureArchive | None]:
    """The pictures that came with a file of rows; None where the file is no archive."""
    if not is_archive(path):
        yield None
        return
    archive = PictureArchive(path)
    try:
        yield archive
    finally:
        archive.close()


def looked_up(archive: PictureArchive | None, rows: list[Row]) -> list[Row]:
    """The first rows of a file with the names and sizes of their pictures; those that one is
    missing from as the import would refuse them. No picture is decoded."""
    if not any(map(has_pictures, rows)):
        return rows
    return [
        with_pictures(row, _looking_in(archive), may_miss_aside=archive is None)
        if isinstance(row, ImportRow)
        else row
        for row in rows
    ]


def names_in(archive: PictureArchive, row: Row) -> Iterator[str]:
    """The files of the archive that a row names; what is not in it is said elsewhere."""
    for ref in row_pictures(row) if isinstance(row, ImportRow) else ():
        if ref.name:
            with suppress(RowError):
                yield archive.named(ref.name, "")


def unused_files(
    archive: PictureArchive | None, first: Iterable[Row], rest: Iterator[Row]
) -> UnusedFiles:
    """The files of an archive that no row names, as far as so many rows tell."""
    if archive is None:
        return UnusedFiles()
    named = {name for row in first for name in names_in(archive, row)}
    for row in up_to(rest, _MOST_ROWS, _MOST_BYTES):
        named.update(names_in(archive, row))
    unused = archive.unused(named)
    if unused.count and next(rest, None) is not None:
        return UnusedFiles(system=unused.system, is_known=False)
    return unused


def _looking_in(archive: PictureArchive | None) -> Finder:
    def look(ref: PictureRef, field: str) -> PictureRef:
        if ref.source:
            return ref
        name = name_at_hand(archive, ref.name, field)
        assert archive is not None  # noqa: S101 - or there were no name
        problem = (
            limits.PICTURE_TOO_LARGE if (size := archive.size(name)) > limits.MAX_BYTES else ""
        )
        try:
            problem = problem or lie_of(name, archive.read(name, _HEAD))
        except ValueError as error:
            problem = str(error)
        if problem:
            raise RowError(field, problem, ref.name, code=RefusalCode.UNSUPPORTED)
        return replace(ref, name=name, size=size)

    return look
