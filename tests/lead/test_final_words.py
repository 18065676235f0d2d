"""Final words: kept beside the votes of a task, counted with none of them, the newest holds."""

from __future__ import annotations

from importlib import import_module
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client

from labeling.kinds import Submission
from labeling.lead.tasks.final_words import adjudicate, take_word_back
from labeling.models import Answer, Assignment, Exclusion, Judgment, Task, TaskOpening
from labeling.rating.claims import CHOSE
from labeling.rating.leases import Nothing, next_assignment
from labeling.rating.openings import closed_votes
from labeling.rating.places import rater_limit
from labeling.rating.selectors import judged_count, own_judgments, shown_answers
from labeling.vocabulary import AssignmentState
from projects.exceptions import Conflict, InvalidInput
from projects.models import AuditEvent, Membership, Project, User
from projects.project_templates import CriterionSpec, GuidelineSpec, PrincipleSpec
from projects.services.members import set_member
from projects.services.projects import create_project
from tests.api.client import CallAs
from tests.conftest import judge, lease

pytestmark = pytest.mark.django_db


@pytest.fixture
def task(project: Project, rui: User, sam: User, make_tasks: Any) -> Task:
    """A task whose two raters disagree."""
    row: Task = make_tasks(project, 1, overlap=2)[0]
    for user, towards in ((rui, -2), (sam, 2)):
        assignment = lease(user, project)
        judge(user, assignment, towards if assignment.shown_order[0] == 0 else -towards)
    row.refresh_from_db()
    return row


def word(task: Task, person: User, value: int, **more: Any) -> Judgment:
    return adjudicate(task=task, person=person, submission=Submission({"overall": value}, **more))[
        0
    ]


def standing(task: Task) -> list[tuple[str, int | None]]:
    """Who has a final word there and what it says, the one that holds first."""
    words = Judgment.objects.filter(task=task).final_words()
    return [(w.rater.name, w.answers.get(criterion__key="overall").value) for w in words]


def test_a_final_word_takes_no_place_and_stands_beside_a_vote_of_the_same_person(
    task: Task, rui: User, project: Project
):
    set_member(user=rui, project=project, role="reviewer", actor=project.created_by)
    final = word(task, rui, 3, rationale="Safer.")
    task.refresh_from_db()
    assert (task.overlap, task.open_slots) == (2, 0)
    assert (final.purpose, final.strategy, final.revises) == ("adjudication", "chosen", None)
    assert final.assignment.shown_order == [0, 1]
    assert final.answers.get().value == 3
    assert Assignment.objects.filter(task=task, rater=rui).count() == 2
    assert Judgment.objects.filter(task=task, rater=rui, purpose="live", is_current=True).exists()


def test_of_several_the_newest_holds_and_one_that_is_taken_back_gives_way(
    task: Task, lena: User, vera: User
):
    word(task, vera, -1)
    word(task, lena, 2)
    assert standing(task) == [("Lena", 2), ("Vera", -1)]
    word(task, lena, 3)
    assert standing(task) == [("Lena", 3), ("Vera", -1)]
    word(task, vera, -1)
    assert standing(task) == [("Vera", -1), ("Lena", 3)], "said anew, it holds anew"
    assert take_word_back(task=task, person=vera)
    assert not take_word_back(task=task, person=vera)
    assert standing(task) == [("Lena", 3)]
    word(task, vera, -1)
    assert standing(task)[0] == ("Vera", -1)
    rows = Judgment.objects.filter(task=task, rater=vera)
    assert [row.withdrawn for row in rows.order_by("pk")] == [False, False, True, False]
    assert [bool(row.revises_id) for row in rows.order_by("pk")] == [False, True, True, True]


def test_the_same_word_twice_is_stored_once(task: Task, vera: User):
    key = uuid4()
    first, again = (word(task, vera, 1, key=key) for _ in range(2))
    assert first.pk == again.pk == word(task, vera, 1).pk
    with pytest.raises(Conflict, match="used with other answers"):
        word(task, vera, 2, key=key)
    assert AuditEvent.objects.filter(verb="final word given").count() == 1


def test_a_word_that_a_lead_has_excluded_fills_no_form_and_is_given_anew(
    task: Task, lena: User, vera: User, client_for: Any
):
    client: Client = client_for(vera)
    address = f"/p/{task.project.slug}/tasks/{task.pk}/"
    said = word(task, vera, 2)
    Exclusion.objects.create(
        project=task.project,
        rater=vera,
        first=said.pk,
        newest=said.pk,
        judgments=1,
        reason="wish",
        by=lena,
        at=said.created_at,
    )
    assert standing(task) == []
    page = client.get(address).content.decode()
    assert "excluded: counts nowhere" in page
    assert "replaced by a later row" not in page
    assert 'value="2" checked' not in page
    assert "Take my word back" not in page
    client.post(f"{address}adjudicate/", {"answer.overall": "2"})
    assert standing(task) == [("Vera", 2)]


