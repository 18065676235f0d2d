"""A pytest plugin: a throw-away PostgreSQL and broker for test runs that were given none.

`./run test` brings its own; this serves `pytest` called by hand. It is loaded with `-p`, before
the settings, because they read the addresses once. The processes of pytest-xdist inherit the
addresses from the one that started them.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from config.embedded.postgres import DISPOSABLE, Postgres
from config.embedded.testing import scratch_folder, tests_environment
from config.embedded.valkey import Valkey


def _own_folder() -> None:
    """Give every process of pytest-xdist a data folder of its own inside the run's."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker and "CONCORD_DATA" in os.environ:
        data = Path(os.environ["CONCORD_DATA"]) / worker
        (data / "static").mkdir(parents=True, exist_ok=True)
        os.environ["CONCORD_DATA"] = str(data)


def _start() -> None:
    if {"DATABASE_URL", "CELERY_BROKER_URL"} <= os.environ.keys():
        return
    folder = scratch_folder()
    for name, value in tests_environment(folder).items():
        if name != "CONCORD_DATA" or name not in os.environ:
            os.environ[name] = value
    tempfile.tempdir = None  # read TMPDIR anew
    servers: list[Postgres | Valkey] = []
    if "DATABASE_URL" not in os.environ:
        postgres = Postgres(folder / "pg", folder / "s", folder / "pg.log", DISPOSABLE)
        os.environ["DATABASE_URL"] = postgres.start().url()
        servers.append(postgres)
    if "CELERY_BROKER_URL" not in os.environ:
        valkey = Valkey(folder / "broker", folder / "b" / "valkey.sock", folder / "valkey.log")
        os.environ["CELERY_BROKER_URL"] = valkey.start().url()
        servers.append(valkey)
    owner = os.getpid()

    def stop() -> None:
        if os.getpid() != owner:  # a forked child must not stop its parent's servers
            return
        for server in servers:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)


_own_folder()
_start()
