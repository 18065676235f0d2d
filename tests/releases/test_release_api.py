"""Releases by program: freeze, watch, download whole or in part."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from labeling.models import Release
from labeling.releases.services import run_release
from projects.models import Project, User
from tests.api.client import CallAs
from tests.conftest import MakeTasks, judge, lease

URL = "projects/support-answers/releases/"


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    """Releases of a test end with it."""
    settings.RELEASES_DIR = tmp_path / "releases"


@pytest.fixture
def judged(project: Project, rui: User, sam: User, make_tasks: MakeTasks) -> Project:
    """The project with six tasks judged by two raters."""
    make_tasks(project, 6)
    for rater in (rui, sam):
        for _ in range(6):
            assignment = lease(rater, project)
            # Both prefer the first canonical response, whatever side it is on.
            judge(rater, assignment, -2 if assignment.shown_order[0] == 0 else 2)
    return project


def build(frozen: dict[str, Any]) -> None:
    run_release(Release.objects.get(number=frozen["number"]).pk)


def test_the_number_on_a_release_s_page_is_its_number_in_the_api(
    judged: Project, mia: User, api: CallAs, client_for: Callable[[User], Client]
):
    client = api(mia)
    for number in (1, 2):
        reply = client.post(URL, {"recipe": "raw"})
        assert reply.headers["Location"].endswith(f"/releases/{number}/")
    Release.objects.filter(number=2).update(state="failed")
    page = client_for(mia).get(f"/p/{judged.slug}/releases/2/").content.decode()
    assert "Release 2" in page
    body = client.get(f"{URL}2/").json()
    assert (body["number"], body["state"]) == (2, "failed")
    assert "id" not in body
    again = client.post(f"{URL}2/retry/")
    assert (again.status_code, again.json()["state"]) == (202, "pending")
    assert client.post(f"{URL}2/retry/").status_code == 409


def test_a_release_is_frozen_built_and_read(judged: Project, mia: User, api: CallAs):
    client = api(mia)
    reply = client.post(URL, {"recipe": "raw", "file_type": "jsonl", "licence": "cc-by-4.0"})
    assert reply.status_code == 202, reply.content
    frozen = reply.json()
    assert (frozen["state"], frozen["number"], frozen["files"]) == ("pending", 1, [])
    assert frozen["shares"] == {"train": 0.8, "validation": 0.1, "test": 0.1}
    build(frozen)
    done = client.client.get(reply.headers["Location"]).json()
    assert (done["state"], done["error"]) == ("done", "")
    assert done["rows_in"] >= done["rows_out"] > 0
    assert done["counts"]["rows"]
    names = {file["name"] for file in done["files"]}
    assert {"README.md", "manifest.json"} <= names
    assert [row["number"] for row in client.get(URL).json()["results"]] == [1]


def test_a_file_is_downloaded_whole_in_part_or_not_at_all(judged: Project, mia: User, api: CallAs):
    client = api(mia)
    frozen = client.post(URL, {"recipe": "raw"}).json()
    build(frozen)
    done = client.get(f"{URL}{frozen['number']}/").json()
    for file in done["files"]:
        reply = client.client.get(file["url"])
        content = reply.getvalue()
        assert hashlib.sha256(content).hexdigest() == file["sha256"]
        assert reply.headers["ETag"] == f'"{file["sha256"]}"'
        assert len(content) == file["size"]
    url, etag = file["url"], reply.headers["ETag"]
    part = client.client.get(url, headers={"Range": "bytes=5-9", "If-Range": etag})
    assert (part.status_code, part.getvalue()) == (206, content[5:10])
    assert part.headers["Content-Range"] == f"bytes 5-9/{len(content)}"
    changed = client.client.get(url, headers={"Range": "bytes=5-9", "If-Range": '"old"'})
    assert changed.status_code == 200
    assert client.client.get(url, headers={"If-None-Match": etag}).status_code == 304
    outside = client.client.get(url, headers={"Range": f"bytes={len(content)}-"})
    assert (outside.status_code, outside.json()["code"]) == (416, "range_not_satisfiable")
    assert outside.headers["Content-Range"] == f"bytes */{len(content)}"
    head = client.client.head(url)
    assert (head.status_code, head.headers["Content-Length"]) == (200, str(len(content)))


@pytest.mark.parametrize("name", ["nothing.txt", "../manifest.json", "/etc/passwd", ""])
def test_only_listed_files_exist(judged: Project, mia: User, api: CallAs, name: str):
    client = api(mia)
    frozen = client.post(URL, {"recipe": "raw"}).json()
    build(frozen)
    reply = client.get(f"{URL}{frozen['number']}/files/{name}")
    assert (reply.status_code, reply.json()["code"]) == (404, "not_found")


def test_a_release_that_is_not_done_has_no_files(judged: Project, mia: User, api: CallAs):
    client = api(mia)
    frozen = client.post(URL, {"recipe": "raw"}).json()
    assert client.get(f"{URL}{frozen['number']}/files/manifest.json").status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "recipe"),
        ({"recipe": "magic"}, "recipe"),
        ({"recipe": "raw", "format": "docx"}, "format"),
        ({"recipe": "raw", "file_type": "docx"}, "file_type"),
        ({"recipe": "raw", "criterion": "beauty"}, "criteria"),
        ({"recipe": "raw", "criterion": "overall", "criteria": ["overall"]}, "criterion"),
        ({"recipe": "raw", "options": {"min_strength": -1}}, "options.min_strength"),
        ({"recipe": "raw", "format": "trl", "options": {"ties": "keep"}}, "ties"),
        ({"recipe": "raw", "options": {"guideline_versions": [10**40]}}, "guideline_versions"),
        ({"recipe": "raw", "options": {"categories": ["alchemy"]}}, "categories"),
        ({"recipe": "raw", "shares": {"train": 1, "validation": 1, "test": 0}}, "shares"),
        ({"recipe": "raw", "shares": {"train": 1}}, "shares.test"),
        ({"recipe": "raw", "shares": {"train": 2, "validation": 0, "test": 0}}, "shares.train"),
        ({"recipe": "raw", "licence": "a\nb"}, "licence"),
        ({"recipe": "raw", "frmat": "native"}, "frmat"),
    ],
)
def test_a_request_that_does_not_fit_names_the_field(
    judged: Project, mia: User, api: CallAs, body, field
):
    reply = api(mia).post(URL, body)
    assert reply.status_code == 400
    assert field in reply.json()["fields"]
    assert not Release.objects.exists()


def test_a_recipe_that_leaves_no_row_says_so(project: Project, mia: User, api: CallAs):
    client = api(mia)
    frozen = client.post(URL, {"recipe": "majority"}).json()
    build(frozen)
    failed = client.get(f"{URL}{frozen['number']}/").json()
    assert failed["state"] == "failed"
    assert failed["error"].endswith(".")
    assert failed["files"] == []


def test_a_release_of_another_project_is_not_found(
    judged: Project, mia: User, lena: User, api: CallAs
):
    frozen = api(mia).post(URL, {"recipe": "raw"}).json()
    client = api(lena)
    client.post("projects/", {"name": "Other", "template": "arena"})
    assert client.get(f"projects/other/releases/{frozen['number']}/").status_code == 404


def test_a_preview_counts_without_freezing(judged: Project, mia: User, api: CallAs):
    body = {"recipe": "majority", "options": {"min_votes": 3}}
    shown = api(mia).post(f"{URL}preview/", body).json()
    assert (shown["unit"], shown["rows_are"], shown["rows_in"], shown["rows_out"]) == (
        "task", "pairs", 6, 0,
    )  # fmt: skip
    assert shown["dropped"] == [{"reason": "fewer votes than asked for", "rows": 6}]
    assert "fewer votes than asked for" in shown["problem"]
    assert not Release.objects.exists()


def test_every_recipe_and_format_explains_itself(judged: Project, mia: User, api: CallAs):
    choices = api(mia).get(f"{URL}choices/").json()
    assert {row["key"] for row in choices["recipes"]} >= {"raw", "majority"}
    assert all(row["policy"] and row["formats"] for row in choices["recipes"])
    assert all(row["policy"] and row["file_types"] for row in choices["formats"])


def test_options_are_frozen_and_read_back(judged: Project, mia: User, api: CallAs):
    asked = {"min_votes": 1, "guideline_versions": [1, 0], "soft": "share"}
    made = api(mia).post(URL, {"recipe": "majority", "options": asked}).json()
    assert made["options"]["guideline_versions"] == [0, 1]
    assert (made["options"]["min_votes"], made["options"]["sources"]) == (1, ["human"])
    assert made["criteria"] == ["overall"]
