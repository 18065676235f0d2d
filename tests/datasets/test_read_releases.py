"""A release packed whole is read by the table that the others were made from, a file a split."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labeling.datasets.readers import check, detect, read
from labeling.datasets.rows import ImportRow, Refusal, UnreadableFile


def pair(name: str) -> dict[str, Any]:
    return {"id": name, "prompt": f"Why {name}?", "response_a": "So.", "response_b": "No."}


BAD = {**pair("bad"), "response_a": "No."}
SPLITS = {"train": [pair("1"), BAD], "test": [pair("2")], "validation": [pair("3"), BAD]}


def written(rows: list[dict[str, Any]], kind: str) -> bytes:
    """The rows as a file of that kind."""
    if kind == "jsonl":
        return "\n".join(map(json.dumps, rows)).encode()
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), out)
    return out.getvalue()


def packed(
    path: Path, *tables: str, kind: str = "jsonl", others: Mapping[str, bytes] | None = None
) -> Path:
    """A release of these tables in a folder, with what stands beside them."""
    files = {"manifest.json": b"{}", "README.md": b"# A card", "gold.jsonl": b"{}"}
    files["guideline/v1.md"] = b"Be kind."
    for table in tables:
        for split, rows in SPLITS.items():
            files[f"{table}/{split}.{kind}"] = written(rows, kind)
    with zipfile.ZipFile(path, "w") as out:
        for name, data in {**files, **(others or {})}.items():
            out.writestr(f"release-1/{name}", data)
    return path


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
@pytest.mark.parametrize("tables", [("judgments", "preference", "kto"), ("data",)], ids=len)
def test_a_release_is_read_by_one_table_and_all_of_its_splits(
    tmp_path: Path, kind: str, tables: tuple[str, ...]
) -> None:
    path = packed(tmp_path / "a.zip", *tables, kind=kind)
    assert check(path).rows == 5
    rows = list(read(path))
    taken = [row.external_id for row in rows if isinstance(row, ImportRow)]
    # In the order of the files' names: test, train, validation; lines go on from one to the next.
    assert taken == ["2", "1", "3"]
    assert [row.line for row in rows] == [1, 2, 3, 4, 5]
    assert [row.line for row in rows if isinstance(row, Refusal)] == [3, 5]
    notices = [notice.text for notice in detect(path).notices if notice.code == "table_chosen"]
    if len(tables) == 1:
        assert notices == []
    else:
        assert "“judgments” is read" in notices[0]
        assert "kto, preference were made" in notices[0]


def test_a_release_of_which_each_table_may_be_meant_names_them(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", "data-safety", "data-helpful")
    with pytest.raises(UnreadableFile) as refused:
        detect(path)
    assert "a release of 2 tables (data-helpful, data-safety)" in refused.value.message
    assert "Pack the files of one table" in refused.value.message


@pytest.mark.parametrize(
    ("tables", "others"),
    [
        (("judgments",), {"README.md/a.csv": b"a,b"}),
        (("judgments",), {"deep/er/rows.jsonl": b"{}"}),
        (("judgments",), {"judgments/more.csv": b"a,b"}),
        (("judgments",), {"other/manifest.json": b"{}", "other/README.md": b""}),
    ],
)
def test_what_only_looks_like_a_release_is_refused_as_several_files(
    tmp_path: Path, tables: tuple[str, ...], others: dict[str, bytes]
) -> None:
    path = packed(tmp_path / "a.zip", *tables, others=others)
    with pytest.raises(UnreadableFile, match=r"holds \d files of rows"):
        detect(path)


def test_rows_of_rules_are_refused_with_what_to_import_instead(tmp_path: Path) -> None:
    row = {"prompt": "Why?", "response": "So.", "rule": "Be kind.", "label": True, "rule_key": "k1"}
    (tmp_path / "rules.jsonl").write_text(json.dumps(row))
    seen = detect(tmp_path / "rules.jsonl")
    assert (seen.format, seen.code) == (None, "unsupported")
    assert "Import the table judgments" in seen.problem
