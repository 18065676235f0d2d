"""Logs that do not grow for ever: each file is kept below a size, with one older part beside it.

A server has its log open and goes on writing where the file ends, so the file itself is emptied
and its content is kept under another name. On a full disk the content is lost, not the server.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from pathlib import Path

#: A log may grow so far; as much again is kept in the file beside it, which ends in ``.1``.
LARGEST_LOG = 10 * 1024 * 1024


def rotate(folder: Path, largest: int = LARGEST_LOG) -> list[Path]:
    """Keep every log in `folder` below a size; return those that were emptied just now."""
    emptied = []
    for log in sorted(folder.glob("*.log")):
        with contextlib.suppress(OSError):
            if log.stat().st_size <= largest:
                continue
            with contextlib.suppress(OSError):
                shutil.copyfile(log, log.with_name(f"{log.name}.1"))
            os.truncate(log, 0)
            emptied.append(log)
    return emptied


class Log:
    """A file of lines, each with its time. A disk that takes no more stops nobody."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, line: str) -> None:
        """Append a line."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        with contextlib.suppress(OSError), self.path.open("a", encoding="utf-8") as file:
            file.write(f"{moment} {line}\n")
