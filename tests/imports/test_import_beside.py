"""What comes beside the rows: files that no row names, names in two spellings, small pictures of
the first rows, and what each known column is shown as."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any
from unicodedata import normalize
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from PIL import Image

from labeling.datasets.readers import detect
from labeling.imports.services import run_import
from labeling.models import Import, Picture, Prompt
from projects.exceptions import InvalidInput
from projects.models import Project
from tests.imports.conftest import Take, counts, text
from tests.imports.test_import_pictures import BLUE, PAIR, RED, archive, colour, data_uri

NFC, NFD = normalize("NFC", "café.png"), normalize("NFD", "café.png")
PICTURES = {"red.png": RED, "sub/blue.png": BLUE}
UNUSED = {f"extra-{place}.png": RED for place in range(7)} | {"notes.txt": b"Hi"}
CLUTTER = {
    "__MACOSX/._red.png": b"\0\5\x16\7",
    ".DS_Store": b"\0\0\0\1Bud1",
    "sub/.DS_Store": b"\0\0\0\1Bud1",
}


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Path) -> None:
    """Folders of their own for what is sent and for what is kept."""
    settings.MEDIA_ROOT, settings.IMPORTS_DIR = tmp_path / "media", tmp_path / "imports"


def test_files_that_no_row_names_are_told_in_the_preview_and_in_the_report(
    lead: Client, project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = archive([PAIR], {**PICTURES, **UNUSED, **CLUTTER})
    unused = {"count": 8, "names": [f"extra-{place}.png" for place in range(5)], "system": 3}
    imports = reverse("api:imports", args=[project.slug])
    preview = lead.post(f"{imports}preview/", {"file": SimpleUploadedFile("a.zip", content)})
    assert preview.json()["unused_files"] == unused
    page = reverse("labeling:imports", args=[project.slug])
    shown = lead.post(page, {"file": SimpleUploadedFile("a.zip", content)}, follow=True)
    assert "8 files that came with the rows would not be imported" in text(shown)
    assert "extra-4.png</bdi>, …" in text(shown)
    assert "3 files that systems add by themselves" in text(shown)
    import_ = lead.post(imports, {"file": SimpleUploadedFile("a.zip", content)}).json()
    run_import(import_["id"])
    report = lead.get(reverse("api:import", args=[project.slug, import_["id"]])).json()
    assert (report["counts"]["created"], report["unused_files"]) == (1, unused)
    assert "unused_files" not in report["options"]
    read = text(lead.get(reverse("labeling:import", args=[project.slug, import_["id"]])))
    assert "8 files that came with the rows were not imported" in read
    (tmp_path / "a.zip").write_bytes(content)
    call_command("import_tasks", project.slug, str(tmp_path / "a.zip"))
    assert "8 files are named by no row: extra-0.png, " in capsys.readouterr().out


def test_an_import_that_goes_on_remembers_what_earlier_rows_named(
    take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("labeling.imports.services.PICTURE_BATCH", 1)
    monkeypatch.setattr("labeling.imports.services.BATCH", 1)
    other = {"id": "2", "prompt": "q", "responses": [{"image": "c.png"}, {"content": "No."}]}
    content = archive([PAIR, other], {**PICTURES, "c.png": colour("lime"), "d.png": RED})

    class Killed(BaseException):
        pass

    def dies(*_args: object, **_more: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("labeling.imports.services.give_way", dies)
        with pytest.raises(Killed):
            take(content=content)
    import_ = Import.objects.get()
    run_import(import_.pk)
    import_.refresh_from_db()
    assert import_.options["unused_files"]["names"] == ["d.png"]


def test_a_preview_that_saw_not_all_rows_accuses_no_file(
    lead: Client, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{**PAIR, "id": str(n)} for n in range(40)]
    monkeypatch.setattr("labeling.datasets.readers.brought._MOST_ROWS", 3)
    monkeypatch.setattr("labeling.datasets.readers.looking._is_harmless", lambda _path: True)
    imports = reverse("api:imports", args=[project.slug])
    files = {**PICTURES, "late.png": RED}
    sent = SimpleUploadedFile("a.zip", archive(rows, files))
    preview = lead.post(f"{imports}preview/", {"file": sent}).json()
    assert preview["unused_files"] == {"count": None, "names": [], "system": 0}


def test_a_file_without_anything_beside_it_says_nothing_of_it(take: Take) -> None:
    assert "unused_files" not in take(content=archive([PAIR], PICTURES)).options


@pytest.mark.parametrize(("packed", "named"), [(NFC, NFD), (NFD, NFC)])
def test_a_name_is_the_same_however_its_accents_are_spelled(
    take: Take, packed: str, named: str
) -> None:
    row = {"prompt": "p", "responses": [{"image": named}, {"image": f"x/{named}"}]}
    import_ = take(content=archive([row], {packed: RED, f"x/{packed}": BLUE}))
    assert counts(import_) == {"rows": 1, "created": 1}, list(import_.refusals.values())
    assert "unused_files" not in import_.options


def test_names_of_utf8_that_an_archive_does_not_call_so_are_read(take: Take) -> None:
    """As the Finder of macOS packs them."""
    row = {"prompt": "p", "responses": [{"image": NFC}, {"image": "red.png"}]}
    content = archive([row], {NFD: BLUE, "red.png": RED})
    packed = zipfile.ZipFile(io.BytesIO(content)).getinfo(NFD)
    assert packed.flag_bits & 0x800
    for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        size = {6: 30, 8: 46}[at]
        place = content.index(magic)
        while content[place + size : place + size + 3] != b"caf":
            place = content.index(magic, place + 4)
        content = content[: place + at] + b"\0\0" + content[place + at + 2 :]
    assert zipfile.ZipFile(io.BytesIO(content)).namelist().count(NFD) == 0
    assert counts(take(content=content)) == {"rows": 1, "created": 1}


def test_two_names_that_become_one_are_refused_with_both(
    take: Take, lead: Client, project: Project
) -> None:
    with pytest.raises(InvalidInput) as refused:
        take(content=archive([PAIR], {**PICTURES, NFC: RED, NFD: BLUE}))
    assert "'caf\\xe9.png' and 'cafe\\u0301.png'" in refused.value.message
    files = [
        SimpleUploadedFile("rows.jsonl", json.dumps(PAIR).encode()),
        SimpleUploadedFile(NFC, RED),
        SimpleUploadedFile(NFD, BLUE),
    ]
    reply = lead.post(reverse("api:imports", args=[project.slug]), {"file": files})
    assert reply.status_code == 400
    assert "'caf\\xe9.png' and 'cafe\\u0301.png'" in reply.json()["message"]
    assert not Import.objects.exists()


def test_the_preview_shows_small_pictures_and_covers_those_of_sensitive_rows(
    lead: Client, project: Project
) -> None:
    large = colour("lime", (900, 600))
    plain = {"prompt": "p", "responses": [{"image": "a b.png"}, {"image": data_uri(BLUE)}]}
    hurting = {
        "prompt": "q",
        "topics": [{"topic": "violence", "severity": "high"}],
        "responses": [{"image": "red.png"}, {"content": "No."}],
    }
    sent = SimpleUploadedFile(
        "a.zip", archive([plain, hurting], {"a b.png": large, "red.png": RED})
    )
    page = reverse("labeling:imports", args=[project.slug])
    preview = lead.post(page, {"file": sent})["Location"]
    shown = text(lead.get(preview))
    before, covered = shown.split("Covered: violence (high).")
    assert before.count("<img ") == 2
    assert covered.count("<img ") == 1
    assert f"{preview}picture/?picture=a%20b.png" in before
    for address in [part.split('"')[0] for part in shown.split('<img src="')[1:]]:
        reply = lead.get(address)
        assert reply["Content-Type"] == "image/webp"
        assert "sandbox" in reply["Content-Security-Policy"]
        assert max(Image.open(io.BytesIO(reply.content)).size) <= 256
    for unknown in ("rows.jsonl", "other.png", "../../etc/passwd", ""):
        assert lead.get(f"{preview}picture/?picture={quote(unknown)}").status_code == 404
    assert not Picture.objects.exists()


KNOWN = {
    "topics": [{"topic": "violence", "severity": "high"}],
    "difficulty": "hard",
    "licence": "MIT",
    "author": "Ann",
    "permitted_use": "all",
    "conversation": "c",
    "turn": 1,
    "images": ["a.png"],
    "gold": {"answers": {"overall": -1}},
}
OWN = {"source": "web", "group": "g"}
ROWS: dict[str, dict[str, Any]] = {
    "concord": {"prompt": "p", "responses": ["x", "y"], **OWN},
    "pairs": {"prompt": "p", "response_a": "x", "response_b": "y"},
    "trl": {"prompt": "p", "chosen": "x", "rejected": "y"},
    "write": {"prompt": "p", "kind": "write", **OWN},
}


@pytest.mark.parametrize("format", ROWS)
def test_each_known_column_is_shown_as_what_it_is(tmp_path: Path, format: str) -> None:
    row = ROWS[format]
    (tmp_path / "rows.jsonl").write_text(json.dumps({**row, **KNOWN}))
    seen = detect(tmp_path / "rows.jsonl")
    assert seen.format == format
    said = {name: str(seen.roles[name]) for name in (*KNOWN, *OWN) if name in {**row, **KNOWN}}
    own = {name: "about" for name in OWN if name in row}
    known = dict.fromkeys(KNOWN, "about") | {"images": "prompt", "gold": "gold"}
    assert said == {**known, **own}


def test_gold_is_shown_with_what_it_will_do_and_any_other_is_metadata(
    lead: Client, project: Project
) -> None:
    def looked(gold: object) -> dict[str, Any]:
        row = {"prompt": "p", "response_a": "x", "response_b": "y", "gold": gold}
        address = f"{reverse('api:imports', args=[project.slug])}preview/"
        content = json.dumps(row)
        preview: dict[str, Any] = lead.post(address, content, "application/json").json()
        return preview

    right = looked({"answers": {"overall": -1}, "reason": "Says why."})
    assert right["columns"]["gold"] == "gold"
    assert right["rows"][0]["gold"] == {
        "purpose": "gold",
        "kind": "plain",
        "answers": {"overall": -1},
        "reason": "Says why.",
    }
    assert "gold" not in right["rows"][0]["row"]["metadata"]
    unknown = looked({"answers": {"overall": -1}, "why": "x"})["rows"][0]
    assert (unknown["row"], unknown["refusal"]["field"]) == (None, "gold.why")
    other = looked("yes")
    assert other["columns"]["gold"] == "metadata"
    assert other["rows"][0]["row"]["metadata"] == {"gold": "yes"}


def test_topics_of_a_table_of_pairs_cover_its_tasks(take: Take) -> None:
    topics = '"[{""topic"": ""violence"", ""severity"": ""high""}]"'
    table = f"prompt,response_a,response_b,topics,difficulty\np,x,y,{topics},hard\nq,x,y,words,\n"
    take(content=table.encode())
    first, second = Prompt.objects.order_by("pk")
    assert first.sensitivity == [{"topic": "violence", "severity": "high"}]
    assert first.difficulty == "hard"
    assert (second.sensitivity, second.metadata) == ([], {"topics": "words"})
