"""Rules through the doors of raters: each response against each principle of the guideline."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from labeling.models import Answer, Judgment
from projects.guidelines.services import acknowledge, publish_guideline
from projects.models import Project, Role, User
from projects.project_templates import CriterionSpec, GuidelineSpec, PrincipleSpec
from projects.services.members import set_member
from projects.services.projects import create_project
from tests.api.client import CallAs
from tests.conftest import MakeTasks

QUESTIONS = [
    CriterionSpec("rule", "Does it keep the rule?", "sparrow_rule5", is_primary=True),
    CriterionSpec("refusal", "Does it do what was asked?", "refusal3", is_required=False),
]

THREE = [
    PrincipleSpec("Say what you know", "No numbers that do not exist."),
    PrincipleSpec("Keep the limits"),
    PrincipleSpec("Be kind"),
]
ONE, TWO = ("One of {i}.",), ("One of {i}.", "Two of {i}.")


@pytest.fixture
def rules(lena: User, rui: User) -> Project:
    """A project whose second version of the guideline has two of its three principles left."""
    project = create_project(
        name="Rules",
        created_by=lena,
        criteria=QUESTIONS,
        guideline=GuidelineSpec(text="Check.", principles=THREE),
        settings={"overlap": 1},
    )
    spec = GuidelineSpec("Check.", change_note="One less.", principles=THREE[:2])
    set_member(project=project, user=rui, role=Role.RATER)
    acknowledge(
        user=rui, guideline=publish_guideline(project=project, published_by=lena, spec=spec)
    )
    return project


def take(api: CallAs, user: User, project: Project) -> dict[str, Any]:
    """The next task of a rater."""
    body: dict[str, Any] = api(user).post(f"projects/{project.slug}/next/").json()
    return body


def test_each_response_is_checked_against_each_principle_and_reads_back_as_it_was_sent(
    rules: Project,
    lena: User,
    rui: User,
    make_tasks: MakeTasks,
    api: CallAs,
    client_for: Callable[[User], Client],
):
    (task,) = make_tasks(rules, 1, kind="rule", contents=TWO)
    leased = take(api, rui, rules)
    asked = [(c["key"], c["answer"], c["per"]) for c in leased["task"]["criteria"]]
    assert asked == [("rule", "ordinal", "response"), ("refusal", "ordinal", "response")]
    named = [(p["number"], p["key"], p["title"]) for p in leased["task"]["principles"]]
    assert named == [(1, "v1p1", "Say what you know"), (2, "v1p2", "Keep the limits")]
    answers = {
        "rule": {"A": {"P1": -2, "P2": 0}, "B": {"P2": 2, "P1": 1}},
        "refusal": {"A": 0, "B": 2},
    }
    reply = api(rui).post(f"assignments/{leased['id']}/judgment/", {"answers": answers})
    assert (reply.status_code, reply.json()["answers"]) == (201, answers)
    order = task.assignments.get().shown_order
    rows = Answer.objects.filter(criterion__key="rule").values_list(
        "response_id", "principle__key", "value"
    )
    places = {pk: "AB"[order.index(place)] for place, pk in enumerate(task.response_ids)}
    assert {(places[pk], key, value) for pk, key, value in rows} == {
        ("A", "v1p1", -2),
        ("A", "v1p2", 0),
        ("B", "v1p1", 1),
        ("B", "v1p2", 2),
    }
    client_for(lena).post(f"/p/{rules.slug}/tasks/{task.pk}/votes/")
    page = client_for(lena).get(f"/p/{rules.slug}/tasks/{task.pk}/").content.decode()
    assert "<dt>P1 Say what you know</dt>" in page
    words = {
        "A": ("-2 · Definitely broken", "0 · Unsure"),
        "B": ("1 · Probably followed", "2 · Definitely followed"),
    }
    said = [words[places[pk]] for pk in task.response_ids]
    assert [dd for dd in re.findall("<dd>(.*)</dd>", page) if "·" in dd][:4] == [
        f"Response {n}: {of_response[clause]}"
        for clause in (0, 1)
        for n, of_response in enumerate(said, start=1)
    ]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"A": {"P1": -2}}, "Answer for every principle: P2 of response A is missing."),
        ({"A": {"P1": -2, "P2": 3}}, "Response A, P2: 3 is not on this scale (-2, -1, 0, 1, 2)."),
        ({"A": {"P1": -2, "P2": True}}, "Response A, P2: True is not on this scale"),
        (
            {"A": {"P1": 0, "P2": 0, "P3": 1}},
            "P3 “Be kind” is retired: version 2 of the guideline does not have it.",
        ),
        (
            {"A": {"P1": 0, "P2": 0, "P9": 1}},
            "Version 2 of the guideline has no principle P9.",
        ),
        ({"A": {"1": 0, "P2": 0}}, "“1” is no principle; they are called P1, P2, …."),
        ({"B": {"P1": 0, "P2": 0}}, "There is no response “B”; there are: A."),
        ({"A": {}}, "such as {“A”: {“P1”: -2}}"),
        ({"A": 2}, "such as {“A”: {“P1”: -2}}"),
        (2, "such as {“A”: {“P1”: -2}}"),
        ({}, "This question needs an answer."),
        (None, "This question needs an answer."),
    ],
)
def test_what_does_not_fit_a_rule_is_refused_in_words_and_nothing_is_stored(
    rules: Project, rui: User, make_tasks: MakeTasks, api: CallAs, rule: Any, words: str
):
    make_tasks(rules, 1, kind="rule", contents=ONE)
    leased = take(api, rui, rules)
    body = {"answers": {"rule": rule, "refusal": {"A": 0}}}
    reply = api(rui).post(f"assignments/{leased['id']}/judgment/", body)
    assert reply.status_code == 400
    assert words in reply.json()["fields"]["rule"], reply.json()
    assert not Judgment.objects.exists()


def test_rules_are_checked_by_form_keep_what_was_chosen_and_come_back_after_an_undo(
    rules: Project, rui: User, make_tasks: MakeTasks, client_for: Callable[[User], Client]
):
    (task,) = make_tasks(rules, 1, kind="rule", contents=ONE)
    client, desk = client_for(rui), f"/p/{rules.slug}/rate/"
    page = client.get(desk).content.decode()
    assert "No numbers that do not exist." in page
    assert "Be kind" not in page
    submit = f"{desk}{task.assignments.get().pk}/submit/"
    fields = {"answer.rule.A.P1": "-2"}
    refused = client.post(submit, fields)
    assert refused.status_code == 422
    assert "P2 of response A is missing" in refused.content.decode()
    assert 'name="answer.rule.A.P1" value="-2" checked' in refused.content.decode()
    client.post(submit, {**fields, "answer.rule.A.P2": "1"})
    levels = Answer.objects.order_by("principle__number").values_list("value", flat=True)
    assert list(levels) == [-2, 1]
    client.post(f"{desk}undo/")
    assert 'name="answer.rule.A.P2" value="1" checked' in client.get(desk).content.decode()


def test_a_task_about_one_principle_asks_about_that_one_alone(
    rules: Project, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(rules, 1, kind="rule", contents=ONE, principle_key="v1p2")
    leased = take(api, rui, rules)
    assert [p["number"] for p in leased["task"]["principles"]] == [2]
    url = f"assignments/{leased['id']}/judgment/"
    reply = api(rui).post(url, {"answers": {"rule": {"A": {"P1": 0, "P2": 2}}}})
    sentence = "This task asks about P2 alone, not about P1."
    assert (reply.status_code, reply.json()["fields"]["rule"]) == (400, sentence)
    assert api(rui).post(url, {"answers": {"rule": {"A": {"P2": 2}}}}).status_code == 201


def test_a_task_about_a_retired_principle_says_so_on_its_page(
    rules: Project, rui: User, make_tasks: MakeTasks, client_for: Callable[[User], Client]
):
    make_tasks(rules, 1, kind="rule", contents=ONE, principle_key="v1p3")
    page = client_for(rui).get(f"/p/{rules.slug}/rate/").content.decode()
    assert "no longer has a principle that this task could ask about" in page
