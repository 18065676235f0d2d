"""JSON lists, JSON Lines, gzip, CSV and TSV hold the same rows; reading them streams."""

from __future__ import annotations

import csv
import gzip
import io
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.datasets.readers import check, detect, preview_file, read
from labeling.datasets.readers import jsonrows as jsonrows_module
from labeling.datasets.rows import Duplicate, ImportRow, Refusal, UnreadableFile

ROWS = [
    {
        "id": f"q{i}",
        "prompt": f"Prompt {i}?",
        "response_a": f"A{i}\n“yes”",
        "response_b": f"B{i}, no",
    }
    for i in range(3)
]


def as_csv(rows: list[dict[str, str]], delimiter: str = ",") -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def zstd(content: bytes) -> bytes:
    return pa.Codec("zstd").compress(content, asbytes=True)


LINES = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS)
FILES = {
    "JSON Lines": LINES.encode(),
    "JSON Lines, CRLF": LINES.replace("\n", "\r\n").encode(),
    "JSON Lines, no last line end": LINES.rstrip().encode(),
    "JSON Lines, byte order mark": b"\xef\xbb\xbf" + LINES.encode(),
    "JSON Lines, gzip": gzip.compress(LINES.encode()),
    "JSON Lines, two gzip members": gzip.compress(LINES[:50].encode())
    + gzip.compress(LINES[50:].encode()),
    "JSON Lines, zstd": zstd(LINES.encode()),
    "JSON Lines, two zstd frames": zstd(LINES[:50].encode()) + zstd(LINES[50:].encode()),
    "JSON Lines, zstd behind a frame to skip": b"\x5a\x2a\x4d\x18\x02\0\0\0ab"
    + zstd(LINES.encode()),
    "JSON list": json.dumps(ROWS).encode(),
    "JSON list, indented": json.dumps(ROWS, indent=2).encode(),
    "JSON list, byte order mark": b"\xef\xbb\xbf" + json.dumps(ROWS).encode(),
    "JSON list, gzip": gzip.compress(json.dumps(ROWS).encode()),
    "CSV": as_csv(ROWS).encode(),
    "CSV, byte order mark": b"\xef\xbb\xbf" + as_csv(ROWS).encode(),
    "CSV, gzip": gzip.compress(as_csv(ROWS).encode()),
    "CSV, zstd": zstd(b"\xef\xbb\xbf" + as_csv(ROWS).encode()),
    "JSON list, zstd": zstd(json.dumps(ROWS, indent=2).encode()),
    "CSV, semicolons": as_csv(ROWS, ";").encode(),
    "TSV": as_csv(ROWS, "\t").encode(),
}


def rows_of(path: Path, **how: Any) -> list[Any]:
    """Every row of a file, whatever became of it."""
    return list(read(path, **how))


@pytest.mark.parametrize("kind", FILES)
def test_the_same_rows_come_out_of_every_container(tmp_path, kind):
    path = tmp_path / "upload"
    path.write_bytes(FILES[kind])
    rows = rows_of(path)
    assert all(isinstance(row, ImportRow) for row in rows)
    assert [
        (r.external_id, r.messages[0].content, *(s.content for s in r.responses)) for r in rows
    ] == [tuple(row.values()) for row in ROWS]
    assert check(path).rows == 3


def test_detection_says_what_it_found(tmp_path):
    path = tmp_path / "upload"
    path.write_bytes(gzip.compress(b"\xef\xbb\xbf" + as_csv(ROWS, ";").encode()))
    detection = detect(path)
    assert (detection.format, detection.container, detection.compression) == (
        "pairs",
        "CSV with semicolons",
        "gzip",
    )
    assert detection.encoding == "UTF-8 with a byte order mark"
    assert detection.mapping["prompt"] == "prompt"
    assert detection.unmapped == ()


def test_detection_names_zstd(tmp_path):
    path = tmp_path / "upload.gz"
    path.write_bytes(FILES["JSON list, zstd"])
    detection = detect(path)
    assert (detection.container, detection.compression) == ("JSON list", "zstd")


@pytest.mark.walk
@pytest.mark.slow
def test_a_line_of_ten_megabytes_is_read(tmp_path):
    chat = [{"role": "user", "content": "ä“ " * 300_000 + str(i)} for i in range(8)]
    row = {"id": "q1", "messages": chat, "responses": ["a", "b"]}
    path = tmp_path / "upload"
    path.write_text(json.dumps(row, ensure_ascii=False) + "\n" + json.dumps({**row, "id": "q2"}))
    assert path.stat().st_size > 25e6
    first, second = rows_of(path)
    assert [m.content for m in first.messages] == [turn["content"] for turn in chat]
    assert (first.line, second.line) == (1, 2)


def test_rows_are_numbered_by_the_line_on_which_they_begin(tmp_path):
    path = tmp_path / "upload"
    path.write_text(as_csv(ROWS))
    assert [row.line for row in rows_of(path)] == [2, 4, 6]
    path.write_text(json.dumps(ROWS, indent=1))
    assert [row.line for row in rows_of(path)] == [2, 8, 14]


