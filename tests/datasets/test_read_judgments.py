"""Releases read back: the judgments of Concord's own folder, and the pairs beside them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labeling.datasets.readers import detect, read
from labeling.datasets.records import Message, Rating
from labeling.datasets.rows import Duplicate, ImportRow, Refusal
from tests.datasets.kinds import JUDGMENT
from tests.datasets.release_rows import judgment, project, read_table, release, task, votes
from tests.datasets.several_kinds import RANK_RELEASED, RATE_RELEASED


def reread(folder: Path, table: str, out: Path) -> list[Any]:
    """A table of a release, from all its files, as an import reads it."""
    files = sorted((folder / table).glob("*.parquet"))
    pq.write_table(pa.concat_tables([pq.read_table(file) for file in files]), out)
    return list(read(out))


def test_a_row_is_one_judgment_of_its_task(rows):
    (row,) = rows(JUDGMENT)
    assert row.external_id == "q-17"
    assert row.messages == (Message("user", "Name a fish."),)
    assert [(r.external_id, r.model, r.content) for r in row.responses] == [
        ("q-17-a", "m1", "Cod."),
        ("q-17-b", "", "Cow."),
    ]
    (said,) = row.judgments
    assert (said.rater, dict(said.values)) == ("rater-3f", {"honesty": 1, "overall": -2})
    assert said.rationale == "A cow is no fish."
    assert said.at == dt.datetime(2026, 1, 31, 12, tzinfo=dt.UTC)
    assert (row.category, row.language) == ("biology", "en")
    assert row.metadata == {"prompt_id": "p-17", "prompt_group": "0f" * 16}


def test_released_answers_on_single_responses_are_read_by_their_ids(rows):
    ranked, rated = (rows(row)[0] for row in (RANK_RELEASED, RATE_RELEASED))
    (order,), (rating,) = ranked.judgments, rated.judgments
    assert (ranked.kind, order.values) == ("rank", {})
    assert order.answers == {"order": {"a": 1, "b": 2, "c": 2}, "safe": {"a": 1, "b": "unsure"}}
    assert (rated.kind, rating.values) == ("rate", {})
    assert rating.answers == {"safe": {"c": 0}, "rule": {"a": {"P3": -2}}}


def test_what_a_release_wrote_is_what_the_reader_reads(tmp_path):
    tie = judgment(0, "tao", tie_kind="equal_bad", created_at="2026-01-31T12:00:00+00:00")
    tasks = [*project(12), task("odd", *votes(-3, 1), tie, judgment(None, "uma"))]
    built = release(tasks, tmp_path / "out")
    every = reread(built.path, "judgments", tmp_path / "judgments.parquet")
    made = [row for row in every if isinstance(row, ImportRow)]
    # A judgment that left the criterion open only repeats its task.
    assert [type(row) for row in every if row not in made] in ([], [Duplicate])
    got = {
        (row.external_id, said.rater, said.values["overall"], said.tie_kinds.get("overall", ""))
        for row in made
        for said in row.judgments
    }
    assert got == {
        (record.id, said.rater, said.values["overall"], said.tie_kinds.get("overall", ""))
        for record in tasks
        for said in record.judgments
        if said.values
    }
    texts = {row.external_id: (row.messages, row.responses) for row in made}
    for record in tasks:
        messages, responses = texts[record.id]
        assert [(m.role, m.content) for m in messages] == [
            (m.role, m.content) for m in record.messages
        ]
        assert [(r.external_id, r.content, r.model) for r in responses] == [
            (r.id, r.content, r.model) for r in record.responses
        ]


@pytest.mark.parametrize("shape", ["native", "trl", "trl-implicit", "trl-plain"])
def test_pairs_of_a_release_are_read_back_as_chosen_and_rejected(tmp_path, shape):
    built = release(project(12), tmp_path / "out", shape=shape)
    table = "preference" if shape == "native" else "data"
    made = reread(built.path, table, tmp_path / "pairs.parquet")
    written = read_table(built.path, table)
    assert len(made) == len(written) > 0
    for row in made:
        assert isinstance(row, ImportRow)
        assert [response.content[:3] for response in row.responses] == ["All", "Not"]
        assert row.messages[0].content.startswith("Tell me about")


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"purpose": "gold"}, "purpose", "judgments on gold tasks measure raters"),
        ({"purpose": "training"}, "purpose", "made while training"),
        ({"source": "ai"}, "source", "judgments by a model are kept apart from people's"),
        ({"source": "human_after_ai"}, "source", "after seeing a model's"),
        ({"responses": "Cod."}, "responses", "Must be a list, not text."),
        ({"responses": ["Cod.", None]}, "responses[1]", "Missing."),
        ({"responses": ["Cod."], "models": [], "response_ids": []}, "models", "0 items for 1"),
        ({"models": ["m1"]}, "models", "Has 1 items for 2 responses."),
        ({"response_ids": ["x", "x"]}, "responses", "Two responses have the same id."),
        ({"answers": [7]}, "answers[0]", "not a number"),
        (
            {"answers": [{"criterion": "x", "response": 3, "value": 1}]},
            "answers[0].response",
            "from 1 to 2",
        ),
        (
            {"unsaid": [{"criterion": "x", "response": 1, "unsaid": "maybe"}]},
            "unsaid[0].unsaid",
            "Must be one of",
        ),
        (
            {"answers": [{"criterion": "", "response": 0, "value": 1}]},
            "answers[0].criterion",
            "empty",
        ),
        ({"answers": [{"criterion": "x", "response": 0}]}, "answers[0].value", "whole number"),
        ({"answers": [], "value": "much"}, "value", "whole number"),
        ({"tie_kind": "equal_bad"}, "tie_kind", "Is only for ties"),
        ({"tie_kinds": ["equal_bad"]}, "tie_kinds[0]", "Must be an object"),
        (
            {"tie_kinds": [{"criterion": "overall", "tie_kind": "equal_bad"}]},
            "tie_kinds[0].overall",
            "Is only for ties",
        ),
        ({"prompt": "Name a fish."}, "prompt", "Must be a list of messages, not text."),
        ({"created_at": "soon"}, "created_at", "Must be a time"),
    ],
)
def test_a_row_at_fault_is_refused_by_field(rows, change, field, reason):
    _, refusal = rows(JUDGMENT, {**JUDGMENT, "task_id": "q-18", **change})
    assert isinstance(refusal, Refusal)
    assert refusal.field == field
    assert reason in refusal.reason


def test_a_task_with_another_text_under_its_id_is_refused(rows):
    _, refusal = rows(JUDGMENT, {**JUDGMENT, "responses": ["Cod.", "Crow."]})
    assert refusal.reason.startswith("Its id stands on line 1 already, with a different text or")


def test_a_judgment_of_nobody_is_kept_as_metadata(rows):
    (row,) = rows({**JUDGMENT, "rater": ""})
    assert row.judgments == ()
    assert row.metadata["value"] == -2


def test_ratings_of_single_responses_are_no_comparison(tmp_path):
    rated = judgment(-1, "vera", ratings=(Rating("tone", 0, 4),))
    built = release([*project(3), task("rated", rated)], tmp_path / "out")
    made = reread(built.path, "judgments", tmp_path / "judgments.parquet")
    (row,) = [row for row in made if row.external_id == "rated"]
    assert dict(row.judgments[0].values) == {"overall": -1}


def test_the_kind_is_told_from_the_columns_alone(tmp_path):
    built = release(project(3), tmp_path / "out", file_type="jsonl")
    for file in sorted((built.path / "judgments").iterdir()):
        assert detect(file).format == "judgments"
