"""Gold, repeats and anchors among a rater's tasks: when they come, and what they say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now
from hypothesis import given
from hypothesis import strategies as st

from labeling.allocation import CheckRates, Stream, due_checks
from labeling.kinds.known import KnownAnswer
from labeling.models import Assignment, GoldAnswer, Task, TaskOpening
from labeling.rating.leases import Nothing, next_assignment, release_prepared
from labeling.teaching.checks.services import set_known_answer
from labeling.vocabulary import CHECKS, Purpose
from projects.models import Project, User
from tests.api.client import CallAs
from tests.conftest import MakeTasks, judge, lease, membership

HERE = "projects/support-answers/"


def turn_on(project: Project, **settings: Any) -> None:
    """Changes settings of the project in the database; its users' memberships read it anew."""
    Project.objects.filter(pk=project.pk).update(**settings)
    project.refresh_from_db()


def make_gold(api: CallAs, lena: User, task: Task, **fields: Any) -> dict[str, Any]:
    """Says by API that the first response is right, unless told otherwise."""
    body = {"answers": {"overall": -1}, "reason": "The second invents a figure.", **fields}
    reply = api(lena).post(f"{HERE}tasks/{task.pk}/right-answer/", body)
    assert reply.status_code == 201, reply.content
    data: dict[str, Any] = reply.json()
    return data


def canonical(user: User, assignment: Assignment, value: int) -> None:
    """Submits an answer of the canonical order."""
    judge(user, assignment, value if assignment.shown_order[0] == 0 else -value)


def a_day_later() -> None:
    """Moves everything that was leased into the past."""
    long_ago = timedelta(hours=30)
    moments = ("created_at", "opened_at", "submitted_at")
    Assignment.objects.update(**{name: F(name) - long_ago for name in moments})


# --- the stream, pure --------------------------------------------------------------------------


@given(
    st.sampled_from([0, 0.01, 0.05, 0.1, 0.25, 0.4]),
    st.sampled_from([0, 0.03, 0.05, 0.15]),
    st.integers(0, 10),
    st.text(max_size=4),
)
def test_rates_hold_over_the_stream_and_no_two_checks_come_in_a_row(gold, repeat, anchors, seed):
    if gold + repeat + anchors / 100 > 0.4:
        return
    rates, stream, came = CheckRates(gold, repeat, anchors / 100), Stream(), []
    for n in range(300):
        due = due_checks(seed, stream, rates)
        purpose, block = due[0] if due else (None, 0)
        stream = stream.after(purpose, block)
        came.append(purpose)
        for each in CHECKS:
            lead = came.count(each) - rates.of(each) * (n + 1)
            assert -2 <= lead <= 0.75 + 1e-9
    assert not any(a and b for a, b in pairwise(came))


# --- gold --------------------------------------------------------------------------------------


def test_gold_that_was_given_back_counts_when_it_comes_again_so_no_other_follows_it(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks
):
    turn_on(project, gold_rate=0.25, salt="leaves")
    tasks = make_tasks(project, 30)
    for task in tasks[-8:]:
        set_known_answer(task=task, actor=lena, known=KnownAnswer({"overall": -1}))
    member = membership(rui, project)
    came: list[str] = []
    given_back: list[int] = []
    while len(came) < 24:
        on_screen = next_assignment(membership=member)
        assert isinstance(on_screen, Assignment)
        prepared = next_assignment(membership=member, ahead_of=on_screen.pk)
        assert isinstance(prepared, Assignment)
        if prepared.purpose == Purpose.GOLD and len(given_back) < 2:
            given_back.append(prepared.pk)
            release_prepared(assignment=prepared)
        canonical(rui, on_screen, -1)
        came.append(on_screen.purpose)
        a_day_later()
    again = Assignment.objects.filter(pk__in=given_back, state="submitted")
    assert again.exists()
    assert not any(a == b == Purpose.GOLD for a, b in pairwise(came))
    # Seven blocks of four were begun: one was given back for each of two, and came in a later one.
    assert came.count(Purpose.GOLD) == 5


