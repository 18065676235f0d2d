"""The room that is left where an instance keeps its files."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True, slots=True)
class DiskSpace:
    """The file system of CONCORD_DATA, in bytes; `low_below` is where the warning begins."""

    folder: Path
    total: int
    free: int
    low_below: int

    @property
    def is_low(self) -> bool:
        """Whether an operator should make room now."""
        return self.free < self.low_below


def disk_space() -> DiskSpace:
    """Room for files of imports and releases; with `./run` for the database as well."""
    folder = settings.DATA_DIR
    while not folder.exists():
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    return DiskSpace(folder, usage.total, usage.free, settings.DISK_WARNING)
