"""Every format opens with `datasets.load_dataset` as it is, in every file type it is written as.

TRL, OpenRLHF, LLaMA-Factory, Axolotl and NeMo-RL open files with it, and the hub shows them by it.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from labeling.datasets.formats import FORMATS
from tests.datasets.release_rows import project
from tests.training.examples import default_table, talks, texts_in, written
from tests.training.tiny import WHY, datasets

pytestmark = pytest.mark.training

EVERY_FILE_TYPE = [(key, kind) for key, shape in FORMATS.items() for kind in shape.file_types]


@pytest.mark.parametrize(("shape", "file_type"), EVERY_FILE_TYPE)
def test_every_table_of_every_file_type_loads(tmp_path: Path, shape: str, file_type: str) -> None:
    """Traps 12 to 18: with the declared columns and all rows, whatever else is in the folder."""
    result = written(shape, tmp_path / "r", file_type=file_type)
    tables = [table for table in FORMATS[shape].tables if result.rows[table.name]]
    assert tables
    for table in tables:
        loaded = datasets.load_dataset(str(result.path), table.name)
        assert {name: len(rows) for name, rows in loaded.items()} == result.rows[table.name]
        assert loaded["train"].column_names == list(table.names)
        assert all(rows.features == loaded["train"].features for rows in loaded.values())


@pytest.mark.parametrize(("shape", "file_type"), EVERY_FILE_TYPE)
def test_a_plain_load_streams_the_main_table(tmp_path: Path, shape: str, file_type: str) -> None:
    """Trap 16; and the responses are those that were judged, to the letter."""
    result = written(shape, tmp_path / "r", file_type=file_type)
    rows = list(datasets.load_dataset(str(result.path), streaming=True)["train"])
    assert len(rows) == result.rows[default_table(shape)]["train"]
    responses = [text for _, spoken in talks() for text in (spoken.chosen, spoken.rejected)]
    for row in rows:
        said = list(texts_in(row))
        assert any(response in text for response in responses for text in said)


@pytest.mark.parametrize(("shape", "file_type"), EVERY_FILE_TYPE)
def test_a_release_with_an_empty_split_loads(tmp_path: Path, shape: str, file_type: str) -> None:
    """Traps 11 and 12: an empty file, or an entry for one that is not there, stops the loader."""
    result = written(shape, tmp_path / "r", tasks=project(1), file_type=file_type)
    (loaded,) = datasets.load_dataset(str(result.path)).values()
    assert len(loaded) >= 1


@pytest.mark.parametrize("shape", FORMATS)
def test_no_column_loses_its_type_for_want_of_values(tmp_path: Path, shape: str) -> None:
    """Traps 14 and 15: one shard may hold only nulls where another holds numbers."""
    loaded = datasets.load_dataset(str(written(shape, tmp_path / "r").path))
    assert "null" not in str(loaded["train"].features)


@pytest.mark.parametrize("shape", FORMATS)
def test_the_croissant_description_loads_the_rows(tmp_path: Path, shape: str) -> None:
    """With MLCommons' own reader, https://github.com/mlcommons/croissant."""
    croissant = pytest.importorskip("mlcroissant", reason=WHY)
    result = written(shape, tmp_path / "r")
    described = result.path / "croissant.json"
    if not described.exists():
        pytest.skip("Releases have no croissant.json yet.")
    read = croissant.Dataset(jsonld=described)
    sets = read.metadata.record_sets
    assert sets
    assert not read.metadata.ctx.issues.errors
    for records in sets:
        assert list(itertools.islice(read.records(records.id), 3))
