"""A pytest plugin: a throw-away PostgreSQL and broker for test runs that were given none.

`./run test` brings its own; this serves `pytest` called by hand. It is loaded with `-p`, before
the settings, because they read the addresses once.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from config.embedded.postgres import Postgres
from config.embedded.valkey import Valkey

#: What makes a database fast and unsafe; a test's data may be lost.
UNSAFE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def _start() -> None:
    folder = Path(tempfile.mkdtemp(prefix="concord-test-"))
    folder.chmod(0o755)
    os.environ.setdefault("CONCORD_DATA", str(folder / "data"))
    (folder / "data" / "static").mkdir(parents=True)
    servers: list[Postgres | Valkey] = []
    if "DATABASE_URL" not in os.environ:
        postgres = Postgres(folder / "pg", folder / "s", folder / "pg.log", overrides=UNSAFE)
        os.environ["DATABASE_URL"] = postgres.start().url()
        servers.append(postgres)
    if "CELERY_BROKER_URL" not in os.environ:
        valkey = Valkey(folder / "broker", folder / "b" / "valkey.sock", folder / "valkey.log")
        valkey.launch()
        valkey.wait_ready()
        os.environ["CELERY_BROKER_URL"] = f"redis+socket://{valkey.socket}"
        servers.append(valkey)
    owner = os.getpid()

    def stop() -> None:
        if os.getpid() != owner:  # a forked child must not stop its parent's servers
            return
        for server in servers:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)


_start()
