"""The row is the queue: a request outlives a broker that is away."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery.contrib.testing.worker import start_worker
from django.db import connection
from django.test import Client
from django.utils import timezone
from kombu import pools

from config.celery import app
from labeling.jobs import sweep_jobs
from labeling.models import Import, Release, Task
from labeling.vocabulary import JobState
from projects.jobs import sweep_accounts
from projects.models import OutgoingMail, Project, User
from tests.api.client import CallAs
from tests.imports.test_import_api import LINES

pytestmark = pytest.mark.django_db(transaction=True)


def point_at(url: str) -> None:
    """Lets the application send its next message there, over new connections."""
    celery: Any = app
    pools.reset()
    celery._pool = celery.amqp._producer_pool = None
    for name in ("broker_url", "broker_read_url", "broker_write_url"):
        setattr(celery.conf, name, url)


@contextmanager
def broker_away(tmp_path: Path) -> Iterator[None]:
    """Points the application at a socket that nobody listens on."""
    url = app.conf.broker_url
    point_at(f"redis+socket://{tmp_path}/nobody.sock")
    try:
        yield
    finally:
        point_at(url)


def wait_until_done(row: Import | Release) -> None:
    """Waits for a worker to finish the job; fails the test after half a minute."""
    for _ in range(300):
        row.refresh_from_db()
        if row.is_over:
            return
        time.sleep(0.1)
    raise AssertionError(f"still {row.state}")


@pytest.mark.kill
@pytest.mark.slow
def test_the_broker_may_be_down_when_a_job_is_requested(
    project: Project, lena: User, api: CallAs, tmp_path: Path, settings: Any
):
    settings.IMPORTS_DIR, settings.RELEASES_DIR = tmp_path / "imports", tmp_path / "releases"
    client, url = api(lena), "projects/support-answers/"
    with broker_away(tmp_path):
        asked = [
            client.post(f"{url}imports/", LINES, content_type="application/jsonl"),
            client.post(f"{url}releases/", {"recipe": "raw"}),
        ]
    assert [reply.status_code for reply in asked] == [202, 202]
    import_, release = Import.objects.get(), Release.objects.get()
    assert (import_.state, release.state) == (JobState.PENDING, JobState.PENDING)
    for kind in (Import, Release):
        kind.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    sweep_jobs()
    with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=30):
        wait_until_done(import_)
        wait_until_done(release)
    assert import_.state == JobState.DONE
    assert Task.objects.filter(project=project).count() == 2
    assert (release.state, release.files) == (JobState.FAILED, [])  # nothing was judged yet
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database"
            " WHERE locktype = 'advisory' AND datname = current_database()"
        )
        assert cursor.fetchone() == (0,)


@pytest.mark.kill
def test_a_link_to_set_a_password_is_kept_while_the_broker_is_down(
    lena: User, tmp_path: Path, mailoutbox: list[Any]
):
    with broker_away(tmp_path):
        begun = time.monotonic()
        page = Client().post("/password/reset/", {"email": "lena@example.com"}, follow=True)
        assert time.monotonic() - begun < 3
        assert "Mails are late at the moment" in page.content.decode()
    OutgoingMail.objects.update(due_at=timezone.now())
    sweep_accounts()
    assert mailoutbox[0].to == ["lena@example.com"]
