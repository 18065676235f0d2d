"""What is no part of the task refuses no row: it is read, kept as text, or left out and said."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from labeling.datasets.readers import read
from labeling.datasets.rows import Duplicate, ImportRow, Refusal

PAIR = {"prompt": "p", "response_a": "a", "response_b": "b"}
Rows = Callable[..., list[Any]]


@pytest.fixture
def rows(tmp_path: Path) -> Rows:
    """The rows of a file of these lines, of JSON as it is written or of objects."""

    def make(*lines: str | dict[str, Any], together: bool = False) -> list[Any]:
        texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
        path = tmp_path / "rows"
        path.write_text(f"[{', '.join(texts)}]" if together else "\n".join(texts))
        return list(read(path))

    return make


def _with(name: str, written: str) -> str:
    return f'{json.dumps(PAIR)[:-1]}, "{name}": {written}}}'


@pytest.mark.parametrize("together", [False, True], ids=["lines", "list"])
@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("NaN", None),
        ("-Infinity", "-Infinity"),
        ("1234567890123456789", 1234567890123456789),
        ("18446744073709551615", 18446744073709551615),
        ("-9223372036854775808", -9223372036854775808),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("1e999", "1e999"),
        ('[{"deep": [NaN, -Infinity]}]', [{"deep": [None, "-Infinity"]}]),
    ],
)
def test_a_number_that_no_field_can_hold_is_metadata_as_it_is_written(
    rows: Rows, written: str, kept: object, together: bool
):
    (row,) = rows(_with("score", written), together=together)
    assert (row.metadata, row.left_out) == ({"score": kept}, ())


@pytest.mark.parametrize("field", ["category", "language"])
@pytest.mark.parametrize("value", [["math", "code"], {"a": 1}, 3.5, True, "x" * 81])
def test_what_is_no_category_or_language_stays_metadata(rows: Rows, field: str, value: object):
    (row,) = rows({**PAIR, field: value})
    assert (row.category, row.language, row.metadata) == ("", "", {field: value})


@pytest.mark.parametrize(
    ("written", "field", "code", "reason"),
    [
        ('"x\\u0000y"', "notes", "not_storable", "NUL character"),
        ('{"a": [{"b": "\\ud83d"}]}', "notes.a.b", "not_storable", "unpaired surrogate U+D83D"),
        ('{"n": 1, "n": 2}', "notes", "twice", "occurs twice"),
        ("[" * 40 + "]" * 40, "notes", "too_long", "deeper than 32 levels"),
        (json.dumps("n" * 70_000), "notes", "too_long", "65,536 characters"),
        (json.dumps(["n" * 70_000]), "notes", "too_long", "65,536 characters"),
    ],
)
def test_metadata_that_cannot_be_stored_is_left_out_by_field(
    rows: Rows, written: str, field: str, code: str, reason: str
):
    first, row = rows(_with("beside", "1"), _with("beside", "2")[:-1] + f', "notes": {written}}}')
    assert isinstance(first, ImportRow)
    (left,) = row.left_out
    assert (left.line, left.field, left.code) == (2, field, code)
    assert reason in left.reason
    assert row.metadata == {"beside": 2}


def test_a_name_of_metadata_that_a_column_has_too_stands_under_its_place(rows: Rows):
    (row,) = rows({**PAIR, "note": 2, "same": 1, "metadata": {"note": 1, "same": 1}})
    assert row.metadata == {"note": 2, "same": 1, "metadata.note": 1}


@pytest.mark.parametrize(
    "at",
    [
        1706702400,
        1706702400000,
        1706702400000.0,
        1706702400000000,
        1706702400000000000,
        "1706702400000",
        "1706702400.0",
        "2024-01-31 12:00:00 UTC",
        "2024-01-31T12:00:00 GMT",
        "2024-01-31 12:00:00 +0000",
    ],
)
def test_a_time_is_read_in_each_usual_spelling(rows: Rows, at: object):
    (row,) = rows({**PAIR, "rater": "r", "overall": -1, "at": at})
    assert row.judgments[0].at.isoformat() == "2024-01-31T12:00:00+00:00"


@pytest.mark.parametrize("at", ["01/31/2024 12:00", "Wed Jan 31 12:00:00 PST 2024", 5, -1.5])
def test_a_time_that_may_mean_several_things_is_refused(rows: Rows, at: object):
    (row,) = rows({**PAIR, "rater": "r", "overall": -1, "at": at})
    assert (row.field, row.code) == ("at", "not_allowed")


def test_a_date_as_a_number_is_that_day(rows: Rows):
    (row,) = rows({**PAIR, "rater": "r", "overall": -1, "at": 20240131})
    assert row.judgments[0].at.isoformat() == "2024-01-31T00:00:00+00:00"


@pytest.mark.parametrize("value", ["-1", "-1.0", "-1,0", "\u22121", -1.0, "-1.00"])
def test_a_whole_number_is_read_as_tables_write_it(rows: Rows, value: object):
    (row,) = rows({**PAIR, "rater": "r", "overall": value})
    assert row.judgments[0].values == {"overall": -1}


def test_a_word_as_a_signed_value_is_refused_with_the_mapping_that_takes_it(rows: Rows):
    (row,) = rows({**PAIR, "rater": "r", "overall": "A is better"})
    assert (row.field, row.code) == ("overall", "ambiguous")
    assert row.reason.endswith("Map it as the winner: winner=overall.")


def test_a_repeated_row_that_says_more_about_its_task_is_a_row(rows: Rows):
    about = [{"worker": "A1"}, {"worker": "B2"}, {"worker": "B2"}, {"worker": "A1"}, {}]
    first, other, *alike = rows(*({**PAIR, **said} for said in about))
    assert (first.earlier_line, other.earlier_line, other.metadata) == (0, 1, {"worker": "B2"})
    assert [type(row) for row in alike] == [Duplicate] * 3
    _, late = rows(PAIR, {**PAIR, "category": "school"})
    assert late.earlier_line == 1


def test_rows_of_a_list_on_one_line_are_named_by_number_and_id(rows: Rows):
    bad = {**PAIR, "id": "q-2", "response_a": 7}
    again = {**PAIR, "id": "q-1", "response_a": "other"}
    refused = rows({**PAIR, "id": "q-1"}, bad, again, 5, together=True)[1:]
    assert all(isinstance(row, Refusal) for row in refused)
    assert [(row.number, row.row_id) for row in refused] == [(2, "q-2"), (3, "q-1"), (4, "")]
    assert refused[1].reason.startswith("Its id stands on row 1 already")
