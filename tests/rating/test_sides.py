"""Which side a rater saw: balanced among those who saw a screen, and told of nobody else."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from labeling.imports.services import create_import, run_import
from labeling.lead.agreement.selectors import CriterionAnswers, criterion_answers
from labeling.lead.raters.selectors import rater_rows
from labeling.models import Assignment, Task
from labeling.releases.services import folder_of, request_release, run_release
from labeling.vocabulary import Strategy
from projects.models import Project, User
from tests.conftest import judge, lease

N = 9


@pytest.fixture
def labelled(project: Project, lena: User) -> list[Task]:
    """Tasks that arrived with one label from elsewhere, and two places left."""
    Project.objects.filter(pk=project.pk).update(overlap=3)
    project.refresh_from_db()
    rows = [
        {
            "id": f"q{i}",
            "prompt": f"What is {i}?",
            "responses": [
                {"id": f"q{i}-a", "content": "One."},
                {"id": f"q{i}-b", "content": "None."},
            ],
            "judgments": [{"rater": "elsewhere", "overall": -1}],
        }
        for i in range(N)
    ]
    content = "\n".join(json.dumps(row) for row in rows).encode()
    import_ = create_import(
        project=project, created_by=lena, filename="rows.jsonl", content=content
    )
    run_import(import_.pk)
    return list(Task.objects.filter(project=project))


def test_imported_labels_leave_the_sides_of_raters_balanced(
    project: Project, labelled: list[Task], rui: User, sam: User
):
    for rater in (rui, sam):
        for _task in labelled:
            judge(rater, lease(rater, project), -1)
    firsts: dict[int, Counter[int]] = {task.pk: Counter() for task in labelled}
    for assignment in Assignment.objects.exclude(strategy=Strategy.IMPORTED):
        firsts[assignment.task_id][assignment.shown_order[0]] += 1
    assert [dict(counts) for counts in firsts.values()] == [{0: 1, 1: 1}] * N


def test_imported_labels_are_in_no_figure_of_the_side(
    project: Project, labelled: list[Task], rui: User
):
    for _task in labelled[:4]:
        judge(rui, lease(rui, project), -1)
    left = {row.rater.display_name: row.left for row in rater_rows(project)}
    assert (left["Rui"].value, left["Rui"].n) == (1.0, 4)
    assert (left["elsewhere"].value, left["elsewhere"].n) == (None, 0)
    (primary,) = (item for item in criterion_answers(project) if item.criterion.is_primary)
    assert isinstance(primary, CriterionAnswers)
    assert Counter(primary.first_shown.tolist())[-1] == N


def test_imported_labels_are_in_no_figure_of_the_side_in_a_release(
    project: Project, labelled: list[Task], rui: User, tmp_path: Path, settings: Any
):
    settings.RELEASES_DIR = tmp_path
    for _task in labelled[:4]:
        judge(rui, lease(rui, project), -1)
    release = request_release(project=project, recipe="raw", format="native", created_by=None)
    run_release(release.pk)
    manifest = json.loads((folder_of(release) / "manifest.json").read_bytes())
    side = manifest["figures"]["first_shown_chosen"]
    assert (side["value"], side["n"]) == (1.0, 4)
