"""What every page tells an operator, and nobody else."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from labeling.operations.disk import DiskSpace, disk_space


def operator_banner(request: HttpRequest) -> dict[str, Any]:
    """A look at the disk, for templates that ask for it in an operator's name."""
    return {"low_disk": _low_disk}


def _low_disk() -> DiskSpace | None:
    disk = disk_space()
    return disk if disk.is_low else None
