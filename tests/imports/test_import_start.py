"""A file is read once on its way in; what was seen of it then starts the import."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from labeling.datasets.readers import looking
from labeling.imports.services import run_import
from labeling.models import Import, Task
from projects.models import Project, User
from tests.api.client import Api

PAIR = {"prompt": "Why?", "response_a": "Because.", "response_b": "No.", "notes": "n" * 20_000}
CONTENT = "\n".join(json.dumps({**PAIR, "id": str(i)}) for i in range(3)).encode()
STARTED = {"format": "pairs", "mapped_as": "pairs", "decided": "{}"}
Looks = list[tuple[Any, ...]]


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    """Uploads of a test end with it."""
    settings.IMPORTS_DIR = tmp_path / "imports"
    return tmp_path / "imports"


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Looks:
    """The looks at files, as they are taken."""
    taken: Looks = []
    look = looking.look_at_first

    def counted(path: Path, **how: Any) -> Any:
        taken.append((path, how))
        return look(path, **how)

    monkeypatch.setattr(looking, "look_at_first", counted)
    return taken


def _upload(lead: Client, project: Project, content: bytes = CONTENT) -> Any:
    file = SimpleUploadedFile("rows.jsonl", content)
    return lead.post(reverse("labeling:imports", args=[project.slug]), {"file": file})


def test_an_upload_is_looked_at_once_until_the_import_runs(
    client_for: Callable[[User], Client], lena: User, project: Project, looks: Looks
):
    lead = client_for(lena)
    address = _upload(lead, project)["Location"]
    (row, *_) = lead.get(address).context["shown"].rows
    assert len(row.metadata["notes"]) == 1_000
    assert lead.post(f"{address}start/", STARTED).status_code == 302
    assert len(looks) == 1
    import_ = Import.objects.get()
    assert import_.sha256 == sha256(CONTENT).hexdigest()
    run_import(import_.pk)
    assert Task.objects.count() == 3


def test_another_mapping_is_looked_at_and_kept_too(
    client_for: Callable[[User], Client], lena: User, project: Project, looks: Looks
):
    lead = client_for(lena)
    address = _upload(lead, project)["Location"]
    mapped = {**STARTED, "field-id": "", "field-prompt": "prompt"}
    decided = lead.post(address, mapped).context["decided"]
    assert len(looks) == 2
    assert lead.post(f"{address}start/", {**mapped, "decided": decided}).status_code == 302
    assert len(looks) == 2
    assert Import.objects.get().mapping["id"] == ""


def test_a_form_s_file_is_written_once_to_where_it_is_read(
    lena: User, project: Project, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("labeling.imports.files.store", None)
    file = SimpleUploadedFile("rows.jsonl", CONTENT)
    address = f"/api/v1/projects/{project.slug}/imports/"
    reply = Api(lena).client.post(address, {"file": file})
    assert reply.status_code == 202
    row = Import.objects.get()
    assert (row.size, row.sha256) == (len(CONTENT), sha256(CONTENT).hexdigest())
    assert (folder / row.path).read_bytes() == CONTENT
    run_import(row.pk)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("fields", "most"),
    [
        ({"text": "rows beside the file"}, 2**20),
        ({"other": SimpleUploadedFile("more", b"x")}, 10),
        ({"csrfmiddlewaretoken": "wrong"}, 2**20),
    ],
    ids=["both", "too large", "no token"],
)
def test_a_file_that_is_not_taken_leaves_nothing(
    lena: User, project: Project, folder: Path, settings: Any, fields: dict[str, Any], most: int
):
    settings.IMPORT_MAX_UPLOAD = most
    lead = Client(enforce_csrf_checks="csrfmiddlewaretoken" in fields)
    lead.force_login(lena)
    file = SimpleUploadedFile("rows.jsonl", CONTENT)
    reply = lead.post(reverse("labeling:imports", args=[project.slug]), {"file": file, **fields})
    assert reply.status_code in (403, 422)
    assert not folder.is_dir() or list(folder.iterdir()) == []


def test_a_name_that_no_json_can_hold_breaks_no_preview(
    client_for: Callable[[User], Client], lena: User, project: Project
):
    said = [{"rater": "r", "\ud800": 1}]
    rows = json.dumps({**PAIR, "judgments": said, "more": "m" * 40_000}).encode()
    reply = _upload(lead := client_for(lena), project, rows)
    assert lead.get(reply["Location"]).status_code == 200
