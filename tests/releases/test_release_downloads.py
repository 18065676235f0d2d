"""Downloads: whole, in part, resumed, zipped, and nothing outside the release."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from labeling.models import Release
from labeling.releases.services import folder_of
from labeling.work.downloads import disposition, file_response
from projects.models import Project, User


@pytest.fixture
def release(judged: Project, built: Callable[..., Release]) -> Release:
    return built(judged)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file whose every byte can be told from its neighbours."""
    path = tmp_path / "manifest.json"
    path.write_bytes(bytes(range(256)) * 3)
    return path


def fetch(path: Path, method: str = "GET", **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = RequestFactory().generic(method, "/", headers=named)
    return file_response(request, path, name=path.name, etag="abc")


@pytest.fixture
def client(client_for: Callable[[User], Client], mia: User) -> Client:
    return client_for(mia)


def body(reply: Any) -> bytes:
    return b"".join(reply.streaming_content) if reply.streaming else reply.content


def test_a_file_comes_whole_with_its_hash_as_etag(client: Client, release: Release) -> None:
    reply = client.get(address(release, "manifest.json"))
    data = body(reply)
    assert reply.status_code == 200
    assert hashlib.sha256(data).hexdigest() == reply.headers["ETag"].strip('"') == release.sha256
    assert reply.headers["Content-Length"] == str(len(data))
    assert reply.headers["Accept-Ranges"] == "bytes"
    assert reply.headers["Content-Disposition"].startswith('attachment; filename="manifest.json"')


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [("bytes=0-9", 0, 10), ("bytes=10-", 10, 768), ("bytes=-7", 761, 768), ("bytes=5-999", 5, 768)],
)
def test_a_range_is_answered_with_exactly_that_part(
    file: Path, asked: str, start: int, stop: int
) -> None:
    reply = fetch(file, Range=asked)
    assert (reply.status_code, body(reply)) == (206, file.read_bytes()[start:stop])
    assert reply.headers["Content-Range"] == f"bytes {start}-{stop - 1}/768"
    assert reply.headers["Content-Length"] == str(stop - start)


def test_a_broken_off_download_is_resumed_to_the_same_bytes(file: Path) -> None:
    head = fetch(file, Range="bytes=0-99")
    rest = fetch(file, Range="bytes=100-", If_Range=head.headers["ETag"])
    assert body(head) + body(rest) == file.read_bytes()


@pytest.mark.parametrize("asked", ["bytes=768-", "bytes=-0", f"bytes={'9' * 40}-"])
def test_a_range_beyond_the_end_is_416_with_the_size(file: Path, asked: str) -> None:
    reply = fetch(file, Range=asked)
    assert (reply.status_code, reply.headers["Content-Range"]) == (416, "bytes */768")


@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "bytes=0-9", "If_Range": '"another"'},
        {"Range": "bytes=0-1,5-6"},
        {"Range": "bytes=9-2"},
        {"Range": "lines=0-9"},
        {"Range": "bytes=-"},
    ],
)
def test_a_range_that_does_not_count_gets_the_whole_file(
    file: Path, headers: dict[str, str]
) -> None:
    reply = fetch(file, **headers)
    assert (reply.status_code, body(reply)) == (200, file.read_bytes())


@pytest.mark.parametrize("known", ['"abc"', 'W/"abc"', '"x", "abc"', "*"])
def test_a_client_that_has_the_file_gets_304(file: Path, known: str) -> None:
    reply = fetch(file, If_None_Match=known)
    assert (reply.status_code, reply.content) == (304, b"")


def test_head_says_what_get_would_and_ignores_ranges(file: Path) -> None:
    reply = fetch(file, "HEAD", Range="bytes=0-9")
    assert (reply.status_code, reply.content) == (200, b"")
    assert reply.headers["Content-Length"] == "768"


def test_a_name_cannot_forge_headers() -> None:
    assert disposition('a"b\r\nSet-Cookie: x=1/é.md') == (
        "attachment; filename=\"_.md\"; filename*=UTF-8''%C3%A9.md"
    )


def address(release: Release, name: str) -> str:
    return reverse("labeling:release-file", args=[release.project.slug, release.number, name])


def test_no_other_file_can_be_reached(client: Client, release: Release) -> None:
    (folder_of(release).parent / "secret").write_text("secret")
    (folder_of(release) / "x.json").write_text("not listed")
    base = address(release, "X")[:-1]
    for name in ("../secret", "..%2Fsecret", "preference", "/etc/passwd", "README.md%00", "x.json"):
        assert client.get(base + name).status_code in {400, 404}


def test_the_zip_holds_every_file_unchanged(client: Client, release: Release) -> None:
    reply = client.get(
        reverse("labeling:release-archive", args=[release.project.slug, release.number])
    )
    folder = f"{release.project.slug}-release-1"
    with zipfile.ZipFile(io.BytesIO(body(reply))) as archive:
        assert archive.testzip() is None
        assert {info.filename for info in archive.infolist()} == {
            f"{folder}/{file['name']}" for file in release.files
        }
        for file in release.files:
            data = archive.read(f"{folder}/{file['name']}")
            assert hashlib.sha256(data).hexdigest() == file["sha256"]


def test_an_unfinished_release_has_no_files(client: Client, release: Release) -> None:
    Release.objects.filter(pk=release.pk).update(state="running")
    assert client.get(address(release, "manifest.json")).status_code == 404
    archive = reverse("labeling:release-archive", args=[release.project.slug, release.number])
    assert client.get(archive).status_code == 404
