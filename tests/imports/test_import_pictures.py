"""Pictures come in with rows: named in an archive, embedded in Parquet and JSON, never fetched."""

from __future__ import annotations

import base64
import io
import json
import os
import struct
import zipfile
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image

from labeling.imports.undoing import request_undo, undo_import
from labeling.models import Assignment, Import, Picture, Prompt, Response
from labeling.pictures.selectors import stored_name
from labeling.pictures.services import sweep_all_pictures, sweep_pictures
from labeling.rating.leases import next_assignment
from labeling.rating.task_serializers import leased_task_json
from labeling.vocabulary import JobState
from projects.exceptions import InvalidInput
from projects.models import Membership, Project, User
from tests.imports.conftest import Take, counts
from tests.media.samples import animation, picture, png_bomb, written


def colour(name: str, size: tuple[int, int] = (30, 20)) -> bytes:
    return written(Image.new("RGB", size, name), "PNG")


RED, BLUE = colour("red"), colour("blue")
PAIR = {
    "id": "1",
    "prompt": "A red bicycle",
    "responses": [{"id": "a", "image": "red.png"}, {"id": "b", "images": ["sub/blue.png"]}],
}


@pytest.fixture(autouse=True)
def storage(settings: Any, tmp_path: Path) -> Path:
    """A folder of its own for what is kept."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def archive(rows: list[Any], files: Mapping[str, bytes], table: str = "rows.jsonl") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(table, "\n".join(json.dumps(row) for row in rows))
        for name, data in files.items():
            packed.writestr(name, data)
    return out.getvalue()


def parquet(rows: list[dict[str, Any]]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), out)
    return out.getvalue()


def data_uri(data: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(data).decode()


def test_an_archive_of_rows_and_pictures_is_kept_once_a_picture(
    take: Take, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [PAIR, {**PAIR, "id": "2", "prompt": "Another", "image": "red.png"}]
    import_ = take(content=archive(rows, {"red.png": RED, "sub/blue.png": BLUE}))
    assert counts(import_) == {"rows": 2, "created": 2}
    pictures = Picture.objects.filter(project=project)
    assert pictures.count() == 2
    shown = Response.objects.get(prompt__external_id="1", external_id="a").messages[0]
    assert shown["content"] == ""
    assert shown["images"][0].keys() == {"sha256", "width", "height", "form", "size"}
    red = pictures.get(sha256=shown["images"][0]["sha256"])
    assert default_storage.size(stored_name(project.pk, red.sha256, red.form)) == red.size
    prompt = Prompt.objects.get(external_id="2")
    assert prompt.messages[-1]["images"] == shown["images"]
    monkeypatch.delattr("labeling.imports.pictures.prepared_picture")
    again = take(content=archive(rows, {"red.png": RED, "sub/blue.png": BLUE}))
    assert counts(again) == {"rows": 2, "unchanged": 2}


@pytest.mark.parametrize(
    "content",
    [
        lambda: json.dumps(
            {
                "id": "1",
                "prompt": "A red bicycle",
                "responses": [{"image": data_uri(RED)}, {"image": {"url": data_uri(BLUE)}}],
            }
        ).encode(),
        lambda: json.dumps(
            {
                "prompt": [{"role": "user", "content": "A red bicycle"}],
                "chosen": [
                    {
                        "role": "assistant",
                        "content": [
                            {"type": "text", "text": "Here"},
                            {"type": "image", "image": data_uri(RED)},
                        ],
                    }
                ],
                "rejected": [
                    {
                        "role": "assistant",
                        "content": [{"type": "image_url", "image_url": {"url": data_uri(BLUE)}}],
                    }
                ],
            }
        ).encode(),
        lambda: parquet(
            [
                {
                    "prompt": "A red bicycle",
                    "responses": [
                        {"id": "a", "images": [{"bytes": RED, "path": "a.png"}]},
                        {"id": "b", "images": [{"bytes": BLUE, "path": None}]},
                    ],
                }
            ]
        ),
        lambda: parquet(
            [
                {
                    "prompt": "What is this?",
                    "images": [{"bytes": RED, "path": None}, {"bytes": BLUE, "path": None}],
                    "response_a": "A flag",
                    "response_b": "A wall",
                }
            ]
        ),
    ],
    ids=["data URIs", "parts of messages", "Parquet", "TRL's images"],
)
def test_embedded_pictures_are_kept_in_whatever_way_they_stand(
    take: Take, project: Project, content: Callable[[], bytes]
) -> None:
    import_ = take(content=content())
    assert counts(import_) == {"rows": 1, "created": 1}, list(import_.refusals.values())
    assert Picture.objects.filter(project=project).count() == 2


@pytest.mark.parametrize("implicit", [False, True], ids=["prompt", "in both replies"])
def test_pictures_of_a_row_stand_where_its_turns_have_places_for_them(
    take: Take, implicit: bool
) -> None:
    def asked(text: str) -> dict[str, Any]:
        return {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": text}]}

    chat = [asked("This?"), {"role": "assistant", "content": "Red."}, asked("And this?")]
    replies = [[{"role": "assistant", "content": text}] for text in ("Blue.", "Green.")]
    row: dict[str, Any] = {"images": ["red.png", "blue.png"]}
    for name, reply in zip(("chosen", "rejected"), replies, strict=True):
        row[name] = [*chat, *reply] if implicit else reply
    if not implicit:
        row["prompt"] = chat
    take(content=archive([row], {"red.png": RED, "blue.png": BLUE}))
    first, _answer, second = Prompt.objects.get().messages
    kept = dict(Picture.objects.values_list("sha256", "source"))
    assert [[kept[shown["sha256"]] for shown in turn["images"]] for turn in (first, second)] == [
        [sha256(RED).hexdigest()],
        [sha256(BLUE).hexdigest()],
    ]


@pytest.mark.parametrize(
    ("row", "files", "reason"),
    [
        ({"image": "green.png"}, {}, "No such file came with the rows. Name it"),
        ({"image": "RED.png"}, {}, "There is red.png."),
        ({"image": "two.png"}, {"x/two.png": RED, "y/two.png": BLUE}, "2 times"),
        ({"image": "a.png"}, {"a.png": b"not a picture"}, "Is not a picture"),
        ({"image": "a.png"}, {"a.png": b"<svg xmlns='x'/>"}, "SVG drawing"),
        ({"image": "a.png"}, {"a.png": written(picture(), "JPEG")}, "holds a JPEG picture"),
        ({"image": "a.png"}, {"a.png": RED[:-40]}, "damaged or cut off"),
        ({"image": "a.png"}, {"a.png": png_bomb(60_000, 60_000)}, "60,000 × 60,000 pixels"),
        ({"image": "a.png"}, {"a.png": bytes(30 * 2**20)}, "24 MiB"),
        ({"image": "a.gif"}, {"a.gif": animation("GIF")}, "animated"),
        ({"image": "https://example.org/a.png"}, {}, "not fetched"),
        ({"image": "../red.png"}, {}, "No such file came"),
        ({"image": "data:image/png;base64,AAAA!"}, {}, "not base64"),
        ({"image": {"bytes": None, "path": ""}}, {}, "Holds no picture"),
        ({"image": 7}, {}, "Must be the name of a picture"),
        ({"images": ["red.png"] * 9}, {}, "at most 8"),
    ],
)
def test_a_row_with_a_bad_picture_is_refused_and_the_others_are_in(
    take: Take, row: dict[str, Any], files: dict[str, bytes], reason: str
) -> None:
    bad = {"id": "2", "prompt": "p", "responses": [row, {"image": "red.png"}]}
    import_ = take(content=archive([PAIR, bad], {"red.png": RED, "sub/blue.png": BLUE, **files}))
    assert counts(import_) == {"rows": 2, "created": 1, "refused": 1}
    refusal = import_.refusals.get()
    assert refusal.line == 2
    assert refusal.field.startswith("responses[0]")
    assert reason in refusal.reason


def test_rows_that_name_pictures_without_any_are_refused(take: Take) -> None:
    refusal = take(PAIR).refusals.get()
    assert "no pictures came with the rows" in refusal.reason


def _lying(name: str) -> bytes:
    return archive([PAIR], {name: RED})


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (_lying("../../etc/passwd"), "leaves it"),
        (_lying("/etc/passwd"), "leaves it"),
        (_lying("..\\a.png"), "leaves it"),
        (_lying("C:/a.png"), "leaves it"),
        (archive([PAIR], {"other.csv": b"a,b"}), "2 files of rows"),
        (archive([PAIR], {}, table="readme.txt"), "no files of rows"),
        (archive([PAIR], {"red.png": RED})[:-40], "cut off"),
        (archive([PAIR], {"[Content_Types].xml": b""}), "spreadsheet"),
    ],
)
def test_a_hostile_archive_is_refused_as_a_whole(take: Take, content: bytes, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        take(content=content)


def _listing(length: int, large: bytes = b"") -> bytes:
    """An archive whose list names a file too often, and whose end says that it is so long."""
    listed = (b"PK\x01\x02" + bytes(24) + b"\x01\x00" + bytes(16) + b"a") * 65_001
    end = struct.pack("<4s8xIIH", b"PK\x05\x06", length or len(listed), 30, 0)
    return b"PK\x03\x04" + bytes(26) + listed + large + end


def _large(length: int) -> bytes:
    record = struct.pack("<4sQ28xQQ", b"PK\x06\x06", 44, length, 30)
    return record + struct.pack("<4sIQI", b"PK\x06\x07", 0, 30 + length, 1)


@pytest.mark.parametrize(
    ("length", "large"),
    [(0, b""), (47, _large(47 * 65_001)), (47, _large(2**40))],
    ids=["more files than it says", "shorter than it is", "longer than any"],
)
def test_an_archive_of_too_many_files_is_refused_before_they_are_read(
    take: Take, length: int, large: bytes
) -> None:
    with pytest.raises(InvalidInput, match="more than 65,000 files"):
        take(content=_listing(length, large))


def test_a_picture_that_was_cut_off_as_it_was_written_is_written_again(
    take: Take, project: Project, storage: Path
) -> None:
    kept = storage / stored_name(project.pk, sha256(RED).hexdigest(), "png")
    kept.parent.mkdir(parents=True)
    kept.write_bytes(RED[:9])
    take(content=archive([PAIR], {"red.png": RED, "sub/blue.png": BLUE}))
    assert kept.read_bytes() == RED


def test_a_rater_gets_pictures_without_a_name_and_outsiders_none(
    take: Take,
    project: Project,
    rui: User,
    otto: User,
    client_for: Callable[[User], Client],
) -> None:
    large = written(picture((1500, 1000)), "JPEG", comment=b"flux")
    pair = {"prompt": "p", "responses": [{"image": "flux-a.jpg"}, {"image": "red.png"}]}
    take(content=archive([pair], {"flux-a.jpg": large, "red.png": RED}))
    assignment = next_assignment(membership=Membership.objects.get(project=project, user=rui))
    assert isinstance(assignment, Assignment)
    task = leased_task_json(assignment, project)["task"]
    assert "flux" not in json.dumps(task)
    image = max((r["images"][0] for r in task["responses"]), key=lambda shown: shown["width"])
    assert (image["width"], image["height"]) == (1500, 1000)
    browser = client_for(rui)
    for size, width in (("url", 1500), ("preview", 1200), ("thumbnail", 256)):
        reply = browser.get(image[size])
        body = b"".join(reply)
        assert Image.open(io.BytesIO(body)).width == width
        assert reply["Content-Type"] == "image/webp"
        assert reply["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in reply["Content-Security-Policy"]
        assert reply["Cache-Control"] == "private, max-age=31536000, immutable"
        assert b"flux" not in body
        assert "flux" not in reply["Content-Disposition"]
        part = browser.get(image[size], headers={"Range": "bytes=0-9"})
        assert (part.status_code, b"".join(part)) == (206, body[:10])
        same = browser.get(image[size], headers={"If-None-Match": reply["ETag"]})
        assert same.status_code == 304
    assert client_for(otto).get(image["url"]).status_code == 404
    assert Client().get(image["url"]).status_code in (401, 403)
    missing = image["url"].replace(image["url"].split("/")[-3], "0" * 64)
    assert browser.get(missing).status_code == 404


def test_what_no_text_shows_any_more_goes_with_its_import(
    take: Take, project: Project, lena: User, storage: Path
) -> None:
    first = take(content=archive([PAIR], {"red.png": RED, "sub/blue.png": BLUE}))
    other = {"id": "2", "prompt": "q", "responses": [{"image": "red.png"}, {"image": "c.png"}]}
    take(content=archive([other], {"red.png": RED, "c.png": colour("lime")}))
    assert sweep_pictures(project.pk, of_any_age=True) == 0
    undo_import(request_undo(import_=first, actor=lena).pk)
    assert Picture.objects.filter(project=project).count() == 2
    assert len([path for path in storage.rglob("*") if path.is_file()]) == 2
    stray = storage / f"pictures/{project.pk}/ab/ab{'0' * 62}.png"
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(RED)
    sweep_all_pictures()
    assert stray.exists()
    os.utime(stray, (0, 0))
    Import.objects.filter(pk=first.pk).update(state=JobState.PENDING)
    sweep_all_pictures()
    assert stray.exists(), "an import that is under way may use it"
    Import.objects.filter(pk=first.pk).update(state=JobState.DONE)
    sweep_all_pictures()
    assert len([path for path in storage.rglob("*") if path.is_file()]) == 2


@pytest.mark.parametrize("known", [RED, RED[:-40]], ids=["good", "damaged"])
def test_a_row_that_was_read_ahead_finds_its_picture_after_many_others(
    take: Take, monkeypatch: pytest.MonkeyPatch, known: bytes
) -> None:
    """The turns of a line are read together, and written in batches."""
    monkeypatch.setattr("labeling.imports.pictures._REMEMBERED", 1)
    monkeypatch.setattr("labeling.imports.services.PICTURE_BATCH", 1)

    def turn(first: bytes, name: str, **more: str) -> dict[str, Any]:
        responses = [
            {"id": f"{name}1", "content": name, "image": data_uri(first)},
            {"id": f"{name}2", "content": "other"},
        ]
        return {"prompt": f"Ask {name}", "responses": responses, **more}

    colours = ["lime", "gold", "navy"]
    lines = [
        *({"conversation": name, "turns": [turn(colour(name), name)]} for name in colours),
        {"conversation": "first", "turns": [turn(known, "k")]},
        {"conversation": "c", "turns": [turn(BLUE, "a"), turn(known, "b", after="a2")]},
    ]
    import_ = take(*lines)
    refused = {} if known == RED else {"refused": 2}
    assert counts(import_) == {"rows": 6, "created": 6 - sum(refused.values()), **refused}
    assert all("damaged" in reason for reason in import_.refusals.values_list("reason", flat=True))
