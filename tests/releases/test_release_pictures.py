"""Pictures leave in a release as `datasets` shows them, and come in again as they were."""

from __future__ import annotations

import io
import json
import os
import tracemalloc
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.test import Client
from PIL import Image

from labeling.imports.services import ImportOptions, create_import, run_import
from labeling.models import Judgment, Picture, Region, Release, Response, Task
from labeling.pictures.selectors import pictures_in
from labeling.releases.services import folder_of
from labeling.vocabulary import TaskKind
from projects.guidelines.services import acknowledge
from projects.models import Project, Role, User
from projects.project_templates import CriterionSpec
from projects.services.members import set_member
from projects.services.projects import create_project
from tests.api.client import CallAs
from tests.conftest import judge, lease
from tests.imports.test_import_pictures import PAIR, archive, colour

THUMB = CriterionSpec("good", "Is it good?", "thumb", is_primary=True)
ASKED = CriterionSpec("overall", "Which is better?", "llama_eval7", is_primary=True)


@pytest.fixture
def shown(project: Project, lena: User, rui: User, settings: Any, tmp_path: Path) -> Project:
    """A project in which somebody prefers a red picture to a blue one."""
    settings.MEDIA_ROOT = tmp_path / "media"
    pictures = {"red.png": colour("red"), "sub/blue.png": colour("blue")}
    take(project, lena, archive([{**PAIR, "image": "red.png"}], pictures))
    assignment = lease(rui, project)
    box = {"slot": "B", "x": 0.1, "y": 0, "w": 1 / 3, "h": 1, "polarity": "fault"}
    regions = [{**box, "criterion": "overall", "note": "Blue."}, {**box, "flag": "unsafe"}]
    judge(rui, assignment, -2 if assignment.shown_order[0] == 0 else 2, regions=regions)
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


STEPS = [{"value": number, "label": step} for number, step in enumerate(("0", "0.5", "1"))]


@pytest.mark.usefixtures("project")  # which makes lena a lead
def test_pictures_that_people_rated_elsewhere_and_here_are_released_with_their_means(
    lena: User, rui: User, built: Build, api: CallAs, settings: Any, tmp_path: Path
) -> None:
    """In the shape of ImagenHub's ratings: three raters on two criteria of three steps."""
    settings.MEDIA_ROOT = tmp_path / "media"
    steps = {"key": "steps3", "answer": "ordinal", "options": STEPS}
    rubric = [
        {"key": "sc", "wording": "Is it what was asked for?", "scale": steps, "primary": True},
        {"key": "pq", "wording": "Is it natural?", "scale": {**steps, "key": "steps3b"}},
    ]
    about = {"name": "Drawings", "guideline": {"text": "Look closely."}, "overlap": 1}
    reply = api(lena).post("projects/", {**about, "criteria": rubric})
    assert reply.status_code == 201, reply.content
    project = Project.objects.get(slug=reply.json()["slug"])
    set_member(project=project, user=rui, role=Role.RATER)
    acknowledge(user=rui, guideline=project.guidelines.get())
    said = [("r1", 2, 2), ("r2", 2, 1), ("r3", 1, 0)]
    labels = [{"rater": name, "answers": {"sc": {"r": a}, "pq": {"r": b}}} for name, a, b in said]
    rows: list[dict[str, Any]] = [
        {
            "id": name,
            "kind": "rate",
            "prompt": f"Draw {name}",
            "responses": [{"id": "r", "model": name, "image": f"{name}.png"}],
        }
        for name in ("red", "blue")
    ]
    rows[0]["judgments"] = labels
    take(project, lena, archive(rows, {f"{name}.png": colour(name) for name in ("red", "blue")}))
    leased = api(rui).post(f"projects/{project.slug}/next/").json()
    shown = leased["task"]["responses"][0]["messages"][0]["images"][0]
    assert (shown["width"], shown["height"]) == (30, 20)
    answers = {"sc": {"A": 0}, "pq": {"A": 1}}
    address = f"assignments/{leased['id']}/judgment/"
    assert api(rui).post(address, {"answers": answers}).status_code == 201
    folder = folder_of(built(project, recipe="ratings"))
    released = [
        row for path in (folder / "ratings").iterdir() for row in pq.read_table(path).to_pylist()
    ]
    seen = {
        (round(row["sc"], 2), row["pq"], row["raters"], _colour(row["response_images"]))
        for row in released
    }
    assert seen == {
        (1.67, 1.0, 3, (255, 0, 0)),
        (0.0, 1.0, 1, (0, 0, 255)),
    }


