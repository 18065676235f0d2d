"""Every way to blow up a file, at two sizes: looked at within a budget, read within its memory."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from labeling.datasets.readers import check, preview_file, read
from labeling.datasets.rows import UnreadableFile
from tests.budget import cost_of
from tests.datasets.bombs import BOMBS

#: A look is taken outside of the request, and a job may take its time; no more memory for either.
LOOK_SECONDS, JOB_SECONDS = 2.0, 60.0


def looked_at(path: Path) -> None:
    with suppress(UnreadableFile):
        preview_file(path)


def imported(path: Path) -> None:
    with suppress(UnreadableFile):
        check(path)
        for _ in read(path):
            pass


#: The slowest is refused after all of it was counted, and a library writes the other by the square.
SMALL = {"list, of lists", "parquet, deep columns"}
#: At a small and at a large size.
CASES = [
    (name, megabytes) for name in BOMBS for megabytes in ((5, 15) if name in SMALL else (15, 60))
]


@pytest.mark.parametrize(("name", "megabytes"), CASES)
def test_no_bomb_takes_more_than_a_file_may(tmp_path, name, megabytes):
    path = tmp_path / "upload"
    BOMBS[name](path, megabytes)
    cost_of(looked_at, path, seconds=LOOK_SECONDS)
    cost_of(imported, path, seconds=JOB_SECONDS)
