"""Which tie it is comes in with a label, on every criterion, and back from a release."""

from __future__ import annotations

from pathlib import Path

import pytest

from labeling.datasets.readers import read
from labeling.datasets.records import JudgmentRecord
from labeling.datasets.rows import ImportRow
from tests.datasets.kinds import CONCORD
from tests.datasets.release_rows import project, release, task

#: The judgments of a native folder as version 2 of the manifest had them.
VERSION_2 = Path(__file__).parents[1] / "golden/judgments_v2.jsonl"


def test_a_label_says_which_tie_on_each_criterion(rows):
    ties = {"honesty": "equal_bad", "style": "unspecified", "tone": None}
    said = {"rater": "r1", "overall": 0, "honesty": 0, "tie_kind": "cannot_tell", "tie_kinds": ties}
    (row,) = rows({**CONCORD, "judgments": [said]})
    # A kind stands for the 0 that is not written.
    assert dict(row.judgments[0].values) == {"overall": 0, "honesty": 0, "style": 0}
    assert row.judgments[0].tie_kinds == {
        "honesty": "equal_bad",
        "style": "unspecified",
        "overall": "cannot_tell",
    }


@pytest.mark.parametrize(
    ("label", "field", "reason"),
    [
        ({"overall": 0, "tie_kinds": "x"}, "judgments[0].tie_kinds", "Must be an object"),
        ({"tie_kinds": {"honesty": "meh"}}, "judgments[0].tie_kinds.honesty", "Must be one of"),
        (
            {"honesty": 2, "tie_kinds": {"honesty": "equal_bad"}},
            "judgments[0].tie_kinds.honesty",
            "the honesty value must then be 0",
        ),
        (
            {"tie_kind": "equal_bad", "tie_kinds": {"overall": "cannot_tell"}},
            "judgments[0].tie_kind",
            "Contradicts",
        ),
    ],
)
def test_ties_that_contradict_themselves_refuse_the_row(rows, label, field, reason):
    (refusal,) = rows({**CONCORD, "judgments": [{"rater": "r1", **label}]})
    assert refusal.field == field
    assert reason in refusal.reason


def test_every_tie_comes_back_as_what_it_was(tmp_path):
    values = {"overall": 2, "safety": 0, "style": 0}
    ties = {"safety": "equal_bad", "style": "unspecified"}
    said = JudgmentRecord("j", "rui", values, tie_kinds=ties)
    for file_type in ("parquet", "jsonl"):
        folder = tmp_path / file_type
        built = release([*project(12), task("odd", said)], folder, file_type=file_type)
        files = (built.path / "judgments").iterdir()
        made = [row for file in files for row in read(file) if isinstance(row, ImportRow)]
        (odd,) = [row for row in made if row.external_id == "odd"]
        assert [(j.values, j.tie_kinds) for j in odd.judgments] == [(values, ties)]


def test_judgments_of_releases_before_version_3_are_read_with_what_they_said():
    labels = {
        (row.external_id, said.rater): (dict(said.values), dict(said.tie_kinds))
        for row in read(VERSION_2)
        if isinstance(row, ImportRow)
        for said in row.judgments
    }
    lost = {"safety": "unspecified"}
    assert labels == {
        ("tides", "ana"): ({"overall": 0, "safety": 0}, {"overall": "equal_bad", **lost}),
        ("tides", "rui"): ({"overall": -2, "safety": 0}, lost),
        ("tides", "sam"): ({"overall": 0}, {"overall": "cannot_tell"}),
        ("tides", "tao"): ({"overall": 1, "safety": -1}, {}),
        ("bread", "ana"): ({"overall": 0, "safety": 1}, {"overall": "equal_good"}),
        ("bread", "uma"): ({"safety": 0}, lost),
    }
