"""Which tie it is belongs to each answer, through every door from the screen to a release."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from labeling.kinds import Submission
from labeling.models import Answer, Assignment, Judgment
from labeling.rating.judgments import submit_judgment
from labeling.releases.records import task_records
from labeling.releases.selectors import cutoff_now
from labeling.vocabulary import TieKind
from projects.exceptions import Conflict, InvalidInput
from projects.models import Criterion, Project, User
from projects.project_templates import CriterionSpec
from projects.services.rubric import add_criterion
from tests.api.client import NEXT, Api, CallAs, take
from tests.conftest import MakeTasks, judge, lease

BAD = {"safe": "equal_bad"}
Stored = dict[str, tuple[int | None, str]]


@pytest.fixture
def project(project: Project) -> Project:
    """The project with a second arena scale, whose "Both are bad" is a button of its own."""
    spec = CriterionSpec("safe", "Which is safer?", "arena4", is_required=False)
    add_criterion(project=project, spec=spec, position=2)
    return project


def stored(judgment: Judgment | None = None) -> Stored:
    """(value, kind of tie) of each answer, whichever response it prefers."""
    judgment = judgment or Judgment.objects.get(is_current=True)
    return {
        answer.criterion.key: (abs(answer.value or 0), answer.tie_kind)
        for answer in judgment.answers.select_related("criterion")
    }


def by_api(client: Api, assignment: int, **body: Any) -> Any:
    """What the API answers to a submission."""
    return client.post(f"assignments/{assignment}/judgment/", body)


def test_both_are_bad_on_a_second_question_is_kept_as_that(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: Any
):
    make_tasks(project, 1)
    assignment = lease(rui, project)
    form = {"answer.overall": "-2", "answer.safe": "0:equal_bad", "answer.correct": "0:equal_good"}
    client_for(rui).post(f"/p/{project.slug}/rate/{assignment.pk}/submit/", form)
    assert stored() == {
        "overall": (2, ""),
        "correct": (0, "equal_good"),
        "safe": (0, "equal_bad"),
    }


def test_what_was_taken_back_is_filled_in_with_its_own_ties(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: Any
):
    make_tasks(project, 1)
    answers = {"overall": 2, "correct": 0, "safe": 0}
    submit_judgment(
        rater=rui,
        assignment_id=lease(rui, project).pk,
        submission=Submission(answers=answers, tie_kinds=BAD),
    )
    client: Client = client_for(rui)
    undo = f"/p/{project.slug}/rate/undo/"
    values = client.post(undo, headers={"accept": "application/json"}).json()["values"]
    assert (values["answer.safe"], values["answer.correct"]) == (["0:equal_bad"], ["0:equal_good"])
    assert values["tie_kind"] == [""]
    html = client.get(f"/p/{project.slug}/rate/").content.decode()
    (safe,) = [
        tag for tag in re.findall(r"<input[^>]*answer\.safe[^>]*>", html) if " checked" in tag
    ]
    assert 'value="0:equal_bad"' in safe


def test_a_program_says_which_tie_on_each_question(
    project: Project, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 2)
    client = api(rui)
    offered = {c["key"]: c["tie_kinds"] for c in client.post(NEXT).json()["task"]["criteria"]}
    assert offered["safe"] == offered["overall"] == ["equal_good", "equal_bad", "cannot_tell"]
    body = {
        "answers": {"overall": 0, "correct": 1, "safe": 0},
        "tie_kinds": {"overall": "cannot_tell", **BAD},
    }
    reply = by_api(client, take(client), **body).json()
    assert (reply["tie_kinds"], reply["tie_kind"]) == (body["tie_kinds"], "cannot_tell")
    # Where an escape stands for the 0, it may be left out.
    second = {"answers": {"overall": 1}, "tie_kinds": {"correct": "cannot_tell", "safe": None}}
    by_api(client, take(client), **second)
    assert stored(Judgment.objects.latest("pk")) == {
        "overall": (1, ""),
        "correct": (0, "cannot_tell"),
    }
    undone = client.post(f"projects/{project.slug}/undo/").json()["taken_back"]
    assert (undone["tie_kinds"], undone["tie_kind"]) == ({"correct": "cannot_tell"}, "")


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({"tie_kind": "equal_bad", "tie_kinds": {"overall": "cannot_tell"}}, "tie_kinds", "two"),
        ({"tie_kinds": {"style": "equal_bad"}}, "tie_kinds", "Unknown criterion"),
        ({"answers": {"safe": 1}, "tie_kinds": BAD}, "tie_kinds", "with a preference"),
        ({"tie_kinds": {"safe": "unspecified"}}, "tie_kinds.safe", "not a valid choice"),
        ({"tie_kinds": "equal_bad"}, "tie_kinds", "dictionary"),
    ],
)
def test_ties_that_do_not_fit_are_refused_by_name(
    project: Project,
    rui: User,
    make_tasks: MakeTasks,
    api: CallAs,
    body: dict[str, Any],
    field: str,
    words: str,
):
    make_tasks(project, 1)
    client = api(rui)
    answers = {"overall": 0, **body.get("answers", {})}
    reply = by_api(client, take(client), **{**body, "answers": answers})
    assert reply.status_code == 400
    assert words in str(reply.json()["fields"][field])
    assert not Judgment.objects.exists()


def test_an_escape_that_is_not_offered_is_none_on_any_question(
    project: Project, rui: User, make_tasks: MakeTasks
):
    Project.objects.filter(pk=project.pk).update(allow_both_bad=False, allow_cannot_tell=False)
    make_tasks(project, 1)
    assignment = lease(rui, project)
    for ties in ({"correct": "equal_bad"}, {"safe": "cannot_tell"}):
        with pytest.raises(InvalidInput) as refused:
            judge(rui, assignment, 1, tie_kinds=ties)
        assert "does not offer" in refused.value.fields["tie_kinds"]
    # The arena's scale itself has it.
    assert judge(rui, assignment, 1, answers={"safe": 0}, tie_kinds=BAD).created


# --- the same answer again ---------------------------------------------------------------------


def first_fingerprint(content: dict[str, Any]) -> str:
    """What was stored beside a judgment before its answers had ties of their own."""
    whole = {
        "answers": {},
        "tie_kind": "",
        "rationale": "",
        "principles": [],
        "flags": [],
        "source": "human",
        **content,
    }
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def forge(judgment: Judgment, fingerprint: str) -> None:
    """Makes a stored judgment one of before the upgrade."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL concord.allow_erasure = 'on'")
        cursor.execute(
            "UPDATE labeling_judgment SET fingerprint = %s WHERE id = %s",
            [fingerprint, judgment.pk],
        )
        cursor.execute("SET LOCAL concord.allow_erasure = 'off'")