def test_what_does_not_fit_is_refused_by_its_question_and_opens_nothing(task: Task, vera: User):
    for value, rubric, field in ((9, None, "overall"), (2, 7, "rubric")):
        with pytest.raises(InvalidInput) as refused:
            word(task, vera, value, rubric=rubric)
        assert set(refused.value.fields) == {field}
    assert not TaskOpening.objects.filter(task=task, person=vera).exists()
    assert not Assignment.objects.filter(task=task, rater=vera).exists()


def test_a_final_word_is_in_no_figure_of_raters_and_against_no_limit(
    task: Task, vera: User, project: Project
):
    before = Judgment.objects.counting().count()
    word(task, vera, 3)
    of_task = Judgment.objects.filter(task=task)
    assert of_task.counting().count() == of_task.valid().count() == before == 2
    answers = Answer.objects.filter(judgment__task=task)
    assert answers.counting().count() == answers.valid().count() == 2
    assert of_task.live().count() == 2
    assert judged_count(rater=vera, project=project) == 0
    assert not own_judgments(rater=vera, project=project).exists()
    limit = rater_limit(rater_id=vera.pk, project=project)
    assert not limit.assignments(AssignmentState.SUBMITTED).exists()


def test_who_has_decided_is_given_the_task_no_more_and_what_they_held_goes_back(
    project: Project, vera: User, make_tasks: Any
):
    (task,) = make_tasks(project, 1, overlap=2)
    held = lease(vera, project)
    word(task, vera, 1)
    held.refresh_from_db()
    assert held.state == "expired"
    membership = Membership.objects.get(project=project, user=vera)
    assert isinstance(next_assignment(membership=membership), Nothing)
    task.refresh_from_db()
    assert task.open_slots == 2


def test_a_final_word_chooses_no_reply_and_moves_nobody_s_queue(
    project: Project, vera: User, make_tasks: Any
):
    first, second = make_tasks(project, 2, overlap=2)
    word(first, vera, -2)
    assert lease(vera, project).task == second
    Task.objects.filter(pk=second.pk).update(follows=first, reply=0)
    with connection.cursor() as cursor:
        query = f"SELECT {CHOSE} FROM labeling_task t WHERE t.id = %(task)s"
        cursor.execute(query, {"rater": vera.pk, "task": second.pk})
        assert cursor.fetchone() == (False,)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"withdrawn_at": "2026-01-01T00:00:00Z"}, "withdrawn"),
        ({"kind": "write"}, "second person reviews"),
        ({"purpose": "gold", "overlap": None, "open_slots": None}, "right answer"),
    ],
)
def test_tasks_on_which_nothing_is_to_be_decided_say_so_and_hide_nothing_until_then(
    project: Project,
    vera: User,
    make_tasks: Any,
    client_for: Any,
    columns: dict[str, Any],
    words: str,
):
    (task,) = make_tasks(project, 1)
    Task.objects.filter(pk=task.pk).update(**columns)
    task.refresh_from_db()
    with pytest.raises(Conflict, match=words):
        word(task, vera, 1)
    Membership.objects.filter(user=vera).update(hides_votes=True)
    page = client_for(vera).get(f"/p/{project.slug}/tasks/{task.pk}/").content.decode()
    assert "Open the votes" in page
    assert "You have chosen to decide" not in page
    Task.objects.filter(pk=task.pk, overlap__isnull=False).update(open_slots=0)
    assert set(closed_votes([task], vera)) == (set() if task.overlap else {task.pk})


def test_the_page_gives_shows_changes_and_takes_back(task: Task, vera: User, client_for: Any):
    client: Client = client_for(vera)
    address = f"/p/{task.project.slug}/tasks/{task.pk}/"
    assert "Your final word" in client.get(address).content.decode()
    sent = {"answer.overall": "2", "rationale": "It says <b>why</b>."}
    page = client.post(f"{address}adjudicate/", sent, follow=True).content.decode()
    assert standing(task) == [("Vera", 2)]
    assert "Your final word is kept beside the votes." in page
    assert "It says &lt;b&gt;why&lt;/b&gt;." in page
    assert 'value="2" checked' in page
    client.post(f"{address}adjudicate/", {"answer.overall": "0:equal_good"})
    assert standing(task) == [("Vera", 0)]
    page = client.post(f"{address}adjudicate/", {"take_back": "1"}, follow=True).content.decode()
    assert "Your final word is taken back." in page
    assert standing(task) == []
    refused = client.post(f"{address}adjudicate/", {"rationale": "Kept words."})
    assert refused.status_code == 422
    assert "Kept words." in refused.content.decode()


