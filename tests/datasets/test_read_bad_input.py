"""What a reader says to files that are wrong, row by row and as a whole."""

from __future__ import annotations

import contextlib
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.datasets.readers import check, detect, limits, read
from labeling.datasets.readers.taskkinds import ROW_KINDS
from labeling.datasets.rows import ImportRow, Refusal, UnreadableFile

PAIR = {"id": "1", "prompt": "p", "response_a": "a", "response_b": "b"}
PAIR_LINE = json.dumps(PAIR).encode()


@pytest.fixture
def file(tmp_path: Path):
    """Writes bytes to a file of no telling name."""

    def write(content: bytes) -> Path:
        path = tmp_path / "upload"
        path.write_bytes(content)
        return path

    return write


def rows_of(path: Path, **how: Any) -> list[Any]:
    """Every row of a file, whatever became of it."""
    return list(read(path, **how))


def refusals(path: Path) -> list[Refusal]:
    return [row for row in rows_of(path) if isinstance(row, Refusal)]


def refusal_of(file, row: dict[str, object]) -> Refusal:
    first, second = rows_of(file(PAIR_LINE + b"\n" + json.dumps(row).encode()))
    assert isinstance(first, ImportRow)
    assert isinstance(second, Refusal)
    assert second.line == 2
    return second


def test_malformed_json_on_a_line_is_refused_and_the_others_are_read(file):
    path = file(PAIR_LINE + b'\n{"id": "2", "prompt": \n' + PAIR_LINE.replace(b'"1"', b'"3"'))
    first, bad, last = rows_of(path)
    assert (first.external_id, last.external_id) == ("1", "3")
    assert (bad.line, bad.reason) == (2, "Malformed JSON at column 23: Expecting value.")
    assert bad.excerpt == '{"id": "2", "prompt":'


def test_empty_lines_are_no_rows(file):
    assert check(file(b"\n" + PAIR_LINE + b"\n\n  \n")).rows == 1


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"response_a": 7}, "response_a", "Must be text, not a number."),
        ({"response_a": ["a"]}, "response_a", "Must be text, not a list."),
        ({"response_a": None}, "response_a", "Missing. Give it as text."),
        ({"prompt": {"text": "p"}}, "prompt", "Must be text, not an object."),
        ({"prompt": []}, "prompt", "Is empty. Fill it or leave the row out."),
        ({"prompt": [{"role": "king", "content": "p"}]}, "prompt[0].role", "Must be system"),
        ({"prompt": [{"role": "user", "content": [{"type": "image"}]}]}, "prompt[0]", "is empty"),
        ({"prompt": " \n"}, "prompt", "Is empty. Fill it or leave the row out."),
        ({"response_a": " ", "response_b": ""}, "response_b", "Both responses are the same text"),
        ({"response_b": "a "}, "response_b", "Both responses are the same text"),
        ({"id": "x" * 181}, "id", "Has 181 characters; at most 180 are taken."),
        ({"id": {"a": 1}}, "id", "Must be text, not an object."),
        ({"rater": "r", "overall": 1, "at": "0001-01-01"}, "at", "from 1970 to 2200."),
        ({"judgments": {"r1": 1}}, "judgments", "Must be a list of judgments, not an object."),
    ],
)
def test_a_wrong_value_is_refused_by_field(file, change, field, reason):
    refusal = refusal_of(file, {**PAIR, "id": "2", **change})
    assert refusal.field.startswith(field)
    assert reason in refusal.reason


@pytest.mark.parametrize("value", [b"[1, 2]", b'"text"', b"17", b"null"])
def test_a_line_that_is_no_object_is_refused(file, value):
    (refusal,) = refusals(file(PAIR_LINE + b"\n" + value))
    assert refusal.reason.startswith("A row must be a JSON object")


@pytest.mark.parametrize(
    ("kind", "responses", "reason"),
    [
        ("compare", ["a"], "Has 1 response; a comparison takes exactly 2."),
        ("compare", ["a", "b", "c"], "Has 3 responses; a comparison takes exactly 2."),
        ("rank", ["a", "b"], "Has 2 responses; a ranking takes 3 to 9."),
        ("rate", [], "Has 0 responses; a rating takes 1 to 9."),
        ("rank", list("abcdefghij"), "Has 10 responses; at most 9 can be judged."),
        ("rank", "ab", "Must be a list of responses, not text."),
        ("order", ["a", "b"], f"Must be one of {', '.join(ROW_KINDS)}."),
    ],
)
def test_each_kind_takes_its_number_of_responses(file, kind, responses, reason):
    sound = {"prompt": "p", "kind": "compare", "responses": ["a", "b"]}
    row = {**sound, "kind": kind, "responses": responses}
    (refusal,) = refusals(file("\n".join(map(json.dumps, (sound, row))).encode()))
    assert refusal.reason == reason