def test_a_row_with_too_few_or_too_many_cells_is_refused(tmp_path):
    path = tmp_path / "upload"
    path.write_text("prompt,response_a,response_b\np,a,b\np,a\np,a,b,c\n\nq,a,b\n")
    kinds = [(type(row), row.line) for row in rows_of(path)]
    assert kinds == [(ImportRow, 2), (Refusal, 3), (Refusal, 4), (ImportRow, 6)]


def test_a_quote_that_is_never_closed_stops_the_file_before_it_is_read(tmp_path):
    path = tmp_path / "upload"
    path.write_text('prompt,response_a,response_b\np,a,b\nq,"never closed,b\nr,a,b\n')
    with pytest.raises(UnreadableFile, match="begins on line 3 and never closed"):
        check(path)


def test_text_after_a_closing_quote_refuses_that_row_alone(tmp_path):
    path = tmp_path / "upload"
    path.write_text('prompt,response_a,response_b\np,"a"x,b\nq,a,b\n')
    bad, good = rows_of(path)
    assert (bad.line, bad.reason[:14]) == (2, "Malformed CSV:")
    assert good.messages[0].content == "q"


def test_a_header_that_names_a_column_twice_is_refused(tmp_path):
    path = tmp_path / "upload"
    path.write_text("prompt,response_a,response_a\np,a,b\n")
    with pytest.raises(UnreadableFile, match="names the column “response_a” twice"):
        detect(path)


def test_structure_in_a_cell_is_json(tmp_path):
    said = json.dumps([{"rater": "r1", "overall": -1}])
    path = tmp_path / "upload"
    path.write_text(as_csv([{**ROWS[0], "judgments": said}]))
    (row,) = rows_of(path)
    assert row.judgments[0].rater == "r1"
    path.write_text(as_csv([{**ROWS[0], "judgments": "[oops"}]))
    (refusal,) = rows_of(path)
    assert (refusal.field, refusal.reason) == ("judgments", "Must be JSON in this cell.")


def test_a_preview_shows_the_first_rows_and_their_refusals(tmp_path):
    path = tmp_path / "upload"
    path.write_text(LINES + '{"prompt": ""}\n' + LINES)
    shown = preview_file(path, limit=5)
    assert [type(row) for row in shown.rows] == [ImportRow] * 3 + [Refusal, Duplicate]


@pytest.mark.parametrize("chunk", [1, 2, 7, 64])
def test_a_list_is_the_same_wherever_the_reads_fall(tmp_path, monkeypatch, chunk):
    monkeypatch.setattr(jsonrows_module, "_CHUNK", chunk)
    path = tmp_path / "upload"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(ROWS, indent=2, ensure_ascii=False).encode())
    rows = rows_of(path)
    assert [row.external_id for row in rows] == ["q0", "q1", "q2"]
    assert rows[0].responses[0].content == "A0\n“yes”"


# Every plane that can be stored: all of Unicode but NUL and the surrogates.
any_text = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=30
).map(lambda text: "p" + text)


@given(st.lists(st.tuples(any_text, any_text, any_text), min_size=1, max_size=4))
@pytest.mark.parametrize("container", ["lines", "escaped lines", "list", "csv"])
def test_every_character_survives(tmp_path_factory, container, triples):
    records = [
        {"id": str(i), "prompt": p, "response_a": "1" + a, "response_b": "2" + b}
        for i, (p, a, b) in enumerate(triples)
    ]
    written = {
        "lines": lambda: "\n".join(json.dumps(row, ensure_ascii=False) for row in records),
        "escaped lines": lambda: "\n".join(json.dumps(row) for row in records),
        "list": lambda: json.dumps(records, ensure_ascii=False),
        "csv": lambda: as_csv(records),
    }[container]()
    path = tmp_path_factory.getbasetemp() / "planes"
    path.write_bytes(written.encode())
    got = [[r.messages[0].content, *(s.content for s in r.responses)] for r in rows_of(path)]
    assert got == [[row["prompt"], row["response_a"], row["response_b"]] for row in records]


@pytest.mark.walk
@pytest.mark.slow
@pytest.mark.parametrize("container", ["lines", "list", "csv"])
def test_memory_stays_flat_in_the_number_of_rows(tmp_path: Path, container):
    """The file has 90 MB; read whole it would take more than that, row by row a sixth suffices."""
    path = tmp_path / "upload"
    words = "word " * 1000
    with path.open("w") as out:
        out.write({"lines": "", "list": "[", "csv": "id,prompt,response_a,response_b\n"}[container])
        for i in range(6_000):
            row = {"id": str(i), "prompt": words, "response_a": f"a {words}", "response_b": words}
            if container == "csv":
                out.write(",".join(row.values()) + "\n")
            else:
                out.write(("," if container == "list" and i else "") + json.dumps(row) + "\n")
        out.write("]" if container == "list" else "")
    tracemalloc.start()
    count = sum(1 for _ in read(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 6_000
    assert path.stat().st_size > 89e6
    assert peak < 15e6
