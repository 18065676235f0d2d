"""From a file to rows: check, preview, read. Streaming; memory does not grow with rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path

from msgspec.structs import replace

from labeling.datasets.readers import limits
from labeling.datasets.readers.archives import UnusedFiles
from labeling.datasets.readers.brought import looked_up, opened_pictures, unused_files
from labeling.datasets.readers.columns import QUESTION_IDS, plain_name
from labeling.datasets.readers.containers import JSON_LIST, TABLES, RawRows, opened
from labeling.datasets.readers.detection import (
    Detection,
    ReadOptions,
    columns_of_mapping,
    detect,
    is_promptless,
)
from labeling.datasets.readers.fields import refusal, visible
from labeling.datasets.readers.joined import Numbered, joined_rows
from labeling.datasets.readers.jsonrows import RawRow
from labeling.datasets.readers.ordering import ordered_rows
from labeling.datasets.readers.questions import OpenQuestions
from labeling.datasets.readers.reshaping import Reshaping
from labeling.datasets.readers.seen import SeenRows
from labeling.datasets.readers.shapes import SHAPES
from labeling.datasets.readers.shapes.base import Shape
from labeling.datasets.readers.shapes.finish import finish
from labeling.datasets.readers.shapes.record import RecordView, look
from labeling.datasets.readers.taskkinds import wished_kind
from labeling.datasets.readers.unclaimed import check_unseen
from labeling.datasets.readers.weights import up_to
from labeling.datasets.readers.whose import Whose
from labeling.datasets.readers.winners import plain_mapping
from labeling.datasets.rows import (
    Duplicate,
    ImportRow,
    Refusal,
    RowError,
    TornRow,
    UnreadableFile,
)
from labeling.vocabulary import TaskKind


@dataclass(frozen=True, slots=True)
class FilePreview:
    """The first rows of a file as they would be imported; nothing has been written. `unused` are
    the files beside the rows that none of them names."""

    detection: Detection
    rows: tuple[ImportRow | Duplicate | Refusal, ...]
    unused: UnusedFiles = field(default_factory=UnusedFiles)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a whole pass over the file found: it can be read to its end and gives `rows` rows."""

    rows: int


def check(
    path: Path, *, format: str = "auto", mapping: Mapping[str, str] | None = None
) -> FileFacts:
    """Reads the file to its end without making rows, and counts what `read` will yield.

    Only for a `format` whose lines give several rows each are those made, so that they are counted
    as they will be read.
    Raises UnreadableFile for what would stop an import half way: a wrong encoding, a cut or
    exploding gzip, a malformed list, a quote that is never closed, no rows at all.
    """
    shape = SHAPES.get(format)
    if shape is not None and shape.spreads:
        made = read(path, format=format, mapping=mapping)
        rows = sum(1 for _ in islice(made, limits.MAX_ROWS + 1))
    else:
        with opened(path) as file:
            rows = file.count()
    if not rows:
        raise UnreadableFile("The file has no rows.")
    if rows > limits.MAX_ROWS:
        raise UnreadableFile(f"The file has more than {limits.MAX_ROWS:,} rows. Split it.")
    return FileFacts(rows)


def _for_every_row(shape: Shape, detection: Detection, wished: Mapping[str, str]) -> dict[str, str]:
    """The mapping for rows beyond the sample too.

    A field whose column no sampled row had may still stand in a later row under its own name:
    labels that only some rows carry must not end as metadata.
    """
    mapping = detection.mapping
    spoken = {column for column in detection.columns if column not in detection.quiet}
    taken = {*spoken, *(name for name, column in wished.items() if not column)}
    late = {name: name for name in shape.fields if name not in mapping and name not in taken}
    return {**mapping, **late}


def _sorted(
    raw: RawRow,
    shape: Shape,
    view: RecordView,
    seen: SeenRows,
    doubtful: Collection[str],
    number: int,
) -> list[ImportRow | Duplicate | Refusal]:
    """What one line gives: one of the three, or as many as a kind that spreads makes."""
    line, values = raw
    try:
        if doubtful and not values.keys().isdisjoint(doubtful):
            check_unseen(values, doubtful, view.fields)
        record = look(line, values, view)
        made = shape.read(record)
    except RowError as error:
        return [_named(refusal(line, error), values, view, number)]
    outcomes: list[ImportRow | Duplicate | Refusal] = []
    for parts in made:
        try:
            row = finish(record, parts)
        except RowError as error:
            outcomes.append(_named(refusal(line, error), values, view, number))
        else:
            sorted_row = seen.sort(replace(row, number=number) if number else row)
            if isinstance(sorted_row, Refusal):
                sorted_row = _named(sorted_row, values, view, number)
            outcomes.append(sorted_row)
    return outcomes


