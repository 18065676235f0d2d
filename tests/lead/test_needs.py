"""What needs a person now is what a person can clear, each on the page that its line leads to."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from labeling.lead.overview.page import needs_of
from labeling.lead.overview.report import known_contested
from labeling.lead.overview.selectors import WITHOUT_NEEDS
from labeling.lead.tasks.services import run_task_change
from labeling.lead.withdrawals.services import put_task_back, withdraw_task
from labeling.models import Import, Release, TaskChange, Withdrawal
from labeling.rating.judgments import skip_assignment
from labeling.vocabulary import JobState
from labeling.work.registry import job_models
from projects.guidelines.selectors import current_guideline
from projects.guidelines.services import acknowledge, publish_guideline
from projects.models import AuditEvent, Membership, OutgoingMail, Project, User
from projects.project_templates import GuidelineSpec
from projects.services.mail import send_due_mails, send_queued_mail
from tests.api.client import CallAs
from tests.conftest import MakeTasks, judge, lease
from tests.rating.test_rate_page import ClientFor

pytestmark = pytest.mark.django_db


def needs(project: Project) -> dict[str, int]:
    return {need.kind: need.count for need in needs_of(project, known_contested(project))}


def publish(project: Project, lead: User) -> None:
    publish_guideline(
        project=project, published_by=lead, spec=GuidelineSpec("New.", change_note="New.")
    )


def follow(client: Client, address: str) -> str:
    reply = client.get(address)
    assert reply.status_code == 200
    return reply.content.decode()


def test_reports_of_raters_wait_until_a_lead_settles_them_and_later_ones_wait_again(
    project: Project,
    rui: User,
    sam: User,
    tao: User,
    lena: User,
    make_tasks: MakeTasks,
    client_for: ClientFor,
):
    (task,) = make_tasks(project, 1, overlap=5)
    judge(tao, lease(tao, project), flags=["unsafe"])
    for rater in (rui, sam):
        skip_assignment(rater=rater, assignment_id=lease(rater, project).pk, reason="broken")
    (need,) = needs_of(project, known_contested(project))
    assert "1 task: 1 flagged, 1 broken or impossible to show, 1 skipped" in need.sentence
    client, page = client_for(lena), f"/p/{project.slug}/tasks/{task.pk}/"
    assert need.sentence in follow(client, f"/p/{project.slug}/")
    assert page in follow(client, need.address)
    assert "Nothing needs doing" in follow(client, page)
    client.post(f"{page}settle/")
    assert needs(project) == {}
    assert "Nothing needs doing" not in follow(client, page)
    assert "flagged" in follow(client, f"/p/{project.slug}/tasks/?state=flagged")
    skip_assignment(rater=lena, assignment_id=lease(lena, project).pk, reason="broken")
    assert needs(project) == {"reported": 1}
    assert AuditEvent.objects.filter(verb="reports settled").count() == 1


def test_all_that_a_filter_finds_is_settled_at_once(
    project: Project, rui: User, lena: User, mia: User, make_tasks: MakeTasks, api: CallAs
):
    for task in make_tasks(project, 2):
        skip_assignment(rater=rui, assignment_id=lease(rui, project).pk, reason="broken")
        assert task.pk
    base, body = f"projects/{project.slug}", {"settles": True, "selection": {"state": "reported"}}
    assert api(mia).post(f"{base}/task-changes/", body).status_code == 403
    reply = api(lena).post(f"{base}/task-changes/", body)
    assert reply.status_code == 202
    withdraw_task(task=task, actor=lena, reason="Unclear.")
    for state in ("broken", "reported"):
        for play, n in (("", 1), ("yes", 1), ("any", 2)):
            query = f"state={state}" + (f"&withdrawn={play}" if play else "")
            assert len(api(lena).get(f"{base}/tasks/?{query}").json()["results"]) == n
    assert needs(project) == {"reported": 1}
    put_task_back(task=task, actor=lena)
    run_task_change(reply.json()["id"])
    assert TaskChange.objects.get().changed == 2
    assert needs(project) == {}


def test_a_disagreement_is_a_fact_and_waits_for_nobody(
    project: Project, rui: User, sam: User, lena: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 1, overlap=2)
    for rater, value in ((rui, -1), (sam, 1)):
        held = lease(rater, project)
        judge(rater, held, value if held.shown_order[0] == 0 else -value)
    assert needs(project) == {}
    page = follow(client_for(lena), f"/p/{project.slug}/")
    assert "1 task on which raters prefer different responses." in page


def test_a_failed_job_leads_to_its_page_and_is_set_aside(
    project: Project, lena: User, make_tasks: MakeTasks, client_for: ClientFor, api: CallAs
):
    make_tasks(project, 1)
    failed = {"project": project, "state": JobState.FAILED}
    Import.objects.create(filename="a.csv", **failed)
    Release.objects.create(
        number=4, recipe="raw", format="native", cutoff=0, options={"licence": ""}, **failed
    )
    Withdrawal.objects.create(newest=0, **failed)
    TaskChange.objects.create(newest=0, **failed)
    assert len(needs(project)) == len(set(job_models()) - WITHOUT_NEEDS)
    client = client_for(lena)
    for need in needs_of(project, known_contested(project)):
        follow(client, need.address)
        client.post(f"/p/{project.slug}/needs/{need.kind}/set-aside/")
    assert needs(project) == {}
    Import.objects.create(filename="b.csv", **failed)
    program, base = api(lena), f"projects/{project.slug}/needs/"
    body = program.get(base).json()
    assert [need["kind"] for need in body["needs"]] == ["failed_imports"]
    assert body["needs"][0]["page"].endswith(f"/imports/{Import.objects.latest('pk').pk}/")
    assert program.post(f"{base}failed_imports/set-aside/").json()["needs"] == []
    assert program.post(f"{base}failed_imports/set-aside/").status_code == 409


def test_who_has_not_read_the_guideline_is_named_and_reminded_once_a_day(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 1)
    publish(project, lena)
    (need,) = needs_of(project, known_contested(project))
    assert need.sentence.startswith("Rui, Sam, Tao have not read the current guideline")
    client = client_for(lena)
    page = follow(client, need.address.partition("#")[0])
    assert "Have not read the guideline, v2" in page
    address = f"/p/{project.slug}/members/remind/"
    rater = Membership.objects.get(project=project, user=rui)
    reply = client.post(address, {"member": rater.pk}, follow=True)
    assert "1 rater is sent a reminder." in reply.content.decode()
    reply = client.post(address, {"member": rater.pk}, follow=True)
    assert "They were reminded already. Remind them again in 24 hours." in reply.content.decode()
    assert needs(project) == {"not_acknowledged": 2}
    client.post(address)
    assert needs(project) == {}
    assert OutgoingMail.objects.filter(kind="guideline_reminder").count() == 3
    Membership.objects.filter(pk=rater.pk).update(reminded_at=timezone.now() - timedelta(hours=25))
    assert needs(project) == {"not_acknowledged": 1}


def test_a_reminder_is_sent_to_who_still_has_it_to_read(
    project: Project, lena: User, rui: User, sam: User, api: CallAs
):
    publish(project, lena)
    reply = api(lena).post(f"projects/{project.slug}/reminders/")
    assert [row["name"] for row in reply.json()["reminded"]] == ["Rui", "Sam", "Tao"]
    again = api(lena).post(f"projects/{project.slug}/reminders/")
    assert (again.status_code, again.json()["code"]) == (429, "throttled")
    assert 86_000 < int(again.headers["Retry-After"]) <= 86_400
    guideline = current_guideline(project)
    assert guideline is not None
    acknowledge(user=sam, guideline=guideline)
    for row in OutgoingMail.objects.filter(kind="guideline_reminder"):
        send_queued_mail(mail_id=row.pk)
    send_due_mails()
    assert sorted(letter.to[0] for letter in mail.outbox[-2:]) == [
        "rui@example.com",
        "tao@example.com",
    ]
    body = str(mail.outbox[-1].body)
    assert re.search(r"Lena asks you to read the current guideline of “Support answers”", body)
    assert f"/p/{project.slug}/guideline/" in body
