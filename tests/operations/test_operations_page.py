"""The operator's page and its twin for programs: what is wrong, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from config.celery import app
from config.worker import _require_own_folder
from labeling.imports.services import run_import
from labeling.models import Heartbeat, Import
from labeling.operations.selectors import overview
from labeling.operations.warnings import warnings_of
from labeling.work import folder
from labeling.work.folder import OtherFolder, adopt_folder, check_folder
from labeling.work.heartbeats import beat
from labeling.work.lanes import LONG_LANE, SHORT_LANE
from projects.models import AuditEvent, Project, User
from tests.api.client import CallAs


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> Path:
    """A data folder of the test's own."""
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def olga(otto: User) -> User:
    """An operator, member of nothing."""
    otto.is_staff = True
    otto.save()
    return otto


def test_operators_see_what_is_at_work_and_what_is_wrong(
    project: Project, olga: User, lena: User, client_for: Callable[[User], Client], settings: Any
):
    beat(Heartbeat.Kind.WORKER)
    beat(Heartbeat.Kind.WEB, faults=[{"at": "2026-11-29", "route": "p/<slug>/", "status": 500}])
    Heartbeat.objects.filter(kind="web").update(seen_at="2020-01-01T00:00Z")
    Import.objects.create(
        project=project, filename="<b>rows.jsonl", state="failed", error="Line 3 is no JSON."
    )
    Import.objects.update(finished_at="2099-01-01T00:00Z")
    settings.DISK_WARNING = 2**62
    page = client_for(olga).get("/operations/").content.decode()
    for words in (
        "&lt;b&gt;rows.jsonl",
        "Line 3 is no JSON.",
        "Beat gives no sign of life",
        "are free under",
        "1 job failed within the last seven days",
        "p/&lt;slug&gt;/",
        ">silent<",
        ">at work<",
        settings.VERSION,
    ):
        assert words in page, words
    assert "No worker gives" not in page
    assert 'href="/operations/"' in client_for(olga).get("/").content.decode()
    assert client_for(lena).get("/operations/").status_code == 404
    assert "/operations/" not in client_for(lena).get("/").content.decode()


def test_every_page_tells_an_operator_that_room_runs_out(
    project: Project, olga: User, lena: User, client_for: Callable[[User], Client], settings: Any
):
    assert "Little room is left" not in client_for(olga).get("/").content.decode()
    settings.DISK_WARNING = 2**62
    assert "Little room is left" in client_for(olga).get("/").content.decode()
    assert "Little room is left" not in client_for(lena).get("/").content.decode()


def test_programs_read_the_same(project: Project, olga: User, api: CallAs):
    Import.objects.create(project=project, filename="rows.jsonl")
    body = api(olga).get("operations/").json()
    assert body["jobs"][0]["name"] == "rows.jsonl"
    assert body["job_counts"]["pending"] == 1
    assert body["parts"]["database"] == "ok"
    assert body["messages_waiting"] is not None
    assert any(warning["is_bad"] for warning in body["warnings"])
    assert body["disk_free"] > 0
    assert body["database_size"] > 2**20


def test_messages_of_both_queues_are_counted_until_a_worker_takes_them(db: None):
    before = overview().messages_waiting
    assert before is not None
    with app.connection() as broker:
        channel: Any = broker.default_channel
        try:
            for queue in (SHORT_LANE, LONG_LANE):
                app.send_task("labeling.jobs.sweep_jobs", queue=queue)
            assert overview().messages_waiting == before + 2
        finally:
            for queue in (SHORT_LANE, LONG_LANE):
                channel.queue_purge(queue)


def test_what_check_is_told_to_be_silent_about_is_no_warning(db: None, settings: Any):
    settings.PRODUCTION, settings.SECURE_HSTS_SECONDS = True, 3600
    settings.SECURE_HSTS_PRELOAD = False
    assert "security.W021" in str(warnings_of(overview()))
    settings.SILENCED_SYSTEM_CHECKS = ["security.W021"]
    assert "security.W021" not in str(warnings_of(overview()))


def test_a_schema_that_is_behind_or_ahead_is_told(db: None, monkeypatch: pytest.MonkeyPatch):
    assert (overview().schema.missing, overview().schema.unknown) == (0, 0)
    assert overview().schema.newest.startswith("00")


def test_an_operator_cancels_any_job(
    project: Project,
    olga: User,
    lena: User,
    client_for: Callable[[User], Client],
    api: CallAs,
    django_capture_on_commit_callbacks: Any,
):
    jobs = [Import.objects.create(project=project, filename="rows.jsonl") for _ in range(2)]
    assert client_for(lena).post(f"/operations/jobs/import/{jobs[0].pk}/cancel/").status_code == 404
    assert f"/operations/jobs/import/{jobs[0].pk}/cancel/" in str(
        client_for(olga).get("/operations/").content
    )
    with django_capture_on_commit_callbacks(execute=True):
        client_for(olga).post(f"/operations/jobs/import/{jobs[0].pk}/cancel/")
        reply = api(olga).post(f"operations/jobs/import/{jobs[1].pk}/cancel/")
    assert reply.status_code == 202
    assert {job.state for job in Import.objects.all()} == {"cancelled"}
    assert api(olga).post(f"operations/jobs/import/{jobs[1].pk}/cancel/").status_code == 409
    assert api(olga).post("operations/jobs/nothing/1/cancel/").status_code == 404
    assert AuditEvent.objects.filter(project=project, actor=olga).count() == 2


# --- one folder --------------------------------------------------------------------------------


def test_whoever_comes_first_names_the_folder_and_others_need_the_same(
    db: None, settings: Any, tmp_path: Path
):
    check_folder()
    check_folder()
    settings.DATA_DIR = tmp_path / "elsewhere"
    with pytest.raises(OtherFolder, match="elsewhere"):
        check_folder()
    adopt_folder()
    check_folder()
    settings.DATA_DIR = tmp_path
    with pytest.raises(OtherFolder, match="adopt_folder"):
        check_folder()


def test_two_who_come_first_agree(db: None, monkeypatch: pytest.MonkeyPatch):
    check_folder()
    key = folder.folder_key()
    adopt_folder(only_first=True)
    assert folder.folder_key() == key


def test_a_worker_with_another_folder_ends_at_its_start_and_a_job_there_is_not_begun(
    project: Project, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("config.worker.connection", SimpleNamespace(close=lambda: None))
    check_folder()
    job = Import.objects.create(project=project, filename="rows.jsonl")
    settings.DATA_DIR = tmp_path / "elsewhere"
    with pytest.raises(SystemExit, match="elsewhere"):
        _require_own_folder()
    with pytest.raises(OtherFolder):
        run_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("pending", 0)
