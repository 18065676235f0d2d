"""Sorting more rows than fit in memory: rows go to buckets on disk by the first byte of their key.

Each bucket holds about 1/256 of the rows and is sorted by itself, so memory stays flat while the
data grow. Rows are typed JSON: no code is ever loaded from a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from labeling.datasets.texts import clean_struct

Item = TypeVar("Item", bound=msgspec.Struct)
_FLUSH = 16 << 20
_KEY = 64


class Spool(Generic[Item]):
    """Takes (key, item) in any order, gives the items back in the order of their keys.

    Keys are hexadecimal digests of 64 characters; items are of `kind`. Texts that hold half of a
    character pair come back with U+FFFD in its place. Raises OSError when the disk is full.
    """

    def __init__(self, folder: Path, kind: type[Item]) -> None:
        self._folder = folder
        self._folder.mkdir(parents=True)
        self._encode = msgspec.json.Encoder(order="deterministic").encode
        self._decode = msgspec.json.Decoder(kind).decode
        self._waiting: dict[str, list[bytes]] = {}
        self._size = 0

    def add(self, key: str, item: Item) -> None:
        """Remembers one item."""
        try:
            data = self._encode(item)
        except UnicodeEncodeError:
            data = self._encode(clean_struct(item))
        line = b"%s%s\n" % (key.encode(), data)
        self._waiting.setdefault(key[:2], []).append(line)
        self._size += len(line)
        if self._size > _FLUSH:
            self._flush()

    def __iter__(self) -> Iterator[Item]:
        """Every item once, in order; the buckets are removed as they are read."""
        self._flush()
        for path in sorted(self._folder.iterdir()):
            with path.open("rb") as file:
                lines = file.readlines()
            path.unlink()
            # Equal keys fall back on the content: the order of arrival must not matter.
            lines.sort()
            lines.reverse()
            while lines:
                yield self._decode(lines.pop()[_KEY:])

    def _flush(self) -> None:
        for bucket, lines in self._waiting.items():
            with (self._folder / bucket).open("ab") as file:
                file.writelines(lines)
        self._waiting.clear()
        self._size = 0