def _named(
    refused: Refusal, values: Mapping[str, object], view: RecordView, number: int
) -> Refusal:
    """The refusal with the row's number where it has one, and its id as the file says it."""
    own = values.get(view.columns.get("id", ""))
    row_id = visible(str(own), limits.MAX_ID - 1) if isinstance(own, str | int | float) else ""
    return replace(refused, number=number, row_id=row_id)


def read(
    path: Path,
    *,
    format: str = "auto",
    mapping: Mapping[str, str] | None = None,
    options: ReadOptions | None = None,
) -> Iterator[ImportRow | Duplicate | Refusal]:
    """Every row of the file as exactly one of the three, in the order of the file, but that rows
    which speak of others come after those.

    A line of a kind that spreads gives several rows, each of them exactly one of the three.

    Raises UnreadableFile or MappingError; a file that `check` passed raises no UnreadableFile but
    for columns that no kind of row fits, and OpenQuestions where it may be meant in several ways.
    """
    detection = detect(path, format=format, mapping=mapping, options=options)
    if detection.problem:
        raise UnreadableFile(detection.problem, code=detection.code)
    if detection.questions:
        raise OpenQuestions(detection.questions)
    yield from _rows(path, detection, mapping, options)


def _rows(
    path: Path,
    detection: Detection,
    mapping: Mapping[str, str] | None,
    options: ReadOptions | None,
    *,
    in_order: bool = True,
) -> Iterator[ImportRow | Duplicate | Refusal]:
    shape, options = SHAPES[detection.format or ""], options or ReadOptions()
    reshaping = detection.reshaping
    wished = reshaping.plain(columns_of_mapping(mapping))
    columns = reshaping.plain(_for_every_row(shape, detection, wished))
    columns, counting = plain_mapping(columns, (*detection.columns, *columns))
    view = RecordView.of(
        columns,
        options.label_rater,
        graded=detection.graded,
        whose=Whose.of(mapping or {}),
        header=detection.columns if detection.container in TABLES.values() else (),
        counting=counting,
        promptless=is_promptless(shape, detection.mapping, wished),
        kind=wished_kind(mapping or {}),
    )
    seen = SeenRows(shared=plain_name(columns.get("id", "")) in QUESTION_IDS)
    doubtful = detection.quiet - {*columns.values(), *wished}
    with opened(path) as file:
        # Its lines tell no rows apart: all of a list may be one line.
        numbered = file.container == JSON_LIST
        rows = _reshaped(file.rows, reshaping) if reshaping else enumerate(file.rows, 1)
        if shape.comes is not None and in_order:
            rows = ordered_rows(rows, partial(shape.comes, view.columns))
        if shape.joins and view.kind == TaskKind.COMPARE:
            rows = joined_rows(rows, view.columns["prompt"], view.columns["response"])
        for count, raw in rows:
            number = count if numbered else 0
            if isinstance(raw, TornRow):
                whole = Refusal(raw.line, raw.field, raw.reason, raw.excerpt)
                yield _named(whole, raw.cells, view, number)
            elif isinstance(raw, Refusal):
                yield replace(raw, number=number) if numbered else raw
            else:
                yield from _sorted(raw, shape, view, seen, doubtful, number)


def _reshaped(rows: RawRows, reshaping: Reshaping) -> Iterator[Numbered]:
    for count, raw in enumerate(rows, 1):
        if isinstance(raw, Refusal):
            yield count, raw
        else:
            line, row = raw
            yield count, (line, reshaping.applied(row))


def preview_file(
    path: Path,
    *,
    format: str = "auto",
    mapping: Mapping[str, str] | None = None,
    options: ReadOptions | None = None,
    limit: int = 5,
) -> FilePreview:
    """The first rows as they would be imported; none where the columns fit no kind of row, or
    before its questions are answered.

    Raises UnreadableFile or MappingError.
    """
    detection = detect(path, format=format, mapping=mapping, options=options)
    if detection.problem or detection.questions:
        return FilePreview(detection, ())
    rows = _rows(path, detection, mapping, options, in_order=False)
    first = list(up_to(rows, limit, limits.MAX_SAMPLE_BYTES))
    with opened_pictures(path) as archive:
        # Who asks for a row or none has no eyes for what is beside them.
        unused = unused_files(archive, first, rows) if limit > 1 else UnusedFiles()
        return FilePreview(detection, tuple(looked_up(archive, first)), unused)