OLD = {"answer.overall": "-1", "answer.safe": "0:equal_bad", "tie_kind": ""}


@pytest.mark.parametrize("key", ["", "5f0c7b1e-6a52-4c0e-9b43-2d7f6a1c8e90"])
def test_an_answer_that_waited_through_the_upgrade_is_a_replay(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: Any, key: str
):
    make_tasks(project, 1)
    assignment = lease(rui, project)
    submit = f"/p/{project.slug}/rate/{assignment.pk}/submit/"
    client: Client = client_for(rui)
    client.post(submit, {**OLD, "key": key})
    judgment = Judgment.objects.get()
    assert judgment.fingerprint.startswith("2:")
    forge(judgment, first_fingerprint({"answers": {"overall": -1, "safe": 0}}))
    accept = {"accept": "application/json"}
    assert client.post(submit, {**OLD, "key": key}, headers=accept).status_code == 200
    assert Judgment.objects.count() == 1
    other = {**OLD, "answer.overall": "-2", "key": key}
    assert client.post(submit, other, headers=accept).status_code == 409


def test_an_old_programs_tie_is_a_replay_too(
    project: Project, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 1)
    client = api(rui)
    assignment = take(client)
    body = {"answers": {"overall": 0}, "tie_kind": "equal_bad", "key": str(uuid4())}
    first = by_api(client, assignment, **body)
    forge(
        Judgment.objects.get(),
        first_fingerprint({"answers": {"overall": 0}, "tie_kind": "equal_bad"}),
    )
    for again in (body, {**body, "key": None}):
        reply = by_api(client, assignment, **again)
        assert (reply.status_code, reply.json()) == (200, first.json())


