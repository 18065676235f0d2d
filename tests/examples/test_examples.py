"""The kind, the recipe and the page of docs/contributing.md, each used through its doors."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from labeling.datasets.recipes import RECIPES
from labeling.kinds import KINDS
from labeling.models import Answer, Judgment, Task
from projects import navigation, scales
from projects.guidelines.services import acknowledge
from projects.models import Project, Role, User
from projects.project_templates import CriterionSpec, GuidelineSpec
from projects.services.members import set_member
from projects.services.projects import create_project
from tests.api.client import CallAs
from tests.conftest import MakeTasks, judge, lease
from tests.examples.same import SAME, SAME_SCALE
from tests.examples.unanimous import Unanimous

ClientFor = Callable[[User], Client]


@pytest.fixture
def same(monkeypatch: pytest.MonkeyPatch, lena: User, rui: User, sam: User) -> Project:
    """A project that asks whether two responses say the same."""
    monkeypatch.setitem(KINDS, SAME.key, SAME)
    monkeypatch.setitem(scales.SCALES, SAME_SCALE.key, SAME_SCALE)
    project = create_project(
        name="Twins",
        created_by=lena,
        criteria=[CriterionSpec("same", "Do both say the same?", "same2", is_primary=True)],
        guideline=GuidelineSpec(text="Meaning counts, words do not.", principles=()),
        settings={"overlap": 2},
    )
    for rater in (rui, sam):
        set_member(project=project, user=rater, role=Role.RATER)
        acknowledge(user=rater, guideline=project.guidelines.get())
    return project


def test_a_new_kind_is_shown_checked_stored_and_read_in_words(
    same: Project, lena: User, rui: User, make_tasks: MakeTasks, client_for: ClientFor
):
    (task,) = make_tasks(same, 1, kind="same")
    rater = client_for(rui)
    page = rater.get(f"/p/{same.slug}/rate/").content.decode()
    assert 'name="answer.same" value="1"' in page
    assignment = task.assignments.get()
    submit = f"/p/{same.slug}/rate/{assignment.pk}/submit/"
    refused = rater.post(submit, {"answer.same": "7"})
    assert (refused.status_code, Judgment.objects.count()) == (422, 0)
    assert "Answer 1 for yes or 0 for no." in refused.content.decode()
    rater.post(submit, {"answer.same": "1"})
    judgment = Judgment.objects.get()
    assert (judgment.ui_version, judgment.answers.get().value) == ("same-1", 1)
    client_for(lena).post(f"/p/{same.slug}/tasks/{task.pk}/votes/")
    read = client_for(lena).get(f"/p/{same.slug}/tasks/{task.pk}/").content.decode()
    assert "they say the same" in read


def test_its_answers_do_not_turn_with_the_screen(
    same: Project, rui: User, sam: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(same, 1, kind="same")
    bodies = []
    for rater in (rui, sam):
        taken = api(rater).post(f"projects/{same.slug}/next/").json()
        assert taken["task"]["kind"] == "same"
        body = {"answers": {"overall": 1}}
        bodies.append(api(rater).post(f"assignments/{taken['id']}/judgment/", body).json())
    assert [body["answers"] for body in bodies] == [{"same": 1}, {"same": 1}]
    assert list(Answer.objects.values_list("value", flat=True)) == [1, 1]


def test_its_agreement_is_no_preference_s(
    same: Project, rui: User, sam: User, make_tasks: MakeTasks, capsys: Any
):
    make_tasks(same, 3, kind="same")
    for rater in (rui, sam):
        for _ in range(3):
            judge(rater, lease(rater, same), 1)
    Task.objects.update(source_order=[1, 0])
    for order in ("any", "source"):
        call_command("agreement", same.slug, "--json", "--order", order)
        figures = json.loads(capsys.readouterr().out)["criteria"]["same"]
        assert figures["values"] == [{"value": 0, "count": 0}, {"value": 1, "count": 6}]
        assert figures["percent_agreement"]["exact"]["value"] == 1
        assert "mirror images" not in json.dumps(figures)


def test_a_new_recipe_makes_a_release(
    project: Project,
    rui: User,
    sam: User,
    make_tasks: MakeTasks,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    tmp_path: Path,
):
    monkeypatch.setitem(RECIPES, Unanimous.key, Unanimous)
    settings.RELEASES_DIR = tmp_path / "releases"
    make_tasks(project, 3)
    for rater in (rui, sam):
        for place in range(3):
            assignment = lease(rater, project)
            towards = 1 if rater == sam and place == 0 else -1
            first = assignment.shown_order[0] == 0
            judge(rater, assignment, towards if first else -towards)
    out = tmp_path / "out"
    shape = ["--recipe", "unanimous", "--format", "trl", "--out", str(out)]
    call_command("create_release", project.slug, *shape)
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["parameters"]["recipe"] == "unanimous"
    assert "all for the same response" in (out / "README.md").read_text()


@pytest.fixture
def reasons_page(settings: Any) -> Any:
    """The page of reasons with its address and its tab."""
    settings.ROOT_URLCONF = "tests.examples.rationales"
    settings.NAVIGATION = "tests.examples.rationales.navigation"
    settings.TEMPLATES = [
        {**engine, "DIRS": [*engine["DIRS"], Path(__file__).with_name("templates")]}
        for engine in settings.TEMPLATES
    ]
    navigation._pages.cache_clear()
    yield
    navigation._pages.cache_clear()


@pytest.mark.usefixtures("reasons_page")
def test_a_new_page_has_a_tab_for_those_who_may_and_is_closed_to_others(
    project: Project,
    lena: User,
    rui: User,
    otto: User,
    make_tasks: MakeTasks,
    client_for: ClientFor,
):
    address = f"/p/{project.slug}/rationales/"
    assert "Nobody has given a reason yet." in client_for(lena).get(address).content.decode()
    make_tasks(project, 1)
    judge(rui, lease(rui, project), rationale="<b>Clearer</b>")
    page = client_for(lena).get(address).content.decode()
    assert "&lt;b&gt;Clearer&lt;/b&gt;" in page
    assert f'href="{address}"' in client_for(lena).get(f"/p/{project.slug}/tasks/").content.decode()
    codes = [client_for(user).get(address).status_code for user in (rui, otto)]
    assert codes == [403, 404]
