"""Labels that tell the side only, from the file to the release."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from labeling.datasets.recipes import RecipeOptions
from labeling.models import Answer
from labeling.releases.previews import preview_release
from labeling.releases.requests import ReleaseOptions
from projects.models import Project, User
from tests.datasets.release_rows import read_table

INPUTS = Path(__file__).parent.parent / "cases" / "inputs"


@pytest.fixture
def bare(project: Project, settings: Any, tmp_path: Path) -> Project:
    """Ten chosen and rejected pairs on a scale of four strengths."""
    settings.IMPORTS_DIR = tmp_path / "imports"
    project.criteria.filter(key="overall").update(scale_key="hh8")
    file = INPUTS / "24_binary_labels_into_a_graded_scale.jsonl"
    call_command("import_tasks", project.slug, str(file), "--label-rater", "crowd", verbosity=0)
    assert Answer.objects.filter(judgment__project=project, side_only=True).count() == 10
    return project


def create(project: Project, out: Path, *options: str, recipe: str = "hh") -> str:
    """What the command prints."""
    said = StringIO()
    call_command(
        "create_release", project.slug, "--recipe", recipe, "--format", "trl", "--out", str(out),
        *options, stdout=said,
    )  # fmt: skip
    return said.getvalue()


def test_recipe_hh_leaves_bare_preferences_out_and_says_so(bare: Project, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="10 strength not told, only which response is better"):
        create(bare, tmp_path / "out")
    preview = preview_release(project=bare, recipe="hh", format="trl")
    assert preview.dropped == (("strength not told, only which response is better", 10),)


def test_recipe_hh_takes_them_at_the_strength_that_is_asked_for(
    bare: Project, tmp_path: Path
) -> None:
    said = create(bare, tmp_path / "out", "--side-only", "3")
    assert "pairs out                           10" in said
    assert {row["strength"] for row in read_table(tmp_path / "out", "data")} == {3.0}
    assert "Labels that tell the side only count as strength 3." in (
        tmp_path / "out" / "README.md"
    ).read_text("utf-8")


def test_a_recipe_of_sides_takes_them_as_they_are(bare: Project, tmp_path: Path) -> None:
    create(bare, tmp_path / "out", recipe="majority")
    rows = read_table(tmp_path / "out", "data")
    assert [(row["strength"], row["margin"]) for row in rows] == [(None, 0.0)] * 10
    card = (tmp_path / "out" / "README.md").read_text("utf-8")
    assert "10 of 10 answers tell which response is better and not how much" in card


def test_screen_and_interface_ask_what_a_side_counts_as(
    bare: Project, client: Client, lena: User
) -> None:
    client.force_login(lena)
    page = client.get(reverse("labeling:release-new", args=[bare.slug])).content.decode()
    assert "A side without a strength" in page
    assert "Majority of all votes" in page
    shown = preview_release(
        project=bare,
        recipe="hh",
        format="trl",
        options=ReleaseOptions(choices=RecipeOptions(side_only="2")),
    )
    assert (shown.rows_in, shown.rows_out) == (10, 10)
