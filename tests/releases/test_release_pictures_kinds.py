"""Releases of ratings, rules and texts come in again with their pictures; a whole release, too."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from labeling.imports.looks import FileRefused
from labeling.imports.services import create_import, run_import
from labeling.models import Answer, Import, Prompt, Release, Response, Task
from labeling.pictures.selectors import pictures_in
from labeling.releases.requests import ReleaseOptions
from labeling.releases.services import folder_of
from projects.models import Project, User
from projects.project_templates import CriterionSpec, GuidelineSpec, PrincipleSpec
from projects.services.projects import create_project
from tests.imports.conftest import text
from tests.imports.test_import_pictures import BLUE, RED, archive, colour

Built = Callable[..., Release]
QUESTIONS = [
    CriterionSpec("overall", "Which is better?", "llama_eval7", is_primary=True),
    CriterionSpec("quality", "How good is it?", "summ7", is_primary=True),
    CriterionSpec("kept", "Does it keep the rule?", "sparrow_rule5", is_primary=True),
    CriterionSpec("decision", "Decision", "decision", is_primary=True),
]
PICTURES = {"red.png": RED, "blue.png": BLUE, "green.png": colour("lime")}
DRAWN = [
    {"id": "a", "content": "A wall", "image": "blue.png"},
    {"id": "b", "image": "green.png"},
]
#: What two raters say of two pictures, by the kind of task.
SAID: dict[str, dict[str, Any]] = {
    "compare": {"overall": -2},
    "rate": {"quality": {"a": 6, "b": 3}},
    "rule": {"kept": {"a": {"P1": 2, "P2": -1}, "b": {"P1": -2, "P2": 1}}},
}


def made(lena: User, name: str) -> Project:
    """A project that asks for comparisons, ratings, rules and reviews."""
    principles = [PrincipleSpec("Be true", "Do not invent."), PrincipleSpec("Be kind")]
    guideline = GuidelineSpec(text="Look closely.", principles=principles)
    return create_project(
        name=name,
        created_by=lena,
        guideline=guideline,
        criteria=QUESTIONS,
        settings={"overlap": 2},
    )


@pytest.fixture
def several(lena: User, project: Project, settings: Any, tmp_path: Path) -> Project:
    """A task of each kind that two raters judged, all with pictures in prompt and responses."""
    settings.MEDIA_ROOT = tmp_path / "media"
    first = made(lena, "First")
    rows = [
        {
            "id": kind,
            "kind": kind,
            "prompt": f"What is here, to {kind}?",
            "image": "red.png",
            "responses": DRAWN,
            "judgments": [{"rater": rater, "answers": answers} for rater in ("ann", "bo")],
        }
        for kind, answers in SAID.items()
    ]
    take(first, lena, archive(rows, PICTURES))
    return first


def take(project: Project, lead: User, content: bytes, **mapping: str) -> Import:
    """Imports a file to its end, no row of it refused."""
    import_ = create_import(
        project=project, created_by=lead, filename="x", content=content, mapping=mapping
    )
    run_import(import_.pk)
    import_.refresh_from_db()
    assert not import_.counts["refused"], list(import_.refusals.values("field", "reason"))
    assert not import_.options.get("left_out")
    return import_


def packed(folder: Path, table: str) -> bytes:
    """One table with the pictures, as somebody packs them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archived:
        for path in (*(folder / table).iterdir(), *(folder / "images").iterdir()):
            archived.write(path, path.relative_to(folder))
    return out.getvalue()


def shown(project: Project, kind: str) -> set[tuple[str, ...]]:
    """The texts of tasks of a kind with their pictures, those of prompts marked."""
    tasks = Task.objects.filter(project=project, kind=kind)
    prompts = Prompt.objects.filter(tasks__in=tasks)
    turns = [("prompt", turn) for prompt in prompts for turn in prompt.messages]
    responses = Response.objects.filter(prompt__in=prompts)
    turns += [("response", turn) for response in responses for turn in response.messages]
    return {
        (where, turn["content"], *(picture["sha256"] for picture in pictures_in([turn])))
        for where, turn in turns
    }


