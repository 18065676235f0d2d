"""A pytest plugin: one migrated database a run, copied for each process of pytest-xdist.

Migrating takes many seconds and copying a tenth of one, so whoever comes first migrates, under a
lock of the server itself, and the others copy what they find. The next run, even of one test,
restores what this one dumped into pytest's cache, until a migration or a table changes.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.db import OperationalError, connection
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT
from pytest_django import DjangoDbBlocker

from config.backup.programs import BackupError, run_program
from config.embedded.paths import CHECKOUT
from config.embedded.postgres import START_SECONDS

#: The lock under which databases are made; any number that nobody else takes.
_LOCK = 5_113_009
#: The files that decide what a migrated database holds.
_DECISIVE = (
    "*/migrations/*.py",
    "*/models/*.py",
    "*/vocabulary.py",
    "config/settings.py",
    "requirements-dev.txt",
)
#: How often the tables are tried to be emptied.
_FLUSHES = 5


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """Every process has a database of its own: a copy of the run's one, dropped at the end."""
    with django_db_blocker.unblock(), _server() as cursor:
        run = getattr(request.config, "workerinput", {}).get("testrunuid", str(os.getpid()))
        template, own = f"test_concord_{run[:12]}", f"test_concord_{run[:12]}_{os.getpid()}"
        served = connection.settings_dict["NAME"]
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template])
        if cursor.fetchone() is None:
            kept = _kept(request.config, cursor.connection.server_version)
            _make(f"{template}_draft", cursor, kept)
            cursor.execute(f'ALTER DATABASE "{template}_draft" RENAME TO "{template}"')
        cursor.execute(f'CREATE DATABASE "{own}" TEMPLATE "{template}"')
        cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
        connection.settings_dict["NAME"] = own
        _let_tests_flush()
        yield
        connection.close()
        connection.settings_dict["NAME"] = served
        cursor.execute(f'DROP DATABASE IF EXISTS "{own}" WITH (FORCE)')
        _drop_if_last(cursor, template)


def _let_tests_flush() -> None:
    """Emptying the tables between tests is the one TRUNCATE of judgments that is meant."""
    operations = type(connection.ops)
    statements = operations.sql_flush

    def sql_flush(self: Any, *args: Any, **options: Any) -> list[str]:
        return ["SET LOCAL concord.allow_erasure = 'on'", *statements(self, *args, **options)]

    flush = operations.execute_sql_flush

    def execute_sql_flush(self: Any, sql_list: Any) -> None:
        """Once more where a request that is still under way was in the way."""
        for attempt in range(_FLUSHES):
            try:
                flush(self, sql_list)
            except OperationalError:
                if attempt == _FLUSHES - 1:
                    raise
                time.sleep(0.2)
            else:
                return

    operations.sql_flush = sql_flush  # type: ignore[method-assign]
    operations.execute_sql_flush = execute_sql_flush  # type: ignore[method-assign]


def _kept(config: pytest.Config, server: int) -> Path | None:
    """Where the migrated database of this code and server is kept, None without pytest's cache."""
    cache: pytest.Cache | None = getattr(config, "cache", None)
    if cache is None:
        return None
    state = hashlib.sha256(str(server).encode())
    for pattern in _DECISIVE:
        for path in sorted(CHECKOUT.glob(pattern)):
            state.update(path.name.encode() + b"\0" + path.read_bytes())
    return cache.mkdir("concord-database") / f"{state.hexdigest()}.dump"


def _make(name: str, cursor: psycopg2.extensions.cursor, kept: Path | None) -> None:
    """Create a migrated database: from what an earlier run kept, else for the next."""
    if kept is not None and kept.exists():
        cursor.execute(f'CREATE DATABASE "{name}"')
        _in_database(name, "pg_restore", "--no-owner", f"--dbname={name}", str(kept))
        return
    _migrate(name)
    # Without PostgreSQL's client programs every run migrates.
    with suppress(BackupError):
        if kept is not None:
            _keep(name, kept)


def _keep(name: str, kept: Path) -> None:
    draft = kept.with_suffix(f".{os.getpid()}")
    try:
        _in_database(name, "pg_dump", "--format=custom", "--compress=0", f"--file={draft}")
        for old in kept.parent.glob("*.dump"):
            old.unlink(missing_ok=True)
        draft.rename(kept)
    finally:
        draft.unlink(missing_ok=True)


def _in_database(name: str, program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on a database."""
    settings = connection.settings_dict
    before, settings["NAME"] = settings["NAME"], name
    try:
        connection.close()
        run_program(program, *arguments)
    finally:
        connection.close()
        settings["NAME"] = before


def _migrate(name: str) -> None:
    """Create a database as Django does for tests, and leave it without a session."""
    settings = connection.settings_dict
    before = settings["NAME"], settings["TEST"]["NAME"]
    settings["TEST"]["NAME"] = name
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    finally:
        connection.close()
        settings["NAME"], settings["TEST"]["NAME"] = before


def _drop_if_last(cursor: psycopg2.extensions.cursor, template: str) -> None:
    """Drop the run's database once no copy of it is left."""
    cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
    cursor.execute("SELECT count(*) FROM pg_database WHERE starts_with(datname, %s)", [template])
    row = cursor.fetchone()
    if row and row[0] == 1:
        cursor.execute(f'DROP DATABASE "{template}"')
    cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


@contextmanager
def _server() -> Iterator[psycopg2.extensions.cursor]:
    """A session beside Django's, in the server's own database."""
    parameters = {**connection.get_connection_params(), "dbname": "postgres"}
    for ours in ("cursor_factory", "context"):
        parameters.pop(ours, None)
    session = _patiently(parameters)
    try:
        session.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
        with session.cursor() as cursor:
            yield cursor
    finally:
        session.close()


def _patiently(parameters: dict[str, Any]) -> psycopg2.extensions.connection:
    """Connect as soon as the server is there: `./run test` starts it beside pytest."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            session: psycopg2.extensions.connection = psycopg2.connect(**parameters)
            return session
        except psycopg2.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
