"""Sending files: whole, in part (Range), or as one zip; shared by pages and API.

Range requests after RFC 9110 §14: one range is served, several are answered with the whole file,
which the RFC allows. `If-Range` compares the strong ETag, so that a resumed download never joins
two different files.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, NamedTuple
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

_CHUNK = 1 << 18
_RANGE = re.compile(r"bytes=(\d*)-(\d*)\Z", re.ASCII)
_TYPES = {
    ".json": "application/json",
    ".jsonl": "application/x-ndjson",
    ".md": "text/markdown; charset=utf-8",
    ".parquet": "application/vnd.apache.parquet",
}


class Part(NamedTuple):
    """The bytes to send: the first and the one after the last."""

    start: int
    stop: int


_OUTSIDE = Part(-1, -1)


def file_response(request: HttpRequest, path: Path, *, name: str, etag: str) -> HttpResponseBase:
    """A download of a file that never changes; `etag` is its hash, without quotes.

    200, 206 for a range, 304 where the client has it, 416 for a range beyond its end.
    """
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": disposition(name),
        "Content-Type": _TYPES.get(path.suffix, "application/octet-stream"),
    }
    return ranged_response(
        request, lambda: path.open("rb"), path.stat().st_size, etag=etag, headers=headers
    )


def ranged_response(
    request: HttpRequest,
    opened: Callable[[], IO[bytes]],
    size: int,
    *,
    etag: str,
    headers: Mapping[str, str],
) -> HttpResponseBase:
    """What `opened` gives, of which `size` bytes never change, with these headers; as
    `file_response`."""
    content_type = headers["Content-Type"]
    headers = {
        **{name: value for name, value in headers.items() if name != "Content-Type"},
        "ETag": f'"{etag}"',
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
    }
    if _has_it(request, etag):
        return HttpResponse(status=304, headers=headers)
    asked = _asked(request, etag, size)
    if asked == _OUTSIDE:
        headers["Content-Range"] = f"bytes */{size}"
        return HttpResponse(status=416, headers=headers)
    part = asked or Part(0, size)
    if asked:
        headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
    headers["Content-Length"] = str(part.stop - part.start)
    headers["Content-Type"] = content_type
    if request.method == "HEAD":
        return HttpResponse(headers=headers)
    status = 206 if asked else 200
    return StreamingHttpResponse(_read(opened, part), status=status, headers=headers)


def zip_response(
    request: HttpRequest, root: Path, names: Sequence[str], *, name: str
) -> HttpResponseBase:
    """A folder as one zip, made while it is sent; it cannot be resumed, single files can."""
    headers = {
        "Content-Type": "application/zip",
        "Content-Disposition": disposition(name),
        "Accept-Ranges": "none",
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    if request.method == "HEAD":
        return HttpResponse(headers=headers)
    folder = name.removesuffix(".zip")
    return StreamingHttpResponse(_zipped(root, names, folder), headers=headers)


def disposition(name: str) -> str:
    """The header that saves a download under this name, whatever characters it has (RFC 6266)."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1] or "download"
    plain = re.sub(r"[^ !#-\[\]-~]", "_", last)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(last, safe='')}"


def _has_it(request: HttpRequest, etag: str) -> bool:
    asked = request.headers.get("If-None-Match", "")
    return asked.strip() == "*" or f'"{etag}"' in [
        mark.strip().removeprefix("W/") for mark in asked.split(",")
    ]


def _asked(request: HttpRequest, etag: str, size: int) -> Part | None:
    """The part that is asked for; None where no range counts, _OUTSIDE where it holds no byte."""
    condition = request.headers.get("If-Range", f'"{etag}"').strip()
    header = request.headers.get("Range", "").replace(" ", "")
    asked = _RANGE.match(header)
    if request.method != "GET" or condition != f'"{etag}"' or not asked or header == "bytes=-":
        return None
    # Nobody's file has 10^18 bytes: longer numbers are all beyond its end.
    first, last = (int(text[:18]) if text else None for text in asked.groups())
    if first is None:
        return Part(max(0, size - (last or 0)), size) if last and size else _OUTSIDE
    if last is not None and last < first:
        return None
    stop = size if last is None else min(size, last + 1)
    return Part(first, stop) if first < size else _OUTSIDE


def _read(opened: Callable[[], IO[bytes]], part: Part) -> Iterator[bytes]:
    with opened() as file:
        file.seek(part.start)
        left = part.stop - part.start
        while left and (chunk := file.read(min(_CHUNK, left))):
            left -= len(chunk)
            yield chunk


class _Pipe:
    """A file that cannot be rewound; what is written to it is taken out again at once."""

    def __init__(self) -> None:
        self.chunks: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.chunks.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        return

    def close(self) -> None:
        return

    def take(self) -> bytes:
        data = b"".join(self.chunks)
        self.chunks.clear()
        return data


def _zipped(root: Path, names: Sequence[str], folder: str) -> Iterator[bytes]:
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in names:
            entry = zipfile.ZipInfo(f"{folder}/{name}", date_time=(1980, 1, 1, 0, 0, 0))
            # These are compressed already.
            packed = name.endswith((".parquet", ".png", ".webp"))
            entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            path = root / name
            large = path.stat().st_size > 1 << 30
            with archive.open(entry, "w", force_zip64=large) as out, path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    out.write(chunk)
                    yield pipe.take()
    yield pipe.take()
