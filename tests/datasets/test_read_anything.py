"""Whatever stands in a row of any kind, it is read or refused: no reader breaks on a value."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.datasets.readers import ReadOptions, accepted, check, read
from labeling.datasets.rows import Duplicate, ImportRow, Refusal
from tests.datasets.kinds import SAMPLES

#: What may stand in any place of a file: every type, every plane of Unicode, signs of formulas.
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(), max_size=12),
    st.sampled_from(["", " ", "=1+1", "model_a", "left", "user", "\x00", "\ud800", "[{}]", "{"]),
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value inside a row."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    paths = []
    for key, below in inner:
        paths.append((*path, key))
        if isinstance(below, dict | list):
            paths += places(below, (*path, key))
    return paths


def replaced(row: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(row)
    target: Any = changed
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    return changed


@pytest.mark.parametrize(
    ("kind", "row"), [sample[1:] for sample in SAMPLES], ids=[sample[0] for sample in SAMPLES]
)
@given(data=st.data())
def test_a_row_with_anything_anywhere_is_read_or_refused(tmp_path: Path, kind, row, data):
    path = data.draw(st.sampled_from(places(row)))
    odd = replaced(row, path, data.draw(ANYTHING))
    file = tmp_path / "rows.jsonl"
    file.write_text(f"{json.dumps(row)}\n{json.dumps(odd)}\n")
    kind, mapping = accepted(file, format=kind)
    made = list(read(file, format=kind, mapping=mapping, options=ReadOptions(label_rater="vera")))
    assert all(isinstance(result, ImportRow | Duplicate | Refusal) for result in made)
    assert {result.line for result in made} == {1, 2}
    assert len(made) == check(file, format=kind, mapping=mapping).rows
    for result in made:
        # What is reported can be stored; what is taken can be stored as JSON.
        text = result.reason if isinstance(result, Refusal) else result.external_id
        assert "\x00" not in text
        text.encode()
        if isinstance(result, ImportRow):
            json.dumps(dict(result.metadata), allow_nan=False).encode()
            assert all(judgment.rater for judgment in result.judgments)


@pytest.mark.parametrize(
    ("kind", "row"), [sample[1:] for sample in SAMPLES], ids=[sample[0] for sample in SAMPLES]
)
def test_json_nested_without_end_is_refused_wherever_it_stands(tmp_path, kind, row):
    deep = "[" * 400 + "]" * 400
    lines = [json.dumps(row)]
    lines += [json.dumps(replaced(row, (key,), "DEEP")).replace('"DEEP"', deep) for key in row]
    file = tmp_path / "rows.jsonl"
    file.write_text("\n".join(lines))
    made = list(read(file, format=kind))
    assert {result.line for result in made} == set(range(1, len(lines) + 1))
