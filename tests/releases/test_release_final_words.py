"""Final words in releases: taken where they are asked for, counted, and imported again as such."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from labeling.datasets.recipes import RecipeOptions
from labeling.imports.services import create_import, run_import
from labeling.kinds import Submission
from labeling.lead.tasks.final_words import adjudicate
from labeling.models import Judgment, Release, Task
from labeling.releases.requests import ReleaseOptions
from labeling.releases.services import folder_of
from projects.models import Project, Role, User
from projects.services.members import set_member

pytestmark = pytest.mark.django_db
Built = Callable[..., Release]


@pytest.fixture
def decided(judged: Project, vera: User) -> Project:
    """The split task has a final word, and one that raters agree on has the other."""
    for name, value in (("t3", 2), ("t1", 3)):
        task = Task.objects.get(project=judged, external_id=name)
        submission = Submission({"overall": value}, rationale=f"Of {name}.")
        adjudicate(task=task, person=vera, submission=submission)
    return judged


def lines(release: Release, table: str) -> list[dict[str, Any]]:
    files = sorted((folder_of(release) / table).glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def manifest(release: Release) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder_of(release) / "manifest.json").read_text())
    return content


def test_consensus_takes_final_words_and_counts_them_apart_from_raters(
    built: Built, decided: Project
):
    release = built(decided, recipe="consensus", file_type="jsonl")
    rows = {row["task_id"]: row for row in lines(release, "preference")}
    assert len(rows) == 6
    assert {rows[name]["chosen_prob"] for name in ("t1", "t3")} == {1.0}
    assert rows["t1"]["n_raters"] == rows["t3"]["n_raters"] == 2
    figures = manifest(release)["figures"]
    assert (figures["final_words"], figures["judgments"], figures["raters"]) == (2, 12, 2)
    card = (folder_of(release) / "README.md").read_text()
    assert "2 final words" in card
    plain = built(decided, recipe="majority", file_type="jsonl")
    assert "final_words" not in manifest(plain)["figures"]
    assert manifest(plain)["figures"]["judgments_left_out"] == {"purpose_adjudication": 2}


def test_a_release_of_final_words_is_imported_again_as_final_words(
    built: Built, decided: Project, lena: User, settings: Any, tmp_path: Path
):
    settings.IMPORTS_DIR = tmp_path / "imports"
    options = ReleaseOptions(choices=RecipeOptions(adjudicated_only=True))
    release = built(decided, recipe="raw", file_type="jsonl", options=options)
    rows = lines(release, "judgments")
    assert [row["purpose"] for row in rows] == ["adjudication"] * 2
    vote = {**rows[0], "judgment_id": "vote", "purpose": "live", "value": -1}
    vote["answers"] = [{**cell, "value": -1} for cell in rows[0]["answers"]]
    content = "\n".join(map(json.dumps, [*rows, vote])).encode()
    before = Judgment.objects.final_words().count()
    for _again in range(2):
        import_ = create_import(
            project=decided,
            created_by=lena,
            filename="rows.jsonl",
            content=content,
            mapping={"id": "task_id"},
        )
        run_import(import_.pk)
        import_.refresh_from_db()
        assert import_.counts["refused"] == 0, list(import_.refusals.values())
    again = Judgment.objects.filter(strategy="imported")
    assert again.final_words().count() == before == 2
    assert again.live().count() == 1
    task = Task.objects.get(project=decided, external_id=rows[0]["task_id"])
    assert (task.overlap, task.open_slots) == (3, 0)


def test_votes_of_reviewers_are_final_words_up_to_the_migration_and_votes_after_it(
    built: Built, judged: Project, rui: User, lena: User
):
    set_member(user=rui, project=judged, role=Role.REVIEWER, actor=lena)
    options = ReleaseOptions(choices=RecipeOptions(adjudicated_only=True))
    assert built(judged, recipe="raw", options=options).state == "failed"
    own = Judgment.objects.filter(rater=rui).order_by("pk").values_list("pk", flat=True)
    Project.objects.filter(pk=judged.pk).update(reviewed_upto=own[3])
    judged.refresh_from_db()
    release = built(judged, recipe="raw", options=options)
    assert release.rows_out == 4
    figures = manifest(release)["figures"]
    assert "final_words" not in figures
