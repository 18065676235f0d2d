"""Who creates projects, and what one person and one project may take."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from labeling.imports.services import create_import, run_import
from labeling.models import Task
from projects.models import Project, User
from projects.services.projects import create_project
from tests.api.client import CallAs

pytestmark = pytest.mark.django_db
BODY = {"name": "Another", "template": "arena"}


@pytest.mark.parametrize(
    ("who", "allowed"), [("everyone", "lena rui otto"), ("leads", "lena"), ("operators", "")]
)
def test_the_operator_says_who_creates_projects(
    who: str,
    allowed: str,
    settings: Any,
    project: Project,
    lena: User,
    rui: User,
    otto: User,
    client_for,
    api: CallAs,
):
    settings.WHO_CREATES_PROJECTS = who
    for user in (lena, rui, otto):
        may = user.name.lower() in allowed.split()
        client = client_for(user)
        assert ("/projects/new/" in client.get("/").content.decode()) is may
        assert client.get("/projects/new/").status_code == (200 if may else 403)
        assert client.post("/projects/new/", {}).status_code == (422 if may else 403)
        reply = api(user).post("projects/", BODY)
        assert reply.status_code == (201 if may else 403)
        if not may:
            assert "create projects here. Ask one of them." in reply.json()["message"]


def test_operators_create_projects_whatever_the_switch_says(settings, otto: User, api: CallAs):
    settings.WHO_CREATES_PROJECTS, settings.PROJECTS_PER_PERSON = "operators", 1
    User.objects.filter(pk=otto.pk).update(is_superuser=True)
    assert [api(otto).post("projects/", BODY).status_code for _ in range(3)] == [201] * 3


def test_a_person_creates_so_many_projects_and_no_more(
    settings, project: Project, lena: User, api: CallAs
):
    settings.PROJECTS_PER_PERSON = 2
    assert api(lena).post("projects/", BODY).status_code == 201
    reply = api(lena).post("projects/", BODY)
    assert reply.status_code == 409
    assert "Archive one first" in reply.json()["message"]
    Project.objects.filter(name="Another").update(status=Project.Status.ARCHIVED)
    assert api(lena).post("projects/", BODY).status_code == 201


def test_the_demo_takes_nothing_of_its_leads_share(
    settings, project: Project, lena: User, api: CallAs
):
    settings.PROJECTS_PER_PERSON = 2
    create_project(name="Demo", created_by=lena, template="arena", settings={"is_demo": True})
    assert api(lena).post("projects/", BODY).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_a_project_is_created_while_the_demo_is_being_seeded(
    project: Project, lena: User, api: CallAs
):
    def attempt() -> None:
        try:
            assert api(lena).post("projects/", BODY).status_code == 201
        finally:
            connection.close()

    api(lena)
    with transaction.atomic():
        create_project(name="Demo", created_by=lena, template="arena", settings={"is_demo": True})
        with ThreadPoolExecutor(1) as threads:
            threads.submit(attempt).result()


def rows(count: int, prefix: str) -> bytes:
    line = '{"id": "%s%d", "prompt": "p", "response_a": "a", "response_b": "b"}'
    return "\n".join(line % (prefix, number) for number in range(count)).encode()


def test_an_import_that_would_fill_a_project_ends_with_a_sentence(
    settings, tmp_path, project: Project, lena: User
):
    settings.IMPORTS_DIR, settings.TASKS_PER_PROJECT = tmp_path, 5
    for count, prefix in ((3, "a"), (3, "b")):
        row = create_import(
            project=project, created_by=lena, filename="x", content=rows(count, prefix)
        )
        run_import(row.pk)
    row.refresh_from_db()
    assert row.state == "failed"
    assert "A project may have 5 tasks" in row.error
    assert Task.objects.count() == 3


def test_the_files_of_a_day_have_room_and_no_more(
    settings, tmp_path, project: Project, lena: User, client_for, api: CallAs
):
    settings.IMPORTS_DIR, settings.UPLOAD_PER_DAY = tmp_path, 1000
    page = client_for(lena).post(f"/p/{project.slug}/imports/", {"text": rows(8, "a").decode()})
    assert page.status_code == 302
    page = client_for(lena).post(f"/p/{project.slug}/imports/", {"text": rows(8, "b").decode()})
    assert page.status_code == 422
    assert "Go on tomorrow" in page.content.decode()
    reply = api(lena).post(
        f"projects/{project.slug}/imports/", rows(8, "c"), content_type="application/x-ndjson"
    )
    assert reply.status_code == 400
    assert "Go on tomorrow" in reply.json()["fields"]["file"]
    assert len([path for path in tmp_path.iterdir() if path.suffix != ".looks"]) == 1
