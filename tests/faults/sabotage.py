"""What a worker loads to go wrong: imports by the name of their file, and shorter patience."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

from config import worker
from config.celery import app
from labeling.imports import services
from labeling.imports.endings import IMPORT_JOB
from labeling.models import Import
from labeling.work import sending
from labeling.work.lifecycle import note_progress

app.conf.broker_transport_options["global_keyprefix"] = os.environ["SABOTAGE_PREFIX"]
worker._FROZEN = 5.0
worker._TICK = 0.5
sending._SWEEP_PATIENCE = timedelta(seconds=5)
services.BATCH = 10


def _stuck(import_: Import) -> None:
    """Python that waits."""
    time.sleep(3600)


def _bomb(import_: Import) -> None:
    """Memory, page by page."""
    kept = [bytearray(2**24) for _ in range(4096)]
    raise AssertionError(f"{len(kept)} pieces were no bomb")


def _suicide(import_: Import) -> None:
    """What the kernel does where memory is short."""
    os.kill(os.getpid(), signal.SIGKILL)


def _freeze(import_: Import) -> None:
    """A process that the system has stopped."""
    os.kill(os.getpid(), signal.SIGSTOP)


def _slow(import_: Import) -> None:
    """Long work that gets further."""
    for step in range(10_000):
        note_progress(IMPORT_JOB, import_, progress_total=10_000, progress_done=step)
        time.sleep(0.1)


_PLAYS: dict[str, Callable[[Import], None]] = {
    "stuck": _stuck,
    "bomb": _bomb,
    "suicide": _suicide,
    "freeze": _freeze,
    "slow": _slow,
}
_real, _real_batches = services._read_file, services._batches


def _read_file(import_: Import) -> None:
    _PLAYS.get(import_.filename, _real)(import_)


def _batches(import_: Import) -> Iterator[None]:
    """Dies after each batch of a file that says so."""
    for number, batch in enumerate(_real_batches(import_)):
        yield batch
        if import_.filename == "mortal" and number:
            os.kill(os.getpid(), signal.SIGKILL)


services._read_file = _read_file
services._batches = _batches
