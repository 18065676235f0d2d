"""Bad archives and bad pictures by page, API and command: the same sentence, nothing half written;
and pictures of every odd kind as a rater gets them."""

from __future__ import annotations

import html
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from PIL import Image

from labeling.imports.services import run_import
from labeling.models import Import, Judgment, Picture, Prompt, Region, Response, Task
from projects.models import Project, User
from tests.api.client import CallAs
from tests.imports.conftest import text
from tests.imports.test_hostile_pictures import packed_link
from tests.imports.test_import_pictures import BLUE, PAIR, RED, archive
from tests.media.samples import animation, exif, picture, png_bomb, swapped_profile, written

DOORS = ("page", "api", "command")
#: What a door says of a file: as text, with signs as people read them.
Send = Callable[[str, bytes], str]


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Path) -> None:
    """Folders of their own for what is sent and for what is kept."""
    settings.MEDIA_ROOT, settings.IMPORTS_DIR = tmp_path / "media", tmp_path / "imports"


@pytest.fixture
def send(
    lead: Client, project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Send:
    """Sends a zip archive through a door to the end, and returns all that it says."""

    def by_page(content: bytes) -> str:
        page = f"/p/{project.slug}/imports/"
        reply = lead.post(page, {"file": SimpleUploadedFile("a.zip", content)})
        if reply.status_code != 302:
            return text(reply)
        shown = dict.fromkeys(("format", "mapped_as"), "concord")
        started = lead.post(f"{reply['Location']}start/", shown)
        assert started.status_code == 302, text(started)
        run_import(Import.objects.get().pk)
        return text(lead.get(started["Location"]))

    def by_api(content: bytes) -> str:
        address = f"/api/v1/projects/{project.slug}/imports/"
        reply = lead.post(address, {"file": SimpleUploadedFile("a.zip", content)})
        if reply.status_code == 202:
            run_import(reply.json()["id"])
            reply = lead.get(reply["Location"])
        return json.dumps(reply.json(), ensure_ascii=False)

    def by_command(content: bytes) -> str:
        (tmp_path / "a.zip").write_bytes(content)
        with pytest.raises((CommandError, SystemExit)) as ended:
            call_command("import_tasks", project.slug, str(tmp_path / "a.zip"))
        return str(ended.value) + capsys.readouterr().out

    ways = {"page": by_page, "api": by_api, "command": by_command}
    return lambda door, content: html.unescape(ways[door](content))


def bomb() -> bytes:
    """Rows of 20 MiB in an archive of 20 kB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("rows.jsonl", json.dumps(PAIR) + "\n" + " " * (20 << 20))
        packed.writestr("red.png", RED)
    return out.getvalue()


def twice() -> bytes:
    """The same name two times."""
    out = io.BytesIO(archive([PAIR], {"red.png": RED}))
    with zipfile.ZipFile(out, "a") as packed, pytest.warns(UserWarning, match="Duplicate name"):
        packed.writestr("red.png", BLUE)
    return out.getvalue()


ARCHIVES: dict[str, tuple[Callable[[], bytes], str]] = {
    "a path that leaves it": (
        lambda: archive([PAIR], {"../../red.png": RED}),
        "holds a path that leaves it (“../../red.png”)",
    ),
    "an absolute path": (lambda: archive([PAIR], {"/red.png": RED}), "a path that leaves it"),
    "a link": (packed_link, "holds a link (“a.png”)"),
    "a bomb": (bomb, "as a bomb would"),
    "a file twice": (twice, "holds “red.png” twice"),
    "no rows": (lambda: archive([PAIR], {}, table="a.txt"), "holds no files of rows"),
    "two files of rows": (
        lambda: archive([PAIR], {"b.csv": b"a,b", "red.png": RED}),
        "holds 2 files of rows (b.csv, rows.jsonl)",
    ),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("bad", ARCHIVES)
def test_a_bad_archive_is_refused_in_a_sentence_and_leaves_nothing(
    send: Send, settings: Any, door: str, bad: str
) -> None:
    content, sentence = ARCHIVES[bad]
    assert sentence in send(door, content())
    assert not Import.objects.exists()
    assert not Prompt.objects.exists()
    left = [
        path for folder in (settings.IMPORTS_DIR, settings.MEDIA_ROOT) for path in files_in(folder)
    ]
    assert left == []


def files_in(folder: Path) -> list[Path]:
    return [path for path in Path(folder).rglob("*") if path.is_file()]


BOX = {"response": "a", "x": 0.8, "y": 0, "w": 0.5, "h": 0.5, "polarity": "fault"}
OUTSIDE = {"rater": "ann", "overall": 1, "regions": [{**BOX, "criterion": "overall"}]}
#: A row's first picture, the files that come with it, and what is said of it.
PICTURES: dict[str, tuple[str, dict[str, bytes], str]] = {
    "missing": ("none.png", {}, "No such file came with the rows."),
    "twice": ("two.png", {"x/two.png": RED, "y/two.png": BLUE}, "Is in the archive 2 times"),
    "renamed": ("RED.png", {}, "There is red.png."),
    "not one": ("text.png", {"text.png": b"Hello"}, "Is not a picture"),
    "too large": ("large.png", {"large.png": bytes(25 << 20)}, "more than 24 MiB"),
    "lying": ("lying.png", {"lying.png": written(picture(), "JPEG")}, "holds a JPEG picture"),
    "a pixel bomb": ("bomb.png", {"bomb.png": png_bomb(60_000, 60_000)}, "60,000 × 60,000 pixels"),
    "truncated": ("cut.png", {"cut.png": RED[:-40]}, "damaged or cut off"),
    "animated": ("moves.gif", {"moves.gif": animation("GIF")}, "animated"),
    "SVG": ("drawn.png", {"drawn.png": b"<svg xmlns='x'/>"}, "SVG drawing"),
}


@pytest.mark.parametrize("door", DOORS)
def test_each_bad_picture_is_told_with_its_row_and_nothing_else_is_lost(
    send: Send, project: Project, door: str
) -> None:
    rows: list[dict[str, Any]] = [PAIR]
    files = {"red.png": RED, "sub/blue.png": BLUE}
    for name, (shown, brought, _sentence) in PICTURES.items():
        pair = [{"image": shown}, {"content": "A text"}]
        rows.append({"id": name, "prompt": name, "responses": pair})
        files |= brought
    rows.append({**PAIR, "id": "outside", "prompt": "q", "judgments": [OUTSIDE]})
    said = send(door, archive(rows, files))
    for _shown, _brought, sentence in PICTURES.values():
        assert sentence in said
    assert "Leaves its picture" in said
    import_ = Import.objects.get()
    assert {n: import_.counts[n] for n in ("rows", "created", "refused")} == {
        "rows": 12,
        "created": 1,
        "refused": 11,
    }
    assert Prompt.objects.get().external_id == "1"
    assert (Response.objects.count(), Task.objects.count()) == (2, 1)
    assert not Region.objects.exists()
    assert not Judgment.objects.exists()
    assert Picture.objects.filter(project=project).count() == 2


def test_odd_pictures_come_to_a_rater_upright_in_srgb_and_in_eight_bits(
    send: Send, project: Project, rui: User, api: CallAs, client_for: Callable[[User], Client]
) -> None:
    files = {
        "cmyk.jpg": written(picture(mode="CMYK"), "JPEG", quality=95),
        "sixteen.png": written(Image.new("I;16", (60, 40), 0x8000), "PNG"),
        "profile.png": written(picture(), "PNG", icc_profile=swapped_profile()),
        "turned.jpg": written(picture(), "JPEG", exif=exif(6), quality=95),
    }
    names = list(files)
    pairs = [(names[0], names[1]), (names[2], names[3])]
    rows = [
        {"id": first, "prompt": first, "responses": [{"image": first}, {"image": second}]}
        for first, second in pairs
    ]
    send("api", archive(rows, files))
    served = set()
    for _pair in pairs:
        leased = api(rui).post(f"projects/{project.slug}/next/").json()
        for response in leased["task"]["responses"]:
            reply = client_for(rui).get(response["images"][0]["url"])
            shown = Image.open(io.BytesIO(b"".join(reply)))
            assert shown.mode in ("RGB", "P", "L"), "eight bits"
            assert not {"icc_profile", "exif"} & shown.info.keys()
            served.add((*shown.size, nearest(shown.convert("RGB").getpixel((2, 2)))))
        address = f"assignments/{leased['id']}/judgment/"
        assert api(rui).post(address, {"answers": {"overall": 1}}).status_code == 201
    assert served == {
        (60, 40, "red"),
        (60, 40, "grey"),
        (60, 40, "lime"),
        (40, 60, "blue"),
    }


def nearest(pixel: Any) -> str:
    """The name of a colour, as lossy packing leaves it."""
    named = {"red": (255, 0, 0), "lime": (0, 255, 0), "blue": (0, 0, 255), "grey": (128,) * 3}
    return min(
        named, key=lambda name: sum(abs(a - b) for a, b in zip(named[name], pixel, strict=True))
    )
