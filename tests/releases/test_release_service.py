"""A release is frozen when it is asked for, built once, and whole or absent."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from typing import Any

import pyarrow.parquet as pq
import pytest

from labeling.models import Assignment, Release, Task
from labeling.rating.judgments import undo_last
from labeling.releases.previews import preview_release
from labeling.releases.requests import ReleaseOptions
from labeling.releases.services import (
    file_of,
    folder_of,
    request_release,
    retry_release,
    run_release,
)
from projects.exceptions import Conflict, InvalidInput
from projects.models import Project, User
from projects.services.projects import create_project
from tests.conftest import judge, lease

TABLES = ("preference", "kto", "judgments")


def ask(project: Project, **more: Any) -> Release:
    settings = {"recipe": "majority", "format": "native", "created_by": None, **more}
    return request_release(project=project, **settings)


Built = Callable[..., Release]


def rows(release: Release, table: str) -> list[dict[str, Any]]:
    files = sorted((folder_of(release) / table).glob("*.parquet"))
    return [row for path in files for row in pq.read_table(path).to_pylist()]


def test_a_release_counts_rows_in_rows_out_and_why(built: Built, judged: Project) -> None:
    release = built(judged)
    assert (release.state, release.rows_in, release.rows_out) == ("done", 6, 5)
    assert release.counts["dropped"] == {
        "no_majority": {"rows": 1, "because": "without a majority of all votes"}
    }
    assert release.percent == 100
    assert len(rows(release, "preference")) == 5
    assert len(rows(release, "judgments")) == 12


def test_the_chosen_text_is_the_one_the_raters_preferred(built: Built, judged: Project) -> None:
    for row in rows(built(judged), "preference"):
        task = Task.objects.get(external_id=row["task_id"])
        preferred = task.prompt.responses.get(pk=task.response_ids[0])
        assert row["chosen"][0]["content"] == preferred.content
        assert row["chosen_model"] == preferred.model
        assert (row["votes_chosen"], row["strength"]) == (2, 2.0)


def test_judgments_after_the_cut_off_and_later_edits_change_nothing(
    built: Built, judged: Project, tao: User, rui: User, make_tasks: Any
) -> None:
    first = ask(judged)
    undo_last(rater=rui, project=judged)
    make_tasks(judged, 1, prefix="late")
    judge(tao, lease(tao, judged), -1)
    run_release(first.pk)
    first.refresh_from_db()
    assert (first.rows_in, len(rows(first, "judgments"))) == (6, 12)
    later = built(judged)
    assert len(rows(later, "judgments")) == 12
    assert later.counts["never_read"] == {"superseded": 1, "withdrawn": 1}


def test_the_same_request_gives_the_same_bytes(built: Built, judged: Project) -> None:
    first, second = built(judged), built(judged)
    assert (first.number, second.number) == (1, 2)
    assert first.files == second.files


def test_raters_are_pseudonyms_that_differ_from_release_to_release(
    built: Built, judged: Project, rui: User
) -> None:
    names = {row["rater"] for row in rows(built(judged), "judgments")}
    others = {row["rater"] for row in rows(built(judged, recipe="raw"), "judgments")}
    assert len(names) == 2
    assert not names & others
    everything = b"".join(p.read_bytes() for p in folder_of(ask_last()).rglob("*.*"))
    assert rui.display_name.encode() not in everything
    assert b"@example.com" not in everything


def ask_last() -> Release:
    return Release.objects.order_by("-pk")[0]


@pytest.mark.parametrize("purpose", ["gold", "repeat", "anchor", "training"])
def test_only_live_judgments_are_exported_and_the_others_are_counted(
    built: Built, judged: Project, tao: User, make_tasks: Any, purpose: str
) -> None:
    (task,) = make_tasks(judged, 1, prefix="check")
    assignment = lease(tao, judged)
    Assignment.objects.filter(pk=assignment.pk).update(purpose=purpose)
    assignment.refresh_from_db()
    judge(tao, assignment, -1)
    release = built(judged, recipe="raw")
    assert release.rows_in == 13
    assert release.counts["dropped"][f"purpose_{purpose}"]["rows"] == 1
    written = [row["task_id"] for name in TABLES for row in rows(release, name)]
    assert task.external_id not in written


def test_a_run_that_finds_the_folder_only_closes_the_books(built: Built, judged: Project) -> None:
    release = built(judged)
    Release.objects.filter(pk=release.pk).update(state="running", files=[], rows_out=0)
    before = (folder_of(release) / "manifest.json").stat().st_mtime_ns
    run_release(release.pk)
    release.refresh_from_db()
    assert (release.state, release.rows_out) == ("done", 5)
    assert release.files
    assert (folder_of(release) / "manifest.json").stat().st_mtime_ns == before


def test_a_finished_release_is_not_built_again(built: Built, judged: Project) -> None:
    release = built(judged)
    shutil.rmtree(folder_of(release))
    run_release(release.pk)
    assert not folder_of(release).exists()


def test_no_row_left_fails_with_the_counts_and_can_be_tried_again(
    built: Built, project: Project, rui: User, make_tasks: Any
) -> None:
    make_tasks(project, 1)
    judge(rui, lease(rui, project), 0)
    release = built(project)
    assert release.state == "failed"
    assert release.error.startswith("No row is left of 1 task: 1 ties")
    assert not folder_of(release).exists()
    retry_release(release=release, actor=None)
    release.refresh_from_db()
    assert (release.state, release.error) == ("pending", "")


def test_only_a_failed_release_can_be_tried_again(built: Built, judged: Project) -> None:
    with pytest.raises(Conflict, match="failed"):
        retry_release(release=built(judged), actor=None)


def test_a_project_without_judgments_says_so(built: Built, project: Project) -> None:
    release = built(project)
    assert (release.state, release.error) == (
        "failed",
        "There is nothing to release yet: no task has a judgment that counts.",
    )


def test_the_preview_is_what_the_release_becomes(built: Built, judged: Project) -> None:
    preview = preview_release(project=judged, recipe="majority", format="native")
    release = built(judged)
    assert (preview.unit, preview.rows_in, preview.rows_out) == ("task", 6, 5)
    assert (release.rows_in, release.rows_out) == (preview.rows_in, preview.rows_out)
    assert preview.dropped == (("without a majority of all votes", 1),)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"recipe": "alchemy"}, "recipe"),
        ({"format": "docx"}, "format"),
        ({"file_type": "csv"}, "file_type"),
        ({"options": ReleaseOptions(criteria=("beauty",))}, "criteria"),
        ({"options": ReleaseOptions(shares=(0.9, 0.9, 0.9))}, "shares"),
        ({"options": ReleaseOptions(licence="a\nb")}, "licence"),
    ],
)
def test_a_request_that_cannot_be_met_is_refused_and_names_the_field(
    judged: Project, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        ask(judged, **wrong)
    assert field in refused.value.fields
    assert not Release.objects.exists()


def test_numbers_count_up_within_a_project(judged: Project, lena: User) -> None:
    other = create_project(name="Other", created_by=lena, template="arena")
    assert [ask(judged).number, ask(judged).number, ask(other).number] == [1, 2, 1]


def test_card_and_manifest_hold_guideline_agreement_and_parameters(
    built: Built, judged: Project
) -> None:
    release = built(judged, options=ReleaseOptions(licence="cc-by-4.0"))
    card = (folder_of(release) / "README.md").read_text()
    manifest = json.loads((folder_of(release) / "manifest.json").read_text())
    assert "> Prefer what helps." in card
    assert "overall: percent agreement, exact" in card
    assert 'license: "cc-by-4.0"' in card
    assert manifest["parameters"]["cutoff"] == release.cutoff
    assert "pairs" not in manifest["agreement"]["criteria"]["overall"]


def test_only_listed_files_of_a_finished_release_are_opened(built: Built, judged: Project) -> None:
    release = built(judged)
    listed = file_of(release, "manifest.json")
    assert listed is not None
    assert listed[1]["sha256"] == release.sha256
    for name in ("../secret", "/etc/passwd", "", "preference", "manifest.json/.."):
        assert file_of(release, name) is None
    assert file_of(ask(judged), "manifest.json") is None


def test_a_time_that_was_cut_or_never_sent_is_no_measurement_in_a_release(
    built: Built, project: Project, rui: User, make_tasks: Any
) -> None:
    make_tasks(project, 3)
    for sent in ({"active_ms": 1500, "idle_ms": 20}, {"active_ms": 10**9, "idle_ms": 20}, {}):
        judge(rui, lease(rui, project), -1, **sent)
    columns = ("active_ms", "idle_ms", "times_cut")
    times = {tuple(row[name] for name in columns) for row in rows(built(project), "judgments")}
    assert times == {(1500, 20, False), (None, None, True), (None, None, False)}
