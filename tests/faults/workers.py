"""A real worker on the tests' database, which does what `sabotage` makes of its imports."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from django.conf import settings
from django.db import connection

from labeling.imports.services import create_import
from labeling.models import Import
from labeling.work.sending import send
from projects.models import Project

_WITH_BEAT = ("--beat", "--scheduler", "celery.beat:Scheduler")
LINE = b'{"id": "%d", "prompt": "Why?", "responses": ["Because.", "No."]}\n'


class Worker:
    """One worker with its children, its output in `log`."""

    def __init__(self, folder: Path, *arguments: str, **extra: str) -> None:
        self.log = folder / "worker.log"
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "celery", "-A", "config", "worker", "--loglevel"),
                    *("WARNING", "--concurrency", "2", "--without-gossip", "--without-mingle"),
                    *("--include", "tests.faults.sabotage", *arguments),
                ],
                env=environment(folder, **extra),
                cwd=settings.BASE_DIR,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def alive(self) -> bool:
        """Whether its main process runs."""
        return self.process.poll() is None

    def children(self) -> set[int]:
        """Its processes beside the main one."""
        return {child.pid for child in psutil.Process(self.process.pid).children()}


def environment(folder: Path, **extra: str) -> dict[str, str]:
    """What a process needs to work on the tests' database."""
    head, mark, query = os.environ["DATABASE_URL"].partition("?")
    name = connection.settings_dict["NAME"]
    return {
        **os.environ,
        "DATABASE_URL": f"{head.rsplit('/', 1)[0]}/{name}{mark}{query}",
        "CONCORD_DATA": str(folder),
        "PYTHONWARNINGS": "ignore",
        "SABOTAGE_PREFIX": str(settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"]),
        **extra,
    }


@contextmanager
def working(folder: Path, *arguments: str, **extra: str) -> Iterator[Worker]:
    """A worker with beat inside, unless `arguments` say otherwise."""
    worker = Worker(folder, *(arguments or _WITH_BEAT), **extra)
    try:
        yield worker
    finally:
        os.killpg(worker.process.pid, signal.SIGKILL)
        worker.process.wait()


def ask(project: Project, name: str, rows: int = 1, **columns: object) -> Import:
    """An import of that many rows, sent to the worker."""
    content = b"".join(LINE % number for number in range(rows))
    import_ = create_import(project=project, created_by=None, filename=name, content=content)
    if columns:
        Import.objects.filter(pk=import_.pk).update(**columns)
        import_.refresh_from_db()
    send(import_)
    return import_


def until(condition: Callable[[], object], seconds: float, what: str) -> float:
    """Waits until `condition` holds, and returns for how long; fails the test naming `what`."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.05)
    return time.monotonic() - began


def over(import_: Import) -> bool:
    """Whether it has ended; looks anew."""
    import_.refresh_from_db()
    return import_.is_over


def running(import_: Import) -> bool:
    """Whether a worker is at it; looks anew."""
    import_.refresh_from_db()
    return import_.state == "running"
