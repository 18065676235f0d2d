"""Whatever a text holds, it comes out of every container as it was, or is refused by its field."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from labeling.datasets.readers import read
from labeling.datasets.readers.csvrecords import CsvRecords
from labeling.datasets.readers.jsonrows import decoded_json
from labeling.datasets.readers.quickjson import quick
from labeling.datasets.readers.seen import SeenIds
from labeling.datasets.rows import ImportRow, Refusal
from labeling.datasets.texts import restore

any_character = st.characters(exclude_categories=())
planes = st.sampled_from(
    "\0\x01\x1f\x7f\x85\u2028\ufeff\ufffe\ufffd𐀀🙂\U000e0001\U0010ffff\ud800\udfff"
)
any_text = st.text(any_character | planes, max_size=20)
long_text = st.builds(lambda text, times: text * times, any_text, st.integers(1, 500))
text = any_text | long_text
message = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "assistant", "system", "king"]), "content": text}
)
pair = st.fixed_dictionaries({"prompt": text, "response_a": text, "response_b": text})
chat = st.fixed_dictionaries(
    {
        "messages": st.lists(message, max_size=4),
        "responses": st.lists(st.fixed_dictionaries({"content": text}), min_size=1, max_size=3),
        "notes": st.recursive(
            text | st.integers(-(2**63), 2**64 - 1), lambda inner: st.lists(inner, max_size=2)
        ),
    }
)

#: Answers on several responses, sound and not: an order, values about each, values by principle.
named = st.sampled_from(["c0", "c1", "c2", "c3", "c9", "", 1, None])
said_of_one = st.integers(-3, 8) | st.sampled_from(["unsure", "not_applicable", "maybe", None, 1])
answer = (
    st.lists(st.lists(named, max_size=3) | named, max_size=4)
    | st.permutations(["c0", "c1", "c2"]).map(lambda ids: [[name] for name in ids])
    | st.dictionaries(st.sampled_from(["c0", "c1", "c9"]), said_of_one, max_size=3)
    | st.dictionaries(
        st.sampled_from(["c0", "c1"]), st.dictionaries(st.just("P3"), said_of_one, max_size=1)
    )
    | said_of_one
)
several = st.fixed_dictionaries(
    {
        "prompt": st.just("p"),
        "responses": st.integers(1, 4).map(
            lambda count: [{"id": f"c{i}", "content": f"said {i}"} for i in range(count)]
        ),
        "judgments": st.lists(
            st.fixed_dictionaries(
                {
                    "rater": st.sampled_from(["ann", "bo"]),
                    "answers": st.dictionaries(st.sampled_from(["overall", "tone"]), answer),
                }
            ),
            max_size=2,
        ),
    },
    optional={"kind": st.sampled_from(["compare", "rank", "rate", "order"])},
)


def numbered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with ids of their own, behind a sound one of the same kind so that it is recognised."""
    sound = {
        "prompt": "p",
        "response_a": "a",
        "response_b": "b",
        "messages": [{"role": "user", "content": "p"}],
        "responses": [{"content": "a"}, {"content": "b"}],
        "notes": "n",
    }
    first = {name: sound[name] for name in rows[0] if name in sound}
    return [{"id": f"q{i}", **row} for i, row in enumerate([first, *rows])]


SEVERAL = {
    "id": "first",
    "kind": "rank",
    "prompt": "p",
    "responses": [{"id": f"c{i}", "content": f"said {i}"} for i in range(3)],
    "judgments": [{"rater": "ann", "answers": {"overall": [["c2"], ["c0", "c1"]]}}],
}


