"""Imported metadata, and texts without a prompt, from a file to a rater and to a release."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from labeling.datasets.splits import plan_splits
from labeling.models import Prompt, Task
from labeling.releases.selectors import cutoff_now, split_prompts
from labeling.releases.services import folder_of, request_release, run_release
from projects.models import Project, User

SAID = [{"rater": "r1", "overall": -1}, {"rater": "r2", "overall": -1}]


def imported(project: Project, path: Path, *rows: dict[str, Any], **how: Any) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    call_command("import_tasks", project.slug, str(path), verbosity=0, **how)


@pytest.fixture
def texts(project: Project, tmp_path: Path) -> Project:
    """Two pairs of texts without a prompt, and one with; judged, and described by their file."""
    alone = {"responses": ["Cod.", "Cow."], "judgments": SAID, "source": "quiz", "annotator": "kim"}
    other = {**alone, "responses": ["Hake.", "Hen."]}
    imported(project, tmp_path / "alone.jsonl", alone, other, map=["prompt="])
    imported(project, tmp_path / "asked.jsonl", {"prompt": "A fish?", **alone})
    return project


def test_metadata_and_texts_without_a_prompt_reach_the_files(texts: Project, mia: User):
    release = request_release(
        project=texts, created_by=mia, recipe="majority", format="native", file_type="jsonl"
    )
    run_release(release.pk)
    release.refresh_from_db()
    assert release.counts["dropped"]["no_prompt"]["rows"] == 2

    def rows(table: str) -> list[dict[str, Any]]:
        files = (folder_of(release) / table).glob("*.jsonl")
        return [json.loads(line) for path in files for line in path.read_text().splitlines()]

    (pair,) = rows("preference")
    assert json.loads(pair["metadata"]) == {"source": "quiz"}
    judged = rows("judgments")
    assert sorted(len(row["prompt"]) for row in judged) == [0, 0, 0, 0, 1, 1]
    assert {row["metadata"] for row in judged} == {'{"source":"quiz"}'}


def test_texts_without_a_prompt_are_groups_of_their_own(texts: Project):
    groups = Prompt.objects.filter(project=texts).values_list("group_key", flat=True)
    assert len(set(groups)) == 3
    plan = plan_splits(split_prompts(texts, cutoff_now(texts)))
    assert plan.describe()["groups"] == 3


def test_raters_and_leads_are_told_that_there_is_no_prompt(
    project: Project, tmp_path: Path, rui: User, lena: User, client_for: Callable[[User], Client]
):
    row = {"responses": ["Cod.", "Cow."]}
    imported(project, tmp_path / "alone.jsonl", row, map=["prompt="])
    page = client_for(rui).get(reverse("labeling:rate", args=[project.slug]))
    assert "There is no prompt: judge the texts by themselves." in page.content.decode()
    lead = client_for(lena)
    tasks = lead.get(reverse("labeling:tasks", args=[project.slug])).content.decode()
    assert "no prompt" in tasks
    task = Task.objects.get(project=project)
    shown = lead.get(reverse("labeling:task", args=[project.slug, task.pk])).content.decode()
    assert "There is none: the texts are judged by themselves." in shown
