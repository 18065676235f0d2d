"""What a release of a large project would hold: counted in the background, shown meanwhile."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from labeling import jobs
from labeling.models import Report
from labeling.releases import previews, selectors
from labeling.work import kept
from projects.models import Project, User
from tests.api.client import CallAs
from tests.conftest import judge, lease
from tests.releases.test_release_pages import CHOICES, Clients, url

Sent = list[tuple[str, int]]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """What a worker is told, where every project counts as large."""
    monkeypatch.setattr(selectors, "_QUICK", 0)
    messages: Sent = []
    monkeypatch.setattr(kept, "send_id", lambda task, pk, **_: messages.append((task, pk)))
    return messages


def preview(client: Client, project: Project, **choices: Any) -> str:
    """The part of the page that counts rows."""
    return client.get(url("release-preview", project), {**CHOICES, **choices}).content.decode()


def test_a_large_project_is_counted_by_a_worker_and_the_page_goes_on_asking(
    judged: Project, mia: User, client_for: Clients, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_for(mia)
    waiting = preview(client, judged, recipe="raw")
    assert "You can freeze the release before it is done." in waiting
    assert "load delay:2s" in waiting
    assert [task for task, _ in sent] == ["labeling.jobs.count_release"]
    jobs.count_release(sent.pop()[1])
    counted = preview(client, judged, recipe="raw")
    assert "<td>12</td>" in counted
    assert "load delay" not in counted
    judge_one_more(judged)
    assert "As counted" in preview(client, judged, recipe="raw")
    assert not sent, "counts of a minute ago are not made anew"
    monkeypatch.setattr(kept, "is_fresh", lambda _report: False)
    Report.objects.update(sent_at=None)
    older = preview(client, judged, recipe="raw")
    assert "<td>12</td>" in older
    assert "load delay:2s" in older


def test_the_same_is_counted_as_in_a_small_project(
    judged: Project, mia: User, api: CallAs, sent: Sent
) -> None:
    asked: dict[str, Any] = {"recipe": "majority", "format": "native"}
    path = f"projects/{judged.slug}/releases/preview/"
    assert api(mia).post(path, asked).status_code == 202
    jobs.count_release(sent.pop()[1])
    reply = api(mia).post(path, asked)
    exact = previews.preview_release(project=judged, **asked)
    assert (reply.json()["rows_in"], reply.json()["rows_out"]) == (exact.rows_in, exact.rows_out)
    assert reply.json()["counted_at"] is None


def test_counts_asked_for_long_ago_are_not_kept(
    judged: Project, mia: User, client_for: Clients, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "_KEPT", 1)
    for recipe in ("raw", "majority"):
        preview(client_for(mia), judged, recipe=recipe)
        jobs.count_release(sent.pop()[1])
    assert [report.request["recipe"] for report in Report.objects.all()] == ["majority"]


def judge_one_more(project: Project) -> None:
    """Somebody judges what two have judged before."""
    project.tasks.update(overlap=3, open_slots=1)
    lead = project.memberships.get(role="lead").user
    judge(lead, lease(lead, project), 1)