def said(project: Project, kind: str) -> list[tuple[Any, ...]]:
    """Every answer of tasks of a kind; raters have other names in each release."""
    answers = Answer.objects.filter(judgment__project=project, judgment__task__kind=kind)
    names = ("criterion__key", "response__external_id", "principle__number", "value")
    return sorted(answers.values_list(*names), key=str)


#: Recipe, criterion, kind of task, file type.
RELEASED = [("ratings", "quality", "rate", "jsonl"), ("rules", "kept", "rule", "jsonl")]


@pytest.mark.parametrize(("recipe", "key", "kind", "file_type"), RELEASED)
def test_ratings_and_rules_of_pictures_come_in_again_with_the_same_answers(
    several: Project, lena: User, built: Built, recipe: str, key: str, kind: str, file_type: str
) -> None:
    options = ReleaseOptions(criteria=(key,))
    folder = folder_of(built(several, recipe=recipe, file_type=file_type, options=options))
    again = made(lena, "Again")
    take(again, lena, packed(folder, "judgments"))
    assert shown(again, kind) == shown(several, kind)
    assert len(shown(again, kind)) == 3
    assert said(again, kind) == said(several, kind)
    assert len(said(again, kind)) == {"rate": 4, "rule": 8}[kind]
    if recipe == "ratings":
        # Means are nobody's answers: the pictures are there to be rated, one a task.
        take(again, lena, packed(folder, "ratings"), id="")
        ratings = Task.objects.filter(project=again, kind="rate")
        assert sorted(len(task.response_ids) for task in ratings) == [1, 1, 2]
        assert shown(again, kind) == shown(several, kind)
        return
    with pytest.raises(FileRefused, match="Import the table judgments of that release"):
        take(again, lena, packed(folder, "rules"))


@pytest.mark.parametrize(
    ("format", "table", "file_type"),
    [
        ("messages", "data", "parquet"),
        pytest.param("native", "sft", "jsonl", marks=pytest.mark.walk),
    ],
)
def test_texts_to_imitate_come_in_again_as_drafts_with_their_pictures(
    several: Project, lena: User, built: Built, format: str, table: str, file_type: str
) -> None:
    options = ReleaseOptions(criteria=("overall",))
    folder = folder_of(
        built(several, recipe="sft", format=format, file_type=file_type, options=options)
    )
    again = made(lena, "Again")
    take(again, lena, packed(folder, table), task_kind="write")
    best = {row for row in shown(several, "compare") if row[:2] != ("response", "")}
    assert shown(again, "write") == best
    assert len(best) == 2


def test_a_whole_release_comes_in_by_its_judgments_and_says_so_at_every_door(
    several: Project,
    lena: User,
    built: Built,
    client_for: Callable[[User], Client],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    release = built(several, recipe="ratings", options=ReleaseOptions(criteria=("quality",)))
    client = client_for(lena)
    address = f"/api/v1/projects/{several.slug}/releases/{release.number}/archive/"
    content = b"".join(client.get(address).streaming_content)  # type: ignore[attr-defined]
    sentence = "The archive is a release. Of its tables, “judgments” is read"
    again = made(lena, "Again")
    sent = {"file": SimpleUploadedFile("release.zip", content)}
    preview = text(client.post(f"/p/{again.slug}/imports/", sent, follow=True))
    assert sentence in preview
    sent = {"file": SimpleUploadedFile("release.zip", content)}
    reply = client.post(f"/api/v1/projects/{again.slug}/imports/", sent)
    run_import(reply.json()["id"])
    report = client.get(reply["Location"]).json()
    assert sentence in report["options"]["notices"][0]["text"]
    assert report["counts"]["refused"] == 0
    assert said(again, "rate") == said(several, "rate")
    assert shown(again, "rate") == shown(several, "rate")
    third = made(lena, "Third")
    (tmp_path / "release.zip").write_bytes(content)
    call_command("import_tasks", third.slug, str(tmp_path / "release.zip"))
    assert sentence in capsys.readouterr().out
    assert said(third, "rate") == said(several, "rate")
