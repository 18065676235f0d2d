"""The builder of a new project: how answers are taken, what it weighs, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from projects.models import Criterion, Project, User
from projects.services.rubric import MOST_CRITERIA
from tests.api.client import CallAs

pytestmark = pytest.mark.django_db

OWN = "-1 | A is kinder\n0 | As kind | equal_good\n1 | B is kinder"
ASKED: dict[str, Any] = {
    "name": "Kindness",
    "template": "blank",
    "form-TOTAL_FORMS": "2",
    "form-INITIAL_FORMS": "0",
    "primary": "form-0",
    "form-0-wording": "Which is kinder?",
    "form-0-key": "kinder",
    "form-0-scale_key": "own",
    "form-0-own_key": "kind3",
    "form-0-own_answer": "preference",
    "form-0-own_options": OWN,
    "form-1-wording": "Which is shorter?",
    "form-1-key": "shorter",
    "form-1-scale_key": "webgpt5",
}
PRACTICE = {"tie_policy": "half", "allow_cannot_tell": "on", "overall_pass": "others"}


@pytest.fixture
def client(lena: User, project: Project, client_for: Callable[[User], Client]) -> Client:
    return client_for(lena)


def test_the_builder_says_how_ties_are_taken_and_when_overall_comes(client: Client):
    page = client.post("/projects/preview/", {**ASKED, **PRACTICE}).content.decode()
    assert "Which is shorter?" in page
    assert "Which is kinder?" not in page  # the desk of the first pass
    together = {**ASKED, **PRACTICE, "overall_pass": ""}
    page = client.post("/projects/preview/", together).content.decode()
    assert "Which is kinder?" in page
    assert "Cannot tell" in page
    assert "Both are bad" not in page
    reply = client.post("/projects/new/", {**ASKED, **PRACTICE})
    assert reply.status_code == 302, reply.context["form"].errors
    made = Project.objects.get(name="Kindness")
    assert (made.tie_policy, made.overall_pass) == ("half", "others")
    assert (made.allow_both_bad, made.allow_cannot_tell) == (False, True)


def test_what_a_template_says_of_ties_comes_into_the_builder_with_its_questions(client: Client):
    sent = {"template": "strength", "adapt": "1", **PRACTICE}
    form = client.post("/projects/new/", sent).context["form"]
    said = [form[name].value() for name in ("allow_both_bad", "allow_cannot_tell")]
    assert said == [False, False]
    typed = client.post("/projects/new/", {**ASKED, **PRACTICE, "add": "1"}).context["form"]
    assert (typed["tie_policy"].value(), typed["allow_both_bad"].value()) == ("half", False)
    programmed = client.post("/projects/new/", {**ASKED, "add": "1"}).context["form"]
    assert programmed["allow_both_bad"].value() is True


def test_twenty_questions_weigh_a_page_that_opens_at_once(client: Client):
    """The words of all scales stand in the page once, not once a question: 263 kB, 704 before."""
    sent = {**ASKED, "add": "1", "form-TOTAL_FORMS": str(MOST_CRITERIA - 1)}
    for place in range(MOST_CRITERIA - 1):
        sent |= {f"form-{place}-wording": f"No. {place}?", f"form-{place}-scale_key": "helpsteer7"}
    page = client.post("/projects/new/", sent).content
    assert page.count(b'-wording"') >= MOST_CRITERIA
    assert page.count(b'data-scale="helpsteer7"') == MOST_CRITERIA
    assert len(page) < 280_000, len(page)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"form-0-own_options": "1 | yes"}, "A scale has two options or more."),
        (
            {"form-0-own_options": f"{OWN}\n0 | Alike | equal_good"},
            "Two options are the tie “equal_good”.",
        ),
        ({"form-0-own_options": f"{OWN}\n1 | B again"}, "The value 1 is there twice."),
        ({"primary": "form-9"}, "Mark one of the criteria you filled in as primary."),
        ({"form-1-scale_key": "ranking"}, "“shorter” would never be asked"),
        ({"template": "no-such"}, "Select a valid choice"),
        ({"tie_policy": "odd"}, "Select a valid choice"),
    ],
)
def test_what_the_builder_refuses_it_says_in_words_and_nothing_is_written(
    client: Client, changes: dict[str, Any], sentence: str
):
    reply = client.post("/projects/new/", {**ASKED, **changes})
    assert reply.status_code == 422
    assert sentence in reply.content.decode()
    assert Project.objects.count() == 1


def question(**more: object) -> dict[str, object]:
    return {"key": "best", "wording": "Better?", "scale": "webgpt5", "primary": True, **more}


@pytest.mark.parametrize(
    ("body", "field", "sentence"),
    [
        ({"template": "no-such"}, "template", "is not a valid choice"),
        ({"template": "arena", "overlap": 0}, "overlap", "greater than or equal to 1"),
        ({"template": "arena", "tie_policy": "odd"}, "tie_policy", "is not a valid choice"),
        ({"template": "arena", "overall_pass": "odd"}, "overall_pass", "is not a valid choice"),
        ({"template": "arena", "split_beyond": -1}, "split_beyond", "greater than or equal to 0"),
        (
            {"template": "helpsteer", "criteria": [question(scale="hh9")]},
            "criteria.0.scale",
            "Unknown scale",
        ),
        ({"criteria": [question(primary=False)]}, "criteria", "Mark one primary criterion"),
        (
            {"criteria": [question(), question(key="order", scale="ranking", primary=False)]},
            "criteria",
            "“order” would never be asked",
        ),
        (
            {"criteria": [question(), question(key="kept", scale="rule3", primary=False)]},
            "criteria",
            "“kept” would never be asked",
        ),
    ],
)
def test_a_program_is_refused_by_the_field_and_nothing_is_written(
    api: CallAs, lena: User, project: Project, body: dict[str, Any], field: str, sentence: str
):
    reply = api(lena).post("projects/", {"name": "Kindness", **body})
    assert reply.status_code == 400
    assert sentence in reply.json()["fields"][field], reply.json()
    assert Project.objects.count() == 1


def test_a_question_that_fits_no_task_is_not_added_and_the_last_of_a_first_pass_stays(
    client: Client, api: CallAs, lena: User, project: Project
):
    odd = {"key": "order", "wording": "In order?", "scale": "ranking"}
    reply = api(lena).post(f"projects/{project.slug}/rubric/", odd)
    assert "would never be asked" in reply.json()["fields"]["scale"], reply.json()
    typed = {f"question-{name}": value for name, value in odd.items()}
    typed["question-scale_key"] = typed.pop("question-scale")
    page = client.post(f"/p/{project.slug}/questions/new/", typed).content.decode()
    assert "would never be asked" in page
    Project.objects.update(overall_pass="same")
    *_, last = Criterion.objects.filter(project=project, is_primary=False)
    Criterion.objects.filter(project=project, is_primary=False).exclude(pk=last.pk).delete()
    url = f"projects/{project.slug}/rubric/questions/{last.key}/"
    assert api(lena).patch(url, {"retired": True}).status_code == 409
    reply = client.post(f"/p/{project.slug}/questions/{last.key}/retire/", follow=True)
    assert "the last question before it" in reply.content.decode()
