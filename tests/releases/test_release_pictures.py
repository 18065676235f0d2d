"""Pictures leave in a release as `datasets` shows them, and come in again as they were."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from PIL import Image

from labeling.imports.services import create_import, run_import
from labeling.models import Picture, Release
from labeling.releases.services import folder_of
from projects.models import Project, User
from tests.conftest import judge, lease
from tests.imports.test_import_pictures import PAIR, archive, colour


@pytest.fixture
def shown(project: Project, lena: User, rui: User, settings: Any, tmp_path: Path) -> Project:
    """A project in which somebody prefers a red picture to a blue one."""
    settings.MEDIA_ROOT = tmp_path / "media"
    pictures = {"red.png": colour("red"), "sub/blue.png": colour("blue")}
    take(project, lena, archive([{**PAIR, "image": "red.png"}], pictures))
    assignment = lease(rui, project)
    judge(rui, assignment, -2 if assignment.shown_order[0] == 0 else 2)
    return project


def take(project: Project, lead: User, content: bytes) -> dict[str, int]:
    import_ = create_import(project=project, created_by=lead, filename="x.zip", content=content)
    run_import(import_.pk)
    import_.refresh_from_db()
    assert not import_.counts["refused"], list(import_.refusals.values())
    counts: dict[str, int] = import_.counts
    return counts


Build = Callable[..., Release]


@pytest.mark.parametrize(
    ("format", "table"), [("native", "preference"), ("trl", "data")], ids=["native", "trl"]
)
def test_parquet_holds_pictures_as_datasets_reads_them(
    shown: Project, built: Build, format: str, table: str
) -> None:
    folder = folder_of(built(shown, recipe="raw", format=format))
    (file,) = (folder / table).glob("*.parquet")
    (row,) = pq.read_table(file).to_pylist()
    for name in ("images", "chosen_images", "rejected_images"):
        (picture,) = row[name]
        assert Image.open(io.BytesIO(picture["bytes"])).size == (30, 20)
        assert (folder / picture["path"]).read_bytes() == picture["bytes"]
    assert row["chosen_images"] != row["rejected_images"]
    assert '{name: "images", list: "image"}' in (folder / "README.md").read_text()
    assert json.loads(row["prompt"])[0]["content"][0] == {"type": "image"}
    assert json.loads(row["chosen"])[0]["images"] == [row["chosen_images"][0]["path"]]


def test_formats_of_texts_leave_pictures_out_and_count_them(shown: Project, built: Build) -> None:
    release = built(shown, recipe="raw", format="trl-plain")
    assert release.state == "failed"
    assert "a picture, which the format has no place for" in release.error


def test_a_native_release_comes_in_again_with_the_same_pictures(
    shown: Project, built: Build, lena: User
) -> None:
    folder = folder_of(built(shown, recipe="raw", file_type="jsonl"))
    (file,) = (folder / "judgments").glob("*.jsonl")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.write(file, "judgments.jsonl")
        for path in (folder / "images").iterdir():
            packed.write(path, f"images/{path.name}")
    before = set(Picture.objects.values_list("sha256", flat=True))
    assert take(shown, lena, out.getvalue())["rows"] == 1
    assert set(Picture.objects.values_list("sha256", flat=True)) == before