def _colour(pictures: list[dict[str, Any]]) -> tuple[int, ...]:
    (held,) = pictures
    pixel = Image.open(io.BytesIO(held["bytes"])).convert("RGB").getpixel((2, 2))
    assert isinstance(pixel, tuple)
    return tuple(map(int, pixel))


def test_the_page_of_a_release_counts_its_pictures_in_one_line(
    shown: Project, built: Build, client_for: Callable[[User], Client], lena: User
) -> None:
    release = built(shown, recipe="raw")
    page = client_for(lena).get(f"/p/{shown.slug}/releases/{release.number}/").content.decode()
    assert "2 pictures, named by their own SHA-256" in page
    assert ".png" not in page
    assert release.counts["figures"]["responses_empty"] == 0


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
    regions = json.loads(file.read_text())["regions"]
    assert [(region["x"], region["w"], region["note"]) for region in regions] == [
        (0.1, 1 / 3, "Blue."),
        (0.1, 1 / 3, ""),
    ]
    again = create_project(name="Again", created_by=lena, criteria=[ASKED])
    take(again, lena, out.getvalue())
    assert marked(again) == marked(shown)
    assert len(marked(again)) == len(regions)


def marked(project: Project) -> set[tuple[object, ...]]:
    """Every region that people marked, by the id of its response."""
    columns = ("response__external_id", "message", "image", "x", "y", "w", "h", "polarity")
    names = ("criterion__key", "flag", "principle__number", "note")
    own = Region.objects.filter(judgment__project=project)
    return set(own.values_list(*columns, *names))


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"w": 0.95}, "judgments[0].regions[0]", "Leaves its picture"),
        ({"h": 0}, "judgments[0].regions[0]", "Has no size"),
        ({"x": "0.1"}, "judgments[0].regions[0].x", "a number from 0 to 1"),
        ({"y": 7}, "judgments[0].regions[0].y", "a number from 0 to 1"),
        ({"image": 1}, "judgments[0].regions[0].image", "There is no such picture"),
        ({"message": 1}, "judgments[0].regions[0].message", "There is no such message"),
        ({"response": "c"}, "judgments[0].regions[0].response", "is no response of this row"),
        ({"criterion": "hue"}, "judgments.hue", "has no criterion “hue”"),
        ({"start": 1}, "judgments[0].regions[0]", "“start” is unknown"),
    ],
)
def test_a_region_of_a_label_that_does_not_fit_is_refused_by_field(
    project: Project,
    lena: User,
    settings: Any,
    tmp_path: Path,
    change: dict[str, object],
    field: str,
    reason: str,
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    box = {"response": "a", "x": 0.1, "y": 0.2, "w": 0.3, "h": 0.4, "polarity": "praise"}
    region = {**box, "criterion": "overall", **change}
    row = {**PAIR, "judgments": [{"rater": "ann", "overall": 1, "regions": [region]}]}
    pictures = {"red.png": colour("red"), "sub/blue.png": colour("blue")}
    content = archive([row], pictures)
    import_ = create_import(project=project, created_by=lena, filename="x.zip", content=content)
    run_import(import_.pk)
    (refusal,) = import_.refusals.all()
    assert (refusal.line, refusal.field) == (1, field)
    assert reason in refusal.reason


#: Formats that carry pictures, with the recipe that fills them and the table that comes in again.
CARRIED = [
    *(("native", "preference", kind) for kind in ("parquet", "jsonl")),
    *(("trl", "data", kind) for kind in ("parquet", "jsonl")),
    *(("trl-implicit", "data", kind) for kind in ("parquet", "jsonl")),
    *(("native", "judgments", kind) for kind in ("parquet", "jsonl")),
    *(("judgments", "data", kind) for kind in ("parquet", "jsonl")),
    *(("listwise", "data", kind) for kind in ("parquet", "jsonl")),
    ("native", "kto", "parquet"),
    ("trl-unpaired", "data", "parquet"),
]
_NAMED = {"judgments"}


@pytest.mark.parametrize(("format", "table", "kind"), CARRIED, ids=map("-".join, CARRIED))
def test_a_release_with_pictures_comes_in_again_with_the_same_ones(
    shown: Project, built: Build, lena: User, format: str, table: str, kind: str
) -> None:
    recipe = "kto" if format == "trl-unpaired" else "raw"
    release = built(shown, recipe=recipe, format=format, file_type=kind)
    assert release.state == "done", release.error
    folder = folder_of(release)
    (file,) = (folder / table).glob(f"*.{kind}")
    content = file.read_bytes()
    if kind == "jsonl" or table in _NAMED or format in _NAMED:
        # As whoever packs the folder has them, with its name before all others.
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as packed:
            packed.write(file, f"release/{table}/{file.name}")
            for path in (folder / "images").iterdir():
                packed.write(path, f"release/images/{path.name}")
        content = out.getvalue()
    again = create_project(name="Again", created_by=lena, criteria=[ASKED, THUMB])
    import_ = create_import(
        project=again,
        created_by=lena,
        filename=file.name,
        content=content,
        options=ImportOptions(label_rater="rui", yes=True),
    )
    run_import(import_.pk)
    import_.refresh_from_db()
    assert not import_.counts["refused"], list(import_.refusals.values())
    assert import_.options["left_out"] == {}
    kept = set(Picture.objects.filter(project=shown).values_list("sha256", flat=True))
    assert set(Picture.objects.filter(project=again).values_list("sha256", flat=True)) == kept
    tasks = list(Task.objects.filter(project=again).select_related("prompt"))
    for task in tasks:
        assert pictures_in(task.prompt.messages)[0]["sha256"] == sha256(colour("red")).hexdigest()
        assert not [name for name in task.prompt.metadata if "images" in name]
    before = preferred(Task.objects.get(project=shown))
    assert {preferred(task) for task in tasks} - {""} == {before}


def preferred(task: Task) -> str:
    """The picture of the response that its one judgment prefers, or finds good."""
    (judgment,) = Judgment.objects.filter(task=task)
    (answer,) = judgment.answers.all()
    value = answer.value or 0
    place = 0 if task.kind == TaskKind.RATE or value < 0 else 1
    response = Response.objects.get(pk=task.response_ids[place])
    assert response.content == ""
    if task.kind == TaskKind.RATE and not value:
        return ""
    picture: str = pictures_in(response.messages)[0]["sha256"]
    return picture


def test_a_release_comes_as_one_zip_a_piece_at_a_time(
    shown: Project, built: Build, lena: User, client_for: Callable[[User], Client]
) -> None:
    release = built(shown, recipe="raw")
    large = folder_of(release) / "images" / "large.png"
    with large.open("wb") as out:
        for _ in range(24):
            out.write(os.urandom(1 << 20))
    release.files.append({"name": "images/large.png", "size": 24 << 20, "sha256": ""})
    release.save()
    address = f"/api/v1/projects/{shown.slug}/releases/{release.number}/archive/"
    reply = client_for(lena).get(address)
    assert (reply.status_code, reply["Content-Type"]) == (200, "application/zip")
    tracemalloc.start()
    sizes = [len(piece) for piece in reply.streaming_content]  # type: ignore[attr-defined]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(sizes) > 24 << 20
    assert max(sizes) < 1 << 20
    assert peak < 8 << 20, "whatever it holds"
