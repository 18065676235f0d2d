"""Bytes of a file: plain, gzip or zstd, bounded, as numbered lines of UTF-8."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, cast

from labeling.datasets.arrow import pa
from labeling.datasets.readers import limits
from labeling.datasets.readers.foreign import refuse_foreign
from labeling.datasets.rows import UnreadableFile

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
#: A zstd file may begin with a frame to skip: 16 magic numbers (RFC 8878, 3.1.2).
_ZSTD_SKIPPED = tuple(bytes([0x50 + i]) + b"\x2a\x4d\x18" for i in range(16))
_BOM = b"\xef\xbb\xbf"
_CHUNK = 1 << 20
_HEAD = 512


class _Unpacked(io.RawIOBase):
    """A packed stream that stops at a size or a ratio no honest file reaches.

    Several gzip members or zstd frames, one after the other, are one stream, as both formats have
    it. A zstd frame that asks for a window above 128 MiB is refused by the library.
    """

    def __init__(self, packed: io.BufferedReader[Any], kind: str) -> None:
        super().__init__()
        self._packed = packed
        self._kind = kind
        self._inner: Any = (
            gzip.GzipFile(fileobj=packed, mode="rb")
            if kind == "gzip"
            else pa.CompressedInputStream(pa.PythonFile(packed, mode="r"), "zstd")
        )
        self._size = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer)).cast("B")
        try:
            chunk = self._inner.read(min(len(view), _CHUNK))
        except EOFError:
            self._cut()
        except (gzip.BadGzipFile, zlib.error, OSError, pa.ArrowException) as error:
            if "Truncated" in str(error):
                self._cut()
            if "too much memory" in str(error):
                raise UnreadableFile(
                    "The zstd file needs a window of more than 128 MiB to unpack. Unpack it with "
                    "zstd --long=31 and import the plain file."
                ) from None
            raise UnreadableFile(
                f"The {self._kind} file is damaged, or something else follows it ({error}). Copy "
                "it again and retry."
            ) from None
        view[: len(chunk)] = chunk
        self._size += len(chunk)
        self._refuse_bomb()
        return len(chunk)

    def _cut(self) -> NoReturn:
        raise UnreadableFile(
            f"The {self._kind} file ends too early: it was cut off. Copy it again and retry."
        ) from None

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
                f"{self._kind} bomb does. Unpack it and import the plain file if it is honest."
            )


@dataclass(slots=True)
class ByteSource:
    """An open file, unpacked, placed behind its byte order mark if it had one."""

    stream: io.BufferedReader[Any]
    compression: str
    bom: bool

    @property
    def offset(self) -> int:
        """Bytes of a byte order mark before the first character."""
        return len(_BOM) if self.bom else 0


def _open_stream(raw: io.BufferedReader[Any]) -> tuple[io.BufferedReader[Any], str]:
    head = raw.peek(_HEAD)
    if head.startswith(_GZIP):
        return io.BufferedReader(_Unpacked(raw, "gzip"), _CHUNK), "gzip"
    if head.startswith((_ZSTD, *_ZSTD_SKIPPED)):
        return io.BufferedReader(_Unpacked(raw, "zstd"), _CHUNK), "zstd"
    return raw, ""


@contextmanager
def open_source(path: Path) -> Iterator[ByteSource]:
    """The file's unpacked bytes. Raises UnreadableFile for kinds that are not rows of text."""
    with io.BufferedReader(io.FileIO(path), _CHUNK) as raw:
        stream, compression = _open_stream(raw)
        head = stream.peek(_HEAD)[:_HEAD]
        if not head:
            raise UnreadableFile("The file is empty.")
        refuse_foreign(head, compression)
        bom = head.startswith(_BOM)
        if bom:
            stream.read(len(_BOM))
        yield ByteSource(stream, compression, bom)


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


def numbered_bytes(source: ByteSource) -> Iterator[tuple[int, int, bytes | None]]:
    """(number from 1, offset in the file, bytes with their line end) of each line; None for the
    bytes of a line above the limit.

    Lines end at a line feed alone: the other characters that Unicode calls line ends may stand
    inside a JSON string.
    """
    readline, limit = source.stream.readline, limits.MAX_ROW_BYTES
    number, offset = 0, source.offset
    while raw := readline(limit + 1):
        number += 1
        if len(raw) > limit:
            yield number, offset, None
            offset += len(raw) + (0 if raw.endswith(b"\n") else _skip_rest(source.stream))
        else:
            yield number, offset, raw
            offset += len(raw)


class EmptyLines:
    """Counts lines without a row: millions of them would take minutes and give nothing."""

    def __init__(self) -> None:
        self._last = self._count = 0

    def note(self, number: int) -> None:
        """One more at this line. Raises UnreadableFile where too many follow one another."""
        self._count = self._count + 1 if number == self._last + 1 else 1
        self._last = number
        if self._count > limits.MAX_EMPTY_LINES:
            raise UnreadableFile(
                f"More than {limits.MAX_EMPTY_LINES:,} lines up to line {number:,} are empty. "
                "Leave them out.",
                line=number,
            )


def text_of(number: int, offset: int, raw: bytes) -> str:
    """A line's text. Raises UnreadableFile at the first byte that is not UTF-8."""
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        not_utf8(number, offset + error.start, raw[error.start])


def numbered_lines(source: ByteSource) -> Iterator[tuple[int, str | None]]:
    """(number from 1, text with its line end) of each line; None for one above the limit.

    Raises UnreadableFile at the first byte that is not UTF-8.
    """
    for number, offset, raw in numbered_bytes(source):
        yield number, None if raw is None else text_of(number, offset, raw)