def test_33_of_40_gold_tasks_answered_right_are_82_5_percent(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks, api: CallAs
):
    *tasks, last = make_tasks(project, 100)[60:]
    for task in tasks:
        set_known_answer(task=task, actor=lena, known=KnownAnswer({"overall": -1}))
    make_gold(api, lena, last)
    assert api(lena).patch(HERE, {"gold_rate": 0.4}).json()["gold_rate"] == 0.4
    member, wrong = membership(rui, project), 7
    came: list[str] = []
    while came.count(Purpose.GOLD) < 40:
        assignment = next_assignment(membership=member)
        assert isinstance(assignment, Assignment)
        came.append(assignment.purpose)
        is_wrong = assignment.purpose == Purpose.GOLD and came.count(Purpose.GOLD) <= wrong
        canonical(rui, assignment, 2 if is_wrong else -2)
    assert not any(a == b == Purpose.GOLD for a, b in pairwise(came))
    assert abs(len(came) * 0.4 - 40) <= 2
    (row,) = api(lena).get(f"{HERE}raters/").json()["raters"]
    share = row["gold"]
    assert (share["value"], share["n"]) == (0.825, 40)
    assert (round(share["low"], 3), round(share["high"], 3)) == (0.681, 0.913)
    assert round(row["gold_above_075"], 3) == 0.839
    assert row["judgments"] == len(came) - 40  # gold is no data
    # Who has done all gold gets live tasks.
    assert lease(rui, project).purpose == Purpose.LIVE


def test_gold_is_a_copy_and_a_new_answer_a_new_version(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks, api: CallAs
):
    (task,) = make_tasks(project, 1)
    first = make_gold(api, lena, task, answers={"overall": [-1, 0]})
    copy = Task.objects.get(pk=first["task"])
    assert (copy.gold_of, copy.purpose, copy.overlap) == (task, "gold", None)
    assert copy.response_ids == task.response_ids
    assert Task.objects.get(pk=task.pk).purpose == "live"
    assert make_gold(api, lena, task, answers={"overall": [-1, 0]})["versions"] == first["versions"]
    again = make_gold(api, lena, task, answers={"overall": 3}, kind="pleasant_wrong")
    assert again["task"] == copy.pk
    assert [row["version"] for row in again["versions"]] == [2, 1]
    assert again["versions"][0]["answers"] == {"overall": [3]}
    (listed,) = api(lena).get(f"{HERE}gold/").json()["results"]
    assert (listed["kind"], listed["version"], "answers" in listed) == ("pleasant_wrong", 2, False)
    # Whoever knows the answer is given neither the task nor its copy.
    opened = TaskOpening.objects.filter(person=lena).values_list("task", flat=True)
    assert set(opened) == {task.pk, copy.pk}
    # The same side is right, whatever the strength.
    turn_on(project, gold_rate=0.4)
    make_tasks(project, 3, prefix="u")
    while (assignment := lease(rui, project)).purpose != "gold":
        canonical(rui, assignment, -1)
        a_day_later()
    canonical(rui, assignment, 1)
    assert api(lena).get(f"{HERE}checks/").json()["gold"]["value"] == 1.0


@pytest.mark.parametrize(
    ("fields", "named", "words"),
    [
        ({"answers": {"overall": -9}}, "overall", "-9 is not on this scale"),
        ({"answers": {"overall": []}}, "overall", "Name from 1 to 20"),
        ({"answers": {"colour": 1}}, "colour", "Unknown criterion"),
        ({"answers": {"correct": 1}}, "overall", "Say what is right on the primary question"),
        ({"answers": {"overall": 1}, "kind": "shiny"}, "kind", "not a valid choice"),
        ({"answers": {"overall": 1}, "reason": "a\x00b"}, "reason", ""),
    ],
)
def test_a_gold_answer_that_does_not_fit_is_refused_by_name(
    project: Project, lena: User, make_tasks: MakeTasks, api: CallAs, fields, named, words
):
    (task,) = make_tasks(project, 1)
    reply = api(lena).post(f"{HERE}tasks/{task.pk}/right-answer/", fields)
    assert reply.status_code == 400
    assert words in str(reply.json()["fields"][named])
    assert not GoldAnswer.objects.exists()


def test_a_task_to_write_and_a_turn_that_goes_on_have_no_right_answer(
    project: Project, lena: User, make_tasks: MakeTasks, api: CallAs
):
    write, turn, withdrawn = make_tasks(project, 3)
    Task.objects.filter(pk=write.pk).update(kind="write")
    Task.objects.filter(pk=turn.pk).update(continues=True)
    api(lena).post(f"{HERE}tasks/{withdrawn.pk}/withdraw/", {"reason": "Broken."})
    for task, words in (
        (write, "no one right answer"),
        (turn, "goes on"),
        (withdrawn, "withdrawn"),
    ):
        body = {"answers": {"overall": 1}}
        reply = api(lena).post(f"{HERE}tasks/{task.pk}/right-answer/", body)
        assert (reply.status_code, words in reply.json()["message"]) == (409, True)


