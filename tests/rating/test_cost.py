"""What a comparison costs the web process, and that what is saved is seen nowhere."""

from __future__ import annotations

import cProfile
from collections.abc import Callable, Sequence
from urllib.parse import urlencode

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from labeling.models import Prompt
from labeling.rating import page
from labeling.rating.desk import present
from labeling.rating.texts import render_some
from projects.models import Project, User
from projects.sql import Statement
from tests.conftest import MakeTasks, lease
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
