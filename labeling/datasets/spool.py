"""Sorting more rows than fit in memory: rows go to buckets on disk by the first byte of their key.

Each bucket holds about 1/256 of the rows and is sorted by itself; one that is too large for memory
is divided again. Rows are typed JSON: no code is ever loaded from a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, Generic, TypeVar

import msgspec

from labeling.datasets.texts import clean_struct

_Item = TypeVar("_Item", bound=msgspec.Struct)
_FLUSH = 16 << 20
#: A bucket is sorted in memory up to this size.
_BUCKET = 64 << 20
#: Digits of the key that name a bucket.
_DIGITS = 2
_KEY = 64


class Spool(Generic[_Item]):
    """Takes (key, item) in any order, gives the items back in the order of their keys.

    Keys are hexadecimal digests of 64 characters; items are of `kind`. Texts that hold half of a
    character pair come back with U+FFFD in its place. Raises OSError when the disk is full.
    """

    def __init__(self, folder: Path, kind: type[_Item]) -> None:
        self._folder = folder
        self._folder.mkdir(parents=True)
        self._encode = msgspec.json.Encoder(order="deterministic").encode
        self._decode = msgspec.json.Decoder(kind).decode
        self._waiting: dict[str, list[bytes]] = {}
        self._size = 0

    def add(self, key: str, item: _Item) -> _Item:
        """Remembers one item, and returns it as it will come back."""
        try:
            data = self._encode(item)
        except UnicodeEncodeError:
            item = clean_struct(item)
            data = self._encode(item)
        line = b"%s%s\n" % (key.encode(), data)
        self._waiting.setdefault(key[:_DIGITS], []).append(line)
        self._size += len(line)
        if self._size > _FLUSH:
            self._flush()
        return item

    def __iter__(self) -> Iterator[_Item]:
        """Every item once, in order; the buckets are removed as they are read."""
        self._flush()
        for path in _small(self._folder, _DIGITS):
            lines = path.read_bytes().splitlines()
            path.unlink()
            # Equal keys fall back on the content: the order of arrival must not matter.
            lines.sort(reverse=True)
            while lines:
                yield self._decode(memoryview(lines.pop())[_KEY:])

    def _flush(self) -> None:
        for bucket, lines in self._waiting.items():
            with (self._folder / bucket).open("ab") as file:
                file.write(b"".join(lines))
        self._waiting.clear()
        self._size = 0


def _small(folder: Path, digits: int) -> Iterator[Path]:
    """The buckets of a folder in order, those too large for memory divided by their next digits."""
    for path in sorted(folder.iterdir()):
        if path.stat().st_size <= _BUCKET or digits >= _KEY:
            yield path
        else:
            yield from _small(_divided(path, digits), digits + _DIGITS)


def _divided(path: Path, digits: int) -> Path:
    """A folder of smaller buckets in place of a bucket."""
    folder = path.with_suffix(".parts")
    folder.mkdir()
    with ExitStack() as stack, path.open("rb") as file:
        parts: dict[bytes, BinaryIO] = {}
        for line in file:
            mark = line[digits : digits + _DIGITS]
            if mark not in parts:
                parts[mark] = stack.enter_context((folder / mark.decode()).open("wb"))
            parts[mark].write(line)
    path.unlink()
    return folder
