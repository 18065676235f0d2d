"""Parquet files, as data sets are published, hold the same rows."""

from __future__ import annotations

import datetime as dt
import gzip
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labeling.datasets.readers import check, detect, limits, read
from labeling.datasets.readers.arrowsizes import row_sizes
from labeling.datasets.readers.looking import look_at_first
from labeling.datasets.records import Message
from labeling.datasets.rows import ImportRow, Refusal, UnreadableFile

ASK = {"role": "user", "content": "Name a fish."}
ROW = {
    "prompt": "Name a fish.",
    "prompt_id": "4f2c",
    "chosen": [ASK, {"role": "assistant", "content": "Cod."}],
    "rejected": [ASK, {"role": "assistant", "content": "Cow."}],
    "score_chosen": 8.5,
    "score_rejected": float("nan"),
    "made": dt.datetime(2026, 1, 31, 12, tzinfo=dt.UTC),
    "price": Decimal("1.50"),
    "language": None,
}


@pytest.fixture
def parquet(tmp_path: Path):
    """Writes rows as Parquet."""

    def write(*rows: dict[str, object], **how) -> Path:
        path = tmp_path / "upload"
        pq.write_table(pa.Table.from_pylist(list(rows)), path, **how)
        return path

    return write


def test_ultrafeedback_reads_as_it_is_published(parquet):
    path = parquet(ROW, {**ROW, "prompt_id": "5a", "language": "en"})
    detection = detect(path)
    assert (detection.format, detection.container, check(path).rows) == ("trl", "Parquet", 2)
    row, other = read(path)
    assert isinstance(row, ImportRow)
    assert isinstance(other, ImportRow)
    assert (row.line, row.external_id) == (1, "4f2c")
    assert row.messages == (Message("user", "Name a fish."),)
    assert [r.content for r in row.responses] == ["Cod.", "Cow."]
    assert row.metadata == {
        "score_chosen": 8.5,
        "made": "2026-01-31T12:00:00+00:00",
        "price": "1.50",
    }
    assert (row.language, other.language) == ("", "en")


def test_rows_beyond_a_batch_and_a_row_group_are_read(parquet):
    path = parquet(*({**ROW, "prompt_id": str(i)} for i in range(1200)), row_group_size=700)
    assert [row.line for row in read(path)] == list(range(1, 1201))


def test_bytes_are_left_out_and_all_rows_are_read(parquet):
    pair = {"prompt": "p", "response_a": "a", "response_b": "b", "audio": None}
    first, second = read(parquet({**pair, "id": 1, "audio": b"\xff"}, {**pair, "id": 2}))
    assert isinstance(first, ImportRow)
    assert isinstance(second, ImportRow)
    (left,) = first.left_out
    assert (left.line, left.field, left.reason[:12]) == (1, "audio", "Holds bytes,")
    assert (first.metadata, second.left_out) == ({}, ())


def test_a_damaged_file_says_so(parquet):
    path = parquet(ROW)
    content = path.read_bytes()
    path.write_bytes(content[:40] + b"\xff" * 20 + content[60:])
    with pytest.raises(UnreadableFile, match="The Parquet file is damaged after row 0"):
        detect(path)


@pytest.mark.parametrize("end", [4, 8, -30, -1])
def test_a_file_that_was_never_finished_says_so(parquet, end):
    path = parquet(ROW)
    path.write_bytes(path.read_bytes()[:end])
    with pytest.raises(UnreadableFile, match="has no footer: it was cut off or never finished"):
        detect(path)


def test_a_row_group_that_unpacks_too_far_is_refused_before_it_is_read(parquet, monkeypatch):
    monkeypatch.setattr(limits, "MAX_PAGE_BYTES", 1000)
    with pytest.raises(UnreadableFile, match="Write the file with smaller row groups"):
        check(parquet({**ROW, "prompt": "a" * 2000}))


def test_a_row_that_is_too_long_is_refused_by_itself(parquet, monkeypatch):
    monkeypatch.setattr(limits, "MAX_ROW_BYTES", 10_000)
    monkeypatch.setattr(limits, "MAX_HELD_BYTES", 10_000)
    long = {**ROW, "id": "2", "prompt": "a" * 20_000}
    rows = list(read(parquet({**ROW, "id": "1"}, long, {**ROW, "id": "3"})))
    assert [row.line for row in rows if isinstance(row, ImportRow)] == [1, 3]
    refused = [(row.line, row.code) for row in rows if isinstance(row, Refusal)]
    assert refused == [(2, "too_long")]


def test_parquet_inside_gzip_is_told_apart(parquet):
    path = parquet(ROW)
    path.write_bytes(gzip.compress(path.read_bytes()))
    with pytest.raises(UnreadableFile, match="Parquet file packed with gzip"):
        detect(path)


PAIR = {"prompt": ["p"], "response_a": ["a"], "response_b": ["b"]}