def test_gold_is_made_on_the_page_of_a_task(
    project: Project, lena: User, make_tasks: MakeTasks, client_for: Callable[[User], Client]
):
    (task,) = make_tasks(project, 1)
    client = client_for(lena)
    page = reverse("labeling:task", args=[project.slug, task.pk])
    address = reverse("labeling:task-right-answer", args=[project.slug, task.pk])
    assert address in client.get(page).content.decode()
    sent = {"right.overall": ["-1", "-2"], "reason": "It is true.", "kind": "plain"}
    client.post(address, {**sent, "purpose": "anchor"})
    (answer,) = GoldAnswer.objects.all()
    assert (answer.task.purpose, answer.answers) == ("anchor", {"overall": [-1, -2]})
    assert "It is true." in client.get(page).content.decode()
    client.post(address, {"reason": "Nothing is ticked."})
    assert "primary question" in client.get(page).content.decode()


# --- repeats -----------------------------------------------------------------------------------


def test_a_task_comes_again_after_fifty_others_or_a_day_with_its_sides_drawn_anew(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks, api: CallAs
):
    turn_on(project, repeat_rate=0.25, salt="drawn")
    make_tasks(project, 75)
    places: dict[int, int] = {}
    orders: dict[int, list[int]] = {}
    swapped = []
    member = membership(rui, project)
    for n in range(70):
        assignment = next_assignment(membership=member)
        assert isinstance(assignment, Assignment)
        task = assignment.task
        if assignment.purpose == "repeat":
            assert n - places[task.repeat_of_id or 0] >= 50
            swapped.append(orders[task.repeat_of_id or 0] != assignment.shown_order)
        places[task.pk], orders[task.pk] = n, assignment.shown_order
        canonical(rui, assignment, -1)
    assert len(swapped) >= 4
    assert {True, False} == set(swapped)
    row = api(lena).get(f"{HERE}raters/").json()["raters"][0]
    # Sides change and the canonical value does not: that is the same answer.
    assert row["self_consistency"]["value"] == 1.0
    assert row["self_consistency"]["n"] == len(swapped)


def test_a_repeat_of_a_withdrawn_task_never_comes(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks, api: CallAs
):
    tasks = make_tasks(project, 12, overlap=3)
    turn_on(project, repeat_rate=0.4)
    for _n in range(4):
        canonical(rui, lease(rui, project), -1)
    a_day_later()
    judged = set(Assignment.objects.values_list("task", flat=True))
    for task in tasks:
        if task.pk in judged:
            api(lena).post(f"{HERE}tasks/{task.pk}/withdraw/", {"reason": "Broken."})
    for _n in range(8):
        assignment = lease(rui, project)
        assert assignment.purpose == "live"
        canonical(rui, assignment, -1)
    assert isinstance(next_assignment(membership=membership(rui, project)), Nothing)


def test_a_withdrawn_task_takes_its_copies_along_and_brings_them_back(
    project: Project, lena: User, make_tasks: MakeTasks, api: CallAs
):
    (task,) = make_tasks(project, 1)
    copy = make_gold(api, lena, task)["task"]
    api(lena).post(f"{HERE}tasks/{task.pk}/withdraw/", {"reason": "Broken."})
    assert Task.objects.out_of_play().filter(pk=copy).exists()
    api(lena).post(f"{HERE}tasks/{task.pk}/put-back/")
    assert not Task.objects.out_of_play().exists()


# --- anchors, rates, chances -------------------------------------------------------------------


def test_too_many_checks_are_refused_with_a_sentence(project: Project, lena: User, api: CallAs):
    for changes in (
        {"gold_rate": 0.3, "repeat_rate": 0.2},
        {"gold_rate": 0.39, "anchors_per_batch": 2},
    ):
        reply = api(lena).patch(HERE, changes)
        assert (reply.status_code, "at most 0.4" in str(reply.json())) == (400, True)
    for value in (0.5, -0.1, "NaN", "many"):
        assert api(lena).patch(HERE, {"gold_rate": value}).status_code == 400
    project.refresh_from_db()
    assert (project.gold_rate, project.repeat_rate) == (0, 0)


