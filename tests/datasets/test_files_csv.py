"""CSV that a spreadsheet shows and never executes, and that gives back what went in."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from labeling.datasets.files import SINKS
from labeling.datasets.formats.columns import (
    BOOL,
    FLOAT,
    LONG,
    MESSAGES,
    STRING,
    STRINGS,
    FileTable,
)
from labeling.datasets.records import Message
from labeling.datasets.texts import defuse, restore
from tests.datasets.release_rows import release, task, votes

TABLE = FileTable(
    "default",
    "data",
    (
        ("text", STRING),
        ("flag", BOOL),
        ("share", FLOAT),
        ("count", LONG),
        ("names", STRINGS),
        ("prompt", MESSAGES),
    ),
)
EXECUTED = [
    "=cmd|' /C calc'!A0",
    "+1",
    "-1+2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "  =1",
    "\n\t=1",
    "\ufeff=1",
    "\u00a0@x",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    "'=1",
    "- a list",
]


def cells(*rows: tuple[object, ...]) -> list[list[str]]:
    """The cells of the rows, as a reader of CSV sees them."""
    data = SINKS["csv"](TABLE).encode(rows).decode()
    return list(csv.reader(io.StringIO(data, newline=""), strict=True))


@pytest.mark.parametrize("text", EXECUTED)
def test_what_a_spreadsheet_would_execute_gets_an_apostrophe(text):
    ((cell, *_),) = cells((text, True, 0.5, 1, (), ()))
    assert cell == "'" + text
    assert restore(cell) == text


@pytest.mark.parametrize("text", ["plain", "", "1-2", "a=b", "'quoted'", "#1", "*x", "3 + 4"])
def test_other_texts_stay_as_they_are(text):
    assert defuse(text) == text


def test_numbers_stay_numbers_and_null_is_empty():
    (row,) = cells(("", False, -0.5, -3, (), ()))
    assert row == ["", "false", "-0.5", "-3", "[]", "[]"]
    (row,) = cells(("", True, None, None, (), ()))
    assert row == ["", "true", "", "", "[]", "[]"]


def test_whole_numbers_of_a_column_of_fractions_keep_their_point():
    (row,) = cells(("", False, 1, 1, (), ()))
    assert row[2:4] == ["1.0", "1"]


def test_lists_and_messages_are_json():
    message = Message("user", '=1 "quoted", and\nmore')
    (row,) = cells(("x", True, 1.0, 1, ("=a", "b"), (message,)))
    assert json.loads(row[4]) == ["=a", "b"]
    assert json.loads(row[5]) == [{"role": "user", "content": message.content}]


@given(st.text(st.characters(codec="utf-8")))
@example("a\rb")
@example('"')
@example("a\0b")
@example("''=")
def test_every_text_comes_back(text):
    ((cell, *_),) = cells((text, True, 1.0, 1, (), ()))
    assert restore(cell) == text.replace("\0", "\ufffd")


@given(st.text(st.sampled_from("'=+-@\t\r\n aＡ＝"), max_size=6))
def test_no_cell_begins_with_a_formula(text):
    cell = defuse(text)
    assert restore(cell) == text
    assert cell.strip()[:1] not in set("=+-@＝＋－＠")


def test_a_release_of_judgments_in_csv_has_a_header_and_crlf(tmp_path):
    tasks = [task("a", *votes(-1, 2)), task("b", *votes(0))]
    release(tasks, tmp_path / "r", recipe="raw", shape="judgments", file_type="csv")
    data = b"".join(path.read_bytes() for path in (tmp_path / "r" / "data").iterdir())
    rows = list(csv.DictReader(io.StringIO(data.decode(), newline="")))
    assert b"\r\n" in data
    assert {row["rater"] for row in rows} == {"rater-0", "rater-1"}
    assert json.loads(rows[0]["prompt"])[0]["role"] == "user"
