"""What teaching kept of a person goes with the person, and everything with the project."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, models

from labeling.erasure.services import delete_project, request_deletion
from labeling.models import (
    Deletion,
    GoldAnswer,
    Judgment,
    Precedent,
    Query,
    RaterNote,
    RaterStream,
    Release,
    ReleaseOpening,
    StageAnswer,
    StageDecision,
    TalkedOver,
    TaskOpening,
    Topic,
    TopicConsent,
)
from labeling.models.openings import open_release
from labeling.releases.services import request_release, run_release
from labeling.teaching.checks.figures import RaterChecks
from labeling.wellbeing.services import choose_topics, describe_topic
from projects.models import Membership, Project, QuizAttempt, User, WorkedExample
from tests.api.client import Api, CallAs
from tests.conftest import MakeTasks, judge, lease
from tests.erasure.test_people import erase, stored

HERE = "projects/support-answers/"
#: Everything that teaching keeps, and who saw what.
TAUGHT: tuple[type[models.Model], ...] = (
    *(WorkedExample, QuizAttempt, Query, Precedent, Topic, TopicConsent, RaterNote, GoldAnswer),
    *(RaterStream, TaskOpening, ReleaseOpening, TalkedOver, StageAnswer, StageDecision),
)


@pytest.fixture
def taught(
    project: Project,
    lena: User,
    rui: User,
    make_tasks: MakeTasks,
    api: CallAs,
    tmp_path: Path,
    settings: Any,
) -> Project:
    """Rui is known well: asked, examined, checked, written to, and has seen a release."""
    settings.RELEASES_DIR = tmp_path
    tasks, program = make_tasks(project, 8), api(lena)
    example: dict[str, Any] = {"right": -1, "rationale": "It is four."}
    example |= {"kind": "clear", "criterion": "overall", "prompt": "2+2?", "responses": ["4", "5"]}
    answer = {"answers": {"overall": -1}, "reason": "It is so."}
    for path, body in (
        (f"{HERE}examples/", example),
        *((f"{HERE}tasks/{task.pk}/right-answer/", answer) for task in tasks[4:]),
    ):
        assert program.post(path, body).status_code == 201
    program.patch(HERE, {"asks_quiz": True, "gold_rate": 0.4})
    project.refresh_from_db()
    topic = describe_topic(
        project=project, actor=lena, key="grief", said={"description": "Some are about loss."}
    )
    choose_topics(project=project, user=rui, choices={"grief": (topic.number, True)})
    reply = api(rui).post(f"{HERE}quiz/", {"example": 1, "answer": -1})
    assert reply.status_code == 201, reply.content
    first = lease(rui, project)
    asked = {"text": "Rui asks: may it refuse?"}
    assert api(rui).post(f"assignments/{first.pk}/question/", asked).status_code == 201
    for _n in range(5):
        judge(rui, lease(rui, project), rationale="Rui thinks so.")
    for author in (lena, rui):
        RaterNote.objects.create(project=project, rater=rui, author=author, text="Dear Rui, well.")
    answered = Judgment.objects.filter(rater=rui).earliest("pk")
    TalkedOver.objects.create(task_id=answered.task_id, rater=rui, author=lena)
    Precedent.objects.create(project=project, number=1, answer="It may.", author=lena)
    release = request_release(project=project, created_by=lena, recipe="raw", format="native")
    run_release(release.pk)
    open_release(release=Release.objects.get(), person=rui)
    _qualify(project, rui, program)
    return project


def _qualify(project: Project, rui: User, program: Api) -> None:
    """Rui is asked to qualify after all, answers a task, and a lead says what comes of it."""
    made = {"stage": "qualification", "count": 1}
    assert program.post(f"{HERE}qualification/tasks/", made).status_code == 201
    Project.objects.filter(pk=project.pk).update(qualification_tasks=1)
    Membership.objects.filter(user=rui).update(stage="qualification")
    judge(rui, lease(rui, project))
    candidates = program.get(f"{HERE}qualification/").json()["candidates"]
    (row,) = [candidate for candidate in candidates if candidate["n"]]
    said = {"outcome": "passed", "reason": "Rui reads closely."}
    said_of = f"{HERE}qualification/candidates/{row['code']}/"
    assert program.post(said_of, said).status_code == 200


def test_of_a_person_only_figures_stay_of_what_teaching_kept(
    taught: Project, lena: User, rui: User
):
    before = RaterChecks(taught).of(rui.pk)
    assert before.gold.n >= 1
    assert stored("rui") >= {"labeling_query", "labeling_raternote", "labeling_judgment"}
    erase(rui, lena)
    assert stored("rui") == set()
    # No choice of topics is left; marks, attempts and what was seen stay under a made-up name.
    assert not TopicConsent.objects.exists()
    assert set(RaterNote.objects.values_list("text", flat=True)) == {""}
    assert set(Query.objects.values_list("text", flat=True)) == {""}
    assert RaterChecks(taught).of(rui.pk) == before
    # What was answered and decided while qualifying is a figure too, without a word of anybody.
    assert StageAnswer.objects.get().rater_id == rui.pk
    decision = StageDecision.objects.get()
    assert (decision.rater_id, decision.outcome, decision.reason) == (rui.pk, "passed", "")
    assert stored("reads closely") == set()
    assert list(QuizAttempt.objects.values_list("rater", "is_right")) == [(rui.pk, True)]
    assert ReleaseOpening.objects.filter(person=rui).exists()
    rui.refresh_from_db()
    assert rui.name.startswith("erased person")


def test_everything_that_teaching_kept_goes_with_the_project(taught: Project, lena: User):
    assert [table.__name__ for table in TAUGHT if not table._default_manager.exists()] == []
    request_deletion(project=taught, actor=lena, typed_name="Support answers")
    delete_project(Deletion.objects.get().pk)
    assert [table.__name__ for table in TAUGHT if table._default_manager.exists()] == []


@pytest.mark.parametrize(
    "statement",
    ["UPDATE projects_quizattempt SET is_right = false", "DELETE FROM projects_quizattempt"],
)
def test_an_attempt_at_the_quiz_never_changes(taught: Project, statement: str):
    with pytest.raises(IntegrityError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(statement)
