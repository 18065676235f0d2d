"""Pictures along with a file of rows, on the page and through the API, and in its preview."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from labeling.imports.services import run_import
from labeling.models import Import, Picture
from projects.models import Project
from tests.imports.conftest import text
from tests.imports.test_import_pictures import BLUE, PAIR, RED, archive, data_uri
from tests.media.samples import picture, written


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Path) -> None:
    """Folders of their own for what is sent and for what is kept."""
    settings.MEDIA_ROOT, settings.IMPORTS_DIR = tmp_path / "media", tmp_path / "imports"


def sent(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


BESIDE = {**PAIR, "responses": [{"image": "red.png"}, {"image": "blue.png"}]}
ROWS = json.dumps(BESIDE).encode()


def test_pictures_are_chosen_along_with_the_file_on_the_page(
    lead: Client, project: Project, settings: Any
) -> None:
    page = reverse("labeling:imports", args=[project.slug])
    assert "multiple" in lead.get(page).content.decode().split('type="file"')[1].split(">")[0]
    files = [sent("red.png", RED), sent("rows.jsonl", ROWS), sent("blue.png", BLUE)]
    reply = lead.post(page, {"file": files})
    assert reply.status_code == 302, reply.context["form"].errors
    shown = text(lead.get(reply["Location"]))
    assert "blue.png" in shown
    preview = lead.get(reply["Location"]).context["shown"].detection
    started = dict.fromkeys(("format", "mapped_as"), preview.format)
    assert lead.post(f"{reply['Location']}start/", started).status_code == 302
    import_ = Import.objects.get()
    assert import_.filename == "rows.jsonl"
    run_import(import_.pk)
    assert Picture.objects.filter(project=project).count() == 2
    assert list(Path(settings.IMPORTS_DIR).iterdir()) == []


@pytest.mark.parametrize("field", ["pictures", "file"])
def test_pictures_are_sent_beside_the_file_of_a_form(
    lead: Client, project: Project, field: str
) -> None:
    rows, pictures = [sent("rows.jsonl", ROWS)], [sent("red.png", RED), sent("blue.png", BLUE)]
    form = (
        {"file": rows, "pictures": pictures} if field == "pictures" else {"file": pictures + rows}
    )
    address = f"/api/v1/projects/{project.slug}/imports/"
    reply = lead.post(address, form)
    assert reply.status_code == 202, reply.content
    run_import(reply.json()["id"])
    report = lead.get(reply["Location"]).json()
    assert (report["state"], report["counts"]["created"]) == ("done", 1), report
    assert Picture.objects.filter(project=project).count() == 2


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ([("red.png", RED)], "Only pictures came"),
        ([("a.jsonl", ROWS), ("b.csv", b"a,b")], "“a.jsonl” and “b.csv” are both files of rows"),
        ([("a.jsonl", ROWS), ("red.png", RED), ("red.png", BLUE)], "“red.png” came twice"),
        ([("a.zip", archive([PAIR], {})), ("red.png", RED)], "brings its pictures itself"),
    ],
)
def test_files_that_do_not_fit_together_are_refused_with_nothing_kept(
    lead: Client, project: Project, settings: Any, files: list[tuple[str, bytes]], reason: str
) -> None:
    for address in (
        reverse("labeling:imports", args=[project.slug]),
        f"/api/v1/projects/{project.slug}/imports/",
    ):
        reply = lead.post(address, {"file": [sent(*file) for file in files]})
        assert reply.status_code in (400, 422)
        assert reason in html.unescape(text(reply))
    assert list(Path(settings.IMPORTS_DIR).iterdir()) == []
    pictures = {"file": sent("a.jsonl", ROWS), "pictures": sent("b.csv", b"a,b")}
    assert "no picture by its name" in text(lead.post(address, pictures))


def test_a_form_of_too_many_files_says_how_many_it_may_bring(
    lead: Client, project: Project, settings: Any
) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 2
    files = [sent("a.jsonl", ROWS), sent("red.png", RED), sent("blue.png", BLUE)]
    page = reverse("labeling:imports", args=[project.slug])
    assert "may bring 2 files" in text(lead.post(page, {"file": files}, follow=True))
    reply = lead.post(f"/api/v1/projects/{project.slug}/imports/", {"file": files})
    assert (reply.status_code, reply.json()["fields"].keys()) == (400, {"file"})
    assert not Path(settings.IMPORTS_DIR).exists() or not list(Path(settings.IMPORTS_DIR).iterdir())


@pytest.mark.parametrize(
    ("files", "row", "shown"),
    [
        ({"red.png": RED}, {"image": "red.png"}, "red.png"),
        ({}, {"image": data_uri(RED)}, "A picture within the row"),
        ({}, {"image": "red.png"}, "No such file came with the rows"),
        ({"Red.png": RED}, {"image": "red.png"}, "There is Red.png."),
        ({"red.png": written(picture(), "JPEG")}, {"image": "red.png"}, "holds a JPEG picture"),
        ({"red.png": bytes(25 * 2**20)}, {"image": "red.png"}, "more than 24 MiB"),
    ],
    ids=["named", "within", "missing", "renamed", "lying", "too large"],
)
def test_the_first_rows_show_which_pictures_they_have_and_what_is_wrong_with_them(
    upload: Callable[..., str],
    lead: Client,
    files: dict[str, bytes],
    row: dict[str, Any],
    shown: str,
) -> None:
    pair = {"id": "1", "prompt": "p", "responses": [row, {"content": "A text"}]}
    page = text(lead.get(upload(content=archive([pair], files), name="a.zip")))
    assert shown in page
    assert "base64" not in page
