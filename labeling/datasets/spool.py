"""Sorting more rows than fit in memory: rows go to buckets on disk by the first byte of their key.

Each bucket holds about 1/256 of the rows and is sorted by itself, so memory stays flat while the
data grow. Rows are JSON: no code is ever loaded from a file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

_FLUSH = 16 << 20
_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


class Spool:
    """Takes (key, value) in any order, gives the values back in the order of their keys.

    Keys are hex digests; values are lists of anything JSON can hold, tuples come back as lists.
    Raises OSError when the disk is full.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._folder.mkdir(parents=True)
        self._waiting: dict[str, list[str]] = {}
        self._size = 0

    def add(self, key: str, value: Sequence[Any]) -> None:
        """Remembers one value."""
        line = f"{key}{_encode(value)}\n"
        self._waiting.setdefault(key[:2], []).append(line)
        self._size += len(line)
        if self._size > _FLUSH:
            self._flush()

    def __iter__(self) -> Iterator[list[Any]]:
        """Every value once, in order; the buckets are removed as they are read."""
        self._flush()
        for path in sorted(self._folder.iterdir()):
            with path.open(encoding="ascii") as file:
                lines = file.readlines()
            path.unlink()
            # Equal keys fall back on the content: the order of arrival must not matter.
            lines.sort()
            while lines and (block := lines[:256]):
                del lines[:256]
                yield from (json.loads(line[line.index("[") :]) for line in block)

    def _flush(self) -> None:
        for bucket, lines in self._waiting.items():
            with (self._folder / bucket).open("a", encoding="ascii") as file:
                file.writelines(lines)
        self._waiting.clear()
        self._size = 0
