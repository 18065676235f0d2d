"""A majority is more than half of all votes: from the file to the release, through the command."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from projects.models import Project
from tests.datasets.release_rows import read_table

INPUTS = Path(__file__).parent.parent / "cases" / "inputs"


@pytest.fixture
def two_ties(project: Project, settings: Any, tmp_path: Path) -> Project:
    """Three tasks with the votes tie, tie, A."""
    settings.IMPORTS_DIR = tmp_path / "imports"
    file = INPUTS / "50_two_ties_one_vote.jsonl"
    call_command("import_tasks", project.slug, str(file), verbosity=0)
    return project


def create(project: Project, out: Path, *options: str) -> list[dict[str, Any]]:
    """The pairs of a native release."""
    call_command(
        "create_release", project.slug, "--recipe", "majority", "--format", "native", "--out",
        str(out), *options, stdout=StringIO(),
    )  # fmt: skip
    return read_table(out, "preference")


def test_two_ties_and_one_vote_make_no_pair(two_ties: Project, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="3 ties: both equally good"):
        create(two_ties, tmp_path / "out")


def test_by_plurality_they_make_one_that_says_how_few_agree(
    two_ties: Project, tmp_path: Path
) -> None:
    pairs = create(two_ties, tmp_path / "out", "--wins-by", "plurality")
    assert [(row["votes_chosen"], row["votes_tie"]) for row in pairs] == [(1, 2)] * 3
    assert {round(row["agreement"], 4) for row in pairs} == {0.3333}
    card = (tmp_path / "out" / "README.md").read_text("utf-8")
    assert "the winner may have fewer than half of all votes" in card
