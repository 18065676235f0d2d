"""Files that would take all memory or all time: every container, and every way to blow it up.

Each bomb is a function that writes a file of about so many megabytes, most of them once unpacked.
"""

from __future__ import annotations

import gzip
import json
import struct
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

MB = 1_000_000
#: Writes a file of about so many megabytes.
Bomb = Callable[[Path, int], None]

_PAIR = {"id": "1", "prompt": "Why?", "response_a": "Because.", "response_b": "It is so."}
_HEADER = b"id,prompt,response_a,response_b\n"
_LINE = json.dumps(_PAIR).encode() + b"\n"


def _line(value: bytes) -> bytes:
    """A row of JSON with this beside its texts."""
    return b'{"id":"1","prompt":"Why?","response_a":"A","response_b":"B","more":' + value + b"}\n"


def _filled(start: bytes, filler: bytes, end: bytes) -> Bomb:
    """The filler as often as it takes, a megabyte at a time."""

    def write(path: Path, megabytes: int) -> None:
        piece = filler * (MB // len(filler) + 1)
        with path.open("wb") as file:
            file.write(start)
            for _ in range(megabytes):
                file.write(piece)
            file.write(end)

    return write


def _rows(of_row: Callable[[int], bytes], before: bytes = b"", after: bytes = b"") -> Bomb:
    """A dozen rows of the same size each, as a preview would show them."""

    def write(path: Path, megabytes: int) -> None:
        with path.open("wb") as file:
            file.write(before)
            for _ in range(12):
                file.write(of_row(megabytes * MB // 12))
            file.write(after)

    return write


def _long_json(size: int) -> bytes:
    return json.dumps({**_PAIR, "more": "x" * size}).encode() + b"\n"


def _long_wide_json(size: int) -> bytes:
    return json.dumps({**_PAIR, "more": "🙂" + "x" * size}, ensure_ascii=False).encode() + b"\n"


def _long_csv(size: int) -> bytes:
    return b"1,Why?," + b"x" * size + b",B\n"


def _long_task(size: int) -> bytes:
    """A task of Label Studio with many annotations, each of which says little."""
    said = {"from_name": "p", "to_name": "t", "type": "pairwise", "value": {"selected": "left"}}
    annotation = {"id": 1, "completed_by": 7, "result": [said], "was_cancelled": False}
    data = {"prompt": "Why?", "response_a": "A", "response_b": "B"}
    count = size // len(json.dumps(annotation)) + 1
    return json.dumps({"id": 1, "data": data, "annotations": [annotation] * count}).encode()


def _tasks(path: Path, megabytes: int) -> None:
    with path.open("wb") as file:
        parts = (_long_task(megabytes * MB // 60) for _ in range(60))
        file.write(b"[" + b",".join(parts) + b"]")


def _packed(level: int, inner: Bomb) -> Bomb:
    def write(path: Path, megabytes: int) -> None:
        inner(path, megabytes)
        plain = path.read_bytes()
        path.write_bytes(gzip.compress(plain, level))

    return write


def _members(path: Path, megabytes: int) -> None:
    """Many packed pieces, one after the other."""
    member = gzip.compress(b"x" * MB, 9)
    path.write_bytes(gzip.compress(_LINE) + member * megabytes)


def _zstd(inner: Bomb) -> Bomb:
    def write(path: Path, megabytes: int) -> None:
        inner(path, megabytes)
        plain = path.read_bytes()
        path.write_bytes(pa.compress(plain, codec="zstd", asbytes=True))

    return write


def _zstd_window(path: Path, megabytes: int) -> None:
    """A frame that asks for a window of 128 MiB, the most that the library gives."""
    block = struct.pack("<I", (1 << 1) | (128 * 1024 << 3))[:3] + b"{"
    path.write_bytes(b"\x28\xb5\x2f\xfd" + bytes([0, (27 - 10) << 3]) + block * megabytes * 8)


def _columns_csv(path: Path, megabytes: int) -> None:
    names = (f"c{i}" for i in range(megabytes * MB // 8))
    path.write_bytes(",".join(names).encode() + b"\n" + _HEADER)


def _keys(path: Path, megabytes: int) -> None:
    keys = b",".join(b'"k%d":1' % i for i in range(megabytes * MB // 10))
    path.write_bytes(_line(b"{" + keys + b"}"))


def _row_of_keys(path: Path, megabytes: int) -> None:
    path.write_bytes(_line(b"1," + b",".join(b'"k%d":1' % i for i in range(megabytes * MB // 10))))


def _twice(path: Path, megabytes: int) -> None:
    path.write_bytes(_line(b"{" + b",".join([b'"k":[]'] * (megabytes * MB // 7)) + b"}"))


def _digits(path: Path, megabytes: int) -> None:
    path.write_bytes(_line(b"1" * (megabytes * MB)) + _LINE)


def _deep(opening: bytes, closing: bytes) -> Bomb:
    def write(path: Path, megabytes: int) -> None:
        count = megabytes * MB // len(opening + closing)
        path.write_bytes(_LINE + _line(opening * count + b"1" + closing * count))

    return write


def _utf16(path: Path, megabytes: int) -> None:
    path.write_bytes("prompt,response_a,response_b\n".encode("utf-16") + b"x\0" * megabytes * MB)


def _table(columns: dict[str, object], path: Path, **options: object) -> None:
    pq.write_table(pa.table(columns), path, compression="zstd", **options)  # type: ignore[arg-type]


def _texts(count: int, **more: object) -> dict[str, object]:
    same = {name: [name] * count for name in ("prompt", "response_a", "response_b")}
    return {"id": [str(i) for i in range(count)], **same, **more}


def _dictionary(path: Path, megabytes: int) -> None:
    """One text, kept once and named by every row."""
    count = megabytes * MB // (5 * MB) + 1
    text = pa.DictionaryArray.from_arrays(pa.array([0] * count, pa.int32()), ["x" * 5 * MB])
    _table(_texts(count, more=text), path, dictionary_pagesize_limit=64 * MB)


def _dictionary_in_list(path: Path, megabytes: int) -> None:
    """A list that names one text many times, in one row."""
    count = 2 * megabytes + 1
    text = pa.DictionaryArray.from_arrays(pa.array([0] * count, pa.int32()), ["x" * MB])
    lists = pa.ListArray.from_arrays(pa.array([0, 1, count], pa.int32()), text)
    _table(_texts(2, more=lists), path, dictionary_pagesize_limit=64 * MB)


def _long_list(path: Path, megabytes: int) -> None:
    """A list of nothing but the same number, in one row."""
    numbers = pa.array([1], pa.int64()).take(pa.array([0] * MB * megabytes, pa.int32()))
    lists = pa.ListArray.from_arrays(pa.array([0, 1, len(numbers)], pa.int32()), numbers)
    _table(_texts(2, more=lists), path)


def _empty_structs(path: Path, megabytes: int) -> None:
    count = megabytes * MB // 8
    empty = pa.array([None] * count, pa.list_(pa.struct([("a", pa.list_(pa.string()))])))
    lists = pa.ListArray.from_arrays(pa.array([0, 1, count], pa.int32()), empty)
    _table(_texts(2, more=lists), path)


def _page(path: Path, megabytes: int) -> None:
    """A page that packs to nothing."""
    _table(
        _texts(12, more=[str(i) + "x" * (megabytes * MB // 12) for i in range(12)]),
        path,
        use_dictionary=False,
        data_page_size=1 << 30,
    )


def _many_groups(path: Path, megabytes: int) -> None:
    table = pa.table(_texts(1))
    with pq.ParquetWriter(path, table.schema, compression="none") as writer:
        for _ in range(megabytes * 1000):
            writer.write_table(table)


def _many_columns(path: Path, megabytes: int) -> None:
    """A hundred thousand columns at ten megabytes."""
    names = [f"c{i}" for i in range(megabytes * 10_000)]
    pq.write_table(pa.table({name: pa.array([1], pa.int8()) for name in names}), path)


def _deep_columns(path: Path, megabytes: int) -> None:
    """A hundred levels a megabyte: the library that writes them takes 15 GB for six thousand."""
    kind: pa.DataType = pa.int8()
    for _ in range(megabytes * 100):
        kind = pa.struct([("a", kind)])
    pq.write_table(pa.table({"deep": pa.array([None], kind)}), path)


def _varint(number: int) -> bytes:
    """A number as Thrift's compact protocol writes it, seven bits a byte."""
    head = b""
    while number > 127:
        head += bytes([number & 127 | 128])
        number >>= 7
    return head + bytes([number])


def _deep_schema(path: Path, megabytes: int) -> None:
    """A footer that is nothing but a struct in a struct, eight bytes a level, written by hand."""
    levels = megabytes * MB // 8
    root = b"\x48\x06schema\x15\x02\x00"
    level = b"\x35\x02\x18\x01a\x15\x02\x00"
    leaf = b"\x15\x02\x25\x02\x18\x01a\x00"
    schema = b"\x19\xfc" + _varint(levels + 2) + root + level * levels + leaf
    footer = b"\x15\x02" + schema + b"\x16\x00\x19\x0c\x00"
    path.write_bytes(b"PAR1" + footer + struct.pack("<I", len(footer)) + b"PAR1")


def _footer(path: Path, megabytes: int) -> None:
    """What is said about the file is most of it."""
    table = pa.table(_texts(1)).replace_schema_metadata({"more": "x" * megabytes * MB})
    pq.write_table(table, path)


def _nulls(path: Path, megabytes: int) -> None:
    """Hundreds of thousands of rows a byte."""
    count = megabytes * MB
    pq.write_table(pa.table({"prompt": pa.nulls(count, pa.string())}), path, row_group_size=count)


BOMBS: dict[str, Bomb] = {
    "csv, open quote": _filled(_HEADER + b'"', b"a\n", b""),
    "csv, open quote late": _filled(_HEADER + b"1,a,b,c\n" * 1000 + b'2,"', b"a long line\n", b""),
    "csv, one line": _filled(_HEADER, b"x", b""),
    "csv, delimiters": _filled(_HEADER + b"1", b",ab", b"\n"),
    "csv, quotes": _filled(_HEADER + b'1,"', b'""', b'"\n'),
    "csv, quoted cells": _filled(_HEADER + b"1", b',"ab"', b"\n"),
    "csv, stray quotes": _filled(_HEADER + b"1", b'ab"cd"', b"\n"),
    "csv, empty lines": _filled(_HEADER, b"\n", b""),
    "csv, NUL": _filled(_HEADER + b"1,a,b,c\n", b"\0", b"\n"),
    "csv, long rows": _rows(_long_csv, _HEADER),
    "csv, columns": _columns_csv,
    "csv, header": _filled(b'"', b"a,", b""),
    "csv, utf-16": _utf16,
    "lines, one": _filled(b'{"prompt":"', b"x", b'"}\n'),
    "lines, one of short lists": _filled(b'{"more":[[]', b",[]", b"]}\n"),
    "lines, one of short objects": _filled(b'{"more":[{}', b",{}", b"]}\n"),
    "lines, one of objects": _filled(b'{"more":[0', b',{"":0}', b"]}\n"),
    "lines, one of short texts": _filled(b'{"more":[0', b',"ab"', b"]}\n"),
    "lines, long rows": _rows(_long_json),
    "lines, long wide rows": _rows(_long_wide_json),
    "lines, keys": _keys,
    "lines, keys of the row": _row_of_keys,
    "lines, a key twice": _twice,
    "lines, digits": _digits,
    "lines, deep lists": _deep(b"[", b"]"),
    "lines, deep objects": _deep(b'{"a":', b"}"),
    "lines, unfinished": _filled(b'{"prompt":', b"[", b""),
    "lines, empty": _filled(_LINE, b"\n", b""),
    "list, one line": _rows(lambda size: _long_json(size).strip() + b",", b"[", b"{}]"),
    "list, one element": _filled(b'[{"prompt":"', b"x", b'"}]'),
    "list, of lists": _filled(b"[[]", b",[]", b"]"),
    "list, of short lists": _filled(b'[{"more":[[]', b",[]", b"]}]"),
    "list, of objects": _filled(b'[{"more":[0', b',{"":0}', b"]}]"),
    "list, deep": _filled(b"[", b"[", b""),
    "list, spaces": _filled(b"[", b" ", b"]"),
    "list, spaces in a row": _filled(b'[{"a":', b" ", b"1}]"),
    "list, label studio": _tasks,
    "object, one": _filled(b'{\n"a":[0', b",0", b"]}"),
    "gzip, one line": _packed(9, _filled(b'{"prompt":"', b"x", b'"}\n')),
    "gzip, many lines": _packed(9, _filled(_LINE, _LINE, b"")),
    "gzip, members": _members,
    "gzip, open quote": _packed(9, _filled(_HEADER + b'"', b"a\n", b"")),
    "zstd, one line": _zstd(_filled(b'{"prompt":"', b"x", b'"}\n')),
    "zstd, short lists": _zstd(_filled(b'{"more":[[]', b",[]", b"]}\n")),
    "zstd, window": _zstd_window,
    "parquet, dictionary": _dictionary,
    "parquet, dictionary in a list": _dictionary_in_list,
    "parquet, long list": _long_list,
    "parquet, empty structs": _empty_structs,
    "parquet, page": _page,
    "parquet, row groups": _many_groups,
    "parquet, columns": _many_columns,
    "parquet, deep columns": _deep_columns,
    "parquet, deep schema": _deep_schema,
    "parquet, footer": _footer,
    "parquet, nulls": _nulls,
}