def test_another_tie_on_another_question_is_another_answer(
    project: Project, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 1)
    assignment, key = lease(rui, project), uuid4()
    judge(rui, assignment, 1, answers={"safe": 0}, tie_kinds=BAD, key=key)
    assert not judge(rui, assignment, 1, answers={"safe": 0}, tie_kinds=BAD, key=key).created
    for ties in ({}, {"safe": "equal_good"}, {"safe": "cannot_tell"}):
        with pytest.raises(Conflict, match="other answers"):
            judge(rui, assignment, 1, answers={"safe": 0}, tie_kinds=ties, key=key)


def test_two_ways_to_name_the_primary_tie_are_one_answer(
    project: Project, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 1)
    assignment = lease(rui, project)
    judge(rui, assignment, 0, tie_kind="equal_bad")
    assert not judge(rui, assignment, 0, tie_kinds={"overall": "equal_bad"}).created


# --- what is stored, read and released ---------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"value": 1, "tie_kind": "equal_bad"}, "tie_is_a_zero"),
        ({"value": None, "tie_kind": "equal_bad", "unsaid": "unsure"}, "tie_is_a_zero"),
        ({"value": 0, "tie_kind": "draw"}, "tie_is_a_zero"),
        ({"value": None}, "value_or_why_not"),
        ({"value": 0, "unsaid": "unsure"}, "value_or_why_not"),
        ({"value": None, "unsaid": "perhaps"}, "value_or_why_not"),
        ({"value": 1, "twice": True}, "one_answer_per_question"),
    ],
)
def test_the_database_holds_no_answer_that_contradicts_itself(
    project: Project, rui: User, make_tasks: MakeTasks, fields: dict[str, Any], constraint: str
):
    make_tasks(project, 1)
    judgment = judge(rui, lease(rui, project)).judgment
    key = "overall" if fields.pop("twice", False) else "safe"
    criterion = Criterion.objects.get(project=project, key=key)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Answer.objects.create(judgment=judgment, criterion=criterion, **fields)


def test_an_answer_that_is_no_number_is_in_no_figure_and_in_words_on_the_page(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks, client_for: Any
):
    (task,) = make_tasks(project, 1)
    judgment = judge(rui, lease(rui, project), 0, tie_kind="equal_bad").judgment
    criteria = {criterion.key: criterion for criterion in project.criteria.all()}
    Answer.objects.create(judgment=judgment, criterion=criteria["safe"], unsaid="not_applicable")
    unknown = TieKind.UNSPECIFIED
    Answer.objects.create(
        judgment=judgment, criterion=criteria["correct"], value=0, tie_kind=unknown
    )
    client: Client = client_for(lena)
    votes = f"/p/{project.slug}/tasks/{task.pk}/votes/"
    page = client.post(votes, follow=True).content.decode()
    for words in ("both are bad", "not applicable", "no preference, kind not known"):
        assert words in page
    votes_shown, _ = page.split('id="votes"')[1].split("</section>", 1)
    assert "equally good" not in votes_shown
    for tab in ("agreement", "raters", "tasks"):
        assert client.get(f"/p/{project.slug}/{tab}/").status_code == 200
    (record,) = task_records(project, cutoff_now(project), lambda kind, pk: f"{kind}-{pk}")
    (said,) = record.judgments
    assert said.values == {"overall": 0, "correct": 0}
    assert said.tie_kinds == {"overall": "equal_bad", "correct": "unspecified"}
    assert said.unsaid == {"safe": "not_applicable"}
    assert Assignment.objects.get().state == "submitted"
