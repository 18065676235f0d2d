"""The rubric by program: everything that its page can do, and nothing that the page refuses."""

from __future__ import annotations

import pytest

from projects.models import Project, User
from tests.api.client import CallAs
from tests.conftest import MakeTasks, judge, lease

pytestmark = pytest.mark.django_db

RUBRIC = "projects/support-answers/rubric/"


def test_a_program_adds_words_orders_retires_and_deletes_questions(
    project: Project, lena: User, api: CallAs
):
    call = api(lena)
    added = {"key": "safe", "wording": "Which is safer?", "scale": "arena4", "short_label": "Safe"}
    reply = call.post(RUBRIC, added)
    assert reply.status_code == 201
    assert reply["Location"].endswith(f"{RUBRIC}questions/safe/")
    ordered = call.patch(RUBRIC, {"order": ["safe", "overall", "correct"]}).json()
    assert [question["key"] for question in ordered["criteria"]] == ["safe", "overall", "correct"]
    change = {"wording": "Which is right?", "retired": True}
    changed = call.patch(f"{RUBRIC}questions/correct/", change).json()
    assert (changed["wording"], changed["retired"]) == ("Which is right?", True)
    assert call.delete(f"{RUBRIC}questions/safe/").status_code == 204
    now = call.get(RUBRIC).json()
    assert (now["version"], now["fixed"]) == (6, False)
    versions = call.get(f"{RUBRIC}versions/").json()
    assert [version["number"] for version in versions["results"]] == [6, 5, 4, 3, 2, 1]
    assert [question["key"] for question in versions["results"][-1]["criteria"]] == [
        "overall",
        "correct",
    ]
    asked = call.get("projects/support-answers/").json()["criteria"]
    assert [question["key"] for question in asked] == ["overall"]


def test_what_is_fixed_is_a_conflict_that_names_the_field(
    project: Project, lena: User, rui: User, api: CallAs, make_tasks: MakeTasks
):
    make_tasks(project, 1)
    judge(rui, lease(rui, project))
    call = api(lena)
    refused = call.patch(f"{RUBRIC}questions/correct/", {"scale": "hh8", "retired": True})
    assert refused.status_code == 409
    assert refused.json()["fields"] == {"scale": "The scale is fixed: something is judged already."}
    assert call.get(f"{RUBRIC}questions/correct/").json()["retired"] is False
    assert call.delete(f"{RUBRIC}questions/correct/").status_code == 409
    assert call.patch(RUBRIC, {"order": ["overall"]}).json()["fields"].keys() == {"order"}
    assert api(rui).patch(RUBRIC, {"order": []}).status_code == 403
    assert api(rui).get(RUBRIC).json()["fixed"] is True
