"""Bytes of a file: plain or gzip, bounded, as numbered lines of UTF-8."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, cast

from labeling.datasets.readers import limits
from labeling.datasets.rows import UnreadableFile

_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_CHUNK = 1 << 20
_HEAD = 64

#: First bytes of what people upload by mistake, and what to do about it.
_OTHER_KINDS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "This is a zip archive or a spreadsheet. Save it as CSV or JSON Lines."),
    (b"PAR1", "This is a Parquet file packed with gzip. Unpack it and import that."),
    (b"\x28\xb5\x2f\xfd", "This file is packed with zstd. Unpack it or use gzip."),
    (b"BZh", "This file is packed with bzip2. Unpack it or use gzip."),
    (b"\xfd7zXZ", "This file is packed with xz. Unpack it or use gzip."),
    (b"%PDF", "This is a PDF. Rows come as JSON, JSON Lines or CSV."),
    (b"\xff\xfe", "This file is UTF-16. Save it as UTF-8 and import it again."),
    (b"\xfe\xff", "This file is UTF-16. Save it as UTF-8 and import it again."),
)


class _Unpacked(io.RawIOBase):
    """A gzip stream that stops at a size or a ratio no honest file reaches."""

    def __init__(self, packed: BinaryIO) -> None:
        super().__init__()
        self._packed = packed
        self._inner = gzip.GzipFile(fileobj=packed, mode="rb")
        self._size = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer)).cast("B")
        try:
            chunk = self._inner.read(min(len(view), _CHUNK))
        except EOFError:
            raise UnreadableFile(
                "The gzip file ends too early: it was cut off. Copy it again and retry."
            ) from None
        except (gzip.BadGzipFile, zlib.error) as error:
            raise UnreadableFile(
                f"The gzip file is damaged ({error}). Copy it again and retry."
            ) from None
        view[: len(chunk)] = chunk
        self._size += len(chunk)
        self._refuse_bomb()
        return len(chunk)

    def _refuse_bomb(self) -> None:
        if self._size > limits.MAX_UNPACKED_BYTES:
            raise UnreadableFile(
                f"The file unpacks to more than {limits.MAX_UNPACKED_BYTES // 1024**3} GiB. "
                "Split it and import the parts."
            )
        if self._size <= limits.RATIO_FROM_BYTES:
            return
        if self._size > limits.MAX_UNPACK_RATIO * max(1, self._packed.tell()):
            raise UnreadableFile(
                f"The file unpacks to more than {limits.MAX_UNPACK_RATIO} times its size, as a "
                "gzip bomb does. Unpack it and import the plain file if it is honest."
            )


@dataclass(slots=True)
class Source:
    """An open file, unpacked, placed behind its byte order mark if it had one."""

    stream: io.BufferedReader[Any]
    compression: str
    bom: bool

    @property
    def offset(self) -> int:
        """Bytes of a byte order mark before the first character."""
        return len(_BOM) if self.bom else 0


def _open_stream(raw: io.BufferedReader[Any]) -> tuple[io.BufferedReader[Any], str]:
    if raw.peek(2)[:2] != _GZIP:
        return raw, ""
    return io.BufferedReader(_Unpacked(raw), _CHUNK), "gzip"


@contextmanager
def open_source(path: Path) -> Iterator[Source]:
    """The file's unpacked bytes. Raises UnreadableFile for kinds that are not rows of text."""
    with io.BufferedReader(io.FileIO(path), _CHUNK) as raw:
        stream, compression = _open_stream(raw)
        head = stream.peek(_HEAD)[:_HEAD]
        if not head:
            raise UnreadableFile("The file is empty.")
        for magic, message in _OTHER_KINDS:
            if head.startswith(magic):
                raise UnreadableFile(message)
        bom = head.startswith(_BOM)
        if bom:
            stream.read(len(_BOM))
        yield Source(stream, compression, bom)


def not_utf8(line: int, offset: int, byte: int) -> NoReturn:
    """Raises UnreadableFile for the byte at `offset` (from 0) of the unpacked file."""
    raise UnreadableFile(
        f"Line {line}, byte {offset + 1} of the file: 0x{byte:02X} is not UTF-8. "
        "Save the file as UTF-8 and import it again.",
        line=line,
    )


def _skip_rest(stream: BinaryIO) -> int:
    skipped = 0
    while rest := stream.readline(_CHUNK):
        skipped += len(rest)
        if rest.endswith(b"\n"):
            break
    return skipped


def numbered_lines(source: Source) -> Iterator[tuple[int, str | None]]:
    """(number from 1, text with its line end) of each line; None for one above the limit.

    Lines end at a line feed alone: the other characters that Unicode calls line ends may stand
    inside a JSON string. Raises UnreadableFile at the first byte that is not UTF-8.
    """
    readline, limit = source.stream.readline, limits.MAX_LINE_BYTES
    number, offset = 0, source.offset
    while raw := readline(limit + 1):
        number += 1
        if len(raw) > limit:
            offset += len(raw) + (0 if raw.endswith(b"\n") else _skip_rest(source.stream))
            yield number, None
            continue
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            not_utf8(number, offset + error.start, raw[error.start])
        offset += len(raw)
        yield number, text