def columns(
    tmp_path: Path, metadata: dict[bytes, bytes] | None = None, **more: pa.Array[Any]
) -> Path:
    """A file of one pair with more columns."""
    path = tmp_path / "upload"
    pq.write_table(pa.table({**PAIR, **more}).replace_schema_metadata(metadata), path)
    return path


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (pa.array([["x", "y"]], pa.large_list(pa.large_string())), ["x", "y"]),
        (pa.array([[1, 2]], pa.list_(pa.int64(), 2)), [1, 2]),
        (pa.array([["x", "y"]], pa.list_view(pa.string())), ["x", "y"]),
        (pa.array([{"a": 1, "b": None, "c": [{"d": None}]}]), {"a": 1, "c": [{}]}),
        (pa.array([[("k", 1.5)]], pa.map_(pa.string(), pa.float64())), {"k": 1.5}),
        (pa.array(["x"]).dictionary_encode(), "x"),
        (pa.array([Decimal("1.50")]), "1.50"),
        (pa.array([1_700_000_000_123_456_789], pa.timestamp("ns", "UTC")), "2023-11-14T22:13"),
        (pa.array([dt.date(2026, 1, 31)]), "2026-01-31"),
        (pa.array([90], pa.duration("s")), 90.0),
        (pa.array(['{"a": [1, null]}'], pa.json_(pa.string())), {"a": [1, None]}),
        (pa.array([['{"a": 1}']]).cast(pa.list_(pa.json_(pa.string()))), [{"a": 1}]),
        (pa.array([bytes(16)], pa.uuid()), "00000000-0000-0000-0000-000000000000"),
        (pa.nulls(1), None),
        (pa.array([2**64 - 1], pa.uint64()), 2**64 - 1),
        (pa.array([float("-inf")]), "-Infinity"),
    ],
)
def test_a_column_of_any_type_is_what_json_would_hold(tmp_path, column, value):
    hub = {b"huggingface": b'{"info": {"features": {"extra": {"_type": "Json"}}}}'}
    (row,) = read(columns(tmp_path, hub, extra=column))
    assert isinstance(row, ImportRow)
    kept = row.metadata.get("extra")
    assert kept[: len(value)] == value if isinstance(kept, str) else kept == value


def test_lists_that_share_their_values_are_weighed_each_for_itself():
    lists: Any = pa.ListViewArray
    shared = lists.from_arrays([0, 0, 2], [3, 3, 1], pa.array(["a" * 50, "b", "c"]))
    apart = pa.array(shared.to_pylist(), pa.list_(pa.string()))
    sizes = [row_sizes(pa.record_batch({"x": column})).tolist() for column in (shared, apart)]
    assert sizes[0] == sizes[1]


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        (pa.array([b"\xff"]), "Holds bytes, which has no form in JSON"),
        (pa.array([2**62], pa.timestamp("ms")), "Holds a value that cannot be read"),
        (pa.array([[("k", 1), ("k", 2)]], pa.map_(pa.string(), pa.int8())), "has a key twice"),
        (pa.array([[(1, 1)]], pa.map_(pa.int8(), pa.int8())), "keys are not text"),
        (pa.array(["{"], pa.json_(pa.string())), "Holds a value that cannot be read"),
        (pa.array(['{"a": 1, "a": 2}'], pa.json_(pa.string())), "The key 'a' occurs twice"),
        (pa.array([b"\xff"]).view(pa.string()), "Holds a value that cannot be read"),
    ],
)
def test_a_value_without_a_form_in_json_is_left_out_by_its_column(tmp_path, column, reason):
    path = columns(tmp_path, extra=column)
    (row,) = read(path)
    assert isinstance(row, ImportRow)
    (left,) = row.left_out
    assert (left.field, left.line, row.metadata) == ("extra", 1, {})
    assert reason in left.reason
    assert check(path).rows == 1


def test_two_columns_of_one_name_are_refused(tmp_path):
    path = tmp_path / "upload"
    pq.write_table(pa.Table.from_arrays([pa.array(["x"]), pa.array(["y"])], ["a", "a"]), path)
    (tmp_path / "nested").mkdir()
    inner = pa.StructArray.from_arrays([pa.array([1]), pa.array([2])], ["b", "b"])
    for made, name in ((path, "a"), (columns(tmp_path / "nested", s=inner), "s.b")):
        with pytest.raises(UnreadableFile, match=f"names the column “{name}” twice"):
            check(made)


@pytest.mark.parametrize("groups", [0, 1])
def test_a_file_without_rows_says_so(tmp_path, groups):
    path = tmp_path / "upload"
    schema = pa.schema([("prompt", pa.string())])
    with pq.ParquetWriter(path, schema) as writer:
        for _ in range(groups):
            writer.write_table(schema.empty_table())
    for call in (check, detect):
        with pytest.raises(UnreadableFile, match="The file has no rows"):
            call(path)


@pytest.mark.walk
def test_large_pictures_are_taken_in_small_row_groups_and_else_refused_with_how_to_write_them(
    parquet,
):
    """The library `datasets` writes a hundred rows a group, unless it is told otherwise."""
    held = [{"bytes": os.urandom(700_000), "path": "a.jpg"} for _ in range(100)]
    rows = [
        {"id": str(i), "prompt": "p", "response_a": "x", "image": it} for i, it in enumerate(held)
    ]
    rows = [{**row, "response_b": "y"} for row in rows]
    first = look_at_first(parquet(*rows, row_group_size=10), limit=1).rows[0]
    assert isinstance(first, ImportRow), first
    with pytest.raises(UnreadableFile, match="row group"):
        look_at_first(parquet(*rows, row_group_size=100), limit=1)