def json_lines(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def zstd(content: bytes) -> bytes:
    return pa.Codec("zstd").compress(content, asbytes=True)


def table(rows: list[dict[str, Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def parquet(rows: list[dict[str, Any]]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), out)
    return out.getvalue()


#: Whatever JSON can write, escaped half characters too.
OF_JSON = {
    "lines": json_lines,
    "gzip": lambda rows: gzip.compress(json_lines(rows)),
    "zstd": lambda rows: zstd(json_lines(rows)),
    "list": lambda rows: json.dumps(rows).encode(),
    "indented list": lambda rows: json.dumps(rows, indent=1).encode(),
}
#: What holds whole characters alone.
OF_TEXT = {
    "unescaped lines": lambda rows: "\n".join(
        json.dumps(row, ensure_ascii=False) for row in rows
    ).encode(),
    "csv": table,
    "parquet": parquet,
}


def outcomes(folder: Path, content: bytes) -> list[Any]:
    path = folder / "any"
    path.write_bytes(content)
    return list(read(path))


def without_line(outcome: Any) -> Any:
    if isinstance(outcome, ImportRow):
        left_out = tuple(structs.replace(value, line=0) for value in outcome.left_out)
        outcome = structs.replace(outcome, left_out=left_out)
    return structs.replace(outcome, line=0, number=0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    made: Path = tmp_path_factory.mktemp("properties")
    return made


@given(st.lists(pair, min_size=1, max_size=4))
def test_a_pair_is_as_it_was_written_or_refused_by_line_and_field(folder, written):
    rows = numbered(written)
    results = outcomes(folder, json_lines(rows))
    assert [outcome.line for outcome in results] == list(range(1, len(rows) + 1))
    for row, outcome in zip(rows, results, strict=True):
        if isinstance(outcome, Refusal):
            assert outcome.field in row
            assert outcome.reason
        else:
            assert isinstance(outcome, ImportRow)
            assert outcome.external_id == row["id"]
            said = [outcome.messages[0].content, *(r.content for r in outcome.responses)]
            assert said == [row["prompt"], row["response_a"], row["response_b"]]


@given(st.lists(chat, min_size=1, max_size=3))
def test_messages_are_as_they_were_written_or_refused_by_line_and_field(folder, written):
    rows = numbered(written)
    results = outcomes(folder, json_lines(rows))
    assert len(results) == len(rows)
    for row, outcome in zip(rows, results, strict=True):
        if isinstance(outcome, Refusal):
            assert outcome.line
            # An empty list of messages is missing what the field of another name might have held.
            assert outcome.field.split("[")[0].split(".")[0] in {*row, "prompt"}
        else:
            chat = [{"role": m.role, "content": m.content} for m in outcome.messages]
            assert chat == row["messages"]
            assert [{"content": r.content} for r in outcome.responses] == row["responses"]
            assert outcome.metadata == {"notes": row["notes"]} or outcome.left_out


@given(st.lists(several, min_size=1, max_size=3))
def test_answers_are_as_they_were_written_or_refused_by_line_and_field(folder, written):
    rows = [SEVERAL, *({"id": f"q{i}", **row} for i, row in enumerate(written))]
    results = outcomes(folder, json_lines(rows))
    assert [outcome.line for outcome in results] == list(range(1, len(rows) + 1))
    for row, outcome in zip(rows, results, strict=True):
        if isinstance(outcome, Refusal):
            assert outcome.field.split("[")[0].split(".")[0] in {"responses", "judgments", "kind"}
            assert outcome.reason
            continue
        ids = [response.external_id for response in outcome.responses]
        assert ids == [response["id"] for response in row["responses"]]
        assert outcome.kind == row.get("kind", {1: "rate", 2: "compare"}.get(len(ids), "rank"))
        for judgment, said in zip(outcome.judgments, row["judgments"], strict=True):
            assert judgment.rater == said["rater"]
            stored = {**judgment.values, **judgment.answers}
            assert stored.keys() == said["answers"].keys()
            for key, answer in said["answers"].items():
                assert _as_written(answer, ids) == stored[key]


def _as_written(answer: Any, ids: list[str]) -> Any:
    """The answer as a label holds it: bands in tuples, what is said of the only response by id."""
    if isinstance(answer, list):
        bands = [band if isinstance(band, list) else [band] for band in answer]
        return tuple(tuple(sorted(band)) for band in bands)
    if not isinstance(answer, dict):
        return {ids[0]: answer} if len(ids) == 1 else answer
    return {name: said if said is not True else 1 for name, said in answer.items()}


@given(st.lists(pair | chat, min_size=1, max_size=3).map(lambda rows: [rows[0]]))
def test_every_container_of_json_gives_the_same_outcomes(folder, written):
    rows = numbered(written)
    lines = [without_line(o) for o in outcomes(folder, json_lines(rows))]
    for write in OF_JSON.values():
        assert [without_line(o) for o in outcomes(folder, write(rows))] == lines


# Of a table the apostrophe before what a spreadsheet would run is no part of the text.
whole_text = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from(list("\0\x85\u2028🙂\"'\r\n,;")),
    max_size=20,
).filter(lambda text: text[:1] not in ("[", "{") and restore(text) == text)
whole_pair = st.fixed_dictionaries(
    {"prompt": whole_text, "response_a": whole_text, "response_b": whole_text}
)


@given(st.lists(whole_pair, min_size=1, max_size=4))
def test_tables_and_parquet_give_what_json_lines_give(folder, written):
    rows = numbered(written)
    lines = [without_line(o) for o in outcomes(folder, json_lines(rows))]
    for name, write in OF_TEXT.items():
        results = [without_line(o) for o in outcomes(folder, write(rows))]
        assert len(results) == len(lines)
        for row, line, result in zip(rows, lines, results, strict=True):
            # An empty cell is a missing one; in JSON a model may answer nothing.
            if name == "csv" and "" in row.values():
                assert isinstance(result, Refusal)
            else:
                assert line == result


def records(reader: Any) -> Iterator[list[str] | str]:
    """What an iterator over records gives and raises, an empty record as one empty cell."""
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield str(error)
        else:
            yield cells or [""]


@settings(max_examples=2 * settings().max_examples)
@given(st.text(st.sampled_from('"",,\n\n\rab '), max_size=24), st.sampled_from(",\t;"))
def test_records_are_those_of_the_csv_module(content, delimiter):
    lines = list(io.StringIO(content.replace(",", delimiter), newline="\n"))
    ours = list(records(CsvRecords(iter(lines), delimiter)))
    assert ours == list(records(csv.reader(iter(lines), delimiter=delimiter, strict=True)))


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 3)), max_size=120))
def test_ids_seen_before_are_told_beyond_the_table_as_within_it(noted):
    seen = SeenIds(most=16)
    expected: dict[int, tuple[int, int]] = {}
    for line, (key, content) in enumerate(noted, 1):
        first = expected.setdefault(key, (line, content))
        new = first[0] == line
        answer = seen.first(key, content, line)
        assert answer == ((0, True) if new else (first[0], first[1] == content))


