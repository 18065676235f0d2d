"""Objectives that pull apart: judged at once or in two passes, counted, and released by axis."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from labeling.imports.services import run_import
from labeling.models import Import, Judgment, Release, Task
from labeling.releases.services import folder_of, request_release, run_release
from projects.guidelines.services import acknowledge
from projects.models import Project, Role, User
from projects.services.members import set_member
from tests.api.client import CallAs
from tests.conftest import MakeTasks

pytestmark = pytest.mark.django_db

SCALE = "webgpt5"
RUBRIC = [
    {"key": "helpful", "wording": "More helpful?", "scale": SCALE, "required": False},
    {"key": "safety", "wording": "Safer?", "scale": SCALE, "required": False},
    {"key": "best", "wording": "Better overall?", "scale": SCALE, "primary": True},
]
#: Tasks on which the more helpful response is not the safer one.
APART = 6
TASKS = 20
ROWS = [
    {
        "id": f"r{i}",
        "prompt": f"How does one do number {i}?",
        "responses": [
            {"id": "safe", "content": f"With care, by way of {i}."},
            {"id": "bold", "content": f"At once, {i} times."},
        ],
    }
    for i in range(TASKS)
]


@pytest.fixture
def made(
    api: CallAs, lena: User, rui: User, sam: User, everyone_creates: None, settings, tmp_path
) -> Callable[..., Project]:
    """A project with two raters and its rows, all of it by program."""
    settings.IMPORTS_DIR, settings.RELEASES_DIR = tmp_path / "imports", tmp_path / "releases"

    def make(overall_pass: str) -> Project:
        body = {"name": "Axes", "criteria": RUBRIC, "overlap": 1, "overall_pass": overall_pass}
        reply = api(lena).post("projects/", body)
        assert reply.status_code == 201, reply.json()
        assert reply.json()["overall_pass"] == overall_pass
        project = Project.objects.get(slug=reply.json()["slug"])
        for user in (rui, sam):
            set_member(project=project, user=user, role=Role.RATER)
        reply = api(lena).post(f"projects/{project.slug}/imports/", ROWS)
        run_import(reply.json()["id"])
        assert Import.objects.get().counts["created"] == TASKS
        return project

    return make


def judge_all(api: CallAs, project: Project, rater: User) -> Iterator[dict[str, Any]]:
    """Judges what there is for a rater: safer is the safe one, overall goes with helpful."""
    client = api(rater)
    while (reply := client.post(f"projects/{project.slug}/next/")).status_code == 200:
        leased = reply.json()
        task = leased["task"]
        number = int(task["messages"][0]["content"].rsplit(" ", 1)[1].rstrip("?"))
        safe_first = task["responses"][0]["content"].startswith("With care")
        to_safe = -2 if safe_first else 2
        helpful = -to_safe if number < APART else to_safe
        said = {"helpful": helpful, "safety": to_safe, "best": helpful}
        answers = {question["key"]: said[question["key"]] for question in task["criteria"]}
        sent = client.post(f"assignments/{leased['id']}/judgment/", {"answers": answers})
        assert sent.status_code == 201, sent.json()
        yield {**task, "answers": answers}


def rows_of(release: Release, table: str) -> list[dict[str, Any]]:
    """The rows of one table, written as JSON Lines."""
    files = sorted((folder_of(release) / table).glob("*.jsonl"))
    return [json.loads(line) for path in files for line in path.read_text().splitlines()]


def judge_in_passes(
    api: CallAs, project: Project, raters: tuple[User, User], overall_pass: str
) -> None:
    """One rater judges, or the passes are judged by whom the setting names and by nobody else."""
    rui, sam = raters
    seen = [len(task["answers"]) for task in judge_all(api, project, rui)]
    if not overall_pass:
        assert seen == [3] * TASKS
        return
    second, other = (rui, sam) if overall_pass == "same" else (sam, rui)
    assert seen[:TASKS] == [2] * TASKS
    later = seen[TASKS:] or [len(task["answers"]) for task in judge_all(api, project, second)]
    assert later == [1] * TASKS
    assert not list(judge_all(api, project, other))
    judged = Judgment.objects.filter(task__first_pass__isnull=False)
    assert {judgment.rater for judgment in judged} == {second}


def released(api: CallAs, lena: User, project: Project) -> Release:
    """A release of every comparison, a file for each."""
    body = {
        "recipe": "majority",
        "format": "trl",
        "file_type": "jsonl",
        "criteria": ["helpful", "safety", "best"],
        "file_per_criterion": True,
    }
    reply = api(lena).post(f"projects/{project.slug}/releases/", body)
    assert reply.status_code == 202, reply.json()
    run_release(Release.objects.get().pk)
    release = Release.objects.get()
    assert release.state == "done", release.error
    return release


@pytest.mark.parametrize(
    "overall_pass", ["others", *(pytest.param(way, marks=pytest.mark.walk) for way in ("", "same"))]
)
def test_six_of_twenty_pull_apart_and_the_file_of_safety_has_the_safe_one_chosen_in_all(
    made: Callable[..., Project],
    api: CallAs,
    lena: User,
    rui: User,
    sam: User,
    client_for: Callable[[User], Client],
    overall_pass: str,
):
    project = made(overall_pass)
    judge_in_passes(api, project, (rui, sam), overall_pass)

    axes = api(lena).get(f"projects/{project.slug}/agreement/").json()["axes"]
    conflict = axes["conflict"]
    assert (conflict["value"], conflict["n"]) == (0.3, TASKS)
    assert [round(conflict[end], 3) for end in ("low", "high")] == [0.145, 0.519]
    assert [(row["axis"], row["same"], row["opposite"]) for row in axes["with_overall"]] == [
        ("helpful", TASKS, 0),
        ("safety", TASKS - APART, APART),
    ]
    assert [(pair["a"], pair["b"]) for pair in axes["pairs"]] == [("helpful", "safety")]
    page = client_for(lena).get(f"/p/{project.slug}/agreement/").content.decode()
    assert "Conflict 30.0% (6/20), 95% interval 14.5% to 51.9%." in page
    table = StringIO()
    call_command("agreement", project.slug, stdout=table)
    assert "overall with safety" in table.getvalue()

    release = released(api, lena, project)
    safety = rows_of(release, "data-safety")
    assert [row["chosen"][0]["content"][:9] for row in safety] == ["With care"] * TASKS
    helpful = [row["chosen"][0]["content"] for row in rows_of(release, "data-helpful")]
    assert sum(text.startswith("With care") for text in helpful) == TASKS - APART
    assert len(rows_of(release, "data-best")) == TASKS
    manifest = json.loads((folder_of(release) / "manifest.json").read_text())
    assert manifest["agreement"]["axes"]["conflict"]["value"] == 0.3
    order = manifest["axis_order"]
    assert (order["questions"], order["overall"]) == (["helpful", "safety", "best"], "last")
    words = {"same": "same raters", "others": "other raters"}.get(overall_pass)
    passes = {"first pass": TASKS, f"second pass, {words}": TASKS}
    assert order["tasks"] == (passes if overall_pass else {"at once": TASKS})
    card = (folder_of(release) / "README.md").read_text()
    assert "| axes: conflict | 0.300 | 0.145 to 0.519 | 20 |" in card
    assert ("has a task of its own" if overall_pass else "is asked last") in card


def test_ratings_of_both_stand_beside_overall_and_pairs_fall_into_bins_by_safety(
    api: CallAs,
    lena: User,
    rui: User,
    project: Project,
    make_tasks: MakeTasks,
    client_for: Callable[[User], Client],
    tmp_path,
    settings,
):
    settings.RELEASES_DIR = tmp_path
    body = {"name": "Strength", "template": "strength", "overlap": 1}
    made = Project.objects.get(slug=api(lena).post("projects/", body).json()["slug"])
    set_member(project=made, user=rui, role=Role.RATER)
    acknowledge(user=rui, guideline=made.guidelines.get())
    make_tasks(made, 4)
    client = api(rui)
    for first, second in ((1, 0), (1, 1), (0, 0), (0, 1)):
        leased = client.post(f"projects/{made.slug}/next/").json()
        said = {"overall": -3, "safe": {"A": first, "B": second}}
        sent = client.post(f"assignments/{leased['id']}/judgment/", {"answers": said})
        assert sent.status_code == 201, sent.json()
    axes = api(lena).get(f"projects/{made.slug}/agreement/").json()["axes"]
    assert {name: figure["value"] for name, figure in axes["bins"]["safe"].items()} == {
        "preferred_only": 0.25,
        "other_only": 0.25,
        "both": 0.25,
        "neither": 0.25,
    }
    (safe,) = axes["with_overall"]
    assert (safe["same"], safe["opposite"], safe["axis_level"]) == (1, 1, 2)
    page = client_for(lena).get(f"/p/{made.slug}/agreement/").content.decode()
    assert "Safe: the preferred one alone" in page
    assert "Conflict" not in page
    release = request_release(
        project=made, recipe="raw", format="native", file_type="jsonl", created_by=lena
    )
    run_release(release.pk)
    card = (folder_of(Release.objects.get()) / "README.md").read_text()
    assert "| safe: both | 0.250 |" in card
    assert "axes: conflict" not in card


def test_a_second_pass_is_withdrawn_and_comes_back_with_its_first(
    made: Callable[..., Project], api: CallAs, lena: User, rui: User, sam: User
):
    project = made("others")
    tasks = judge_all(api, project, rui)
    next(tasks)
    first = Task.objects.get(later_passes__isnull=False)
    second = first.later_passes.get()
    address = f"projects/{project.slug}/tasks/{first.pk}"
    assert api(lena).post(f"{address}/withdraw/", {"reason": "Broken."}).status_code == 200
    second.refresh_from_db()
    assert (second.withdrawn_reason, second.withdrawn_by) == ("Broken.", lena)
    assert api(lena).post(f"{address}/put-back/").status_code == 200
    assert not Task.objects.out_of_play().exists()
    # What was withdrawn by itself before stays out.
    api(lena).post(f"projects/{project.slug}/tasks/{second.pk}/withdraw/", {"reason": "Odd."})
    api(lena).post(f"{address}/withdraw/", {"reason": "Broken."})
    api(lena).post(f"{address}/put-back/")
    assert [task.pk for task in Task.objects.out_of_play()] == [second.pk]


def test_nobody_gets_the_second_pass_of_a_first_that_was_taken_back(
    made: Callable[..., Project], api: CallAs, rui: User, sam: User
):
    project = made("others")
    assert len(list(judge_all(api, project, rui))) == TASKS
    assert api(rui).post(f"projects/{project.slug}/undo/").status_code == 200
    assert len(list(judge_all(api, project, sam))) == TASKS - 1
    # Answered again, it has its second pass as ever.
    assert len(list(judge_all(api, project, rui))) == 1
    assert len(list(judge_all(api, project, sam))) == 1