def test_who_would_rather_decide_first_sees_no_vote_until_then(
    task: Task, vera: User, client_for: Any, api: CallAs
):
    client: Client = client_for(vera)
    address = f"/p/{task.project.slug}/tasks/{task.pk}/"
    client.post(f"{address}hide-votes/", {"hides": "1"})
    assert api(vera).get(f"projects/{task.project.slug}/hides-votes/").json() == {
        "hides_votes": True
    }
    page = client.get(address).content.decode()
    assert "Rui" not in page
    assert "raters disagree" not in page
    assert not TaskOpening.objects.exists()
    listed = api(vera).get(f"projects/{task.project.slug}/tasks/").json()["results"][0]
    assert listed["preferences"] is None
    split = f"projects/{task.project.slug}/tasks/?state=split"
    table = f"/p/{task.project.slug}/tasks/?state=split"
    assert api(vera).get(split).json()["results"] == []
    assert "No task matches" in client.get(table).content.decode()
    client.post(f"{address}adjudicate/", {"answer.overall": "1"})
    assert "Rui" in client.get(address).content.decode()
    assert len(api(vera).get(split).json()["results"]) == 1
    api(vera).put(f"projects/{task.project.slug}/hides-votes/", {"hides_votes": False})
    assert not Membership.objects.get(user=vera, project=task.project).hides_votes


def test_a_program_gives_reads_and_takes_back_a_final_word(
    task: Task, vera: User, rui: User, api: CallAs
):
    address = f"projects/{task.project.slug}/tasks/{task.pk}/adjudication/"
    body = {"answers": {"overall": -2}, "rationale": "Shorter."}
    reply = api(vera).post(address, body)
    assert reply.status_code == 201
    assert reply.json()["answers"] == {"overall": -2}
    assert api(vera).post(address, body).status_code == 200
    votes = api(vera).post(f"projects/{task.project.slug}/tasks/{task.pk}/votes/").json()
    assert [row["rationale"] for row in votes["final_words"]] == ["Shorter."]
    assert {row["rater"] for row in votes["judgments"]} == {"Rui", "Sam"}
    assert {row["rater"] for row in votes["assignments"]} == {"Rui", "Sam"}
    bad = api(vera).post(address, {"answers": {"overall": "x"}})
    assert (bad.status_code, set(bad.json()["fields"])) == (400, {"overall"})
    assert api(rui).post(address, body).status_code == 403
    assert api(vera).delete(address).status_code == 204
    assert standing(task) == []


QUESTIONS = [
    CriterionSpec("order", "Which are better?", "ranking", is_primary=True),
    CriterionSpec("good", "Is it good?", "thumb", is_primary=True),
    CriterionSpec("kept", "Is it kept?", "sparrow_rule5", is_primary=True),
]


@pytest.mark.parametrize(
    ("kind", "count", "sent", "read"),
    [
        ("rank", 3, {"answer.order.A": "2", "answer.order.B": "1", "answer.order.C": "2"},
         {"order": [["B"], ["A", "C"]]}),
        ("rate", 2, {"answer.good.A": "1", "answer.good.B": "0"}, {"good": {"A": 1, "B": 0}}),
        ("rule", 1, {"answer.kept.A.P1": "-2"}, {"kept": {"A": {"P1": -2}}}),
    ],
)  # fmt: skip
def test_every_kind_that_is_judged_takes_one(
    lena: User,
    client_for: Any,
    make_tasks: Any,
    everyone_creates: None,
    kind: str,
    count: int,
    sent: dict[str, str],
    read: dict[str, Any],
):
    rules = GuidelineSpec(text="Rules.", principles=[PrincipleSpec("Be true", "Invent nothing.")])
    asked = [q for q in QUESTIONS if q.key == next(iter(read))]
    other = create_project(name="Kinds", created_by=lena, criteria=asked, guideline=rules)
    (task,) = make_tasks(other, 1, kind=kind, contents=["One.", "Two.", "Three."][:count])
    client: Client = client_for(lena)
    address = f"/p/{other.slug}/tasks/{task.pk}/"
    page = client.get(address).content.decode()
    assert all(f'name="{name}"' in page for name in sent)
    reply = client.post(f"{address}adjudicate/", sent)
    assert reply.status_code == 302, reply.content.decode()[-3000:]
    assert shown_answers(Judgment.objects.get(task=task)).values == read


def test_the_migration_keeps_what_reviewers_judged_before_as_a_final_word(
    task: Task, rui: User, sam: User, project: Project, client_for: Any, lena: User
):
    set_member(user=rui, project=project, role="reviewer", actor=lena)
    migration = import_module("labeling.migrations.0059_final_words")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(migration.KEEP)
    project.refresh_from_db()
    assert project.reviewed_upto == Judgment.objects.latest("pk").pk
    page = client_for(lena).get(f"/p/{project.slug}/tasks/{task.pk}/").content.decode()
    assert page.count("final word in releases too") == 1
    Project.objects.update(reviewed_upto=0)
    page = client_for(lena).get(f"/p/{project.slug}/tasks/{task.pk}/").content.decode()
    assert "final word in releases too" not in page
