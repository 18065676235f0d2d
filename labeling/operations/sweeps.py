"""What is taken away by rule. Nothing that a row names, or that anybody could still ask for.

Uploads that were looked at and never imported, two days after; pictures that no text shows, and
half-written folders of releases that nobody is building, as long; sessions that have expired.
Releases themselves stay for ever.
"""

from __future__ import annotations

import logging
import shutil
import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.module_loading import import_string

from labeling.imports.files import sweep_uploads
from labeling.operations.disk import disk_space
from labeling.pictures.services import sweep_all_pictures

logger = logging.getLogger(__name__)

_KEEP_DRAFTS = timedelta(days=2)


def sweep_leftovers() -> None:
    """Takes away what nobody needs, and says so where little room is left."""
    sweep_uploads()
    sweep_drafts()
    sweep_all_pictures()
    import_string(f"{settings.SESSION_ENGINE}.SessionStore").clear_expired()
    disk = disk_space()
    if disk.is_low:
        logger.warning(
            "Only %s are free under %s: make room before imports, releases and the database stop.",
            filesizeformat(disk.free),
            disk.folder,
        )


def sweep_drafts() -> int:
    """Deletes folders that a release was written to and left in; returns how many.

    A build that goes on begins with an empty folder anyway.
    """
    folder = Path(settings.RELEASES_DIR)
    oldest = time.time() - _KEEP_DRAFTS.total_seconds()
    drafts = [
        draft
        for draft in (folder.glob(".release-*.partial") if folder.is_dir() else ())
        if max(path.stat().st_mtime for path in (draft, *draft.rglob("*"))) < oldest
    ]
    for draft in drafts:
        shutil.rmtree(draft, ignore_errors=True)
    return len(drafts)
