"""A release holds the principles that were in force, with their history, health and hashes."""

from __future__ import annotations

import csv
import json
from hashlib import sha256
from typing import Any

import pytest

from labeling.models import Release
from labeling.releases.services import folder_of, request_release, run_release
from projects.guidelines.library import PrincipleChange, change_principle
from projects.guidelines.services import acknowledge, publish_guideline
from projects.models import Project, User
from projects.project_templates import GuidelineSpec, PrincipleSpec
from tests.conftest import MakeTasks, judge, lease

pytestmark = pytest.mark.django_db


def test_the_constitution_of_a_release_has_its_history_and_the_manifest_its_hashes(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks, tmp_path: Any, settings: Any
):
    settings.RELEASES_DIR = tmp_path
    make_tasks(project, 2, overlap=1)
    first = GuidelineSpec(
        "Judge.", change_note="New.", principles=[PrincipleSpec("# Be true", "No lie.")]
    )
    publish_guideline(project=project, published_by=lena, spec=first)
    wording = PrincipleSpec("# Be true", "No false claim.", why="Lies are rare.", scope="Facts")
    change = PrincipleChange(wording, "Said better.")
    read = change_principle(project=project, changed_by=lena, key="v2p1", change=change)
    acknowledge(user=rui, guideline=read)
    for principles in ([1], []):
        judge(rui, lease(rui, project), principles=principles)
    # What is published later is no part of what was judged by.
    change_principle(project=project, changed_by=lena, key="v2p1", change=PrincipleChange(None))
    release = request_release(project=project, recipe="raw", format="native", created_by=None)
    run_release(release.pk)
    folder = folder_of(Release.objects.get(pk=release.pk))
    manifest = json.loads((folder / "manifest.json").read_text())
    hashes = {file["name"]: file["sha256"] for file in manifest["files"]}
    for name in ("constitution.json", "constitution.md", "constitution_health.csv"):
        assert hashes[name] == sha256((folder / name).read_bytes()).hexdigest()
    constitution = json.loads((folder / "constitution.json").read_text())
    (principle,) = constitution["principles"]
    assert (constitution["guideline_version"], principle["version"]) == (3, 2)
    assert [past["text"] for past in principle["history"]] == ["No false claim.", "No lie."]
    assert [past["why"] for past in principle["history"]] == ["Lies are rare.", "New."]
    assert "Lena" not in json.dumps(constitution)
    assert "## P1 # Be true" in (folder / "constitution.md").read_text()
    (row,) = csv.DictReader((folder / "constitution_health.csv").read_text().splitlines())
    assert (row["version"], row["cited"], row["cited_n"]) == ("2", "0.5", "2")