spaces = st.sampled_from(["", "", " ", "\t"])
written_keys = st.sampled_from(
    ['"a"', '"\\u0061"', '"a\\\\"', '"a\\u005c"', '":"', '"\\":"', '"b"', '"é"']
)
written_texts = st.lists(
    st.sampled_from(["x", ":", '\\"', '\\":', "\\\\", '\\\\\\":', "é", "\\u0022:"]), max_size=3
).map(lambda parts: f'"{"".join(parts)}"')


def written_object(value: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(written_keys, spaces, spaces, value).map(
        lambda p: f"{p[0]}{p[1]}:{p[2]}{p[3]}"
    )
    return st.lists(pair, max_size=3).map(lambda pairs: "{" + ",".join(pairs) + "}")


written_numbers = st.sampled_from(["1", "-0", "1e400", "NaN", "123456789012345678", "1" * 19])
written_values = st.recursive(
    written_texts | written_numbers,
    lambda value: written_object(value) | value.map(lambda inner: f"[{inner}]"),
    max_leaves=6,
)


@settings(max_examples=2 * settings().max_examples)
@given(line=written_object(written_values))
def test_a_line_is_decoded_fast_only_where_nothing_of_it_is_lost(line):
    exact = decoded_json(line)

    fast = quick(line.encode())

    assert fast is None or repr(fast) == repr(exact)
