"""Files made to take all memory or all time are refused, or read, within the budget of a request.

Every bomb at every size is tried by `tests/faults/test_reader_bombs.py`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from labeling.datasets.readers import preview_file
from labeling.datasets.rows import ImportRow, Refusal, UnreadableFile
from tests.budget import Cost, cost_of
from tests.datasets.bombs import BOMBS

#: So that the longest row is just below what a row may have.
MEGABYTES = 15


def first_rows(path: Path) -> str:
    """What a preview says of a file, in a few words."""
    try:
        shown = preview_file(path)
    except UnreadableFile as error:
        return error.message
    refused = [row for row in shown.rows if isinstance(row, Refusal)]
    refused += [left for row in shown.rows if isinstance(row, ImportRow) for left in row.left_out]
    return " ".join(refusal.reason for refusal in refused) or "read"


def bomb(name: str, folder: Path, megabytes: int = MEGABYTES) -> Path:
    path = folder / "upload"
    BOMBS[name](path, megabytes)
    return path


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("csv, open quote", "A quote is opened in the row that begins on line 2 and not closed"),
        ("csv, quoted cells", "The row that begins on line 2 is longer than 16 MiB, or holds"),
        ("lines, one of short objects", "Holds more than 500,000 values."),
        ("lines, deep objects", "Holds more than 500,000 values."),
        ("lines, long wide rows", "read"),
        ("list, of objects", "Line 1: Holds more than 500,000 values."),
        ("list, label studio", "Has more than 100 annotations."),
        ("parquet, dictionary", "hold more than 65,536 characters"),
        ("parquet, dictionary in a list", "The row takes more than 16 MiB."),
        ("parquet, page", "hold more than 65,536 characters"),
    ],
)
def test_a_file_that_explodes_costs_no_more_than_any_other(tmp_path, name, sentence):
    # A busy machine counts more seconds for the same work: they take a tenth of this.
    cost: Cost = cost_of(first_rows, bomb(name, tmp_path), seconds=2.0)
    assert sentence in cost.value
