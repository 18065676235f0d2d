"""Files of a release on disk: safe names, sizes and hashes, and surviving a power cut."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import NamedTuple

_SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
#: Large, because every chunk is a moment at which another thread must let go of the interpreter.
_CHUNK = 4 << 20


class FileInfo(NamedTuple):
    """One file of a release: its path inside the folder, and its rows (None for other files)."""

    name: str
    size: int
    sha256: str
    rows: int | None = None


def safe_name(name: str) -> bool:
    """Whether a key can be part of a file name: one that holds a path of its own, begins a hidden
    name or has a control character is nobody's key."""
    return _SAFE.fullmatch(name) is not None


def describe_file(root: Path, path: Path, rows: int | None = None) -> FileInfo:
    """Size and SHA-256 of a finished file."""
    name = path.relative_to(root).as_posix()
    return FileInfo(name, path.stat().st_size, hash_file(path), rows)


def hash_file(path: Path) -> str:
    """The SHA-256 of a file, hexadecimal."""
    sha, buffer = hashlib.sha256(), memoryview(bytearray(_CHUNK))
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(buffer):
            sha.update(buffer[:count])
    return sha.hexdigest()


def sync_tree(root: Path) -> None:
    """Makes every file and folder below `root`, and `root` itself, survive a power cut."""
    for path in (*sorted(root.rglob("*")), root, root.parent):
        sync(path)


def sync(path: Path) -> None:
    """Makes what a file or a folder holds survive a power cut: of a folder, the names in it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
