"""Values within columns, columns left out and texts in every row, in every container."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labeling.datasets.readers import ColumnRole, check, detect, read
from labeling.datasets.rows import ImportRow, MappingError

SAID = {"ask": "Why?", "left": "Because.", "right": "No.", "note": "n"}
ROW = {"said": SAID, "embedding": [1.5, 2.5], "who": "kim", "won": 1}
WISH = {
    "prompt": "said.ask",
    "response_a": "said.left",
    "response_b": "said.right",
    "model_a": "=GPT-4",
    "model_b": "=GPT-4",
    "rater": "who",
    "winner": "won:1,2",
    "leave_out": "embedding",
}


def _lines(path: Path, row: dict[str, Any]) -> None:
    path.write_text(json.dumps(row))


def _packed(path: Path, row: dict[str, Any]) -> None:
    path.write_bytes(gzip.compress(json.dumps(row).encode()))


def _list(path: Path, row: dict[str, Any]) -> None:
    path.write_text(json.dumps([row]))


def _wrapped(path: Path, row: dict[str, Any]) -> None:
    path.write_text(json.dumps({"rows": [row]}, indent=1))


def _table(path: Path, row: dict[str, Any]) -> None:
    with path.open("w", newline="") as file:
        cells = {k: json.dumps(v) if isinstance(v, dict | list) else v for k, v in row.items()}
        writer = csv.DictWriter(file, cells)
        writer.writeheader()
        writer.writerow(cells)


def _parquet(path: Path, row: dict[str, Any]) -> None:
    pq.write_table(pa.Table.from_pylist([row]), path)


@pytest.mark.parametrize("write", [_lines, _packed, _list, _wrapped, _table, _parquet])
def test_a_mapping_reshapes_the_rows_of_every_container(
    tmp_path: Path, write: Callable[[Path, dict[str, Any]], None]
):
    path = tmp_path / "rows"
    write(path, ROW)
    detection = detect(path, mapping=WISH)
    # What was decided for the first rows is what reads all of them.
    for mapping in (WISH, {**WISH, **detection.mapping}):
        (row,) = read(path, mapping=mapping)
        assert isinstance(row, ImportRow)
        assert [row.messages[0].content, *(r.content for r in row.responses)] == [
            *("Why?", "Because.", "No."),
        ]
        assert [response.model for response in row.responses] == ["GPT-4", "GPT-4"]
        assert (row.judgments[0].rater, row.judgments[0].values) == ("kim", {"overall": -1})
        assert row.metadata == {"said": {"note": "n"}}
    assert detection.roles["embedding"] == ColumnRole.LEFT_OUT
    assert "said.ask" in detection.within
    assert check(path, format="pairs", mapping=WISH).rows == 1


def test_a_counting_stands_behind_a_value_within_a_column_too(tmp_path: Path):
    path = tmp_path / "rows"
    _lines(path, {**SAID, "meta": {"won": 2, "more": {"who": "kim"}}})
    columns = {"prompt": "ask", "response_a": "left", "response_b": "right"}
    (row,) = read(path, mapping={**columns, "winner": "meta.won:1,2", "rater": "meta.more.who"})
    assert isinstance(row, ImportRow)
    assert (row.judgments[0].rater, row.judgments[0].values) == ("kim", {"overall": 1})
    assert row.metadata == {"note": "n"}


def test_a_column_of_the_file_is_meant_before_what_its_name_may_mean(tmp_path: Path):
    path = tmp_path / "rows"
    _lines(path, {"a.b": "Why?", "=x": "yes", "c|d": "no", "a": {"b": "other"}})
    fields = {"prompt": "a.b", "response_a": "=x", "response_b": "c|d"}
    (row,) = read(path, mapping=fields)
    assert isinstance(row, ImportRow)
    assert [row.messages[0].content, *(r.content for r in row.responses)] == ["Why?", "yes", "no"]
    with pytest.raises(MappingError, match=r"“c.d” is mapped and left out"):
        detect(path, mapping={**fields, "leave_out": "c|d"})


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({"leave_out": "nope"}, "There is no column “nope” to leave out. Columns: prompt, "),
        ({"model_a": "="}, "“model_a” has no text behind ="),
        ({"prompt": "prompt.text"}, "There is no column “prompt.text” for prompt."),
    ],
)
def test_a_wish_that_cannot_be_is_refused(tmp_path: Path, wish: dict[str, str], sentence: str):
    path = tmp_path / "rows"
    _lines(path, {"prompt": "p", "response_a": "a", "response_b": "b"})
    with pytest.raises(MappingError, match=sentence):
        detect(path, mapping=wish)


def test_keys_without_end_are_offered_within_bounds(tmp_path: Path):
    path = tmp_path / "rows"
    deep: dict[str, object] = {f"k{i}": i for i in range(300)}
    for _ in range(3):
        deep = {f"k{i}": deep for i in range(6)}
    _lines(path, {"prompt": "p", "response_a": "a", "response_b": "b", "deep": deep})
    assert len(detect(path).within) == 100
