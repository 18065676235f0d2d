"""The names under which the labels of a file's first rows stand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from labeling.datasets.readers.columns import plain_name
from labeling.datasets.readers.shapes.base import Sample, decoded_cell

#: Fields of one name, and the list whose items name somebody each.
_NAMING, _LISTED = ("rater", "judge", "annotator"), "judgments"
#: Characters of a cell that is looked into.
_MOST = 100_000
#: Columns that name a model which said what is better.
_JUDGING = re.compile(
    r"(?:label+ing|label+er|annotat(?:ion|or|ing)|judg(?:e|ing|ment)|evaluat(?:ion|or|ing)|grad(?:er|ing)"
    r"|preference|reward|critic)_model(?:_name)?"
)


def judging_model(sample: Sample) -> str:
    """The model that a column beside the raters' names as the one who judged; "" for none."""
    if any(sample.mapping.get(field) for field in _NAMING):
        return ""
    columns = [column for column in sample.columns if _JUDGING.fullmatch(plain_name(column))]
    values = (row.get(column) for row in sample.rows for column in columns)
    return next((name for name in values if isinstance(name, str) and name.strip()), "")


def all_name_raters(sample: Sample) -> bool:
    """Whether every row names who judged it in a column of its own."""
    columns = [sample.mapping[field] for field in _NAMING if sample.mapping.get(field)]
    return bool(columns and sample.rows) and all(
        any(str(row.get(column) or "").strip() for column in columns) for row in sample.rows
    )


def sampled_raters(sample: Sample, label_rater: str) -> set[str]:
    """Who is named by the rows, or by the user. The rows are not read for it: looking for names
    must not cost what reading does."""
    names = {label_rater, *_named(sample), *_listed(sample)}
    return {name.strip() for name in names if name.strip()}


def _named(sample: Sample) -> Iterator[str]:
    columns = [sample.mapping[field] for field in _NAMING if sample.mapping.get(field)]
    names = (row.get(column) for row in sample.rows for column in columns)
    return (name for name in names if isinstance(name, str) and len(name) < _MOST)


def _listed(sample: Sample) -> Iterator[str]:
    column = sample.mapping.get(_LISTED, "")
    for row in sample.rows:
        cell = row.get(column)
        if isinstance(cell, str):
            cell = decoded_cell(cell) if len(cell) < _MOST else None
        for judgment in cell if isinstance(cell, list) else ():
            name = judgment.get("rater") if isinstance(judgment, dict) else None
            if isinstance(name, str):
                yield name