def test_two_responses_with_one_id_are_refused(file):
    two = [{"id": "r", "content": "a"}, {"id": "r", "content": "b"}]
    (refusal,) = refusals(file(json.dumps({"prompt": "p", "responses": two}).encode()))
    assert refusal.reason == "Two responses have the same id."


def test_one_megabyte_of_text_is_taken_and_one_character_more_is_refused(file):
    just = {**PAIR, "id": "2", "response_a": "a" * limits.MAX_TEXT}
    assert [type(r) for r in rows_of(file(json.dumps(just).encode()))] == [ImportRow]
    refusal = refusal_of(file, {**just, "response_a": "a" * (limits.MAX_TEXT + 1)})
    assert refusal.reason == ("Has 1,000,001 characters; at most 1,000,000 are taken. Shorten it.")
    assert len(refusal.excerpt) <= limits.EXCERPT + 1


@pytest.mark.parametrize("field", ["prompt", "response_a", "model_b", "id"])
@pytest.mark.parametrize(
    ("character", "reason"), [("\x00", "NUL character"), ("\ud83d", "unpaired surrogate U+D83D")]
)
def test_what_cannot_be_stored_is_refused_by_field(file, field, character, reason):
    refusal = refusal_of(file, {**PAIR, "id": "2", field: f"x{character}y"})
    assert refusal.field == field
    assert reason in refusal.reason
    refusal.excerpt.encode()
    assert "\x00" not in refusal.excerpt


def test_what_cannot_be_stored_is_found_deep_in_labels(file):
    said = {"rater": "r", "overall": 1, "rationale": "\udc00"}
    assert refusal_of(file, {**PAIR, "judgments": [said]}).field == "judgments[0].rationale"


def test_other_control_characters_are_kept_even_raw(file):
    path = file(PAIR_LINE.replace(b'"a"', b'"a\x01\x07\x1b[0m\t\\u0085\xe2\x80\xa8\xe2\x80\xae."'))
    (row,) = rows_of(path)
    assert row.responses[0].content == "a\x01\x07\x1b[0m\t\x85\u2028\u202e."


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b'{"prompt": "p", "prompt": "q"}', "The key 'prompt' occurs twice. Keep one of them."),
        (b'{"response_a": "a", "n": ' + b"[" * 5000 + b"]" * 5000 + b"}", "nested too deeply"),
        (b'{"id": {"n": 1, "n": 2}, "prompt": "p", "response_a": "a", "response_b": "b"}', "twice"),
        (b'{"id": Infinity, "prompt": "p", "response_a": "a", "response_b": "b"}', "not a JSON"),
        (b'{"id": 1e999, "prompt": "p", "response_a": "a", "response_b": "b"}', "64 bits"),
        (b'{"id": ' + b"9" * 21 + b', "prompt": "p", "response_a": "a", "response_b": "b"}', "64"),
    ],
)
def test_json_that_would_lose_something_is_refused(file, raw, reason):
    (refusal,) = refusals(file(PAIR_LINE + b"\n" + raw))
    assert reason in refusal.reason


def test_a_wrong_encoding_names_the_line_and_the_byte(file):
    path = file(PAIR_LINE + b"\n" + PAIR_LINE.replace(b'"a"', b'"caf\xe9"'))
    byte = path.read_bytes().index(b"\xe9") + 1
    message = f"Line 2, byte {byte} of the file: 0xE9 is not UTF-8. Save the file as UTF-8"
    for call in (check, lambda p: rows_of(p)):
        with pytest.raises(UnreadableFile, match=message):
            call(path)


def test_a_wrong_encoding_is_found_in_lists_and_tables_too(file):
    listed = file(b"[\n" + PAIR_LINE + b",\n" + PAIR_LINE.replace(b'"a"', b'"caf\xe9"') + b"]")
    byte = listed.read_bytes().index(b"\xe9") + 1
    with pytest.raises(UnreadableFile, match=f"Line 3, byte {byte} of the file: 0xE9"):
        check(listed)
    with pytest.raises(UnreadableFile, match="Line 2, byte 33 of the file: 0xE9"):
        check(file(b"prompt,response_a,response_b\np,c\xe9,d\n"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The file is empty."),
        (b" \n ", "The file is empty."),
        (b"[]", "The file has no rows."),
        (b"prompt,response_a,response_b\n", "The file has no rows."),
        (b'{\n  "prompt": []\n}', "one JSON object over several lines"),
        (b'{"rows": []}', "The file has no rows."),
        (b'{"rows": [' + PAIR_LINE + b'],\n"version": 1}', "nothing beside the list of rows"),
        (b"[" + PAIR_LINE + b" " + PAIR_LINE + b"]", "expected a comma or the closing ]"),
        (b"[" + PAIR_LINE + b",\n" + PAIR_LINE, "line 2: expected a comma or the closing ]"),
        (b"[" + PAIR_LINE + b",\n]", "Malformed JSON on line 2: Expecting value"),
        (b"[" + PAIR_LINE + b"]\n" + PAIR_LINE, "line 2: expected nothing after"),
        (b"[" + PAIR_LINE + b',\n{"id": "2" "prompt": 1}]', "line 2: Expecting ',' delimiter"),
        (b"[" + PAIR_LINE + b"," + b"[" * 100_000, "nested too deeply"),
    ],
)
def test_a_file_that_cannot_be_read_says_so_before_a_row_is_made(file, content, message):
    with pytest.raises(UnreadableFile) as error:
        check(file(content))
    assert message in error.value.message


