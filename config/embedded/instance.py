"""Who runs on a data folder: its lock, what it says about itself, and what a crash left behind.

The kernel drops a file lock with the process that holds it, so a lock can never be stale. The
files beside it only carry words: who holds it, and which children to look for after a crash.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO

from config.embedded import paths
from config.embedded.process import birth, ensure_dir, signal_group, wait_until

LEFTOVER_SECONDS = 15.0


@dataclass(frozen=True)
class Holder:
    """The process that runs an instance's servers; `kind` is ``serve`` or ``manage``."""

    pid: int
    kind: str
    address: str
    ready: bool = False
    born: str | None = None


class Instance:
    """The data folder that CONCORD_DATA names, as far as running processes are concerned."""

    def __init__(self) -> None:
        """Create the folder where it is missing. Raises SetupError if it cannot be written to."""
        ensure_dir(paths.data_dir())
        ensure_dir(paths.run_dir())
        self._holder_file = paths.run_dir() / "holder.json"
        self._children_file = paths.run_dir() / "children.json"
        self._lock = (paths.run_dir() / "lock").open("a")
        self._guests = (paths.run_dir() / "guests").open("a")

    def acquire(self, kind: str, address: str = "") -> bool:
        """Take the instance for this process; False if another process runs its servers."""
        if not _try_lock(self._lock, fcntl.LOCK_EX):
            return False
        self.announce(Holder(os.getpid(), kind, address))
        return True

    def release(self) -> None:
        """Give the instance back."""
        self._holder_file.unlink(missing_ok=True)
        self._children_file.unlink(missing_ok=True)
        fcntl.flock(self._lock, fcntl.LOCK_UN)

    def announce(self, holder: Holder) -> None:
        """Tell other processes who runs the servers and whether they are ready.

        On a full disk it is not told, and whoever asks is answered without an address.
        """
        with contextlib.suppress(OSError):
            _write(self._holder_file, asdict(replace(holder, born=birth(holder.pid))))

    def holder(self) -> Holder | None:
        """Return who runs the servers, as far as it has said so and is that process still."""
        try:
            holder = Holder(**json.loads(self._holder_file.read_text()))
        except (OSError, ValueError, TypeError):
            return None
        return holder if holder.born is not None and birth(holder.pid) == holder.born else None

    @contextlib.contextmanager
    def visit(self) -> Iterator[bool]:
        """Use another process's servers; yields False if it is about to stop them."""
        welcome = _try_lock(self._guests, fcntl.LOCK_SH)
        try:
            yield welcome
        finally:
            if welcome:
                fcntl.flock(self._guests, fcntl.LOCK_UN)

    def wait_for_guests(self) -> None:
        """Wait until no other process uses our servers, and let no new one in."""
        fcntl.flock(self._guests, fcntl.LOCK_EX)

    def record_children(self, pids: Iterable[int]) -> None:
        """Write down our children, to be found after a crash that the kernel could not report.

        Raises OSError where there is no room for it.
        """
        _write(self._children_file, [[pid, birth(pid)] for pid in pids])

    def clear_leftovers(self) -> None:
        """Wait for the children of a holder that crashed, then kill what is still there."""
        try:
            recorded = [
                (int(pid), mark) for pid, mark in json.loads(self._children_file.read_text())
            ]
        except (OSError, ValueError, TypeError):
            return
        left = [(pid, mark) for pid, mark in recorded if mark and birth(pid) == mark]
        for pid, _ in left:
            signal_group(pid, signal.SIGTERM)
        if not wait_until(lambda: all(birth(p) != m for p, m in left), LEFTOVER_SECONDS):
            for pid, mark in left:
                if birth(pid) == mark:
                    signal_group(pid, signal.SIGKILL)
            wait_until(lambda: all(birth(p) != m for p, m in left), LEFTOVER_SECONDS)
        self._children_file.unlink(missing_ok=True)


def _try_lock(file: IO[str], how: int) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write(path: Path, content: object) -> None:
    """Replace a file as a whole: a reader never sees half of it."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        draft.write_text(json.dumps(content))
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
