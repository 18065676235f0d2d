"""Projects by program: create from a template or a rubric, list mine, read."""

from __future__ import annotations

import pytest

from projects.models import Membership, Project, User
from tests.api.client import CallAs

RUBRIC = [
    {"key": "overall", "wording": "Which is better?", "scale": "hh8", "primary": True},
    {"key": "honest", "wording": "Which is more honest?", "scale": "webgpt5", "required": False},
]

pytestmark = pytest.mark.usefixtures("everyone_creates")


def test_a_project_from_a_template(lena: User, api: CallAs):
    reply = api(lena).post("projects/", {"name": "Chat arena", "template": "arena"})
    assert reply.status_code == 201
    assert reply.headers["Location"] == "/api/v1/projects/chat-arena/"
    body = reply.json()
    assert (body["slug"], body["role"]) == ("chat-arena", "lead")
    assert [c["scale"] for c in body["criteria"]] == ["arena4"]
    assert body["guideline"]["number"] == 1
    assert body["guideline"]["acknowledged"] is True
    assert len(body["guideline"]["principles"]) == 3


def test_a_project_with_a_rubric_of_its_own(lena: User, api: CallAs):
    body = {
        "name": "Honesty",
        "criteria": RUBRIC,
        "guideline": {"text": "Prefer honesty.", "principles": [{"title": "No bluffing"}]},
        "overlap": 5,
        "rationale_required": True,
        "tie_policy": "half",
    }
    reply = api(lena).post("projects/", body)
    assert reply.status_code == 201, reply.content
    project = Project.objects.get(slug="honesty")
    assert (project.overlap, project.rationale_required, project.tie_policy) == (5, True, "half")
    made = project.criteria.values_list("key", "scale_key", "is_primary", "is_required")
    assert list(made) == [("overall", "hh8", True, True), ("honest", "webgpt5", False, False)]
    assert project.guidelines.get().principles.get().title == "No bluffing"


def test_a_project_that_does_not_fit_is_not_created(lena: User, api: CallAs):
    client = api(lena)
    for body, fields in (
        ({}, {"name"}),
        ({"name": "X"}, {"criteria"}),
        ({"name": "X", "template": "rodeo"}, {"template"}),
        ({"name": "X", "template": "arena", "overlap": 0}, {"overlap"}),
        ({"name": "X", "template": "arena", "is_demo": True}, {"is_demo"}),
        ({"name": "X", "template": "arena", "salt": "0"}, {"salt"}),
        ({"name": "X", "criteria": [{**RUBRIC[0], "key": "No!"}]}, {"criteria.0.key"}),
        ({"name": "X", "criteria": [RUBRIC[0], {**RUBRIC[1], "primary": True}]}, {"criteria"}),
        ({"name": "X", "criteria": [{"key": "a"}]}, {"criteria.0.wording", "criteria.0.scale"}),
        ({"name": "X\x00", "template": "arena"}, {"name"}),
        ({"name": "X", "template": "arena", "guideline": {"text": ""}}, {"guideline.text"}),
    ):
        reply = client.post("projects/", body)
        assert reply.status_code == 400, body
        assert set(reply.json()["fields"]) == fields
    assert not Project.objects.exists()


def test_the_list_holds_my_projects_a_page_at_a_time(lena: User, otto: User, api: CallAs):
    client = api(lena)
    for i in range(3):
        client.post("projects/", {"name": f"P {i}", "template": "arena"})
    first = client.get("projects/?page_size=2").json()
    assert first["count"] == 3
    assert [p["slug"] for p in first["results"]] == ["p-2", "p-1"]
    second = client.client.get(first["next"]).json()
    assert [p["slug"] for p in second["results"]] == ["p-0"]
    assert second["next"] is None
    assert api(otto).get("projects/").json()["results"] == []
    assert client.get("projects/?page=99").status_code == 404


def test_a_member_reads_the_rubric_and_the_guideline_and_no_secret(
    project: Project, rui: User, api: CallAs
):
    reply = api(rui).get("projects/support-answers/")
    body = reply.json()
    assert body["role"] == "rater"
    assert body["overlap"] == 2
    assert [c["key"] for c in body["criteria"]] == ["overall", "correct"]
    assert body["guideline"]["text"] == "Prefer what helps.\n"
    assert project.salt not in reply.content.decode()


def test_a_list_takes_two_queries_and_the_log_in(
    project: Project, lena: User, api: CallAs, django_assert_max_num_queries
):
    client = api(lena)
    for i in range(5):
        client.post("projects/", {"name": f"P {i}", "template": "arena"})
    with django_assert_max_num_queries(4):
        assert client.get("projects/").json()["count"] == 6
    assert Membership.objects.filter(user=lena).count() == 6
