"""Which tie a label is, on every criterion: taken, kept, and known again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from labeling.models import Answer
from projects.models import Project
from projects.project_templates import CriterionSpec
from projects.services.rubric import add_criterion

VERSION_2 = Path(__file__).parents[1] / "golden/judgments_v2.jsonl"
ROW = {"id": "q1", "prompt": "Why?", "responses": ["Because.", "No."]}


@pytest.fixture
def project(project: Project) -> Project:
    """The project with a second criterion whose scale has two ties."""
    spec = CriterionSpec("safety", "Which is safer?", "arena4", is_required=False)
    add_criterion(project=project, spec=spec, position=2)
    return project


def row(*judgments: dict[str, Any]) -> dict[str, Any]:
    """The row with these labels."""
    return {**ROW, "judgments": judgments}


def ties() -> dict[tuple[str, str], str]:
    """The kind of tie by rater and criterion."""
    answers = Answer.objects.values_list("judgment__rater__name", "criterion__key", "tie_kind")
    return {(rater, key): kind for rater, key, kind in answers}


def test_each_answer_keeps_its_own_tie(take):
    said = {
        "rater": "r1",
        "overall": 2,
        "safety": 0,
        "correct": 0,
        "tie_kinds": {"safety": "equal_bad"},
    }
    assert take(row(said)).counts["labels"] == 1
    assert ties() == {
        ("r1", "overall"): "",
        ("r1", "safety"): "equal_bad",
        ("r1", "correct"): "equal_good",
    }


def test_the_same_label_again_is_unchanged_and_another_tie_is_another_answer(take):
    said = {"rater": "r1", "overall": 2, "safety": 0, "tie_kinds": {"safety": "equal_bad"}}
    take(row(said))
    assert take(row(said)).counts["unchanged"] == 1
    other = {**said, "tie_kinds": {"safety": "cannot_tell"}}
    assert take(row(other)).counts["refused"] == 1
    unknown = {**said, "tie_kinds": {"safety": "unspecified"}}
    assert take(row(unknown)).counts["unchanged"] == 1


def test_a_label_from_before_ties_had_a_kind_is_known_again(take):
    said = {"rater": "r1", "overall": 2, "safety": 0}
    take(row({**said, "tie_kinds": {"safety": "unspecified"}}))
    # The same file as ever: a plain 0, which today would be "equally good".
    assert take(row(said)).counts["unchanged"] == 1
    assert ties()["r1", "safety"] == "unspecified"


def test_two_names_of_one_criterion_may_not_be_two_ties(project, take):
    project.criteria.filter(key="overall").update(key="helpful")
    said = {
        "rater": "r1",
        "overall": 0,
        "tie_kind": "equal_bad",
        "tie_kinds": {"helpful": "cannot_tell"},
    }
    import_ = take(row(said))
    (refusal,) = import_.refusals.all()
    assert (refusal.code, refusal.reason) == ("contradiction", "Is called two different ties.")


def test_a_release_of_version_2_is_imported_with_what_it_knew(take):
    assert take(content=VERSION_2.read_bytes()).counts["labels"] == 6
    known = ties()
    assert known["ana", "overall"] in ("equal_bad", "equal_good")
    assert {kind for (_, key), kind in known.items() if key == "safety"} == {"", "unspecified"}
