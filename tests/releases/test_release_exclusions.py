"""A release keeps what was excluded when it was asked for, whatever is excluded or lifted since."""

from __future__ import annotations

import shutil

import pytest

from labeling.lead.exclusions.services import exclude_judgments, lift_exclusions
from labeling.lead.tasks.services import run_task_change
from labeling.models import Release, TaskChange
from labeling.releases.previews import preview_release
from labeling.releases.services import folder_of, run_release
from projects.models import Project, User
from tests.releases.test_release_service import Built, rows

pytestmark = pytest.mark.django_db


def exclude(project: Project, rater: User, actor: User, *, reopens: bool = False) -> None:
    exclude_judgments(
        project=project,
        rater=rater,
        actor=actor,
        reason="machine",
        note="Rui's cousin",
        reopens=reopens,
    )
    run_changes()


def lift(project: Project, rater: User, actor: User) -> None:
    lift_exclusions(project=project, rater=rater, actor=actor)
    run_changes()


def run_changes() -> None:
    for change in TaskChange.objects.filter(state="pending"):
        run_task_change(change.pk)


def built_again(release: Release) -> str:
    shutil.rmtree(folder_of(release))
    Release.objects.filter(pk=release.pk).update(state="pending", sha256="")
    run_release(release.pk)
    release.refresh_from_db()
    assert release.state == "done", release.error
    return release.sha256


def test_a_release_after_excluding_and_lifting_has_the_same_bytes(
    built: Built, judged: Project, lena: User, rui: User
):
    before = built(judged)
    exclude(judged, rui, lena, reopens=True)
    without = built(judged)
    lift(judged, rui, lena)
    after = built(judged)
    assert before.files == after.files
    assert len(rows(before, "judgments")) == 12
    assert len(rows(without, "judgments")) == 6


def test_a_release_is_built_again_as_it_was_asked_for(
    built: Built, judged: Project, lena: User, rui: User, sam: User
):
    before = built(judged)
    exclude(judged, rui, lena)
    without = built(judged)
    exclude(judged, sam, lena, reopens=True)
    assert built_again(before) == before.sha256
    lift(judged, rui, lena)
    kept = without.sha256
    assert built_again(without) == kept
    assert len(rows(without, "judgments")) == 6


def test_manifest_and_card_name_counts_and_reasons_and_nobody(
    built: Built, judged: Project, lena: User, rui: User
):
    exclude(judged, rui, lena)
    release = built(judged)
    facts = release.options["excluded"]
    assert (facts["judgments"], facts["raters"], facts["reasons"]) == (6, 1, {"machine": 6})
    card = (folder_of(release) / "README.md").read_text()
    assert "6 judgments of 1 rater were excluded by a lead" in " ".join(card.split())
    everything = b"".join(p.read_bytes() for p in folder_of(release).rglob("*.*"))
    assert b"cousin" not in everything
    assert b"Rui" not in everything


def test_a_preview_counts_what_a_release_of_this_moment_would_hold(
    judged: Project, lena: User, rui: User, sam: User
):
    def counted() -> int:
        return preview_release(project=judged, recipe="raw", format="native").rows_in

    assert counted() == 12
    exclude(judged, rui, lena)
    assert counted() == 6
    exclude(judged, sam, lena)
    assert counted() == 0
    lift(judged, rui, lena)
    assert counted() == 6
