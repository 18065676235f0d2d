"""The pages of a Parquet file as their headers have them, before anything of them is unpacked.

What a file says about itself may be a lie, but a page unpacks to exactly what its header says or is
refused by the library. Headers are Thrift's compact protocol (parquet-format, README and
parquet.thrift; thrift, doc/specs/thrift-compact-protocol.md), of which a walk needs little.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from labeling.datasets.arrow import pa

#: Bytes read for a header; those with long statistics are longer, up to what the library takes.
_HEADER_BYTES = (1 << 10, 1 << 24)
#: Pages of one column of a row group: a walk through more would take for ever.
_MOST_PAGES = 100_000
_DICTIONARY = 2
# Fields of a page header: its type, sizes, and the headers of the three kinds of pages.
_TYPE, _UNPACKED, _PACKED = 1, 2, 3
_KINDS = (5, 7, 8)
#: The number of values is the first field in each of the three.
_VALUES = 1
_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY = 1, 2, 3, 7, 8
_LISTS, _STRUCT = (9, 10), 12
_VARINTS = (4, 5, 6)
_LONG_LIST = 15
_LENGTH = struct.Struct("<I")
#: Structs within structs; a header has two levels.
_DEPTH = 8


class BrokenPages(ValueError):
    """The pages of a column are not where the file says, or are no pages."""


@dataclass(frozen=True, slots=True)
class ColumnPage:
    """One page of a column: where its bytes begin, how many they are packed and unpacked."""

    is_dictionary: bool
    start: int
    packed: int
    unpacked: int
    values: int


class _Compact:
    """Reads values of the compact protocol, one after the other."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self.at = 0

    def _byte(self) -> int:
        self.at += 1
        return self._raw[self.at - 1]

    def _varint(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7
            if shift > 63:
                raise BrokenPages("a number is too long")

    def _number(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)

    def fields(self, depth: int = 0) -> dict[int, Any]:
        """The numbers and structs of a struct by their field's id; what else it holds is left."""
        if depth > _DEPTH:
            raise BrokenPages("nested too deeply")
        fields: dict[int, Any] = {}
        last = 0
        while head := self._byte():
            last = last + (head >> 4) if head >> 4 else self._number()
            fields[last] = self._value(head & 0x0F, depth)
        return fields

    def _value(self, kind: int, depth: int) -> Any:
        if kind in (_TRUE, _FALSE):
            return kind == _TRUE
        if kind in _VARINTS:
            return self._number()
        if kind == _STRUCT:
            return self.fields(depth + 1)
        if kind == _BYTE:
            return self._byte()
        if kind in (_BINARY, _DOUBLE):
            length = self._varint() if kind == _BINARY else 8
            self.at += length
            return None
        if kind in _LISTS:
            return self._list(depth)
        raise BrokenPages("an unknown kind of field")

    def _list(self, depth: int) -> None:
        head = self._byte()
        kind, count = head & 0x0F, head >> 4
        for _ in range(self._varint() if count == _LONG_LIST else count):
            # Here a truth is a byte; each value takes one, so that a false count ends soon.
            if kind in (_TRUE, _FALSE):
                self._byte()
            else:
                self._value(kind, depth + 1)


def pages(file: BinaryIO, column: Any) -> Iterator[ColumnPage]:
    """The pages of a column of a row group, by its metadata. Raises BrokenPages."""
    dictionary, at = column.dictionary_page_offset, column.data_page_offset
    if dictionary and dictionary < at:
        at = dictionary
    end, left = at + column.total_compressed_size, column.num_values
    for _ in range(_MOST_PAGES):
        if left <= 0 or at >= end:
            return
        page = _page(file, at)
        yield page
        left -= 0 if page.is_dictionary else page.values
        at = page.start + page.packed
    raise BrokenPages("a column has too many pages")


def _page(file: BinaryIO, at: int) -> ColumnPage:
    try:
        fields, length = _header(file, at)
        kind: dict[int, int] = next((fields[number] for number in _KINDS if number in fields), {})
        page = ColumnPage(
            fields[_TYPE] == _DICTIONARY,
            at + length,
            fields[_PACKED],
            fields[_UNPACKED],
            kind.get(_VALUES, 0),
        )
    except (IndexError, KeyError, OSError) as error:
        raise BrokenPages(f"the page at byte {at:,} has no header ({error})") from None
    if page.packed < 0 or page.unpacked < 0 or page.values < 0:
        raise BrokenPages(f"the page at byte {at:,} has a size below 0")
    return page


def _header(file: BinaryIO, at: int) -> tuple[dict[int, Any], int]:
    """The fields of the header at this byte, and its length. Raises IndexError at its end."""
    short, long = _HEADER_BYTES
    file.seek(at)
    try:
        compact = _Compact(file.read(short))
        return compact.fields(), compact.at
    except IndexError:
        file.seek(at)
        compact = _Compact(file.read(long))
        return compact.fields(), compact.at


def longest_text(file: BinaryIO, page: ColumnPage, codec: str) -> int:
    """The bytes of the longest text of a dictionary; all of them where it cannot be told."""
    file.seek(page.start)
    raw = file.read(page.packed)
    try:
        if codec != "UNCOMPRESSED":
            raw = pa.Codec(cast(Any, codec.lower())).decompress(raw, page.unpacked, asbytes=True)
        return _longest(raw)
    except (ValueError, OSError, pa.ArrowException, struct.error):
        return page.unpacked


def _longest(raw: bytes) -> int:
    at = longest = 0
    end, unpack = len(raw), _LENGTH.unpack_from
    while at < end:
        (length,) = unpack(raw, at)
        if length > longest:
            longest = length
        at += 4 + length
    return longest
