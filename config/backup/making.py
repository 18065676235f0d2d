"""Making a backup while Concord runs.

A snapshot of the database is held open: the dump, the list of releases and the list of imports
that still need their file are all of that moment. Files never change once they are named in a
row, so they are linked where that is possible, else copied.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from config.backup.manifest import DUMP, FileEntry, Manifest, entry_of
from config.backup.programs import BackupError, run_program
from labeling.models import Import, Judgment, Release
from labeling.releases.services import folder_of
from labeling.vocabulary import JobState
from projects.models import Project, User
from projects.sql import database_now

Say = Callable[[str], None]
_ATTEMPTS = 3


class _Moved(Exception):
    """A file that the snapshot needs went away before it was linked: an import ended just then."""


def make_backup(folder: Path, *, say: Say) -> Manifest:
    """Fills an empty or new folder. Raises BackupError; then nothing of it is left."""
    _claim(folder)
    try:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return _attempt(folder, say, is_last=attempt == _ATTEMPTS)
            except _Moved:
                _empty(folder)
        raise AssertionError
    except OSError as error:
        _empty(folder)
        raise BackupError(
            f"The backup could not be written ({error.strerror or error}): make room or name "
            "another folder. Nothing of it was left."
        ) from error
    except BaseException:
        _empty(folder)
        raise


def _claim(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if any(folder.iterdir()):
            raise BackupError(f"{folder} is not empty: name a new folder for each backup.")
    except OSError as error:
        raise BackupError(f"{folder} cannot be written to ({error.strerror}).") from error
    data = Path(settings.DATA_DIR).resolve()
    if folder.resolve() in (data, *data.parents):
        raise BackupError(f"{folder} holds Concord's own data: name a folder of its own.")


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _Moment:
    """What the database said at the moment of the snapshot."""

    snapshot: str
    manifest: Manifest
    releases: list[Path]
    imports: list[Path]


def _attempt(folder: Path, say: Say, *, is_last: bool) -> Manifest:
    """Raises _Moved where a file went away; on the last attempt it is lost, and is named."""
    with _moment() as moment:
        # First what can go away: an import that ends takes its file along.
        for path in moment.imports:
            if path.is_file():
                _keep(path, folder / "imports" / path.name)
            elif is_last:
                say(f"  The file of an import is missing ({path.name}): the import will say so.")
            else:
                raise _Moved
        say("Writing the database …")
        dump = folder / DUMP
        run_program(
            "pg_dump",
            "--format=custom",
            "--compress=1",
            "--no-owner",
            "--no-privileges",
            f"--snapshot={moment.snapshot}",
            f"--file={dump}",
        )
        say(f"  {dump.stat().st_size / 2**20:,.1f} MB")
    for path in moment.releases:
        if not path.is_dir():
            say(f"  warning: the files of {path.name} are not in {path.parent}")
            continue
        _keep_tree(path, folder / "releases" / path.name)
    _keep_tree(Path(settings.MEDIA_ROOT), folder / "media")
    secret = Path(settings.DATA_DIR) / "secret_key"
    if secret.is_file():
        shutil.copy2(secret, folder / "secret_key")  # a link could be written through
    files = _entries(folder, say)
    manifest = replace(moment.manifest, files=files)
    manifest.write(folder)
    return manifest


@contextmanager
def _moment() -> Iterator[_Moment]:
    """Holds the snapshot open as long as the block runs."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            (snapshot,) = cursor.fetchone()
        migrations: dict[str, list[str]] = {}
        for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
            migrations.setdefault(app, []).append(name)
        open_imports = Import.objects.filter(state__in=[JobState.PENDING, JobState.RUNNING])
        done = Release.objects.filter(state=JobState.DONE)
        yield _Moment(
            snapshot=snapshot,
            manifest=Manifest(
                version=settings.VERSION,
                created_at=database_now().isoformat(timespec="seconds"),
                migrations=migrations,
                counts={
                    "projects": Project.objects.count(),
                    "people": User.objects.count(),
                    "judgments": Judgment.objects.count(),
                    "releases": done.count(),
                    "open_imports": open_imports.count(),
                },
            ),
            releases=[folder_of(release) for release in done],
            imports=[
                Path(settings.IMPORTS_DIR) / path
                for path in open_imports.exclude(path="").values_list("path", flat=True)
            ],
        )


def _keep_tree(source: Path, target: Path) -> None:
    if source.is_dir():
        for path in sorted(source.rglob("*")):
            if path.is_file():
                _keep(path, target / path.relative_to(source))


def _keep(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without links
        shutil.copy2(source, target)


def _entries(folder: Path, say: Say) -> dict[str, FileEntry]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    say(f"Reading the files ({len(paths)}) …")
    return {str(path.relative_to(folder)): entry_of(path) for path in paths}
