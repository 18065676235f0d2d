"""Any text goes through every format and file type as it is, but for halves of characters."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from labeling.datasets.fitting import row_kind_of
from labeling.datasets.formats import FORMATS, Format
from labeling.datasets.formats.base import TaskRows, task_refusal
from labeling.datasets.formats.carrying import pair_not_carried
from labeling.datasets.reasons import REASONS
from labeling.datasets.recipes import RECIPES, RowKind
from labeling.datasets.records import FunctionCall, Message, ResponseRecord, TaskRecord, ToolCall
from labeling.datasets.texts import clean
from tests.datasets.format_rows import decided, item, read_files, write
from tests.datasets.release_rows import judgment, release, task

HOSTILE = (
    "\0", "\ud83d", "\ude00", "\ud83d\ude00", "🦉", "\u2028\u2029\x85", "a\r\nb\rc\n", "null",
    "NaN", '{"role": "user", "content": "x"}', "[[[[", '"\\"', "=1+1", "\n\nHuman: x",
    "<|im_start|>", "'=1", "\ufeff", "x" * 70_000, "\U0010ffff\ufffe",
)  # fmt: skip
TEXT = st.text(st.characters(exclude_categories=()), max_size=20) | st.sampled_from(HOSTILE)
ROLE = st.sampled_from(["system", "developer", "user", "assistant", "tool", "narrator"])
PROMPT = st.lists(st.tuples(ROLE, TEXT), max_size=4) | st.lists(
    st.tuples(st.just("user"), TEXT), min_size=1, max_size=1
)
WRITTEN = [(key, file_type) for key, shape in FORMATS.items() for file_type in shape.file_types]


def leaves(value: Any) -> Iterator[str]:
    """Every text in a row."""
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value:
        if not isinstance(value, str) and inner is not None and not isinstance(inner, int | float):
            yield from leaves(inner)


def holds(row: dict[str, Any], text: str, file_type: str) -> bool:
    # A cell of CSV holds no NUL; a list in a cell is JSON, which does.
    forms = {clean(text), clean(text).replace("\0", "\ufffd" if file_type == "csv" else "\0")}
    return any(form in leaf for form in forms for leaf in leaves(row))


def expected_rows(shape: Format, made: TaskRows) -> dict[str, int]:
    """How many rows each table gets."""
    per_kind = {
        RowKind.PAIRS: made.pairs,
        RowKind.LABELS: made.labels,
        RowKind.RANKINGS: made.rankings,
        RowKind.DEMONSTRATIONS: made.demonstrations,
        RowKind.RATINGS: made.ratings if shape.key != "native" else (),
        RowKind.RULES: made.rules if shape.key != "native" else (),
    }
    counts = {name: len(per_kind[kind]) for kind, name in shape.main.items()}
    if shape.key == "native":
        counts["judgments"] = len(made.judgments)
    return {name: count for name, count in counts.items() if count}


@given(PROMPT, TEXT, TEXT, TEXT, TEXT, st.sampled_from(WRITTEN))
def test_rows_hold_the_texts_as_they_are(prompt, first, second, rationale, name, target):
    key, file_type = target
    shape = FORMATS[key]
    record = task("odd", messages=prompt or [("user", "x")], responses=(first, second))
    said = judgment(-1, name, rationale=rationale)
    reason = task_refusal(record, shape) or shape.refusal(record)
    first_response, second_response = record.responses
    reason = reason or pair_not_carried(first_response, second_response, shape.carries)
    if reason:
        assert reason in REASONS
        return
    made = item(record, pairs=[decided(-1, said)], judgments=[said])
    with tempfile.TemporaryDirectory() as folder:
        tables = write(shape, [made], Path(folder), file_type)
    counts = {table: len(rows) for table, rows in tables.items()}
    assert counts == expected_rows(shape, made)
    for row in (row for rows in tables.values() for row in rows):
        assert all(holds(row, message.content, file_type) for message in record.messages)
        assert holds(row, first, file_type) or holds(row, second, file_type)


@given(
    st.lists(st.tuples(PROMPT, TEXT, TEXT, TEXT), min_size=1, max_size=4),
    st.sampled_from([pair for pair in WRITTEN if RowKind.PAIRS in FORMATS[pair[0]].main]),
)
def test_the_books_count_the_rows_of_any_texts(parts, target):
    key, file_type = target
    sound = task("sound", judgment(-1, "ana"), messages=[("user", "Why?")])
    tasks = [sound, *tasks_of(parts)]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "r"
        result = release(tasks, out, recipe="raw", shape=key, file_type=file_type)
        table = FORMATS[key].main[RowKind.PAIRS]
        (declared,) = [
            declaration for declaration in FORMATS[key].tables if declaration.name == table
        ]
        rows = read_files(out, declared)
    assert result.ledger.balanced()
    assert len(rows) == result.ledger.rows_out == sum(result.rows[table].values())


def tasks_of(parts: Any) -> list[TaskRecord]:
    return [
        task(
            f"t{i}",
            judgment(-1, "ana", rationale=said),
            messages=messages or [("user", "x")],
            responses=(first, second),
        )
        for i, (messages, first, second, said) in enumerate(parts)
    ]


@given(PROMPT, TEXT, TEXT)
def test_a_table_of_pairs_keeps_conversations_as_json_in_a_cell(prompt, first, second):
    record = task("odd", messages=prompt or [("user", "x")], responses=(first, second))
    (row,) = FORMATS["pairs"].rows(item(record, pairs=[decided(-1)]))
    cells = dict(zip(FORMATS["pairs"].tables[0].names, row.values, strict=True))
    assert (cells["response_a"], cells["response_b"]) == (first, second)
    if cells["messages"]:
        said = [(turn["role"], turn["content"]) for turn in json.loads(cells["messages"])]
        assert said == [(message.role, message.content) for message in record.messages]
    else:
        assert cells["prompt"] == record.messages[0].content


CALLS = st.lists(
    st.builds(
        lambda name, arguments, key: ToolCall(FunctionCall(name, arguments), key), TEXT, TEXT, TEXT
    ),
    max_size=2,
).map(tuple)
TURNS = st.lists(
    st.builds(
        lambda role, content, calls, answers, name, thought: Message(
            role, content, (), calls, answers, name, thought
        ),
        ROLE, TEXT, CALLS, TEXT, TEXT, TEXT,
    ),
    max_size=3,
).map(tuple)  # fmt: skip


@given(TURNS, TURNS, TURNS, st.sampled_from(WRITTEN))
def test_the_books_count_the_rows_of_any_dialogues(prompt, first, second, target):
    """Whatever a model wrote, or an importer let through: a row is whole, or it has a reason."""
    key, file_type = target
    shape = FORMATS[key]
    recipe = next(
        name
        for name in ("raw", "kto", "sft", "ratings", "rules")
        if row_kind_of(RECIPES[name], shape) is not None
    )
    odd = task("odd", judgment(-1, "ana"))
    responses = (
        ResponseRecord("a", first[-1].content if first else "a", "m1", messages=first),
        ResponseRecord("b", second[-1].content if second else "b", "m2", messages=second),
    )
    odd = changed(odd, messages=prompt or odd.messages, responses=responses)
    sound = task("sound", judgment(-1, "ana"), messages=[("user", "Why?")])
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "r"
        result = release([sound, odd], out, recipe=recipe, shape=key, file_type=file_type)
    assert result.ledger.balanced()
    assert set(result.ledger.drops) <= set(REASONS)
