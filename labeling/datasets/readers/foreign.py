"""Kinds of files that hold no rows of text, told by their first bytes, and what to do instead."""

from __future__ import annotations

import re

from labeling.datasets.rows import UnreadableFile

_UNPACK = "Unpack it, or pack it with gzip or zstd, and import it again."
_PACKED = (
    (rb"BZh[1-9]1AY&SY", "bzip2"),
    (rb"\xfd7zXZ\x00", "xz"),
    (rb"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (rb"Rar!\x1a\x07", "RAR"),
    (rb"\x04\x22\x4d\x18", "lz4"),
    (rb"\xff\x06\x00\x00sNaPpY", "Snappy"),
    (rb"\x1f\x9d", "compress"),
    (rb"\x1f\x8b", "gzip once more"),
    (rb"\x28\xb5\x2f\xfd", "zstd once more"),
)
#: Of an archive that holds the parts of a spreadsheet.
SPREADSHEET = "This is a spreadsheet or another document of an office. Save it as CSV."
#: First bytes as an expression, and the sentence about it.
_KINDS = (
    (
        rb"PK(?:\x03\x04|\x05\x06|\x07\x08)",
        "This is a zip archive within another file, or an empty one. Import the archive itself.",
    ),
    *((magic, f"This file is packed with {name}. {_UNPACK}") for magic, name in _PACKED),
    (
        rb".{257}ustar",
        "This is a tar archive. Unpack it and import its files one by one.",
    ),
    (rb"PAR1", "This is a Parquet file packed with {packed}. Unpack it and import that."),
    (rb"PARE", "This is an encrypted Parquet file. Decrypt it and import that."),
    (rb"(?:ARROW1\x00|FEA1|\xff{4})", "This is an Arrow file. Write its rows as Parquet."),
    (rb"SQLite format 3\x00", "This is an SQLite database. Export its rows as CSV."),
    (rb"%PDF", "This is a PDF. Rows come as JSON, JSON Lines, CSV or Parquet."),
    (
        rb"(?:\xff\xfe|\xfe\xff|\x00\x00\xfe\xff)",
        "This file is UTF-16. Save it as UTF-8 and import it again.",
    ),
    (
        rb"(?:\x00[^\x00]|[^\x00]\x00){4}",
        "This file is UTF-16. Save it as UTF-8 and import it again.",
    ),
    (rb"\x80[\x02-\x05]", "This is a Python pickle, which may run code. Write JSON Lines instead."),
    (
        rb"version https://git-lfs\.github\.com/spec/",
        "This is a Git LFS pointer, not the file itself. Fetch the file with git lfs pull.",
    ),
    (
        rb"(?:\xef\xbb\xbf)?\s*<(?i:!doctype html|html|\?xml)",
        "This is a web page or XML, not a file of rows. Download the file itself.",
    ),
)
_EXPRESSIONS = tuple((re.compile(magic, re.DOTALL), said) for magic, said in _KINDS)


def refuse_foreign(head: bytes, packed: str) -> None:
    """Raises UnreadableFile where the first bytes, unpacked from `packed` if it names something,
    are those of another kind of file. An archive is never unpacked, so no bomb in it goes off."""
    for magic, said in _EXPRESSIONS:
        if magic.match(head):
            raise UnreadableFile(said.format(packed=packed))
