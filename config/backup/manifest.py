"""The list of what a backup holds, with the SHA-256 of every file; it is written last."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from config.backup.programs import BackupError

#: The list itself; a folder without it is no backup, or half of one.
MANIFEST = "backup.json"
DUMP = "database.dump"
_FORMAT = 1
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file of a backup."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds: which Concord and which schema it is of, counts, and every file."""

    version: str
    created_at: str
    migrations: Mapping[str, list[str]]
    counts: Mapping[str, int]
    files: Mapping[str, FileEntry] = field(default_factory=dict)
    format: int = _FORMAT

    @property
    def counts_in_words(self) -> str:
        """How much of what there is, for a line on a terminal."""
        return ", ".join(
            f"{name.replace('_', ' ')}: {count}" for name, count in self.counts.items()
        )

    def write(self, folder: Path) -> None:
        """Writes it as a whole: where it stands, everything else does."""
        draft = folder / f".{MANIFEST}"
        draft.write_text(json.dumps(asdict(self), indent=1, sort_keys=True), encoding="utf-8")
        draft.rename(folder / MANIFEST)


def read_manifest(folder: Path) -> Manifest:
    """The list of a backup. Raises BackupError where the folder is none."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if content["format"] > _FORMAT:
            raise BackupError(
                f"{folder} was made by a newer Concord ({content['version']}): restore it with it."
            )
        files = {name: FileEntry(**entry) for name, entry in content.pop("files").items()}
        return Manifest(**content, files=files)
    except FileNotFoundError:
        raise BackupError(
            f"{folder} has no {MANIFEST}: it is no backup of Concord, or one that was not finished."
        ) from None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise BackupError(f"{folder / MANIFEST} cannot be read: {error}") from error


def entry_of(path: Path) -> FileEntry:
    """Size and SHA-256 of a file."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return FileEntry(size, digest.hexdigest())


def check_files(folder: Path, manifest: Manifest, say: Callable[[str], None]) -> None:
    """Reads every file and compares. Raises BackupError naming those that differ or are missing."""
    say(f"Checking the files ({len(manifest.files)}) …")
    wrong = []
    for name, entry in manifest.files.items():
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise BackupError(f"{MANIFEST} names a file outside of the backup: {name}")
        if not path.is_file():
            wrong.append(f"{name} is missing")
        elif entry_of(path) != entry:
            wrong.append(f"{name} was changed")
    if wrong:
        more = f" and {len(wrong) - 5} more" if len(wrong) > 5 else ""
        raise BackupError(f"This backup is damaged: {', '.join(wrong[:5])}{more}.")
