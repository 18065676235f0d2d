"""What a running instance looks after: the size of its logs, and the room on its disk."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from config import env
from config.embedded import paths
from config.embedded.logs import rotate

_LOOK_SECONDS = 15.0
_AGAIN_SECONDS = 3600.0


class Housekeeping:
    """Looks from time to time; says at once that room runs out, and every hour from then on."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._looked_at = self._told_at = float("-inf")
        self._short = False

    def look(self) -> None:
        """Look if it is time. Raises OSError where the disk itself fails."""
        now = time.monotonic()
        if now - self._looked_at < _LOOK_SECONDS:
            return
        self._looked_at = now
        rotate(paths.run_dir())
        free, least = free_space()
        if free >= least:
            if self._short:
                self._tell(f"There is room on the disk of {paths.data_dir()} again.")
            self._short = False
        elif not self._short or now - self._told_at > _AGAIN_SECONDS:
            self._short, self._told_at = True, now
            self._tell(
                f"Only {free / 1024**2:,.0f} MB are free on the disk of {paths.data_dir()}: make "
                "room before it is full. Nothing can be saved on a full disk."
            )


def free_space() -> tuple[int, int]:
    """Return how many bytes are free where the instance keeps its data, and how many should be."""
    space = os.statvfs(paths.data_dir())
    wanted = env.number("CONCORD_DISK_WARNING_MB", 2048) * 1024**2  # as the settings have it
    return space.f_bavail * space.f_frsize, wanted
