"""A zip archive of pictures with one file of rows in it, never unpacked to where its paths say."""

from __future__ import annotations

import re
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path, PurePosixPath
from threading import Lock
from typing import BinaryIO

from msgspec import Struct

from labeling.datasets.readers import limits
from labeling.datasets.readers.fields import visible
from labeling.datasets.readers.foreign import SPREADSHEET
from labeling.datasets.readers.tablechoice import ChosenTable, chosen_table
from labeling.datasets.rows import RefusalCode, RowError, UnreadableFile
from labeling.media import same_spelling

_MAGIC = b"PK\x03\x04"
#: The record at the end of an archive: its magic number, then counts, then how long its list is.
_END, _END_SIZE, _LIST_AT = b"PK\x05\x06", 22, struct.Struct("<I")
_COMMENT = 1 << 16
#: What stands before the end of an archive of more than 4 GiB or 65,535 files and counts instead: a
#: record with the length of the list, and where the record is; each with its magic number.
_LARGE, _RECORD, _LOCATOR = struct.Struct("<4s36xQ8x4s16x"), b"PK\x06\x06", b"PK\x06\x07"
#: How each file in the list begins.
_LISTED = b"PK\x01\x02"
#: Bytes of the list of an archive's files, and files in it.
_MAX_LIST, _MAX_FILES = 16 * 2**20, 65_000
_OFFICE = "[Content_Types].xml"
_ROWS = re.compile(r"\.(?:jsonl?|ndjson|csv|tsv|parquet)(?:\.gz|\.zst)?\Z", re.IGNORECASE)
#: What systems put into archives by themselves.
_CLUTTER = re.compile(r"(?:^|/)(?:__MACOSX/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$)")
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
#: Says that a name is UTF-8; Python takes it for an old code page of DOS where it is not said.
_UTF8, _DOS = 0x800, "cp437"
#: Names of unused files that are shown, and characters of each.
_NAMED, _SHOWN = 5, 80
_CHUNK = 1 << 20
_AGAIN = "Pack it again."
_Errors = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, ValueError)


class UnusedFiles(Struct, frozen=True):
    """Files of an archive that no row names: how many and the first of them; `system` are those
    that systems add by themselves. `is_known`: all rows were looked at."""

    count: int = 0
    names: tuple[str, ...] = ()
    system: int = 0
    is_known: bool = True

    def __bool__(self) -> bool:
        return bool(self.count or self.system or not self.is_known)


def is_archive(path: Path) -> bool:
    """Whether the file begins as a zip archive does."""
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def is_called_rows(name: str) -> bool:
    """Whether a file's name says that it holds rows."""
    return _ROWS.search(name) is not None


@contextmanager
def unpacked_table(path: Path) -> Iterator[tuple[list[Path], str]]:
    """The files of rows in an archive that are parts of one table, as long as the block runs, and
    what to say of the choice.

    Raises UnreadableFile where there is none, or several, or the archive is damaged or hostile.
    """
    with _opened(path) as archive, tempfile.TemporaryDirectory(prefix="concord-rows-") as folder:
        members = _members(archive)
        chosen = _chosen(members)
        parts, size = [], 0
        for place, name in enumerate(chosen.names):
            part = Path(folder) / f"rows-{place}"
            with part.open("wb") as out:
                size = _copy(archive, members[name], out, size)
            parts.append(part)
        yield parts, chosen.sentence


def _chosen(members: Collection[str]) -> ChosenTable:
    return chosen_table([name for name in members if is_called_rows(name)], members)


def _copy(archive: zipfile.ZipFile, member: zipfile.ZipInfo, out: BinaryIO, before: int = 0) -> int:
    """Unpacks a file behind others of so many bytes; returns how many all of them have."""
    size = 0
    try:
        with archive.open(member) as packed:
            while chunk := packed.read(_CHUNK):
                size += len(chunk)
                if before + size > limits.MAX_UNPACKED_BYTES or (
                    size > limits.RATIO_FROM_BYTES
                    and size > limits.MAX_UNPACK_RATIO * max(1, member.compress_size)
                ):
                    raise UnreadableFile(
                        "The rows in the archive unpack to more than any honest file does, as a "
                        "bomb would. Pack them with gzip and import them by themselves."
                    )
                out.write(chunk)
    except _Errors as error:
        raise UnreadableFile(f"The archive is damaged ({error}). {_AGAIN}") from None
    return before + size


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    with path.open("rb") as file:
        _check_list(file, path.stat().st_size)
        try:
            archive = zipfile.ZipFile(file)
        except _Errors as error:
            raise UnreadableFile(f"The archive is damaged ({error}). {_AGAIN}") from None
        with archive:
            yield archive


def _check_list(file: BinaryIO, size: int) -> None:
    """Raises UnreadableFile where the list of the files alone would take too much."""
    begin = max(0, size - _END_SIZE - _COMMENT - _LARGE.size)
    file.seek(begin)
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + _END_SIZE:
        raise UnreadableFile("The archive has no end: it was cut off. Copy it again and retry.")
    (length,) = _LIST_AT.unpack_from(tail, at + 12)
    if at >= _LARGE.size:
        record, large, locator = _LARGE.unpack_from(tail, at - _LARGE.size)
        if locator == _LOCATOR:
            if record != _RECORD:
                raise UnreadableFile(f"The archive is damaged at its end. {_AGAIN}")
            at, length = at - _LARGE.size, large
    if length > _MAX_LIST or _count_listed(file, begin + at, length) > _MAX_FILES:
        raise UnreadableFile(
            f"The archive holds more than {_MAX_FILES:,} files, or very long names. Split it."
        )
    file.seek(0)


