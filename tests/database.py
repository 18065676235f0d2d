"""A pytest plugin: one migrated database a run, copied for each process of pytest-xdist.

Migrating takes seconds and copying a tenth of one, so whoever comes first migrates, under a lock
of the server itself, and the others copy what they find.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
import pytest
from django.db import OperationalError, connection
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT
from pytest_django import DjangoDbBlocker

from config.embedded.postgres import START_SECONDS

#: The lock under which databases are made; any number that nobody else takes.
_LOCK = 5_113_009
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
            _migrate(f"{template}_draft")
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
