"""A person is erased: nothing tells who they were, and what they judged stays."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from labeling.erasure.people import erase_texts_of
from labeling.lead.tasks.filters import TaskFilter
from labeling.lead.withdrawals.services import request_withdrawal, withdraw_task
from labeling.models import (
    Assignment,
    Judgment,
    LateAnswer,
    Precedent,
    Query,
    Release,
    Response,
    Span,
    Task,
    TextErasing,
)
from labeling.rating.judgments import skip_assignment
from labeling.rating.marking import texts_shown
from labeling.releases.facts import pseudonyms
from labeling.releases.services import request_release
from labeling.teaching.questions.services import Ruling, answer_asker, send_query, write_precedent
from projects.audit import detail_in_words
from projects.exceptions import Conflict
from projects.models import ApiKey, AuditEvent, Criterion, Project, SessionRecord, User
from projects.services import erasure
from projects.services.accounts import update_account
from projects.services.emails import change_email
from projects.services.erasure import erase_person
from projects.services.invitations import invite
from projects.services.keys import create_api_key
from projects.services.members import set_member
from tests.api.client import CallAs
from tests.conftest import PASSWORD, MakeTasks, judge, lease
from tests.rating.test_rate_page import ClientFor

pytestmark = pytest.mark.django_db


@pytest.fixture
def worked(project: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor) -> Judgment:
    """What rui has left behind: reasons, a note, a late answer, a log-in, a token."""
    make_tasks(project, 3)
    first = lease(rui, project)
    text = texts_shown(first).responses[0][0]
    span = {"slot": "A", "start": 0, "end": 4, "quote": text[:4], "polarity": "fault"}
    span |= {"flag": "unsafe", "note": "Rui minds this."}
    judgment = judge(rui, first, rationale="I am Rui and think so.", spans=[span]).judgment
    skipped = lease(rui, project)
    skip_assignment(rater=rui, assignment_id=skipped.pk, reason="other", note="Call me: Rui.")
    late = lease(rui, project)
    LateAnswer.objects.create(
        **{"assignment": late, "answers": {"overall": 1}, "rationale": "Rui was late."},
        spans=[{key: value for key, value in span.items() if key != "quote"}],
    )
    task = Task.objects.latest("pk")
    withdraw_task(task=task, actor=rui, reason="Rui has seen it before.")
    request_withdrawal(
        project=project, actor=rui, selection=TaskFilter(search="none"), reason="As Rui said."
    )
    send_query(person=rui, assignment=skipped, text="Rui asks: may it refuse?")
    answer_asker(
        project=project,
        actor=rui,
        questions=[send_query(person=rui, assignment=late, text="Rui asks again").pk],
        answer="Rui says no.",
    )
    write_precedent(
        project=project,
        actor=rui,
        ruling=Ruling(answer="It may."),
        questions=[Query.objects.order_by("pk").first().pk],  # type: ignore[union-attr]
    )
    create_api_key(user=rui, name="Rui's notebook")
    client_for(rui).get("/account/")
    return judgment


def erase(person: User, actor: User, *, written: bool = False) -> str:
    """Erases a person, and does what is then to be done."""
    name = erase_person(person=person, actor=actor, written=written)
    for job in TextErasing.objects.all():
        erase_texts_of(job.pk)
        job.refresh_from_db()
        assert job.state == "done", job.error
    return name


def stored(word: str) -> set[str]:
    """The tables in which a word still stands, in whatever column."""
    places = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(
                f'SELECT 1 FROM "{table}" t WHERE t::text ILIKE %s LIMIT 1', [f"%{word}%"]
            )
            if cursor.fetchone():
                places.add(table)
    return places


def test_nothing_tells_any_more_who_it_was_and_the_judgment_stays(
    worked: Judgment, project: Project, lena: User, rui: User
):
    set_member(project=project, user=rui, role="rater", actor=lena, rater_limit=7)
    update_account(user=rui, name="Bertil", time_zone="UTC", shows_covered=False)
    change_email(user=rui, email="bertil@example.com", actor=rui)
    rui.refresh_from_db()
    written = {"labeling_judgment", "projects_auditevent", "labeling_task", "labeling_withdrawal"}
    assert stored("rui") >= written
    name = erase(rui, lena)
    assert stored("rui") | stored("bertil") == set()
    worked.refresh_from_db()
    assert (worked.rater_id, worked.rationale, worked.fingerprint) == (rui.pk, "", "")
    assert worked.answers.count() == 1
    assert Assignment.objects.exclude(skip_note="").count() == 0
    assert Span.objects.get().note == ""
    assert LateAnswer.objects.get().rationale == ""
    # What became a precedent is the project's.
    assert list(Precedent.objects.values_list("question", "answer")) == [("", "It may.")]
    assert set(Query.objects.values_list("text", "answer")) == {("", "It may."), ("", "")}
    (kept,) = LateAnswer.objects.get().spans
    assert (kept["end"], "note" in kept) == (4, False)
    assert not ApiKey.objects.filter(user=rui).exists()
    assert not SessionRecord.objects.filter(user=rui).exists()
    assert not Session.objects.exists()
    rui.refresh_from_db()
    assert (rui.email, rui.name, rui.is_active) == (None, name, False)
    events = AuditEvent.objects.filter(verb="person erased").order_by("pk")
    assert [event.project for event in events] == [project, None]
    assert {event.detail["person"] for event in events} == {name}
    with pytest.raises(Conflict, match="nothing to erase"):
        erase_person(person=rui, actor=lena)


@pytest.mark.parametrize("written", [False, True])
def test_what_they_wrote_stays_without_a_name_or_goes_with_its_reviews(
    project: Project,
    lena: User,
    rui: User,
    sam: User,
    make_tasks: MakeTasks,
    api: CallAs,
    client_for: ClientFor,
    written: bool,
):
    for key in ("decision", "score"):
        scale = {"decision": "decision", "score": "score7"}[key]
        Criterion.objects.create(
            project=project, key=key, wording="?", scale_key=scale, family="review"
        )
    (task,) = make_tasks(project, 1, kind="write", contents=(), overlap=1)
    leased = api(rui).post(f"projects/{project.slug}/next/").json()["id"]
    api(rui).post(f"assignments/{leased}/judgment/", {"text": "Two, I say."})
    review = api(sam).post(f"projects/{project.slug}/next/").json()["id"]
    said = {"decision": {"A": 2}, "score": {"A": 7}}
    sent = api(sam).post(f"assignments/{review}/judgment/", {"answers": said})
    assert sent.status_code == 201, sent.content
    page = client_for(rui).get("/account/erase/").content.decode()
    assert "Delete the answers and edits that they wrote too" in page
    erase(rui, lena, written=written)
    left = (Response.objects.count(), Judgment.objects.count(), Task.objects.count())
    assert left == ((0, 0, 1) if written else (1, 2, 2))
    task.refresh_from_db()
    assert task.open_slots == written


def test_names_with_quotes_go_and_what_only_resembles_a_name_stays(
    project: Project, lena: User, rui: User, sam: User
):
    def note(person: User, words: str) -> int:
        kind = ContentType.objects.get_for_model(User).pk
        entry = LogEntry(user=lena, content_type_id=kind, object_id=str(person.pk))
        entry.object_repr, entry.action_flag, entry.change_message = words, CHANGE, ""
        entry.save()
        return entry.pk

    User.objects.filter(pk=rui.pk).update(name="", email="quux@example.com")
    rui.refresh_from_db()
    set_member(project=project, user=rui, role="rater", actor=lena)
    User.objects.filter(pk=rui.pk).update(name='Rui "\\o/" Quux')
    rui.refresh_from_db()
    set_member(project=project, user=rui, role="rater", actor=lena)
    User.objects.filter(pk=sam.pk).update(name="lead")
    sam.refresh_from_db()
    set_member(project=project, user=sam, role="rater", actor=lena)
    set_member(project=project, user=lena, role="lead", actor=lena)
    lines = [note(sam, "lead"), note(lena, "leader of lead"), note(lena, "misleading")]
    erase(rui, lena)
    assert stored("Quux") == set()
    name = erase(sam, lena)
    entries = LogEntry.objects.in_bulk(lines)
    assert [entries[pk].object_repr for pk in lines] == [name, f"leader of {name}", "misleading"]
    changed = AuditEvent.objects.filter(detail__user="Lena", verb="member changed").latest("pk")
    assert changed.detail["role"] == "lead"
    assert ("user id", str(lena.pk)) not in detail_in_words(changed.detail)


@pytest.mark.django_db(transaction=True)
def test_two_leads_who_go_at_the_same_moment_do_not_leave_a_project_without_one(
    project: Project, lena: User, otto: User, monkeypatch: pytest.MonkeyPatch
):
    set_member(project=project, user=otto, role="lead")
    both = threading.Barrier(2)

    def meet(person: User) -> None:
        with suppress(threading.BrokenBarrierError):
            both.wait(0.2)

    def go(person: User) -> str:
        try:
            return erase_person(person=person, actor=person)
        except Conflict as refusal:
            return str(refusal)
        finally:
            connection.close()

    monkeypatch.setattr(erasure, "_end_everything", meet)
    with ThreadPoolExecutor(2) as pool:
        replies = sorted(pool.map(go, (lena, otto)))
    assert "only lead of" in replies[0], replies
    assert replies[1].startswith("erased person "), replies


def test_the_made_up_name_is_in_no_release_and_later_ones_share_no_pseudonym(
    worked: Judgment, project: Project, lena: User, rui: User
):
    def release() -> Release:
        return request_release(project=project, created_by=lena, recipe="raw", format="native")

    before = release()
    name = erase(rui, lena)
    after = release()
    names = [pseudonyms(row.salt)("rater", rui.pk) for row in (before, after)]
    assert names[0] != names[1]
    assert (before.cutoff, after.options["erased"]) == (after.cutoff, 1)
    assert not any(name.split()[-1] in pseudonym for pseudonym in names)


def test_the_last_lead_and_the_last_operator_stay(project: Project, lena: User, otto: User):
    with pytest.raises(Conflict, match="only lead of “Support answers”"):
        erase_person(person=lena, actor=lena)
    User.objects.filter(pk=otto.pk).update(is_superuser=True, is_staff=True)
    with pytest.raises(Conflict, match="only operator"):
        erase_person(person=otto, actor=otto)
    set_member(project=project, user=otto, role="lead")
    assert erase_person(person=lena, actor=otto).startswith("erased person ")
    assert project.created_by_id == lena.pk


def test_invitations_that_they_made_work_no_longer_and_say_nothing(
    project: Project, lena: User, otto: User
):
    set_member(project=project, user=otto, role="lead")
    link = invite(project=project, created_by=lena, role="rater", note="for my sister")
    erase(lena, otto)
    link.invitation.refresh_from_db()
    assert (link.invitation.status, link.invitation.note) == ("revoked", "")


def test_one_erases_oneself_with_address_and_password(
    worked: Judgment, rui: User, client_for: ClientFor
):
    client = client_for(rui)
    page = client.get("/account/erase/").content.decode()
    assert "This cannot be taken back." in page
    for words in (
        {"email": "rui@example.com", "password": "wrong"},
        {"email": "lena@example.com", "password": PASSWORD},
    ):
        assert client.post("/account/erase/", words).status_code == 422
    done = client.post("/account/erase/", {"email": "RUI@example.com ", "password": PASSWORD})
    assert (done.status_code, done.headers["Location"]) == (302, "/login/")
    assert client.get("/").status_code == 302
    rui.refresh_from_db()
    assert rui.erased_at is not None
    assert (
        Client().post("/login/", {"username": "rui@example.com", "password": PASSWORD}).status_code
        == 422
    )


def test_operators_erase_whom_they_typed(rui: User, otto: User, client_for: ClientFor):
    assert client_for(otto).get(f"/people/{rui.pk}/erase/").status_code == 404
    User.objects.filter(pk=otto.pk).update(is_superuser=True, is_staff=True)
    client = client_for(otto)
    action = {"action": "erase_selected", "_selected_action": [rui.pk]}
    asked = client.post("/admin/projects/user/", action)
    assert asked.headers["Location"] == f"/people/{rui.pk}/erase/"
    assert client.post(f"/people/{rui.pk}/erase/", {"email": "sam@example.com"}).status_code == 422
    assert client.post(f"/people/{rui.pk}/erase/", {"email": "rui@example.com"}).status_code == 302
    rui.refresh_from_db()
    assert rui.erased_at is not None
    assert AuditEvent.objects.get(verb="person erased").detail["by"] == "Otto"


def test_people_are_erased_by_program(rui: User, sam: User, otto: User, api: CallAs):
    own = {"email": "rui@example.com", "password": PASSWORD}
    assert api(rui).post("account/erasure/", {**own, "password": "wrong"}).status_code == 400
    reply: Any = api(rui).post("account/erasure/", own)
    assert reply.json()["person"].startswith("erased person "), reply.content
    path, body = "operations/people/erasure/", {"email": "sam@example.com"}
    assert api(otto).post(path, body).status_code == 404
    User.objects.filter(pk=otto.pk).update(is_superuser=True, is_staff=True)
    assert api(otto).post(path, body).status_code == 200
    sam.refresh_from_db()
    assert json.dumps(sam.email) == "null"
