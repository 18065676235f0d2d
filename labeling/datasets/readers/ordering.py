"""Rows that speak of other rows of their file, after those; nothing is held in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from labeling.datasets.readers.joined import Numbered
from labeling.datasets.readers.seen import temporary_database
from labeling.datasets.rows import Refusal

_encode, _decode = msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder().decode
_TABLE = (
    "CREATE TABLE waiting (place INTEGER, number INTEGER, kept BLOB, PRIMARY KEY (place, number)) "
    "WITHOUT ROWID"
)


def ordered_rows(
    rows: Iterable[Numbered], comes: Callable[[Mapping[str, object]], int]
) -> Iterator[Numbered]:
    """The rows that come first (0) as they stand, then the others by when they come.

    Those wait in a temporary file, which the system removes by itself. One that cannot be kept
    there, such as one with a number beyond 64 bits, stays where it stands.
    """
    waiting = None
    for number, raw in rows:
        kept = b"" if isinstance(raw, Refusal) else _kept(raw, place := comes(raw[1]))
        if not kept:
            yield number, raw
            continue
        waiting = waiting or temporary_database(_TABLE)
        waiting.execute("INSERT INTO waiting VALUES (?, ?, ?)", (place, number, kept))
    if waiting is not None:
        ordered = waiting.execute("SELECT number, kept FROM waiting ORDER BY place, number")
        for number, kept in ordered:
            line, values = _decode(kept)
            yield number, (line, values)


def _kept(raw: object, place: int) -> bytes:
    """A row that waits, as it is kept; nothing of one that does not."""
    if not place:
        return b""
    try:
        return _encode(raw)
    except (TypeError, OverflowError, UnicodeEncodeError):
        return b""
