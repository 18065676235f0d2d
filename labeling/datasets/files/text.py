"""A file of text being written, plain or packed.

Packed files hold no name and no time, so equal rows give equal bytes.
"""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any, Literal, Protocol

from labeling.datasets.arrow import pa
from labeling.datasets.files.base import OpenFile

Packing = Literal["", "gzip", "zstd"]
#: A file a fifth larger than level 6 makes, in a quarter of its time.
_GZIP_LEVEL = 4
#: zlib's way to ask for the header and the trailer of a gzip file.
_GZIP_BITS = 16 + zlib.MAX_WBITS


class _Stream(Protocol):
    """Takes bytes."""

    def write(self, data: bytes) -> Any: ...

    def close(self) -> None: ...


class _GzipStream:
    """Packs bytes into one gzip member whose header names no file and no time."""

    def __init__(self, stream: _Stream) -> None:
        self._stream = stream
        self._packer = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP_BITS)

    def write(self, data: bytes) -> None:
        self._stream.write(self._packer.compress(data))

    def close(self) -> None:
        self._stream.write(self._packer.flush())


class TextFile(OpenFile[bytes]):
    """Bytes written one after the other, through a packer or not; `head` stands first."""

    def __init__(self, path: Path, packing: Packing = "", head: bytes = b"") -> None:
        self._raw = pa.OSFile(str(path), "wb")
        self._stream: _Stream = self._raw
        if packing == "zstd":
            self._stream = pa.CompressedOutputStream(self._raw, "zstd")
        elif packing == "gzip":
            self._stream = _GzipStream(self._raw)
        self._stream.write(head)

    def append(self, batch: bytes) -> None:
        """Writes the bytes."""
        self._stream.write(batch)

    def size(self) -> int:
        """Bytes that reached the file so far: packed ones, a little late."""
        return self._raw.tell()

    def close(self) -> None:
        """Ends the packing and the file."""
        self._stream.close()
        if not self._raw.closed:
            self._raw.close()
