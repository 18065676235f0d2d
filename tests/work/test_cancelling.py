"""Imports and releases end when they are told to, by their page and by the API."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from labeling.imports.services import create_import
from labeling.models import Import, Release
from labeling.releases.services import folder_of, request_release
from projects.models import AuditEvent, Project, User
from tests.api.client import CallAs
from tests.imports.test_import_api import LINES


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, settings: Any) -> Path:
    """Folders of its own for what waits; that of imports."""
    settings.IMPORTS_DIR, settings.RELEASES_DIR = tmp_path / "imports", tmp_path / "releases"
    return tmp_path / "imports"


def waiting_import(project: Project) -> Import:
    return create_import(project=project, created_by=None, filename="a.jsonl", content=LINES)


def test_an_import_is_cancelled_on_its_page_and_says_what_stays(
    folders: Path,
    project: Project,
    mia: User,
    client_for: Callable[[User], Client],
    django_capture_on_commit_callbacks: Any,
):
    row, client = waiting_import(project), client_for(mia)
    address = f"/p/{project.slug}/imports/{row.pk}/"
    assert "Cancel the import" in client.get(address).content.decode()
    Import.objects.update(cancel_requested_at=row.created_at)
    asked = client.get(address).content.decode()
    assert "Cancel the import" not in asked
    assert 'id="cancel-job"' in asked  # what the end of the job takes away
    Import.objects.update(cancel_requested_at=None)
    with django_capture_on_commit_callbacks(execute=True):
        page = client.post(f"{address}cancel/", follow=True).content.decode()
    row.refresh_from_db()
    assert (row.state, row.path) == ("cancelled", "")
    assert list(folders.iterdir()) == []
    page = client.get(address).content.decode()
    assert "The import was cancelled after 0 rows. What was imported stays." in page
    assert "Cancel the import" not in page
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert 'hx-swap-oob="delete"' in part
    assert AuditEvent.objects.get(verb="import cancelled").actor == mia
    again = client.post(f"{address}cancel/", follow=True).content.decode()
    assert "This is over, or was cancelled already." in again


def test_a_program_cancels_an_import_once(
    project: Project, lena: User, api: CallAs, django_capture_on_commit_callbacks: Any
):
    row, client = waiting_import(project), api(lena)
    address = f"projects/{project.slug}/imports/{row.pk}/cancel/"
    with django_capture_on_commit_callbacks(execute=True):
        reply = client.post(address)
    assert reply.status_code == 200
    report = client.get(f"projects/{project.slug}/imports/{row.pk}/").json()
    assert (report["state"], report["given_up_at"]) == ("cancelled", None)
    assert report["cancel_requested_at"]
    assert client.post(address).status_code == 409


def test_a_cancelled_release_leaves_no_files_and_may_be_tried_again(
    project: Project,
    lena: User,
    api: CallAs,
    client_for: Callable[[User], Client],
    django_capture_on_commit_callbacks: Any,
):
    release = request_release(project=project, created_by=lena, recipe="raw", format="native")
    staging = folder_of(release).with_name(f".{folder_of(release).name}.partial")
    staging.mkdir(parents=True)
    with django_capture_on_commit_callbacks(execute=True):
        reply = api(lena).post(f"projects/{project.slug}/releases/{release.number}/cancel/")
    assert reply.status_code == 200
    assert not staging.exists()
    client, address = client_for(lena), f"/p/{project.slug}/releases/{release.number}/"
    page = client.get(address).content.decode()
    assert "The release was cancelled. It has no files." in page
    assert AuditEvent.objects.get(verb="release cancelled").detail == {"number": release.number}
    client.post(f"{address}retry/")
    assert Release.objects.get(pk=release.pk).state == "pending"
