"""Parquet files, as data sets are published, hold the same rows."""

from __future__ import annotations

import datetime as dt
import gzip
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labeling.datasets.readers import check, detect, limits, read
from labeling.datasets.rows import ImportRow, Message, Refusal, UnreadableFile

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
    found = detect(path)
    assert (found.format, found.container, check(path).rows) == ("trl", "Parquet", 2)
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


def test_bytes_are_refused_and_the_other_rows_are_read(parquet):
    pair = {"prompt": "p", "response_a": "a", "response_b": "b", "audio": None}
    first, second = read(parquet({**pair, "id": 1, "audio": b"\xff"}, {**pair, "id": 2}))
    assert isinstance(first, Refusal)
    assert (first.field, first.reason[:12]) == ("audio", "Holds bytes,")
    assert isinstance(second, ImportRow)


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
    monkeypatch.setattr(limits, "MAX_ROW_GROUP_BYTES", 1000)
    with pytest.raises(UnreadableFile, match="Write it with smaller groups"):
        check(parquet({**ROW, "prompt": "a" * 2000}))


def test_parquet_inside_gzip_is_told_apart(parquet):
    path = parquet(ROW)
    path.write_bytes(gzip.compress(path.read_bytes()))
    with pytest.raises(UnreadableFile, match="Parquet file packed with gzip"):
        detect(path)
