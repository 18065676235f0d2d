"""A rating of the conversation beside a comparison: given, refused, turned by nothing, released."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from labeling.kinds import LabelError, label_answers
from labeling.kinds.compare import COMPARE
from labeling.models import Answer, Release
from labeling.releases.services import folder_of, request_release, run_release
from projects.models import Criterion, Project, User
from projects.scales import SCALES
from tests.api.client import CallAs
from tests.conftest import MakeTasks, lease
from tests.kinds.test_compare import Asked

pytestmark = pytest.mark.django_db

DOTS = {
    "key": "talk",
    "wording": "How good is the conversation?",
    "scale": "dots5",
    "required": False,
}


@pytest.fixture
def rated(project: Project, lena: User, api: CallAs, make_tasks: MakeTasks) -> Project:
    """A project that asks for it, with two tasks."""
    reply = api(lena).post(f"projects/{project.slug}/rubric/", DOTS)
    assert reply.status_code == 201, reply.json()
    make_tasks(project, 2, overlap=2)
    return project


def submit(api: CallAs, user: User, project: Project, **answers: Any) -> Any:
    assignment = lease(user, project)
    sent = {"answers": {"overall": -1, **answers}}
    return api(user).post(f"assignments/{assignment.pk}/judgment/", sent)


def test_it_is_one_number_whichever_response_stands_first_and_comes_back_as_given(
    rated: Project,
    api: CallAs,
    lena: User,
    rui: User,
    sam: User,
    client_for: Callable[[User], Client],
    tmp_path,
    settings,
):
    settings.RELEASES_DIR = tmp_path
    page = client_for(rui).get(f"/p/{rated.slug}/rate/").content.decode()
    assert 'name="answer.talk" value="5"' in page
    assert "Bad" in page
    for wrong in (0, 6, "good", {"A": 3}, True):
        reply = submit(api, rui, rated, talk=wrong)
        assert (reply.status_code, list(reply.json()["fields"])) == (400, ["talk"]), wrong
    for user, marks in ((rui, (4, 2)), (sam, (4, 3))):
        for mark in marks:
            reply = submit(api, user, rated, talk=mark)
            assert reply.status_code == 201, reply.json()
            assert reply.json()["answers"]["talk"] == mark
    undone = api(sam).post(f"projects/{rated.slug}/undo/").json()
    assert undone["taken_back"]["answers"]["talk"] == 3
    submit(api, sam, rated, talk=3)
    rows = Answer.objects.filter(criterion__key="talk")
    assert rows.exists()
    assert not rows.filter(response__isnull=False).exists()

    figures = api(lena).get(f"projects/{rated.slug}/agreement/").json()["criteria"]["talk"]
    assert (figures["answer"], figures["percent_agreement"]["value"]) == ("conversation", 0.5)
    assert figures["counts"]["responses"] == 2
    page = client_for(lena).get(f"/p/{rated.slug}/agreement/").content.decode()
    assert "Ratings of the conversation" in page
    assert "responses" not in page.split("Ratings of the conversation")[1].split("</table>")[0]
    assert "Two raters give a task the same answer." in page
    table = StringIO()
    call_command("agreement", rated.slug, stdout=table)
    assert "\ntalk\n  same answer" in table.getvalue()
    it_is_released(api, lena, rated)


def it_is_released(api: CallAs, lena: User, rated: Project) -> None:
    """In the rows of judgments, and in no recipe."""
    release = request_release(
        project=rated, recipe="raw", format="native", file_type="jsonl", created_by=lena
    )
    run_release(release.pk)
    folder = folder_of(Release.objects.get())
    lines = [line for path in folder.glob("judgments/*") for line in path.read_text().splitlines()]
    said = [
        answer["value"]
        for line in lines
        for answer in json.loads(line)["answers"]
        if answer["criterion"] == "talk"
    ]
    assert sorted(said) == [2, 3, 4, 4]
    body = {"recipe": "majority", "format": "native", "criteria": ["talk"]}
    refused = api(lena).post(f"projects/{rated.slug}/releases/", body).json()
    assert "no recipe is made on it" in refused["fields"]["criteria"], refused


def test_it_is_never_primary_and_stands_beside_a_comparison_alone(
    api: CallAs, lena: User, project: Project
):
    for criteria in (
        [{**DOTS, "primary": True, "required": True}],
        [{"key": "o", "wording": "In order?", "scale": "ranking", "primary": True}, DOTS],
    ):
        reply = api(lena).post("projects/", {"name": "No", "criteria": criteria})
        assert reply.status_code == 400, reply.json()
    assert Project.objects.count() == 1
    assert not Criterion.objects.filter(scale_key="dots5").exists()


def test_a_label_says_it_as_one_number():
    talk = Asked("talk", is_primary=False, scale=SCALES["dots5"])
    (answer,) = label_answers(COMPARE, [talk], {"talk": 5}, {}, ["a", "b"])
    assert (answer.value, answer.response) == (5, None)
    assert COMPARE.canonical(answer, [1, 0]) == answer
    for wrong in (9, {"a": 3}, "good"):
        with pytest.raises(LabelError, match="is not on this question's scale"):
            label_answers(COMPARE, [talk], {"talk": wrong}, {}, ["a", "b"])
