"""Rankings and ratings through the doors of raters: API, page and form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from labeling.models import Answer, Judgment, Response, Task
from projects.guidelines.services import acknowledge
from projects.models import Project, Role, User
from projects.project_templates import CriterionSpec, GuidelineSpec
from projects.services.members import set_member
from projects.services.projects import create_project
from tests.api.client import CallAs
from tests.conftest import MakeTasks

QUESTIONS = [
    CriterionSpec("order", "Which are better?", "ranking", is_primary=True),
    CriterionSpec("helpful", "How helpful is it?", "helpsteer5_helpfulness", is_primary=True),
    CriterionSpec("safe", "Is it safe?", "yes_no", is_required=False),
]
FOUR = ("One of {i}.", "Two of {i}.", "Three of {i}.", "Four of {i}.")


@pytest.fixture
def mixed(lena: User, rui: User) -> Project:
    """A project that ranks responses and rates them by themselves."""
    project = create_project(
        name="Orders",
        created_by=lena,
        criteria=QUESTIONS,
        guideline=GuidelineSpec(text="Helpful first.", principles=()),
        settings={"overlap": 1},
    )
    set_member(project=project, user=rui, role=Role.RATER)
    acknowledge(user=rui, guideline=project.guidelines.get())
    return project


def take(api: CallAs, user: User, project: Project) -> dict[str, Any]:
    """The next task of a rater."""
    body: dict[str, Any] = api(user).post(f"projects/{project.slug}/next/").json()
    return body


def stored(project: Project) -> set[tuple[str, str, int | None, str]]:
    """Every answer: question, response, value and why there is none."""
    answers = Answer.objects.filter(judgment__project=project, judgment__is_current=True)
    rows = answers.values_list("criterion__key", "response__external_id", "value", "unsaid")
    return set(rows)


def test_a_ranking_is_stored_by_response_and_reads_back_as_it_was_sent(
    mixed: Project, rui: User, make_tasks: MakeTasks, api: CallAs
):
    (task,) = make_tasks(mixed, 1, kind="rank", contents=FOUR)
    leased = take(api, rui, mixed)
    criteria = {c["key"]: (c["answer"], c["per"]) for c in leased["task"]["criteria"]}
    assert criteria == {
        "order": ("ranking", "task"),
        "helpful": ("ordinal", "response"),
        "safe": ("yes_no", "response"),
    }
    answers = {
        "overall": [["C"], [], ["A", "D"], ["B"]],
        "helpful": {"A": 3, "B": 0, "C": 4, "D": 3},
        "safe": {"A": 1, "B": "unsure", "C": 1, "D": "not_applicable"},
    }
    body = api(rui).post(f"assignments/{leased['id']}/judgment/", {"answers": answers})
    assert body.status_code == 201, body.content
    assert body.json()["answers"] == {
        "order": [["C"], ["A", "D"], ["B"]],
        "helpful": answers["helpful"],
        "safe": answers["safe"],
    }
    order = task.assignments.get().shown_order
    by_id = Response.objects.in_bulk(task.response_ids)
    names = [by_id[task.response_ids[place]].external_id for place in order]
    values = {(key, name): value for key, name, value, _ in stored(mixed)}
    assert [values["order", name] for name in names] == [2, 3, 1, 2]
    assert [values["helpful", name] for name in names] == [3, 0, 4, 3]
    assert {unsaid for key, _, value, unsaid in stored(mixed) if value is None} == {
        *("unsure", "not_applicable")
    }


@pytest.mark.parametrize(
    ("answers", "key", "words"),
    [
        ({"order": [["A"], ["B", "C"]]}, "order", "D has no place yet"),
        ({"order": [["A", "A"], ["B", "C", "D"]]}, "order", "Response A has two places"),
        ({"order": [["A"], ["B"], ["C"], ["E"]]}, "order", "no response “E”"),
        ({"order": [1, 2, 3, 4]}, "order", "list of bands"),
        ({"order": -1}, "order", "list of bands"),
        ({}, "order", "needs an answer"),
        ({"helpful": {"A": 1}}, "helpful", "B, C, D is missing"),
        ({"helpful": {"A": 7, "B": 0, "C": 0, "D": 0}}, "helpful", "Response A: 7 is not on"),
        ({"helpful": {"A": True, "B": 0, "C": 0, "D": 0}}, "helpful", "Response A: True is not"),
        ({"helpful": 3}, "helpful", "for each response"),
        ({"safe": {"Z": 1}}, "safe", "no response “Z”"),
        ({"colour": 3}, "colour", "Unknown criterion"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_question_and_nothing_is_stored(
    mixed: Project,
    rui: User,
    make_tasks: MakeTasks,
    api: CallAs,
    answers: dict[str, Any],
    key: str,
    words: str,
):
    make_tasks(mixed, 1, kind="rank", contents=FOUR)
    leased = take(api, rui, mixed)
    body = api(rui).post(f"assignments/{leased['id']}/judgment/", {"answers": answers})
    assert body.status_code == 400
    assert words in body.json()["fields"][key]
    assert not Judgment.objects.exists()


def test_a_form_ranks_and_rates_without_a_script_and_comes_back_after_an_undo(
    mixed: Project,
    rui: User,
    make_tasks: MakeTasks,
    client_for: Callable[[User], Client],
):
    make_tasks(mixed, 1, kind="rank", contents=FOUR)
    client = client_for(rui)
    page = client.get(f"/p/{mixed.slug}/rate/").content.decode()
    assert 'name="answer.order.D"' in page
    assert 'name="answer.helpful.D" value="4"' in page
    fields = {"answer.order.A": "2", "answer.order.B": "4", "answer.order.C": "1"}
    fields |= {f"answer.helpful.{slot}": "3" for slot in "ABCD"}
    submit = f"/p/{mixed.slug}/rate/{Task.objects.get().assignments.get().pk}/submit/"
    refused = client.post(submit, fields)
    assert (refused.status_code, Judgment.objects.count()) == (422, 0)
    assert "D has no place yet" in refused.content.decode()
    client.post(submit, {**fields, "answer.order.D": "2"})
    places = [value or 0 for key, _, value, _ in stored(mixed) if key == "order"]
    assert sorted(places) == [1, 2, 2, 3]
    client.post(f"/p/{mixed.slug}/rate/undo/")
    again = client.get(f"/p/{mixed.slug}/rate/").content.decode()
    assert 'name="answer.order.B" value="3"' in again
    assert again.count('value="3" checked') == 4


def test_one_response_is_rated_and_read_in_words(
    mixed: Project,
    lena: User,
    rui: User,
    make_tasks: MakeTasks,
    api: CallAs,
    client_for: Callable[[User], Client],
):
    (task,) = make_tasks(mixed, 1, kind="rate", contents=FOUR[:1])
    leased = take(api, rui, mixed)
    assert [c["key"] for c in leased["task"]["criteria"]] == ["helpful", "safe"]
    answers = {"overall": {"A": 2}, "safe": {"A": 0}}
    body = api(rui).post(f"assignments/{leased['id']}/judgment/", {"answers": answers})
    assert body.json()["answers"] == {"helpful": {"A": 2}, "safe": {"A": 0}}
    client_for(lena).post(f"/p/{mixed.slug}/tasks/{task.pk}/votes/")
    read = client_for(lena).get(f"/p/{mixed.slug}/tasks/{task.pk}/").content.decode()
    assert "Response 1: 2 · Partially helpful" in read
