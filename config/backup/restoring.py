"""Restoring a backup into an instance that has nothing yet."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from config.backup.manifest import DUMP, Manifest, check_files, read_manifest
from config.backup.programs import BackupError, run_program
from labeling.models import Heartbeat, Import
from labeling.vocabulary import JobState
from labeling.work.folder import adopt_folder
from labeling.work.heartbeats import live_processes

Say = Callable[[str], None]
#: Folders of a backup, and where their files belong.
_FOLDERS = {
    "imports": "IMPORTS_DIR",
    "releases": "RELEASES_DIR",
    "media": "MEDIA_ROOT",
}


def restore_backup(folder: Path, *, force: bool, say: Say) -> Manifest:
    """Checks a backup, then puts its database and files in place and migrates what is older.

    Raises BackupError, before anything is changed, where the backup is damaged or newer than this
    Concord, where others use the database, or where something is there and `force` is not given.
    """
    manifest = read_manifest(folder)
    _check_schema(manifest)
    check_files(folder, manifest, say)
    _check_room(manifest)
    _check_alone()
    if not force:
        _check_empty()
    say("Restoring the database …")
    _restore_database(folder / DUMP)
    _restore_files(folder, manifest, say)
    say("Bringing the database up to this version …")
    call_command("migrate", interactive=False, verbosity=0)
    _point_imports_here()
    adopt_folder()
    return manifest


def _check_schema(manifest: Manifest) -> None:
    known = MigrationLoader(None).disk_migrations
    unknown = [
        f"{app}.{name}"
        for app, names in manifest.migrations.items()
        for name in names
        if (app, name) not in known
    ]
    if unknown:
        raise BackupError(
            f"This backup is of a newer Concord ({manifest.version}, this is {settings.VERSION}): "
            f"{', '.join(unknown[:3])} is not known here. Restore it with that version."
        )


def _check_room(manifest: Manifest) -> None:
    needed = sum(entry.size for name, entry in manifest.files.items() if name != DUMP)
    folder = Path(settings.DATA_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise BackupError(
            f"The files need {needed / 2**20:,.0f} MB; {folder} has {free / 2**20:,.0f} MB left."
        )


def _check_alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        (others,) = cursor.fetchone()
        tables = connection.introspection.table_names(cursor)
    if others:
        raise BackupError(
            f"{others} other sessions use this database: stop Concord (web, workers, beat) first."
        )
    at_work = live_processes() if Heartbeat._meta.db_table in tables else []
    if at_work:
        raise BackupError(
            f"{', '.join(row.name for row in at_work[:5])} gave signs of life within the last "
            "minute: stop Concord (web, workers, beat) first, or wait a minute if you have."
        )


def _check_empty() -> None:
    there = []
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for table, word in (("projects_user", "people"), ("projects_project", "projects")):
            if table in tables:
                cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - named above
                (count,) = cursor.fetchone()
                there += [f"{count} {word}"] if count else []
    for name in _FOLDERS.values():
        path = Path(getattr(settings, name))
        if path.is_dir() and any(path.iterdir()):
            there.append(f"files in {path}")
    if there:
        raise BackupError(
            f"This instance is not empty ({', '.join(there)}): restore into a new one, or give "
            "--force to replace its database; its files are then moved aside."
        )


def _restore_database(dump: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS public CASCADE")
        cursor.execute("CREATE SCHEMA public")
        cursor.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")
    connection.close()
    run_program(
        "pg_restore",
        "--no-owner",
        "--no-privileges",
        "--exit-on-error",
        "--single-transaction",
        f"--dbname={connection.settings_dict['NAME']}",
        str(dump),
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _restore_files(folder: Path, manifest: Manifest, say: Say) -> None:
    names = [name for name in manifest.files if name != DUMP]
    say(f"Copying the files ({len(names)}) …")
    aside = datetime.now(UTC).strftime("before-restore-%Y%m%dT%H%M%S")
    for setting in _FOLDERS.values():
        path = Path(getattr(settings, setting))
        if path.is_dir() and any(path.iterdir()):
            path.rename(path.with_name(f"{path.name}.{aside}"))
    for name in names:
        kind, _, rest = name.partition("/")
        base = Path(getattr(settings, _FOLDERS[kind])) if kind in _FOLDERS else None
        target = base / rest if base else Path(settings.DATA_DIR) / name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        target.unlink(missing_ok=True)  # it may be one file with another backup's
        shutil.copy2(folder / name, target)


def _point_imports_here() -> None:
    """Imports that wait read their file where it lies now."""
    waiting = Import.objects.filter(state__in=[JobState.PENDING, JobState.RUNNING])
    for pk, path in waiting.exclude(path="").values_list("pk", "path"):
        if Path(path).is_absolute():
            here = Path(settings.IMPORTS_DIR) / Path(path).name
            Import.objects.filter(pk=pk).update(path=str(here))
