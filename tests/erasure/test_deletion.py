"""A project is deleted by its lead, with everything in it; one line in the log stays."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection

from labeling.erasure.services import delete_project, request_deletion
from labeling.imports.services import create_import, run_import
from labeling.imports.undoing import UNDO_REASON, request_undo, undo_import
from labeling.models import Deletion, Import, Release, Task
from labeling.models.play import take_out_of_play
from labeling.rating.judgments import skip_assignment, undo_last
from labeling.releases.services import request_release, run_release
from labeling.work.endings import cancel
from projects.exceptions import InvalidInput
from projects.models import AuditEvent, Membership, Project, User
from projects.services.invitations import invite
from projects.services.projects import create_project
from tests.api.client import CallAs
from tests.architecture.sources import python_files
from tests.conftest import MakeTasks, judge, lease
from tests.rating.test_rate_page import ClientFor

pytestmark = pytest.mark.django_db

ROW = {
    "id": "q1",
    "prompt": "Why?",
    "response_a": "Because.",
    "response_b": "So.",
    "judgments": [{"rater": "Ann", "overall": -2}],
}


@pytest.fixture
def worked_in(
    project: Project,
    lena: User,
    rui: User,
    sam: User,
    make_tasks: MakeTasks,
    settings: Any,
    tmp_path: Path,
) -> Project:
    """A project with some of everything: judged, taken back, skipped, imported, released, on."""
    settings.IMPORTS_DIR, settings.RELEASES_DIR = tmp_path / "imports", tmp_path / "releases"
    make_tasks(project, 3)
    judge(rui, lease(rui, project))
    undo_last(rater=rui, project=project)
    judge(rui, lease(rui, project), rationale="Clearer.")
    skip_assignment(rater=sam, assignment_id=lease(sam, project).pk, reason="broken")
    lease(sam, project)
    content = json.dumps([ROW]).encode()
    for name in ("read.json", "waits.json"):
        row = create_import(project=project, created_by=lena, filename=name, content=content)
        if name == "read.json":
            run_import(row.pk)
    release = request_release(project=project, created_by=lena, recipe="raw", format="native")
    run_release(release.pk)
    request_release(project=project, created_by=lena, recipe="raw", format="native")
    invite(project=project, created_by=lena, role="rater")
    return project


def left() -> dict[str, int]:
    """How many rows there are of everything that belongs to a project, by table."""
    counts = {}
    for app in ("projects", "labeling"):
        for table in apps.get_app_config(app).get_models():
            of_project = [f.name for f in table._meta.fields if f.name in ("project", "task")]
            if of_project and table is not AuditEvent:
                counts[table.__name__] = table._default_manager.count()
    return {name: n for name, n in counts.items() if n}


def test_a_project_goes_with_everything_in_it_and_its_files(
    worked_in: Project, lena: User, rui: User, tmp_path: Path, client_for: ClientFor
):
    lead = client_for(lena)
    assert left().keys() >= {"Judgment", "Release", "Import", "Invitation", "Membership"}
    assert any((tmp_path / "imports").iterdir())
    page = lead.post(f"/p/{worked_in.slug}/delete/", {"name": " Support  answers "})
    deletion = Deletion.objects.get()
    watched = f"/deletions/{deletion.event_id}/"
    assert page.headers["Location"] == watched
    assert "Nobody can open the project any more." in lead.get(watched).content.decode()
    for client in (lead, client_for(rui)):
        assert client.get(f"/p/{worked_in.slug}/").status_code == 404
    assert set(Import.objects.values_list("state", flat=True)) <= {"done", "cancelled", "pending"}
    delete_project(deletion.pk)
    assert left() == {}
    assert not User.objects.filter(is_placeholder=True).exists()
    assert not any(path.is_file() for path in tmp_path.rglob("*"))
    assert "It is gone" in lead.get(watched).content.decode()
    assert client_for(rui).get(watched).status_code == 404
    event = AuditEvent.objects.get(verb="project deleted")
    assert (event.actor, event.project, event.detail["name"]) == (lena, None, "Support answers")
    assert (event.detail["tasks"], event.detail["judgments"]) == (4, 4)


def test_the_log_of_operators_shows_what_was_deleted(
    project: Project, lena: User, otto: User, client_for: ClientFor
):
    deletion = request_deletion(project=project, actor=lena, typed_name="Support answers")
    delete_project(deletion.pk)
    User.objects.filter(pk=otto.pk).update(is_staff=True, is_superuser=True)
    operator = client_for(otto)
    assert "Support answers" in operator.get("/admin/projects/auditevent/").content.decode()
    assert operator.get(f"/deletions/{deletion.event_id}/").status_code == 200


def test_what_an_undoing_left_is_put_back_by_a_worker_and_not_while_somebody_waits(
    worked_in: Project, lena: User, django_capture_on_commit_callbacks: Any
):
    Import.objects.filter(filename="waits.json").update(state="cancelled")
    import_ = Import.objects.get(filename="read.json")
    Release.objects.all().delete()
    undo = request_undo(import_=import_, actor=lena)
    own = Task.objects.filter(import_job=import_)
    take_out_of_play(own.values_list("pk", flat=True), actor=lena, reason=UNDO_REASON)
    with django_capture_on_commit_callbacks(execute=True):
        cancel(undo)
    assert not own.in_play().exists()
    undo_import(undo.pk)
    undo.refresh_from_db()
    assert (undo.state, own.in_play().count()) == ("cancelled", 1)


def test_another_name_deletes_nothing(project: Project, lena: User, client_for: ClientFor):
    with pytest.raises(InvalidInput):
        request_deletion(project=project, actor=lena, typed_name="support answers")
    page = client_for(lena).post(f"/p/{project.slug}/delete/", {"name": "Other"})
    assert page.status_code == 422
    assert "exactly: Support answers" in page.content.decode()
    assert Membership.objects.filter(project=project).count() == 6


def test_a_project_is_deleted_by_program(project: Project, lena: User, rui: User, api: CallAs):
    path = f"projects/{project.slug}/deletion/"
    assert api(rui).post(path, {"name": project.name}).status_code == 403
    reply = api(lena).post(path, {"name": project.name})
    assert (reply.status_code, reply.json()["gone"]) == (202, False)
    delete_project(Deletion.objects.get().pk)
    state = api(lena).get(reply.headers["Location"].removeprefix("/api/v1/")).json()
    assert (state["gone"], state["project"]) == (True, "Support answers")


def test_judgments_go_by_no_other_way(project: Project, rui: User, make_tasks: MakeTasks):
    make_tasks(project, 1)
    judge(rui, lease(rui, project))
    with pytest.raises(IntegrityError, match="append-only"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM labeling_answer")


@pytest.mark.walk
def test_one_module_alone_opens_the_triggers():
    opening = {
        path
        for path in python_files("projects", "labeling", "config")
        if "allow_erasure" in Path(path).read_text() and "/migrations/" not in path
    }
    assert opening == {"labeling/models/removal.py"}


def test_a_project_that_is_called_like_a_deleted_one_is_in_nobodys_way(
    project: Project, lena: User
):
    other = create_project(name=f"Deleted {project.pk}", created_by=lena, template="arena")
    assert other.slug == f"deleted-{project.pk}"
    request_deletion(project=project, actor=lena, typed_name="Support answers")
    project.refresh_from_db()
    assert project.slug != other.slug
