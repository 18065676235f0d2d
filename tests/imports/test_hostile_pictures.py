"""Whatever somebody calls a picture, nothing that a browser could run is ever served."""

from __future__ import annotations

import base64
import io
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image, TiffImagePlugin

from labeling.models import Picture
from labeling.pictures.selectors import SIZES, picture_address
from projects.exceptions import InvalidInput
from projects.models import Project, User
from tests.imports.conftest import Take, counts
from tests.imports.test_import_pictures import PAIR, RED, archive
from tests.media.samples import picture, png_chunk, written

_PAGE = b"<!doctype html><script>alert(1)</script>"
_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
_MAGIC = {"image/png": b"\x89PNG\r\n\x1a\n", "image/webp": b"RIFF"}


@pytest.fixture(autouse=True)
def storage(settings: Any, tmp_path: Path) -> Path:
    """A folder of its own for what is kept."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def zipped(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr(name, data)
    return out.getvalue()


def of_a_page() -> bytes:
    """A PNG whose pixels, as they stand in the file, are a web page."""
    image = Image.frombytes("L", (len(_PAGE), 1), _PAGE)
    return written(image, "PNG", compress_level=0)


def described() -> bytes:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[270] = _PAGE.decode()
    return written(picture(), "TIFF", tiffinfo=tags)


PNG = written(picture(), "PNG")
POLYGLOTS = {
    "comment.png": PNG[:33] + png_chunk(b"tEXt", b"Comment\0" + _PAGE) + PNG[33:],
    "page-after.png": PNG + _PAGE,
    "archive-after.png": PNG + zipped("a.html", _PAGE),
    "pixels.png": of_a_page(),
    "comment.jpg": written(picture(), "JPEG", comment=_PAGE),
    "page-after.jpg": written(picture(), "JPEG") + _PAGE,
    "comment.gif": written(picture(mode="P"), "GIF", comment=_PAGE),
    "metadata.webp": written(picture(), "WEBP", xmp=_PAGE),
    "described.tif": described(),
}


def test_pictures_that_are_something_else_too_are_served_as_pictures_alone(
    take: Take, project: Project, rui: User, client_for: Callable[[User], Client]
) -> None:
    rows = [
        {"id": name, "prompt": name, "responses": [{"image": name}, {"content": "A text"}]}
        for name in POLYGLOTS
    ]
    import_ = take(content=archive(rows, POLYGLOTS))
    assert counts(import_) == {"rows": len(rows), "created": len(rows)}, [
        *import_.refusals.values()
    ]
    browser = client_for(rui)
    for shown in Picture.objects.filter(project=project):
        for size in SIZES:
            reply = browser.get(picture_address(project.slug, shown.sha256, size))
            body = b"".join(reply)
            assert body.startswith(_MAGIC[reply["Content-Type"]])
            assert reply["X-Content-Type-Options"] == "nosniff"
            assert reply["Content-Security-Policy"] == "default-src 'none'; sandbox"
            assert _PAGE not in body or shown.width == len(_PAGE)
            assert zipfile.is_zipfile(io.BytesIO(body)) is False
        address = picture_address(project.slug, shown.sha256, "full")
        for other in ("svg", "full.svg", "html", "FULL", "..%2ffull", "png"):
            assert browser.get(address.replace("full", other)).status_code == 404


@pytest.mark.parametrize(
    "image",
    [
        "page.png",
        "drawing.png",
        "drawing.svg",
        "packed.png",
        "script.gif",
        "printed.png",
        "paper.png",
        "data:image/svg+xml;base64," + base64.b64encode(_SVG).decode(),
        "data:text/html;base64," + base64.b64encode(_PAGE).decode(),
        "data:image/svg+xml," + _SVG.decode(),
        "javascript:alert(1)",
        "file:///etc/passwd",
    ],
)
def test_what_is_no_picture_is_refused_and_nothing_of_it_is_kept(
    take: Take, storage: Path, image: str
) -> None:
    files = {
        "page.png": _PAGE,
        "drawing.png": b"\xef\xbb\xbf\n <?xml version='1.0'?>" + _SVG,
        "drawing.svg": _SVG,
        "packed.png": zipped("a.png", RED),
        "script.gif": b"GIF89a/*" + bytes(9) + b"*/=1;alert(1)",
        "printed.png": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        "paper.png": b"%PDF-1.7\n",
    }
    row = {"id": "1", "prompt": "p", "responses": [{"image": image}, {"content": "A text"}]}
    import_ = take(content=archive([row], files))
    assert counts(import_) == {"rows": 1, "refused": 1}
    assert import_.refusals.get().field.startswith("responses[0]")
    assert not Picture.objects.exists()
    assert not [path for path in storage.rglob("*") if path.is_file()]


def _packed(*members: tuple[zipfile.ZipInfo | str, bytes]) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w") as packed:
        warnings.simplefilter("ignore")  # that a name is there twice
        packed.writestr("rows.jsonl", '{"prompt": "p", "responses": [{"image": "a.png"}, "b"]}')
        for member, data in members:
            packed.writestr(member, data)
    return out.getvalue()


def packed_link() -> bytes:
    """An archive in which a picture is a link to somewhere else."""
    member = zipfile.ZipInfo("a.png")
    member.external_attr = 0o120777 << 16
    return _packed((member, b"/etc/passwd"))


def _encrypted() -> bytes:
    data = bytearray(_packed(("a.png", RED)))
    at = data.rindex(b"PK\x01\x02")
    struct.pack_into("<H", data, at + 8, 1)
    return bytes(data)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (_packed(("a.png", RED), ("a.png", PNG)), "twice"),
        (_packed(("a.png", RED), ("./a.png", PNG)), "twice"),
        (packed_link(), "a link"),
        (_encrypted(), "encrypted"),
        (zipped("inner.zip", archive([PAIR], {"red.png": RED})), "no files of rows"),
        (_packed(("inner/rows.csv", b"a,b")), "2 files of rows"),
    ],
    ids=["twice", "twice by another path", "a link", "encrypted", "nested", "two tables"],
)
def test_an_archive_that_tells_two_stories_is_refused_as_a_whole(
    take: Take, content: bytes, reason: str
) -> None:
    with pytest.raises(InvalidInput, match=reason):
        take(content=content)
    assert not Picture.objects.exists()
