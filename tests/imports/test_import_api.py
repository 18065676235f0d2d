"""Imports by program: every way to send rows, the report, its refusals."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from labeling.imports.services import run_import
from labeling.models import Import, Task
from projects.models import Project, User
from tests.api.client import Api, CallAs

URL = "projects/support-answers/imports/"


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    """Uploads of a test end with it."""
    settings.IMPORTS_DIR = tmp_path / "imports"


def row(i: int, **fields: Any) -> dict[str, Any]:
    responses = [{"id": f"r{i}a", "content": "Yes."}, {"id": f"r{i}b", "content": "No."}]
    return {"id": f"q{i}", "prompt": f"Question {i}?", "responses": responses, **fields}


ROWS = [row(1), row(2)]
LINES = b"\n".join(json.dumps(r).encode() for r in ROWS)
CSV = b'prompt,response_a,response_b\n"A, b?","x\ny",z\nC?,1,2\n'


def parquet(rows: list[dict[str, Any]]) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), file)
    return file.getvalue()


def finish(client: Api, reply: Any) -> dict[str, Any]:
    """Runs the requested import and returns its report."""
    assert reply.status_code == 202, reply.content
    run_import(reply.json()["id"])
    report: dict[str, Any] = client.client.get(reply.headers["Location"]).json()
    return report


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (json.dumps(ROWS).encode(), "application/json"),
        (LINES, "application/x-ndjson"),
        (gzip.compress(LINES), "application/gzip"),
        (CSV, "text/csv; charset=utf-8"),
        (LINES, "application/octet-stream"),
        (pa.compress(LINES, codec="zstd", asbytes=True), "application/zstd"),
        (parquet(ROWS), "application/vnd.apache.parquet"),
        (parquet(ROWS), "Application/X-Parquet; version=2"),
    ],
)
def test_rows_as_the_body(project: Project, mia: User, api: CallAs, content, content_type):
    client = api(mia)
    reply = client.post(f"{URL}?filename=rows.x", content, content_type=content_type)
    assert reply.json()["state"] == "pending"
    report = finish(client, reply)
    assert (report["state"], report["counts"]["created"]) == ("done", 2)
    assert report["filename"] == "rows.x"
    assert report["progress"] == {"done": 2, "total": 2, "percent": 100}
    assert Task.objects.filter(project=project).count() == 2


def test_rows_as_a_form_with_options(project: Project, lena: User, api: CallAs):
    client = api(lena)
    content = b"question,one,two,better\nWhy?,Because.,Dunno.,\n"
    form = {
        "file": SimpleUploadedFile("survey.csv", content, "text/csv"),
        "mapping": json.dumps({"prompt": "question", "response_a": "one", "response_b": "two"}),
        "overlap": "7",
    }
    reply = client.client.post(f"/api/v1/{URL}", form)
    report = finish(client, reply)
    assert report["counts"]["created"] == 1, report
    assert Task.objects.get().overlap == 7
    assert report["filename"] == "survey.csv"


def test_the_same_file_twice_creates_nothing_twice(project: Project, lena: User, api: CallAs):
    client = api(lena)
    for _ in range(2):
        report = finish(client, client.post(URL, LINES, content_type="application/jsonl"))
    assert (report["counts"]["created"], report["counts"]["unchanged"]) == (0, 2)
    assert Task.objects.count() == 2


def test_the_report_pages_the_refused_lines_and_links_all_as_csv(
    project: Project, lena: User, api: CallAs
):
    client = api(lena)
    bad = [row(i, responses=[{"id": "a", "content": "=1+1"}]) for i in range(3)]
    lines = "\n".join(json.dumps(r) for r in [row(9), *bad]).encode()
    report = finish(client, client.post(URL, lines, content_type="application/jsonl"))
    assert (report["counts"]["created"], report["counts"]["refused"]) == (1, 3)
    page = client.get(f"{URL}{report['id']}/?page_size=2").json()["refusals"]
    assert page["count"] == 3
    assert [refused["line"] for refused in page["results"]] == [2, 3]
    assert all(refused["reason"] for refused in page["results"])
    rest = client.client.get(page["next"]).json()["refusals"]["results"]
    assert [refused["line"] for refused in rest] == [4]
    reply = client.client.get(report["refusals_csv"])
    assert reply.headers["Content-Type"].startswith("text/csv")
    text = reply.getvalue().decode()
    assert len(text.splitlines()) == 4
    assert text.startswith("line,field,reason,excerpt,code")


@pytest.mark.parametrize(
    ("query", "content", "field"),
    [
        ("", b"", ""),
        ("", b"{not json", ""),
        ("?overlap=many", LINES, "overlap"),
        ("?overlap=0", LINES, "overlap"),
        ("?mapping=[1]", LINES, "mapping"),
        ("?format=excel", LINES, "format"),
    ],
)
def test_a_request_that_cannot_be_carried_out_is_refused_at_once(
    project: Project, lena: User, api: CallAs, query, content, field
):
    reply = api(lena).post(URL + query, content, content_type="application/jsonl")
    assert reply.status_code == 400
    assert reply.json()["message"]
    assert not field or field in reply.json()["fields"]
    assert not Import.objects.exists()


def test_a_form_without_a_file_says_how_to_send_one(project: Project, lena: User, api: CallAs):
    reply = api(lena).client.post(f"/api/v1/{URL}", {"overlap": "3"})
    assert reply.status_code == 400
    assert "named “file”" in reply.json()["fields"]["file"]


def test_a_kind_of_content_that_is_not_read_is_415(project: Project, lena: User, api: CallAs):
    reply = api(lena).post(URL, b"<xml/>", content_type="application/xml")
    assert (reply.status_code, reply.json()["code"]) == (415, "unsupported_media_type")
    assert "application/vnd.apache.parquet" in reply.json()["message"]


def test_a_file_above_the_limit_is_413(project: Project, lena: User, api: CallAs, settings: Any):
    settings.IMPORT_MAX_UPLOAD = 10
    body = b"x" * (2 << 20)
    reply = api(lena).post(URL, body, content_type="text/csv")
    assert (reply.status_code, reply.json()["code"]) == (413, "too_large")
    assert not Import.objects.exists()


def test_imports_are_listed_newest_first(project: Project, lena: User, api: CallAs):
    client = api(lena)
    ids = [client.post(URL, LINES, content_type="application/jsonl").json()["id"] for _ in range(2)]
    assert [row["id"] for row in client.get(URL).json()["results"]] == ids[::-1]


def test_an_import_of_another_project_is_not_found(project: Project, lena: User, api: CallAs):
    client = api(lena)
    client.post("projects/", {"name": "Other", "template": "arena"})
    made = client.post(URL, LINES, content_type="application/jsonl").json()
    assert client.get(f"projects/other/imports/{made['id']}/").status_code == 404
    assert client.get(f"projects/other/imports/{made['id']}/refusals.csv").status_code == 404


@pytest.mark.parametrize("as_session", [False, True])
def test_a_body_larger_than_memory_allows_is_streamed(
    project: Project, lena: User, api: CallAs, settings: Any, as_session: bool
):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    rows = [row(i, metadata={"filler": "x" * 200}) for i in range(50)]
    client = api(lena)
    if as_session:
        client.client = Client()
        client.client.force_login(lena)
    content = "\n".join(map(json.dumps, rows)).encode()
    report = finish(client, client.post(URL, content, content_type="application/jsonl"))
    assert report["counts"]["created"] == 50
    assert report["sha256"] == hashlib.sha256(content).hexdigest()
