"""Figures of a project too large for a request: kept, shown as they were, computed by a worker."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from labeling import jobs
from labeling.lead import basis
from labeling.lead.agreement import pairs, report
from labeling.lead.overview import report as overview
from labeling.lead.raters import report as raters
from labeling.lead.tasks import filters as listed
from labeling.lead.tasks import stretches
from labeling.models import RaterPairPart, Report, Task
from labeling.work import kept
from labeling.work.kept import compute_report, want_report
from projects.models import Project, User
from tests.api.client import CallAs
from tests.lead.test_agreement_page import answer, crowd

pytestmark = pytest.mark.django_db

ClientFor = Callable[[User], Client]
Sent = list[tuple[str, int]]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """What a worker is told, and never does by itself here."""
    messages: Sent = []
    monkeypatch.setattr(kept, "send_id", lambda task, pk, **_: messages.append((task, pk)))
    return messages


@pytest.fixture
def large(
    project: Project,
    make_tasks: Callable[..., list[Task]],
    sent: Sent,
    monkeypatch: pytest.MonkeyPatch,
) -> Project:
    """Four raters on three tasks: large, where nothing may be computed in a request."""
    monkeypatch.setattr(report, "QUICK_ANSWERS", 0)
    monkeypatch.setattr(raters, "QUICK_JUDGMENTS", 0)
    monkeypatch.setattr(overview, "QUICK_ROWS", 0)
    for task, rater in product(make_tasks(project, 3, overlap=40), crowd(project, 4)):
        answer(project, task, rater, (task.pk * rater.pk) % 3 - 1)
    return project


def work(sent: Sent) -> None:
    """What a worker does with its messages."""
    doors = {
        job.name: job for job in (jobs.compute_agreement, jobs.compute_raters, jobs.count_overview)
    }
    while sent:
        task, pk = sent.pop()
        doors[task](pk)


def text(client: Client, project: Project, desk: str) -> str:
    """A page of the project."""
    response = client.get(f"/p/{project.slug}/{desk}")
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("desk", ["agreement/", "agreement/overall/", "raters/"])
def test_a_request_computes_nothing_and_shows_what_a_worker_left(
    large: Project, lena: User, client_for: ClientFor, sent: Sent, desk: str
) -> None:
    client = client_for(lena)
    with CaptureQueriesContext(connection) as queries:
        assert "computed for the first time" in text(client, large, desk)
    assert not [query for query in queries if "labeling_answer" in query["sql"]]
    text(client, large, desk)
    assert len(sent) == 1, "asked again at once, the worker is not told again"
    work(sent)
    page = text(client, large, desk)
    assert "Rater 3" in page
    assert "computed for the first time" not in page


def test_an_older_report_says_its_moment_and_how_many_judgments_came_since(
    large: Project, lena: User, client_for: ClientFor, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_for(lena)
    text(client, large, "agreement/")
    work(sent)
    answer(large, large.tasks.earliest("pk"), lena, 1)
    page = text(client, large, "agreement/")
    assert "1 judgment since then is not in these figures." in page
    assert not sent, "it is too new to be made anew"
    monkeypatch.setattr(kept, "is_fresh", lambda _report: False)
    Report.objects.update(sent_at=None)
    assert "being computed anew" in text(client, large, "agreement/")
    waiting = client.get(f"/p/{large.slug}/agreement/", headers={"HX-Request": "true"})
    assert b"<html" not in waiting.content
    work(sent)
    done = client.get(f"/p/{large.slug}/agreement/", headers={"HX-Request": "true"})
    assert done.headers["HX-Refresh"] == "true"


def test_a_million_judgments_are_counted_once_for_all_who_look_within_seconds(
    large: Project, lena: User, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(basis, "MANY_JUDGMENTS", 1)
    monkeypatch.setattr(basis.Counted, "states", {})
    client = client_for(lena)
    with CaptureQueriesContext(connection) as queries:
        for desk in ("agreement/", "raters/", "agreement/", "agreement/overall/"):
            text(client, large, desk)
    counts = [query for query in queries if 'COUNT("labeling_judgment"' in query["sql"]]
    assert len(counts) == 1


def test_programs_are_told_to_ask_again(
    large: Project, lena: User, api: CallAs, sent: Sent
) -> None:
    pairs = "agreement/pairs/?criterion=overall"
    paths = ("agreement/", pairs, "raters/", "checks/", "progress/")
    for path in paths:
        reply = api(lena).get(f"projects/{large.slug}/{path}")
        assert (reply.status_code, reply.json()["code"]) == (202, "being_computed")
        assert reply.headers["Retry-After"] == "3"
    work(sent)
    for path in paths:
        assert api(lena).get(f"projects/{large.slug}/{path}").status_code == 200


def test_pairs_are_read_a_page_at_a_time_and_are_no_part_of_the_report(
    large: Project,
    lena: User,
    mia: User,
    client_for: ClientFor,
    api: CallAs,
    sent: Sent,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pairs, "PART", 2)
    monkeypatch.setattr("labeling.lead.agreement.views.PART", 2)
    report.agreement_report(large)
    kept_data = Report.objects.get(project=large)
    assert kept_data.data["criteria"]["overall"]["pairs"]["count"] == 6
    assert "Rater" not in str(kept_data.data)
    assert RaterPairPart.objects.filter(criterion="overall").count() == 3
    with CaptureQueriesContext(connection) as queries:
        page = text(client_for(lena), large, "agreement/overall/?page=2")
    assert page.count('<th scope="row" class="name">') == 2
    read = [query["sql"] for query in queries if "labeling_raterpairpart" in query["sql"]]
    assert len(read) == 1
    assert '"number" <= 2' in read[0]
    assert "Rater 1" in text(client_for(mia), large, "agreement/overall/")
    path = f"projects/{large.slug}/agreement/pairs/?criterion=overall&page_size=4&page=2"
    listed = api(lena).get(path).json()
    assert (listed["count"], len(listed["results"])) == (6, 2)
    every = report.agreement_report(large)["criteria"]["overall"]["pairs"]
    assert [pair["n"] for pair in every] == [3] * 6
    assert listed["results"] == every[4:]
    assert client_for(lena).get(f"/p/{large.slug}/agreement/nothing/").status_code == 404


def test_a_report_that_comes_to_no_end_rests_and_says_so(
    large: Project, lena: User, client_for: ClientFor, sent: Sent
) -> None:
    client = client_for(lena)
    text(client, large, "agreement/")
    (_task, pk) = sent.pop()

    def fails(_report: Report) -> Any:
        raise MemoryError

    for _ in range(kept.MOST_ATTEMPTS):
        with pytest.raises(MemoryError):
            compute_report(pk, fails)
    assert "could not be computed" in text(client, large, "agreement/")
    assert not sent
    Report.objects.update(sent_at=timezone.now() - kept.REST * 2)
    text(client, large, "agreement/")
    assert len(sent) == 1


def test_what_nobody_waits_for_is_not_computed_on(project: Project, sent: Sent) -> None:
    want_report(project, "toy", task="toy")
    pk = Report.objects.get().pk
    begun = []

    def counts(counted: Report) -> tuple[str, dict[str, int]]:
        begun.append(counted.pk)
        kept.report_progress(counted.pk, 40)
        assert Report.objects.get().percent == 40
        Report.objects.update(wanted_at=timezone.now() - 2 * kept.PATIENCE)
        kept.report_progress(counted.pk, 80)
        raise AssertionError("it goes on")

    compute_report(pk, counts, while_wanted=True)
    compute_report(pk, counts, while_wanted=True)
    assert begun == [pk]
    assert Report.objects.get().computed_at is None


def test_the_overview_shows_what_a_worker_counted_and_who_rates_waits_for_nothing(
    large: Project, lena: User, rui: User, client_for: ClientFor, sent: Sent
) -> None:
    client = client_for(lena)
    with CaptureQueriesContext(connection) as queries:
        assert "computed for the first time" in text(client, large, "")
    read = [query["sql"] for query in queries if "labeling_answer" in query["sql"]]
    assert not read
    work(sent)
    counted = text(client, large, "")
    assert "Computed" in counted
    assert "12 judgments" in counted
    assert "for the first time" not in counted
    assert "for the first time" not in text(client_for(rui), large, "")


def test_tasks_of_a_large_project_are_read_on_from_one_to_the_next(
    project: Project,
    lena: User,
    client_for: ClientFor,
    make_tasks: Callable[..., list[Task]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stretches, "LONG_LIST", 3)
    monkeypatch.setattr(stretches, "_FIRST_STEP", 2)
    monkeypatch.setattr("labeling.lead.tasks.views.TASKS_PAGE", 3)
    tasks = sorted(make_tasks(project, 7), key=lambda task: task.pk)
    client = client_for(lena)
    first = text(client, project, "tasks/")
    assert f"?from={tasks[3].pk}" in first
    assert "<bdi>t3<" in first
    assert "<bdi>t4<" not in first
    last = text(client, project, f"tasks/?from={tasks[6].pk}")
    assert "<bdi>t7<" in last
    assert 'rel="next"' not in last
    rare = text(client, project, "tasks/?q=t7")
    assert "<bdi>t7<" in rare
    monkeypatch.setattr(stretches, "_READING", -1.0)
    stopped = text(client, project, "tasks/?q=t7")
    assert "There are more to look through." in stopped
    assert f"?q=t7&amp;from={tasks[2].pk}" in stopped
    for strange in ("x", "-1", "9" * 30):
        assert "<bdi>t1<" in text(client, project, f"tasks/?from={strange}")


@pytest.mark.parametrize("state", list(listed.TaskState))
def test_reading_on_finds_what_the_whole_list_has(
    large: Project, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stretches, "_FIRST_STEP", 1)
    wanted = listed.TaskFilter(state=state)
    whole = [task.pk for task in listed.find_tasks(large, wanted)]
    stretch = stretches.read_on(large, wanted, start=0, size=50)
    assert [task.pk for task in stretch.tasks] == whole