def test_the_chance_of_a_task_is_one_among_those_open_to_its_rater(
    project: Project, lena: User, rui: User, sam: User, make_tasks: MakeTasks, api: CallAs
):
    tasks = make_tasks(project, 6, overlap=2)
    make_tasks(project, 2, overlap=2, priority=1, prefix="urgent")
    chances = []
    for _n in range(8):
        assignment = lease(rui, project)
        chances.append(assignment.selection_probability)
        canonical(rui, assignment, -1)
    assert chances == [1 / 2, 1, 1 / 6, 1 / 5, 1 / 4, 1 / 3, 1 / 2, 1]
    assert lease(sam, project).selection_probability == 1 / 2
    for task in tasks[:3]:
        make_gold(api, lena, task)
    turn_on(project, gold_rate=0.4)
    gold: list[Assignment] = []
    while len(gold) < 1:
        assignment = lease(sam, project)
        canonical(sam, assignment, -1)
        gold += [assignment] if assignment.purpose == "gold" else []
    # Those whose original the rater has just had are not open to them.
    had = set(Assignment.objects.filter(rater=sam, purpose="live").values_list("task", flat=True))
    assert gold[0].selection_probability == 1 / sum(task.pk not in had for task in tasks[:3])


def test_what_is_open_is_counted_once_and_not_after_each_check(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks, api: CallAs
):
    tasks = make_tasks(project, 110, overlap=1)
    for task in tasks[:8]:
        make_gold(api, lena, task)
    turn_on(project, gold_rate=0.4)
    had: list[Assignment] = []
    with CaptureQueriesContext(connection) as asked:
        while len(had) < 15:
            had.append(lease(rui, project))
            canonical(rui, had[-1], -1)
    live = [row for row in had if row.purpose == "live"]
    chances = [row.selection_probability or 0.0 for row in live]
    n_open = [round(1 / chance) for chance in chances]
    assert 3 <= len(live) <= 12
    assert n_open == [*range(110, 110 - len(live), -1)]
    again = sum(row.task.queue_key % 32 == 0 for row in live) + sum(p > 0.01 for p in chances)
    assert 1 <= sum("ahead.queue_key" in query["sql"] for query in asked) <= 1 + again


# --- training ----------------------------------------------------------------------------------


def test_in_training_the_reason_follows_a_gold_task_and_its_answer_stands_then(
    project: Project,
    lena: User,
    rui: User,
    sam: User,
    make_tasks: MakeTasks,
    api: CallAs,
    client_for: Callable[[User], Client],
):
    task, *_others = make_tasks(project, 3, overlap=3)
    make_gold(api, lena, task)
    copy = Task.objects.get(purpose="gold")
    leases = {}
    for rater, shown in ((rui, [0, 1]), (sam, [1, 0])):
        leases[rater.name] = Assignment.objects.create(
            task=copy,
            project=project,
            rater=rater,
            purpose="gold",
            shown_order=shown,
            guideline=project.guidelines.get(),
            lease_expires_at=now() + timedelta(minutes=9),
        )
    answer = {"answers": {"overall": -1}}
    address = f"assignments/{leases[rui.name].pk}/judgment/"
    assert "gold" not in api(rui).post(address, answer).json()
    api(rui).post(f"{HERE}undo/")
    assert api(lena).patch(HERE, {"explains_gold": True}).json()["explains_gold"] is True
    explained = api(rui).post(address, answer).json()["gold"]
    assert explained == {
        "right": True,
        "answers": {"overall": [-1]},
        "reason": "The second invents a figure.",
    }
    # Who knows the answer cannot take theirs back, and gets the task itself no more.
    reply = api(rui).post(f"{HERE}undo/")
    assert (reply.status_code, reply.json()["code"]) == (409, "votes_opened")
    assert lease(rui, project).task_id != task.pk
    # The sides of sam were the other way round; the page says the same in words.
    client = client_for(sam)
    base = reverse("labeling:rate", args=[project.slug])
    page = client.post(
        f"{base}{leases[sam.name].pk}/submit/", {"answer.overall": "-1"}, follow=True
    )
    sentences = (
        "its right answer is another",
        "B is slightly better",
        "The second invents a figure.",
    )
    assert all(words in page.content.decode() for words in sentences)
