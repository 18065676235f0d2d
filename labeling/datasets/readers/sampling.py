"""What the first rows of a file hold once they are read as their kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from labeling.datasets.readers.shapes.base import Shape
from labeling.datasets.readers.shapes.finish import finish
from labeling.datasets.readers.shapes.record import RecordView, look
from labeling.datasets.rows import ImportRow, RowError


def sampled_rows(
    shape: Shape, rows: Sequence[Mapping[str, object]], view: RecordView
) -> Iterator[ImportRow]:
    """The rows that will be taken; those at fault are none."""
    for line, values in enumerate(rows, 1):
        try:
            record = look(line, values, view)
            yield from [finish(record, parts) for parts in shape.read(record)]
        except RowError:
            continue


def sampled_raters(
    shape: Shape, rows: Sequence[Mapping[str, object]], view: RecordView
) -> set[str]:
    """The names under which the rows' labels stand, people's and models'."""
    names: set[str] = set()
    for row in sampled_rows(shape, rows, view):
        names.update(judgment.rater for judgment in row.judgments)
        names.update(vote.model for vote in row.model_votes)
    return names
