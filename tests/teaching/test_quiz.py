"""The quiz: each example answered once before the first task, with what is right at once."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects.guidelines.services import acknowledge, publish_guideline
from projects.models import AuditEvent, Membership, Project, QuizAttempt, Role, User, WorkedExample
from projects.project_templates import GuidelineSpec
from tests.api.client import CallAs
from tests.conftest import MakeTasks

pytestmark = pytest.mark.django_db
HERE = "projects/support-answers/"
SITE = "/p/support-answers/"


@pytest.fixture
def quizzed(project: Project, lena: User, make_tasks: MakeTasks, api: CallAs) -> Project:
    """A project of three tasks that asks two examples; nobody can be asked the third."""
    make_tasks(project, 3)
    example = {"kind": "clear", "criterion": "overall", "prompt": "2+2?", "responses": ["4", "5"]}
    for more in (
        {"right": -1, "rationale": "It is four."},
        {"kind": "tie", "right": 0, "rationale": "Nobody would mind."},
        {"criterion": "", "answer": "See there", "rationale": "Only to read."},
    ):
        assert api(lena).post(f"{HERE}examples/", {**example, **more}).status_code == 201
    assert api(lena).patch(HERE, {"asks_quiz": True}).json()["asks_quiz"] is True
    project.refresh_from_db()
    return project


def test_a_rater_answers_each_example_once_and_then_gets_tasks(
    quizzed: Project, lena: User, rui: User, client_for, api: CallAs
):
    client = client_for(rui)
    assert f"{SITE}quiz/" in client.get(f"{SITE}rate/").content.decode()
    page = client.get(f"{SITE}quiz/").content.decode()
    assert 'name="answer.overall"' in page
    assert "It is four." not in page
    assert client.post(f"{SITE}quiz/", {"example": 1}).status_code == 422
    wrong = client.post(f"{SITE}quiz/", {"example": 1, "answer.overall": "1"}, follow=True)
    assert "Here another answer is right" in wrong.content.decode()
    assert "It is four." in wrong.content.decode()
    assert "Right: A is slightly better" in wrong.content.decode()
    assert '<li class="as-written">5</li>' in wrong.content.decode()  # to be read once more
    twice = client.post(f"{SITE}quiz/", {"example": 1, "answer.overall": "-1"}, follow=True)
    assert "the first answer counts" in twice.content.decode()
    # Who leaves in the middle goes on with the next.
    assert 'name="example" value="2"' in client.get(f"{SITE}quiz/").content.decode()
    assert api(rui).post(f"{HERE}next/").json()["code"] == "quiz_first"
    right = client.post(
        f"{SITE}quiz/", {"example": 2, "answer.overall": "0:equal_good"}, follow=True
    )
    assert "That is right" in right.content.decode()
    assert "Start rating" in right.content.decode()
    assert api(rui).post(f"{HERE}next/").status_code == 200
    assert list(QuizAttempt.objects.values_list("is_right", flat=True).order_by("pk")) == [
        False,
        True,
    ]
    assert api(lena).post(f"{HERE}next/").status_code == 200  # leads wrote them


def test_a_program_answers_the_quiz_and_a_major_version_can_ask_it_again(
    quizzed: Project, lena: User, rui: User, api: CallAs
):
    refused = api(rui).post(f"{HERE}next/")
    assert (refused.status_code, refused.json()["code"]) == (409, "quiz_first")
    with CaptureQueriesContext(connection) as queries:
        asked = api(rui).get(f"{HERE}quiz/").json()
    questions = 'SELECT "projects_criterion"'
    assert len([q for q in queries if q["sql"].startswith(questions)]) == 1
    assert (asked["due"], [row["number"] for row in asked["left"]]) == (True, [1, 2])
    assert "right" not in asked["left"][0]
    off = api(rui).post(f"{HERE}quiz/", {"example": 1, "answer": 40})
    assert (off.status_code, list(off.json()["fields"])) == (400, ["overall"])
    said = api(rui).post(f"{HERE}quiz/", {"example": 1, "answer": -1}).json()
    assert (said["is_right"], said["right"], said["left"]) == (True, [-1], 1)
    again = api(rui).post(f"{HERE}quiz/", {"example": 1, "answer": 1})
    assert (again.status_code, "first answer counts" in again.json()["message"]) == (409, True)
    assert api(rui).post(f"{HERE}quiz/", {"example": 3, "answer": -1}).status_code == 409
    assert api(rui).post(f"{HERE}quiz/", {"example": 2, "answer": 0}).json()["left"] == 0
    assert api(rui).post(f"{HERE}next/").status_code == 200
    assert api(lena).post(f"{HERE}quiz/again/").status_code == 409
    for text in ("Be right.", "Be right and kind."):
        version = publish_guideline(
            project=quizzed, published_by=lena, spec=GuidelineSpec(text, change_note="x")
        )
    acknowledge(user=rui, guideline=version)
    assert api(rui).post(f"{HERE}next/").status_code == 200
    assert api(lena).post(f"{HERE}quiz/again/").json() == {"quiz_since": version.number}
    assert api(rui).post(f"{HERE}next/").json()["code"] == "quiz_first"
    assert len(api(rui).get(f"{HERE}quiz/").json()["left"]) == 2


def test_a_version_asks_the_quiz_again_as_it_is_published_where_raters_read_it_first(
    quizzed: Project, lena: User, rui: User, client_for, api: CallAs
):
    for n, answer in ((1, -1), (2, 0)):
        api(rui).post(f"{HERE}quiz/", {"example": n, "answer": answer})
    change = {"text": "Be right.", "change_note": "New.", "quiz_again": True}
    minor = api(lena).post(f"{HERE}guidelines/", {**change, "change_size": "minor"})
    assert (minor.status_code, list(minor.json()["fields"])) == (400, ["quiz_again"])
    assert "Ask the quiz again" in client_for(lena).get(f"{SITE}guideline/edit/").content.decode()
    rows = {"form-TOTAL_FORMS": 0, "form-INITIAL_FORMS": 0, "quiz_again": "on"}
    client_for(lena).post(f"{SITE}guideline/edit/", {**change, **rows, "change_size": "major"})
    acknowledge(user=rui, guideline=quizzed.guidelines.get(number=2))
    assert api(rui).post(f"{HERE}next/").json()["code"] == "quiz_first"
    assert len(api(rui).get(f"{HERE}quiz/").json()["left"]) == 2
    verbs = AuditEvent.objects.filter(project=quizzed).values_list("verb", flat=True)
    assert "quiz asked again" in set(verbs)
    api(lena).patch(HERE, {"asks_quiz": False})
    refused = api(lena).post(f"{HERE}guidelines/", {**change, "text": "Be kind."})
    assert "asks no quiz" in refused.json()["fields"]["quiz_again"]


def test_five_of_ten_right_says_that_the_guideline_is_unclear(
    quizzed: Project, lena: User, client_for, api: CallAs
):
    example = WorkedExample.objects.get(number=1)
    for n in range(10):
        rater = User.objects.create_user(email=f"taker{n}@example.org", name=f"Taker {n}")
        Membership.objects.create(project=quizzed, user=rater, role=Role.RATER)
        answer = {"example": 1, "answer": -1 if n < 5 else 1}
        assert api(rater).post(f"{HERE}quiz/", answer).status_code == 201
    page = client_for(lena).get(f"{SITE}examples/").content.decode()
    assert "guideline unclear (5/10)" in page
    assert "Taker" not in page
    row = api(lena).get(f"{HERE}examples/").json()[0]
    assert (row["answered"], row["answered_right"], row["unclear"]) == (10, 5, True)
    assert row["pass_rate"]["value"] == 0.5
    assert example.attempts.count() == 10


def test_a_project_without_a_quiz_and_who_has_done_it_pay_no_statement(
    quizzed: Project, rui: User, api: CallAs
):
    def statements() -> int:
        with CaptureQueriesContext(connection) as ran:
            assert api(rui).post(f"{HERE}next/").status_code == 200
        return len(ran)

    for n, answer in ((1, -1), (2, 0)):
        api(rui).post(f"{HERE}quiz/", {"example": n, "answer": answer})
    statements()
    with_quiz = statements()
    Project.objects.update(asks_quiz=False)
    assert statements() == with_quiz
