"""PostgreSQL's own programs, pointed at the database that Django uses."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from django.db import connection

from config.embedded.binaries import candidate_dirs

#: What libpq reads from the environment, by what Django calls it.
_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}


class BackupError(Exception):
    """A backup or restore that cannot go on; the message says why and what to do."""


def run_program(name: str, *arguments: str) -> None:
    """Runs `pg_dump` or `pg_restore` to its end. Raises BackupError with what it complained of."""
    program = _find(name)
    done = subprocess.run(  # noqa: S603 - found below, our own arguments
        [str(program), "--no-password", *arguments],
        env=_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        complaint = done.stderr.strip().splitlines()[-3:] or [f"exit code {done.returncode}"]
        raise BackupError(f"{name} failed: {' / '.join(complaint)}")


def _find(name: str) -> Path:
    """The program of the server's own version, else the next newer one that there is."""
    connection.ensure_connection()
    server = connection.connection.server_version // 10000
    programs = {
        version: path for path in _candidates(name) if (version := _version(path)) is not None
    }
    usable = sorted(version for version in programs if version >= server)
    if usable:
        return programs[usable[0]]
    older = f" (only those of version {max(programs)})" if programs else ""
    raise BackupError(
        f"{name} of PostgreSQL {server} or newer was not found{older}: install PostgreSQL's client "
        "programs (Debian: postgresql-client), or name their folder with PG_BIN."
    )


def _candidates(name: str) -> Iterator[Path]:
    on_path = (Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder)
    for folder in (*candidate_dirs(), *on_path):
        if (folder / name).is_file():
            yield folder / name


def _version(program: Path) -> int | None:
    try:
        shown = subprocess.run(  # noqa: S603 - a program that was found above
            [str(program), "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    match = re.search(r"\) (\d+)", shown)
    return int(match[1]) if match else None


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    parameters = connection.get_connection_params()
    ours = {
        variable: str(parameters[name])
        for name, variable in _VARIABLES.items()
        if parameters.get(name)
    }
    return {**kept, **ours, "PGCONNECT_TIMEOUT": "10"}