def test_a_file_of_malformed_lines_says_what_is_wrong_with_the_first(file):
    with pytest.raises(
        UnreadableFile, match=r"None of the first rows can be read\. Line 1: Malfor"
    ):
        detect(file(b'{"prompt": p}\n{"prompt": q}\n'))


def test_an_endless_line_is_refused_and_the_next_one_read(file, monkeypatch):
    monkeypatch.setattr(limits, "MAX_ROW_BYTES", 1024 * 1024)
    long = b'{"prompt": "' + b"a" * (3 * 1024 * 1024) + b'"}'
    rows = rows_of(file(PAIR_LINE + b"\n" + long + b"\n" + PAIR_LINE.replace(b"1", b"2")))
    assert [type(row) for row in rows] == [ImportRow, Refusal, ImportRow]
    assert (rows[1].line, rows[1].reason) == (2, "The line is longer than 1 MiB.")
    assert rows[2].line == 3


def test_an_endless_line_is_never_held_in_memory(file, monkeypatch):
    monkeypatch.setattr(limits, "MAX_ROW_BYTES", 1024 * 1024)
    path = file(PAIR_LINE + b"\n" + b'{"prompt": "' + b"a" * (40 * 1024 * 1024) + b'"}\n')
    tracemalloc.start()
    kinds = [type(row) for row in rows_of(path)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert kinds == [ImportRow, Refusal]
    assert peak < 8e6


def test_a_last_line_that_was_cut_off_is_refused_with_its_line(file):
    first, cut = rows_of(file(PAIR_LINE + b"\n" + PAIR_LINE[:-2]))
    assert isinstance(first, ImportRow)
    assert (cut.line, cut.reason[:15]) == (2, "Malformed JSON ")
    assert "Unterminated string" in cut.reason


@given(st.binary(max_size=400))
def test_no_bytes_at_all_make_a_reader_fail_otherwise(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(content)
    with contextlib.suppress(UnreadableFile):
        assert all(row.line > 0 for row in rows_of(path))


any_text = st.text(st.characters(exclude_categories=()), max_size=5) | st.just("\x00")
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | any_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text, inner),
    max_leaves=6,
)
FIELDS = (
    "id prompt messages responses chosen rejected judgments metadata response_a response_b "
    "rater overall at tie_kind category extra"
)


@given(
    st.lists(st.dictionaries(st.sampled_from(FIELDS.split()), json_values), min_size=1, max_size=3)
)
def test_no_values_at_all_make_a_reader_fail_otherwise(tmp_path_factory, lines):
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in lines))
    for shape in ("concord", "pairs", "trl", "hh"):
        try:
            outcomes = rows_of(path, format=shape)
        except UnreadableFile:
            continue
        assert len(outcomes) == len(lines)
        for row in outcomes:
            for said in (row.field, row.reason, row.excerpt) if isinstance(row, Refusal) else ():
                assert said.isprintable()
                assert "\x00" not in said


@pytest.mark.parametrize("name", ["\x00", "\ud800", "\n", "x" * 500])
def test_a_refusal_can_be_stored_whatever_the_names_in_its_row_are(file, name):
    said = {"rater": "r", name: "good"}
    changes: list[dict[str, Any]] = [
        {f"response_a{name}": "\x00"},
        {"judgments": [said]},
        {name: "\x00"},
        {"metadata": {name: "\x00"}},
    ]
    for change in changes:
        line = json.dumps({**PAIR, "id": "2", **change}).encode()
        _, row = rows_of(file(PAIR_LINE + b"\n" + line))
        (bad,) = [row] if isinstance(row, Refusal) else row.left_out
        assert bad.field.isprintable()
        assert bad.reason.isprintable()
        assert len(bad.field) <= 120
