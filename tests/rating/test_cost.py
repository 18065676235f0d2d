"""What a comparison costs the web process, and that what is saved is seen nowhere."""

from __future__ import annotations

import cProfile
import gc
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from urllib.parse import urlencode

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from labeling.allocation import Stream
from labeling.models import Assignment, Prompt, RaterStream, Task
from labeling.models.copies import copy_of
from labeling.rating import page
from labeling.rating.desk import present
from labeling.rating.standings import _STANDINGS, standing
from labeling.rating.texts import render_some
from labeling.vocabulary import AssignmentState, Purpose
from projects.models import Project, User
from projects.sql import Statement
from tests.conftest import MakeTasks, judge, lease
from tests.rating.test_rate_page import JSON, form, rate_url

_FORM = "application/x-www-form-urlencoded"
#: Calls of functions a judgment, those of the test's client among them: some 4,600. Before there
#: were kinds of tasks beside comparison it took 6,800, and 300 more with them.
MOST_CALLS = 5_000


def test_a_comparison_takes_few_steps_in_the_web_process(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: Callable[[User], Client]
):
    make_tasks(project, 6)
    render_some(project_id=project.pk)
    client, shown = client_for(rui), lease(rui, project).pk
    ahead = client.post(rate_url(project, shown, "prepare"), headers=JSON).json()["task"]
    for _ in range(4):
        url = rate_url(project, shown, "submit")
        posted = urlencode(form("1", showing=ahead["id"], faces=ahead["face"]), doseq=True)
        profile = cProfile.Profile()
        gc.collect()  # what other tests have left ends before, not while it is counted
        reply = profile.runcall(client.post, url, posted, _FORM, headers=JSON)
        shown, ahead = ahead["id"], reply.json()["task"]
    assert sum(entry.callcount for entry in profile.getstats()) < MOST_CALLS


TURNS = [
    {"role": "user", "content": "Hi <b>"},
    {"role": "assistant", "content": "Yes?"},
    {"role": "user", "content": "What?"},
]


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(
    ("contents", "changes"),
    [
        (("plain", "<script>alert(1)</script> & “more”"), {}),
        (("", " \n"), {"messages": []}),
        (("x " * 200_000, "中文字"), {"messages": TURNS, "language": "ar"}),
    ],
)
def test_a_plain_task_is_the_one_that_the_template_makes(
    project: Project,
    rui: User,
    make_tasks: MakeTasks,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    contents: Sequence[str],
    changes: dict[str, object],
):
    make_tasks(project, 1, contents=contents)
    Prompt.objects.update(**changes)
    render_some(project_id=project.pk)
    view = present(lease(rui, project))
    with translation.override(language):
        pages = [page.shown_task(view, project=project) for _ in range(2)]
        monkeypatch.setattr(page, "is_plain", lambda _view: False)
        assert pages == [page.shown_task(view, project=project)] * 2
    assert all(response.html in pages[0] for response in view.responses)


def test_checks_among_the_tasks_cost_no_further_statement_where_none_is_due(
    project: Project, rui: User, sam: User, make_tasks: MakeTasks
):
    make_tasks(project, 2)
    run = []
    for rate, rater in ((0.0, rui), (0.01, sam)):
        Project.objects.filter(pk=project.pk).update(repeat_rate=rate)
        with CaptureQueriesContext(connection) as queries:
            lease(rater, project)
        run.append([sql for query in queries if (sql := query["sql"]).startswith("EXECUTE")])
    assert len(run[0]) == len(run[1])
    assert "in_stream" in run[1][-1]


#: What a lease runs, and its judgment; the first counts the open tasks, which is not prepared.
_A_LEASE = ["lock_rater", "standing", "siblings", "lease"]
_A_JUDGMENT = [*_A_LEASE, "claim_skipping", "texts_2", "rubric", "hold", "stored", "judgment"]


def _leased(rater: User, project: Project) -> list[str]:
    """The prepared statements that a lease runs, by name."""
    with CaptureQueriesContext(connection) as queries:
        lease(rater, project)
    run = [sql for query in queries if (sql := query["sql"]).startswith("EXECUTE concord_")]
    return [sql.split()[1].removeprefix("concord_") for sql in run]


def test_gold_that_there_is_none_of_is_not_looked_for(
    project: Project, rui: User, sam: User, make_tasks: MakeTasks
):
    tasks = make_tasks(project, 4)
    Project.objects.filter(pk=project.pk).update(gold_rate=0.5)
    RaterStream.objects.create(project=project, rater=rui, handed=20)
    RaterStream.objects.create(project=project, rater=sam, handed=20)
    mixed = ["lock_rater", "standing_mixed", "siblings", "lease_in_stream"]
    assert _leased(rui, project) == mixed
    copy_of(tasks[0], Purpose.GOLD)
    assert "claim_known" in _leased(sam, project)


def test_what_a_project_does_not_ask_is_no_part_of_its_statements(
    project: Project, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 2)
    assert _leased(rui, project) == _A_LEASE
    assert "labeling_raterstream" not in _STANDINGS[False, False].sql
    assert "count(*)" not in _STANDINGS[False, False].sql


@pytest.mark.parametrize("newest", ["none", "open", "over", "check", "check over"])
def test_where_a_rater_stands_is_the_same_by_the_short_statement(
    project: Project, rui: User, make_tasks: MakeTasks, newest: str
):
    make_tasks(project, 3)
    Task.objects.update(continues=True)
    if newest != "none":
        judge(rui, lease(rui, project), -1)
        last = Assignment.objects.filter(pk=lease(rui, project).pk)
        if "check" in newest:
            last.update(purpose=Purpose.GOLD)
        if "over" in newest:
            last.update(state=AssignmentState.EXPIRED)
    now = timezone.now()
    place = partial(standing, project_id=project.pk, rater_id=rui.pk, showing=None, limited=True)
    short, whole = (place(mixes=mixes, now=now, until=now) for mixes in (False, True))
    assert replace(short, stream=Stream()) == replace(whole, stream=Stream())
    assert (short.continued is not None) == (newest != "none")


def test_the_plans_of_a_judgment_are_kept(project: Project, rui: User, make_tasks: MakeTasks):
    make_tasks(project, 120)  # so many that they are not counted each time
    render_some(project_id=project.pk)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE; DEALLOCATE ALL")
    del connection._concord_prepared  # type: ignore[attr-defined]
    for _ in range(12):
        present(leased := lease(rui, project))
        judge(rui, leased, -1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, generic_plans FROM pg_prepared_statements")
        kept = {name.removeprefix("concord_"): generic for name, generic in cursor.fetchall()}
    assert {name: kept[name] for name in _A_JUDGMENT if kept[name] < 4} == {}


def test_statements_run_past_djangos_cursor_as_they_would_by_it(project: Project):
    divide = Statement("halves", "SELECT 1 / %(by)s", by="integer")
    assert divide.row(by=1) == (1,)
    with CaptureQueriesContext(connection) as queries:
        assert divide.row(by=1) == (1,)
    assert len(queries) == 1  # whoever counts statements sees them
    copy = Statement(
        "again",
        "INSERT INTO projects_project SELECT * FROM projects_project p WHERE p.id = %(id)s",
        id="bigint",
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.row(id=project.pk)
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            divide.row(by=1)
