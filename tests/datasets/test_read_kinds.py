"""Every kind of row is recognised by itself, from any file it can stand in, and says what it is."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labeling.datasets.readers import SHAPES, ReadOptions, check, detect, preview_file, read
from labeling.datasets.readers.taskkinds import kind_by_number
from labeling.datasets.rows import ImportRow
from tests.datasets.kinds import ASK, LABEL_STUDIO_MIN, SAMPLES, Row
from tests.datasets.tool_kinds import ARGILLA

BY_NAME = pytest.mark.parametrize(
    ("kind", "row"), [sample[1:] for sample in SAMPLES], ids=[sample[0] for sample in SAMPLES]
)


def _json_lines(folder: Path, row: Row) -> Path:
    path = folder / "rows.jsonl"
    path.write_text(json.dumps(row) + "\n")
    return path


def _json_list(folder: Path, row: Row) -> Path:
    path = folder / "rows.json"
    path.write_text(json.dumps([row], indent=1))
    return path


def _csv(folder: Path, row: Row) -> Path:
    path = folder / "rows.csv"
    cells = {k: json.dumps(v) if isinstance(v, list | dict) else v for k, v in row.items()}
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, cells)
        writer.writeheader()
        writer.writerow(cells)
    return path


def _parquet(folder: Path, row: Row) -> Path:
    path = folder / "rows.parquet"
    # A struct without fields cannot be written to Parquet.
    kept = {key: value for key, value in row.items() if key != "full_conversation"}
    pq.write_table(pa.Table.from_pylist([kept]), path)
    return path


WRITERS = pytest.mark.parametrize("write", [_json_lines, _json_list, _csv, _parquet])


#: What tools that nest their rows write to a table.
FLAT = {"labelstudio": LABEL_STUDIO_MIN, "argilla": ARGILLA}


def test_every_kind_has_a_sample():
    # Numbered candidates are asked about.
    assert {kind for _, kind, _ in SAMPLES} == set(SHAPES) - {"candidates"}


@WRITERS
@BY_NAME
def test_each_kind_is_recognised_as_itself_in_every_file(tmp_path, write, kind, row):
    row = FLAT.get(kind, row) if write is _csv else row
    detection = detect(write(tmp_path, row))
    assert (detection.format, detection.problem) == (kind, "")


@WRITERS
@BY_NAME
def test_each_kind_reads_the_same_prompt_and_responses_from_every_file(tmp_path, write, kind, row):
    row = FLAT.get(kind, row) if write is _csv else row
    made = list(read(write(tmp_path, row)))
    for result in made:
        assert isinstance(result, ImportRow), result
        assert [(m.role, m.content) for m in result.messages] == [("user", ASK["content"])]
        texts = {response.content for response in result.responses}
        assert result.kind == row.get("kind", kind_by_number(len(texts)))


@BY_NAME
def test_no_kind_takes_labels_that_name_nobody(tmp_path, kind, row):
    made = [
        outcome for outcome in read(_json_lines(tmp_path, row)) if isinstance(outcome, ImportRow)
    ]
    named = {j.rater for imported in made for j in imported.judgments}
    assert named <= {
        *("annotator-7", "rater-3f", "r3", "f99812e1", "annotator-u1", "annotator-u2"),
        *("fish-alex", "w1", "u1", "A1B2"),
    }


@BY_NAME
def test_the_preview_shows_what_is_read(tmp_path, kind, row):
    path = _json_lines(tmp_path, row)
    assert list(preview_file(path, limit=9).rows) == list(read(path))


@BY_NAME
def test_the_check_counts_what_is_read_whatever_the_options(tmp_path, kind, row):
    path = _json_lines(tmp_path, row)
    for rater in ("", "vera"):
        made = list(read(path, options=ReadOptions(label_rater=rater)))
        assert check(path, format=kind).rows == len(made)


@BY_NAME
def test_the_found_kind_asked_for_by_name_reads_alike(tmp_path, kind, row):
    path = _json_lines(tmp_path, row)
    detection = detect(path)
    named = list(read(path, format=kind, mapping=detection.mapping))
    assert named == list(read(path))


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_every_kind_says_in_sentences_what_becomes_of_its_rows(shape):
    assert shape.title
    assert shape.explanation.endswith(".")
    assert all(field in shape.fields for group in shape.needs for field in group)


@pytest.mark.parametrize(
    ("kind", "row", "missing"),
    [
        ("lmarena", {"conversation_a": [], "winner": "tie"}, "conversation_b"),
        ("labelstudio", {"id": 1, "data": {"text": "x"}, "annotations": []}, "response_a and"),
        ("nemo", {"completions": []}, "context"),
        ("listwise", {"responses": ["a"]}, "ranks"),
    ],
)
def test_a_kind_names_the_nearest_columns_that_are_missing(tmp_path, kind, row, missing):
    detection = detect(_json_lines(tmp_path, row), format=kind)
    assert detection.problem.startswith(f"No column for {missing}")


def test_a_mapping_that_only_one_kind_knows_decides_for_it(tmp_path):
    row = {"responses": ["a", "b"], "order": [1, 2], "prompt": "p"}
    detection = detect(_json_lines(tmp_path, row), mapping={"ranks": "order"})
    assert detection.format == "listwise"
