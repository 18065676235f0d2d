"""Pictures kept in the storage, and taken out of it again."""

from __future__ import annotations

import json
import logging
import re
import shutil
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from labeling.media import PreparedPicture
from labeling.models import Import, ImportedChange, Picture
from labeling.pictures.selectors import (
    PREVIEW,
    THUMBNAIL,
    folder_of_pictures,
    pictures_shown,
    stored_name,
)
from labeling.vocabulary import JobState

logger = logging.getLogger(__name__)

#: How long a picture that no text shows is kept: the import that brought it may not be over.
KEEP_UNSHOWN = timedelta(days=2)
_HASH = re.compile(r"\b[0-9a-f]{64}\b")
_OPEN = [JobState.PENDING, JobState.RUNNING]


def store_files(*, project_id: int, picture: PreparedPicture) -> Picture:
    """Writes the files of a picture; the row that is returned is not saved yet."""
    sha256 = picture.sha256
    _write(stored_name(project_id, sha256, picture.form), picture.data)
    for size, data in ((PREVIEW, picture.preview), (THUMBNAIL, picture.thumbnail)):
        if data:
            _write(stored_name(project_id, sha256, f"{size}.webp"), data)
    return Picture(
        project_id=project_id,
        sha256=sha256,
        form=picture.form,
        width=picture.width,
        height=picture.height,
        size=len(picture.data),
        has_preview=bool(picture.preview),
        has_thumbnail=bool(picture.thumbnail),
    )


def _write(name: str, data: bytes) -> None:
    if default_storage.exists(name):
        if default_storage.size(name) == len(data):
            return
        # Whoever wrote it was killed, or the disk was full.
        default_storage.delete(name)
    default_storage.save(name, ContentFile(data))


def save_pictures(pictures: Iterable[Picture]) -> None:
    """Saves the rows of pictures whose files are written; those that are there stay."""
    Picture.objects.bulk_create(pictures, ignore_conflicts=True)


def delete_project_pictures(project_id: int) -> None:
    """Takes away all pictures of a project, rows and files."""
    pictures = Picture.objects.filter(project=project_id)
    for picture in pictures.iterator():
        _delete_files(picture)
    pictures.delete()
    _drop_folder(project_id)


def sweep_pictures(project_id: int, *, of_any_age: bool = False) -> int:
    """Takes away pictures that no text of the project shows; returns how many.

    None while an import is under way.
    """
    rows = Picture.objects.filter(project=project_id)
    if not rows.exists() or _is_importing(project_id):
        return 0
    if not of_any_age:
        rows = rows.filter(created_at__lt=timezone.now() - KEEP_UNSHOWN)
    shown = pictures_shown(project_id) | _put_aside(project_id)
    unshown = [picture for picture in rows if picture.sha256 not in shown]
    for picture in unshown:
        # The row first: a picture with a row and no file would never be stored again.
        picture.delete()
        _delete_files(picture)
    return len(unshown)


def _is_importing(project_id: int) -> bool:
    return Import.objects.filter(project=project_id, state__in=_OPEN).exists()


def _put_aside(project_id: int) -> set[str]:
    """What undoing an import would show again."""
    changes = ImportedChange.objects.filter(import_job__project=project_id)
    replaced = changes.filter(before__has_key="responses").values_list("before", flat=True)
    return {
        sha256 for before in replaced.iterator() for sha256 in _HASH.findall(json.dumps(before))
    }


def sweep_strays(project_id: int) -> int:
    """Takes away old files without a row, which an import that was killed or undone left behind;
    returns how many. None while an import is under way, which may use one of them."""
    if _is_importing(project_id):
        return 0
    oldest = timezone.now() - KEEP_UNSHOWN
    known = set(Picture.objects.filter(project=project_id).values_list("sha256", flat=True))
    folder, n_gone = folder_of_pictures(project_id), 0
    for part in default_storage.listdir(folder)[0]:
        for name in default_storage.listdir(f"{folder}/{part}")[1]:
            path = f"{folder}/{part}/{name}"
            if name.partition(".")[0] in known:
                continue
            if default_storage.get_modified_time(path) < oldest:
                default_storage.delete(path)
                n_gone += 1
    return n_gone


def sweep_all_pictures() -> None:
    """Takes away, project by project, what no text shows and what no row knows."""
    with suppress(FileNotFoundError):
        for folder in default_storage.listdir("pictures")[0]:
            if folder.isdigit():
                sweep_strays(int(folder))
    projects = Picture.objects.order_by("project").values_list("project", flat=True).distinct()
    for project_id in projects:
        if n := sweep_pictures(project_id):
            logger.info("Took away %s pictures that nothing shows any more.", n)


def _delete_files(picture: Picture) -> None:
    suffixes = [picture.form]
    suffixes += [f"{PREVIEW}.webp"] if picture.has_preview else []
    suffixes += [f"{THUMBNAIL}.webp"] if picture.has_thumbnail else []
    for suffix in suffixes:
        default_storage.delete(stored_name(picture.project_id, picture.sha256, suffix))


def _drop_folder(project_id: int) -> None:
    """The folder itself, with what an import left in it; other storages have none."""
    try:
        folder = Path(default_storage.path(folder_of_pictures(project_id)))
    except NotImplementedError:
        return
    shutil.rmtree(folder, ignore_errors=True)
