"""The rubric while people work: every change is a version, and no stored value changes meaning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from labeling.lead.withdrawals.services import withdraw_task
from labeling.models import Import, Response
from projects.exceptions import ConcordError, Conflict, InvalidInput
from projects.models import AuditEvent, Criterion, Project, RubricVersion, User
from projects.project_templates import CriterionSpec
from projects.selectors.rubric import rubric_changes, rubric_versions, version_changes
from projects.services import rubric
from tests.conftest import MakeTasks, judge, lease

pytestmark = pytest.mark.django_db

SAFE = CriterionSpec("safe", "Which is safer?", "arena4", is_required=False, short_label="Safety")


def asked(project: Project) -> list[str]:
    return [question["key"] for question in newest(project).criteria if not question["retired"]]


def newest(project: Project) -> RubricVersion:
    return RubricVersion.objects.filter(project=project).order_by("-number")[0]


def test_every_change_is_a_version_with_its_author_in_words_and_in_the_log(
    project: Project, lena: User
):
    rubric.change_question(
        project=project, actor=lena, key="overall", changes={"wording": "Which one?"}
    )
    rubric.ask_question(project=project, actor=lena, spec=SAFE)
    rubric.order_questions(project=project, actor=lena, keys=["safe", "overall", "correct"])
    rubric.retire_question(project=project, actor=lena, key="correct")
    versions = list(rubric_versions(project))
    assert [version.number for version in versions] == [5, 4, 3, 2, 1]
    assert [change.changes for change in version_changes(versions)] == [
        ["“correct” was retired."],
        ["The order is now safe, overall, correct."],
        ["“safe” was added: Which is safer?"],
        ["“overall” is asked in other words: “Which is better?” became “Which one?”."],
        [],
    ]
    assert {version.created_by for version in versions} == {lena}
    assert asked(project) == ["safe", "overall"]
    logged = AuditEvent.objects.filter(detail__version__gte=2).order_by("pk")
    assert [event.verb for event in logged] == [
        "question changed",
        "question added",
        "questions ordered",
        "question retired",
    ]
    assert logged[0].detail["wording"] == ["Which is better?", "Which one?"]


def test_what_changes_nothing_makes_no_version(project: Project, lena: User):
    rubric.change_question(
        project=project, actor=lena, key="overall", changes={"wording": " Which is better? "}
    )
    rubric.order_questions(project=project, actor=lena, keys=["overall", "correct"])
    assert newest(project).number == 1


def test_a_version_is_never_changed(project: Project):
    with pytest.raises(IntegrityError, match="never change"), transaction.atomic():
        RubricVersion.objects.filter(project=project).update(criteria=[])


def test_keys_and_scales_and_the_primary_question_change_until_something_is_judged(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks
):
    def change(question: str, **changes: object) -> None:
        rubric.change_question(project=project, actor=lena, key=question, changes=changes)

    change("correct", scale_key="arena4", key="right")
    change("overall", key="better")
    change("right", is_primary=True)
    assert Criterion.objects.get(project=project, is_primary=True).key == "right"
    rubric.ask_question(project=project, actor=lena, spec=SAFE)
    rubric.remove_question(project=project, actor=lena, key="safe")
    make_tasks(project, 1)
    judge(rui, lease(rui, project), 1, answers={"better": 1})
    before = newest(project)
    for changes in ({"key": "best"}, {"scale_key": "hh8"}, {"is_primary": True}):
        with pytest.raises(Conflict, match="Retire this question") as refused:
            change("better", **changes)
        assert set(refused.value.fields) == set(changes)
    with pytest.raises(Conflict, match="Retire it instead"):
        rubric.remove_question(project=project, actor=lena, key="better")
    change("better", wording="Which do you like better?", short_label="Better", is_required=False)
    assert newest(project).number == before.number + 1


def test_votes_of_models_and_a_running_import_hold_keys_and_scales_too(
    project: Project, lena: User
):
    for fields in ({"state": "running"}, {"state": "done", "counts": {"model_votes": 1}}):
        job = Import.objects.create(project=project, filename="votes.jsonl", **fields)
        with pytest.raises(Conflict):
            rubric.change_question(
                project=project, actor=lena, key="correct", changes={"scale_key": "hh8"}
            )
        job.delete()


def test_what_reviews_decide_stays_while_something_is_reviewed(
    project: Project, lena: User, make_tasks: MakeTasks
):
    decision = CriterionSpec("decision", "Decision", "decision")
    score = CriterionSpec("score", "How good is it now?", "score7")
    spec = replace(score, is_primary=True)
    with pytest.raises(InvalidInput, match="primary question of a review is its decision"):
        rubric.ask_question(project=project, actor=lena, spec=spec)
    for spec in (decision, score):
        rubric.ask_question(project=project, actor=lena, spec=spec)
    changes = {"is_primary": True}
    with pytest.raises(InvalidInput, match="primary question of a review is its decision"):
        rubric.change_question(project=project, actor=lena, key="score", changes=changes)
    for act in (rubric.retire_question, rubric.remove_question):
        with pytest.raises(Conflict, match="would ask “score” alone"):
            act(project=project, actor=lena, key="decision")
    rubric.retire_question(project=project, actor=lena, key="score")
    (task,) = make_tasks(project, 1)
    response = Response.objects.get(pk=task.response_ids[0])
    (review,) = make_tasks(project, 1, prefix="review", reviews=response)
    with pytest.raises(Conflict, match="texts wait for theirs"):
        rubric.retire_question(project=project, actor=lena, key="decision")
    withdraw_task(task=review, actor=lena, reason="Not needed.")
    rubric.retire_question(project=project, actor=lena, key="decision")
    assert asked(project) == ["overall", "correct"]


def test_a_retired_question_comes_back_as_it_was(project: Project, lena: User):
    rubric.retire_question(project=project, actor=lena, key="correct")
    rubric.restore_question(project=project, actor=lena, key="correct")
    assert newest(project).number == 3
    assert newest(project).criteria == RubricVersion.objects.get(number=1).criteria
    assert rubric_changes([], newest(project).criteria)[0].startswith("“overall” was added")


Act = Callable[[Project, User], object]


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (
            lambda p, who: rubric.retire_question(project=p, actor=who, key="overall"),
            "The primary question stays",
        ),
        (
            lambda p, who: rubric.retire_question(project=p, actor=who, key="nothing"),
            "has no question “nothing”",
        ),
        (
            lambda p, who: rubric.order_questions(project=p, actor=who, keys=["overall"]),
            "Name each question",
        ),
        (
            lambda p, who: rubric.change_question(
                project=p, actor=who, key="overall", changes={"is_required": False}
            ),
            "must answer the primary question",
        ),
        (
            lambda p, who: rubric.change_question(
                project=p, actor=who, key="correct", changes={"key": "overall"}
            ),
            "cannot be another's key",
        ),
        (
            lambda p, who: rubric.change_question(
                project=p, actor=who, key="correct", changes={"short_label": "x" * 31}
            ),
            "does not fit",
        ),
        (
            lambda p, who: rubric.ask_question(
                project=p, actor=who, spec=CriterionSpec("correct", "Again?", "arena4")
            ),
            "has this key",
        ),
        (
            lambda p, who: rubric.ask_question(
                project=p, actor=who, spec=CriterionSpec("new", "New?", "arena4", is_primary=True)
            ),
            "primary question already",
        ),
        (
            lambda p, who: [
                rubric.ask_question(
                    project=p, actor=who, spec=CriterionSpec(f"q{n}", "Another?", "arena4")
                )
                for n in range(20)
            ],
            "at most 20",
        ),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(
    project: Project, lena: User, act: Act, sentence: str
):
    with pytest.raises((InvalidInput, Conflict)) as refused:
        act(project, lena)
    assert isinstance(refused.value, ConcordError)
    assert sentence in refused.value.message


def test_a_project_from_before_versions_gets_its_first_with_its_first_change(
    project: Project, lena: User
):
    RubricVersion.objects.all().delete()
    rubric.retire_question(project=project, actor=lena, key="correct")
    first, second = RubricVersion.objects.order_by("number")
    assert (first.created_by, second.created_by) == (None, lena)
    assert [question["retired"] for question in first.criteria] == [False, False]
