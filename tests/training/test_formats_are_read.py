"""Every format opens with `datasets.load_dataset` as it is, in every file type it is written as.

TRL, OpenRLHF, LLaMA-Factory, Axolotl and NeMo-RL open files with it, and the hub shows them by it.
"""

from __future__ import annotations

import itertools
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from labeling.datasets.formats import FORMATS
from tests.datasets.release_rows import project, task, votes
from tests.training.examples import default_table, tables_of, talks, texts_in, written
from tests.training.tiny import WHY, datasets

pytestmark = pytest.mark.training

EVERY_FILE_TYPE = [(key, kind) for key, shape in FORMATS.items() for kind in shape.file_types]
RESPONSES = [text for _, spoken in talks() for text in (spoken.chosen, spoken.rejected)]
TURNS = [text for _, spoken in talks() for _, text in spoken.turns]


def texts_of(row: dict[str, Any], file_type: str) -> list[str]:
    """Every text of a row; in CSV, lists are JSON in their cell."""
    texts = list(texts_in(row))
    if file_type != "csv":
        return texts
    lists = [json.loads(cell) for cell in texts if cell.startswith("[")]
    return [*texts, *texts_in(lists)]


@pytest.mark.parametrize(("shape", "file_type"), EVERY_FILE_TYPE)
def test_every_table_of_every_file_type_loads(tmp_path: Path, shape: str, file_type: str) -> None:
    """Traps 12 to 18: with the declared columns and all rows, whatever else is in the folder."""
    result = written(shape, tmp_path / "r", file_type=file_type)
    tables = [table for name, table in tables_of(shape).items() if result.rows[name]]
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
    for row in rows:
        read = texts_of(row, file_type)
        assert any(response in text for response in RESPONSES for text in read)


@pytest.mark.parametrize(("shape", "file_type"), EVERY_FILE_TYPE)
def test_the_code_on_the_card_loads_every_text(tmp_path: Path, shape: str, file_type: str) -> None:
    """As it stands but for the path; also texts that pandas takes for missing values in CSV."""
    short = task("short", *votes(-2, -1, -1), responses=("NA", "null"))
    result = written(shape, tmp_path / "r", tasks=[*project(30), short], file_type=file_type)
    card = (result.path / "README.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", card, re.DOTALL)
    names: dict[str, Any] = {}
    exec(code.replace("path/to/this/folder", str(result.path)), names)
    loaded = [value for value in names.values() if isinstance(value, datasets.DatasetDict)]
    assert loaded
    rows = [row for splits in loaded for split in splits.values() for row in split]
    assert any(text.endswith("NA") for row in rows for text in texts_of(row, file_type))


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


@pytest.mark.parametrize(("shape", "file_type"), EVERY_FILE_TYPE)
def test_the_croissant_description_loads_the_rows(
    tmp_path: Path, shape: str, file_type: str
) -> None:
    """With MLCommons' own reader, https://github.com/mlcommons/croissant, which knows no zstd."""
    croissant = pytest.importorskip("mlcroissant", reason=WHY)
    result = written(shape, tmp_path / "r", file_type=file_type)
    read = croissant.Dataset(jsonld=result.path / "croissant.json")
    assert not read.metadata.ctx.issues.errors
    sets = {records.id: list(read.records(records.id)) for records in read.metadata.record_sets}
    if file_type == "jsonl.zst":
        assert not sets
        return
    counts = Counter(len(rows) for rows in sets.values())
    assert counts == Counter(count for splits in result.rows.values() for count in splits.values())
    for row in itertools.chain.from_iterable(sets.values()):
        said = texts_of(row, file_type)
        assert any(meant in text for meant in (*RESPONSES, *TURNS) for text in said)
