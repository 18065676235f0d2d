"""A release's figures are those of its project, and nobody can be told from its files."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from labeling.models import Release
from labeling.releases.services import folder_of
from projects.models import Project, User

Built = Callable[..., Release]


def manifest_of(release: Release) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((folder_of(release) / "manifest.json").read_bytes())
    return manifest


def test_the_raw_agreement_of_a_release_is_that_of_its_project(
    built: Built, judged: Project
) -> None:
    manifest = manifest_of(built(judged))
    (report,) = manifest["agreement"]["criteria"].values()
    raw = manifest["figures"]["agreement"]["raw"]
    for name, of_project in (
        ("same_side", report["same_side"]["drop"]),
        ("exact", report["percent_agreement"]["exact"]),
    ):
        assert raw[name]["n"] == of_project["n"]
        assert raw[name]["value"] == pytest.approx(of_project["value"], abs=1e-6)
        assert raw[name]["convention"] == of_project["convention"]


def test_card_manifest_and_croissant_name_no_rater(
    built: Built, judged: Project, rui: User, tao: User
) -> None:
    release = built(judged, recipe="raw")
    files = [path for path in folder_of(release).rglob("*") if path.is_file()]
    everything = b"".join(path.read_bytes() for path in files)
    for user in (rui, tao):
        assert str(user.email).encode() not in everything
        assert user.display_name.encode() not in everything
    assert len(manifest_of(release)["rater_folds"]["of"]) == 2


def test_the_card_says_how_the_project_had_its_tasks_judged(built: Built, judged: Project) -> None:
    Project.objects.filter(pk=judged.pk).update(description="To train a *kind* model.")
    release = built(Project.objects.get(pk=judged.pk))
    card = (folder_of(release) / "README.md").read_text()
    assert "> To train a *kind* model." in card
    assert f"judged by {judged.overlap} different rater" in card
    assert "Raters do not see which model wrote a response." in card
    versions = manifest_of(release)["versions"]
    assert versions.keys() == {"Concord", "msgspec", "numpy", "pyarrow"}
