"""Whether web and workers share one data folder: both know it by a name that lies in it.

A worker that reads another folder than the web writes would fail every import and hide every
release. The name stands in the folder and in the database; who comes first writes both.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from labeling.models import Installation

_FILE = "instance_id"


class OtherFolder(Exception):
    """This process has another data folder than the database belongs to; the message says which."""


def check_folder() -> None:
    """Raises OtherFolder where this process's folder is not the one of its database."""
    row = Installation.objects.first()
    if row is None:
        adopt_folder(only_first=True)
        row = Installation.objects.get()
    own = folder_key()
    if own != row.folder_key:
        raise OtherFolder(
            _(
                "CONCORD_DATA is %(folder)s here, but the web of this database has another folder "
                "(%(theirs)s, not %(own)s): share one folder between all. If this is the one, "
                "with its files, run: manage adopt_folder"
            )
            % {
                "folder": settings.DATA_DIR,
                "theirs": row.folder_key[:8],
                "own": own[:8] or _("a folder without a name"),
            }
        )


def folder_key() -> str:
    """The name that lies in this process's folder; empty where there is none."""
    try:
        return (Path(settings.DATA_DIR) / _FILE).read_text(encoding="ascii").strip()[:32]
    except (OSError, UnicodeDecodeError):
        return ""


def adopt_folder(*, only_first: bool = False) -> None:
    """Gives folder and database one new name; with `only_first`, unless the database has one."""
    key = secrets.token_hex(16)
    with transaction.atomic():
        row, created = Installation.objects.get_or_create(pk=1, defaults={"folder_key": key})
        if only_first and not created:
            return
        if not created:
            row.folder_key = key
            row.save(update_fields=["folder_key"])
        path = Path(settings.DATA_DIR) / _FILE
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_text(key + "\n", encoding="ascii")
