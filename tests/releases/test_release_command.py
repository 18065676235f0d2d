"""`create_release`: exit code 0 only for a whole release."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from labeling.models import Release
from projects.models import Project


def run(*words: str) -> str:
    out = StringIO()
    call_command("create_release", *words, stdout=out)
    return out.getvalue()


def test_it_builds_prints_the_books_and_copies(judged: Project, tmp_path: Path) -> None:
    out = tmp_path / "out"
    said = run(judged.slug, "--recipe", "majority", "--format", "trl", "--out", str(out))
    assert "tasks in                             6" in said
    assert "- without a majority of all votes: 1" in said
    assert f"in {out}" in said
    assert {"README.md", "manifest.json", "data"} <= {path.name for path in out.iterdir()}
    assert Release.objects.get().state == "done"


def test_options_reach_the_release(judged: Project) -> None:
    run(
        judged.slug, "--recipe", "raw", "--format", "hh", "--file-type", "jsonl",
        "--criterion", "overall", "--split", "100,0,0", "--licence", "mit",
    )  # fmt: skip
    release = Release.objects.get()
    assert (release.recipe, release.format, release.file_type) == ("raw", "hh", "jsonl")
    kept = {name: release.options[name] for name in ("criteria", "shares", "licence")}
    assert kept == {"criteria": ["overall"], "shares": [1.0, 0.0, 0.0], "licence": "mit"}
    assert release.counts["rows"] == {"default": {"train": 12}}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--criterion", "beauty"], "overall, correct"),
        (["--split", "50,20"], "three numbers"),
        (["--split", "50,20,20"], "add up to 100%"),
        (["--source", "dog"], "choose from '?human'?,"),
    ],
)
def test_a_wrong_option_is_a_sentence_and_freezes_nothing(
    judged: Project, words: list[str], said: str
) -> None:
    with pytest.raises(CommandError, match=said):
        run(judged.slug, "--recipe", "raw", *words)
    assert not Release.objects.exists()


def test_an_unknown_project_names_the_known_ones(judged: Project) -> None:
    with pytest.raises(CommandError, match=judged.slug):
        run("nowhere", "--recipe", "raw")


def test_a_folder_with_something_in_it_is_left_alone(judged: Project, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("keep")
    with pytest.raises(CommandError, match="not empty"):
        run(judged.slug, "--recipe", "raw", "--out", str(tmp_path))
    assert not Release.objects.exists()


def test_no_row_left_is_an_error_that_counts(project: Project) -> None:
    with pytest.raises(CommandError, match="nothing to release yet"):
        run(project.slug, "--recipe", "raw")


def test_a_copy_that_fails_says_where_the_release_is(
    judged: Project, tmp_path: Path, settings: Any
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match=r"whole in .*release-"):
        run(judged.slug, "--recipe", "raw", "--out", str(tmp_path / "file" / "out"))


def test_a_dry_run_prints_the_books_and_freezes_nothing(judged: Project) -> None:
    said = run(judged.slug, "--recipe", "majority", "--min-agreement", "0.9", "--dry-run")
    assert "- less agreement than asked for: 1" in said
    assert "pairs out                            5" in said
    assert not Release.objects.exists()