def _count_listed(file: BinaryIO, end: int, length: int) -> int:
    """How many files the list before the end names at most, whatever the end says of their
    number: what becomes of each takes far more memory than its place in the list."""
    file.seek(max(0, end - length))
    return file.read(length).count(_LISTED)


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The files by their names. Raises UnreadableFile for a path that leaves the archive, a link,
    a password, and a name that stands there twice, also where it is only spelled otherwise."""
    members: dict[str, zipfile.ZipInfo] = {}
    for member in archive.infolist():
        name = _name_of(member)
        if name == _OFFICE:
            raise UnreadableFile(SPREADSHEET)
        if member.is_dir() or _CLUTTER.search(name):
            continue
        shown = visible(name, 60)
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name[:2]:
            raise UnreadableFile(
                f"The archive holds a path that leaves it (“{shown}”). Pack its folder by itself."
            )
        if stat.S_ISLNK(member.external_attr >> 16):
            raise UnreadableFile(f"The archive holds a link (“{shown}”). Pack the file itself.")
        if member.flag_bits & _ENCRYPTED:
            raise UnreadableFile("The archive is encrypted. Pack it without a password.")
        if member.compress_type not in _PACKINGS:
            raise UnreadableFile("The archive is packed in an unusual way. Pack it with deflate.")
        name = path.as_posix()
        if name in members:
            raise UnreadableFile(_twice(shown, members[name].filename, member.filename))
        members[name] = member
    return members


def _name_of(member: zipfile.ZipInfo) -> str:
    """A file's name as all names are compared. macOS writes UTF-8 without saying so."""
    name = member.filename
    if not member.flag_bits & _UTF8:
        with suppress(UnicodeError):
            name = name.encode(_DOS).decode()
    return same_spelling(name)


def _twice(shown: str, first: str, second: str) -> str:
    if first == second:
        return f"The archive holds “{shown}” twice. Keep one of them."
    return (
        f"The archive holds “{shown}” twice, spelled in two ways that look the same: "
        f"{ascii(first)[:_SHOWN]} and {ascii(second)[:_SHOWN]}. Rename one of them."
    )


class PictureArchive:
    """The files of an archive, read by name from any thread."""

    def __init__(self, path: Path) -> None:
        self._lock = Lock()
        with ExitStack() as opening:
            self._archive = opening.enter_context(_opened(path))
            self._members: Mapping[str, zipfile.ZipInfo] = _members(self._archive)
            self._open = opening.pop_all()
        self._tables = frozenset(_chosen(self._members).names)
        self._system = sum(
            not member.is_dir() and bool(_CLUTTER.search(member.filename))
            for member in self._archive.infolist()
        )
        self._by_last: dict[str, list[str]] = {}
        self._alike: dict[str, str] = {}
        for name in self._members:
            last = PurePosixPath(name).name
            self._by_last.setdefault(last, []).append(name)
            self._alike.setdefault(last.lower(), name)

    def close(self) -> None:
        """Lets go of the file."""
        self._open.close()

    def named(self, name: str, field: str) -> str:
        """The name in the archive that a row means: its path, or its last part where only one file
        has it. Raises RowError where there is none, or several."""
        path = PurePosixPath(same_spelling(name).replace("\\", "/"))
        wished = path.as_posix().removeprefix("./")
        if wished in self._members:
            return wished
        # Whoever packs a folder has its name before all others.
        same = [name for name in self._by_last.get(path.name, ()) if name.endswith(f"/{wished}")]
        if len(same) > 1:
            raise RowError(
                field,
                f"Is in the archive {len(same)} times, such as {same[0]} and {same[1]}. Name it "
                "with its folder.",
                name,
                code=RefusalCode.AMBIGUOUS,
            )
        if same:
            return same[0]
        near = self._alike.get(path.name.lower(), "")
        hint = f" There is {visible(near, 60)}." if near else ""
        raise RowError(
            field,
            f"No such file came with the rows.{hint} Name it as it is called, or add it.",
            name,
            code=RefusalCode.MISSING,
        )

    def unused(self, named: Collection[str]) -> UnusedFiles:
        """The files that are none of those named, nor the file of rows."""
        rest = sorted(self._members.keys() - {*self._tables, *named})
        first = tuple(visible(name, _SHOWN) for name in rest[:_NAMED])
        return UnusedFiles(len(rest), first, self._system)

    def size(self, name: str) -> int:
        """How many bytes the archive says that a file has."""
        return self._members[name].file_size

    def held(self, name: str, most: int) -> bytes:
        """The bytes of a file if the archive holds it whole, and no more than `most`; else none."""
        if name not in self._members or self.size(name) > most:
            return b""
        try:
            return self.read(name, most)
        except ValueError:
            return b""

    def read(self, name: str, most: int) -> bytes:
        """The bytes of a file, one more than `most` at most. Raises ValueError where damaged."""
        try:
            with self._lock, self._archive.open(self._members[name]) as packed:
                return packed.read(most + 1)
        except _Errors as error:
            raise ValueError(f"Is damaged in the archive ({error}). Pack it again.") from None
