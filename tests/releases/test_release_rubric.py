"""A release names the versions of the questions: its own, and those of its judgments."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from labeling.lead.agreement.report import agreement_report
from labeling.models import Release
from labeling.releases.requests import ReleaseOptions
from labeling.releases.services import folder_of, request_release, run_release
from projects.models import Project, User
from projects.services import rubric
from tests.conftest import MakeTasks, judge, lease
from tests.datasets.release_rows import read_table

pytestmark = pytest.mark.django_db


@pytest.fixture
def reworded(judged: Project, lena: User, rui: User, make_tasks: MakeTasks) -> Project:
    """Twelve judgments under v1, one under v3: the question is worded anew, the second retired."""
    make_tasks(judged, 1, prefix="late")
    rubric.change_question(
        project=judged, actor=lena, key="overall", changes={"wording": "Which helps *more*?"}
    )
    held = lease(rui, judged)
    rubric.retire_question(project=judged, actor=lena, key="correct")
    held = lease(rui, judged)
    judge(rui, held, 1)
    return judged


def built(project: Project, lena: User, **options: object) -> tuple[Release, Path]:
    asked = request_release(
        project=project,
        created_by=lena,
        recipe="raw",
        format="native",
        file_type="jsonl",
        options=ReleaseOptions(**options),  # type: ignore[arg-type]
    )
    run_release(asked.pk)
    release = Release.objects.get(pk=asked.pk)
    assert release.state == "done", release.error
    return release, folder_of(release)


def test_manifest_card_and_rows_name_the_versions(reworded: Project, lena: User):
    release, folder = built(reworded, lena)
    # Worded anew before it is built once more: the files are those of when it was asked for.
    assert release.rubric == reworded.rubric_versions.get(number=3)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    assert manifest["parameters"]["rubric_version"] == 3
    assert manifest["rubric_versions"] == [1, 3]
    assert [len(questions) for questions in manifest["rubrics"].values()] == [2, 1]
    assert manifest["criteria"]["overall"]["wording"] == "Which helps *more*?"
    assert "several_wordings" in {warning["code"] for warning in manifest["warnings"]}
    rows = read_table(folder, "judgments")
    assert sorted(row["rubric_version"] for row in rows) == [1] * 12 + [3]
    card = (folder / "README.md").read_text("utf-8")
    assert "| 3 | `overall` | Which helps \\*more\\*? |" in card


def test_answers_to_a_retired_question_are_released(
    judged: Project, lena: User, rui: User, make_tasks: MakeTasks
):
    make_tasks(judged, 1, prefix="late")
    judge(rui, lease(rui, judged), 1, answers={"correct": 1})
    rubric.retire_question(project=judged, actor=lena, key="correct")
    _release, folder = built(judged, lena, criteria=("correct",))
    assert [row["criterion"] for row in read_table(folder, "preference")] == ["correct"]


def test_a_release_is_built_in_the_words_it_was_asked_for_in(judged: Project, lena: User):
    asked = request_release(project=judged, created_by=lena, recipe="raw", format="trl")
    rubric.change_question(
        project=judged, actor=lena, key="overall", changes={"wording": "Something else?"}
    )
    run_release(asked.pk)
    folder = folder_of(Release.objects.get(pk=asked.pk))
    manifest = json.loads((folder / "manifest.json").read_bytes())
    assert manifest["criteria"]["overall"]["wording"] == "Which is better?"


def test_figures_say_where_they_span_several_wordings(
    reworded: Project, lena: User, client_for: Callable[[User], Client]
):
    assert agreement_report(reworded)["rubric_versions"] == {"1": 12, "3": 1}
    page = client_for(lena).get(f"/p/{reworded.slug}/agreement/").content.decode()
    assert "judgments under v1, v3 are together" in page
    assert "“Which is better?” under v1; “Which helps *more*?” under v3" in page
    home = client_for(lena).get(f"/p/{reworded.slug}/").content.decode()
    assert "judgments under v1, v3 are together" in home
