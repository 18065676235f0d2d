"""Runs a set of services in the foreground, restarts what dies, and stops everything in order."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from config.embedded.process import SetupError, say, signal_group, spawn, wait_until

POLL_SECONDS = 0.1
RESTARTS = 5
RESTART_WINDOW = 60.0

_LONGEST_LINE = 16 * 1024


class Service(Protocol):
    """A server or program that the supervisor can start and stop."""

    process: subprocess.Popen[bytes] | None

    def launch(self) -> None:
        """Start the process without waiting for it."""

    def wait_ready(self) -> None:
        """Wait until others may use it. Raises SetupError if it never is."""

    def alive(self) -> bool:
        """Return whether its process runs."""

    def stop(self) -> None:
        """Stop it and wait for its end."""


class Stop(BaseException):
    """Somebody asked us to stop: Ctrl-C, a closed terminal, or ``kill``."""


@dataclass
class Program:
    """A program whose output lines are shown with its name before them."""

    name: str
    command: Sequence[str | Path]
    env: Mapping[str, str]
    stop_seconds: float = 10.0
    process: subprocess.Popen[bytes] | None = None
    _rest: bytes = b""

    def launch(self) -> None:
        """Start it, its output piped to us."""
        self.process = spawn(self.command, env=self.env, output=subprocess.PIPE)
        if self.process.stdout is not None:
            os.set_blocking(self.process.stdout.fileno(), False)

    def wait_ready(self) -> None:
        """Nothing waits for a program but the person at the screen."""

    def alive(self) -> bool:
        """Return whether its main process runs."""
        return self.process is not None and self.process.poll() is None

    def ended(self) -> bool:
        """Show what it has printed, and return whether it has ended."""
        self.relay()
        return not self.alive()

    def ask_to_stop(self) -> None:
        """Ask it to finish what it is doing, and to end."""
        if self.process is not None and self.alive():
            with contextlib.suppress(ProcessLookupError):
                self.process.terminate()

    def stop(self) -> None:
        """End it, in kindness as long as that takes effect, and its whole process group."""
        if self.process is None:
            return
        self.ask_to_stop()
        wait_until(self.ended, self.stop_seconds)
        signal_group(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.relay()

    def relay(self) -> None:
        """Show the lines that it has printed since the last call. Never blocks."""
        if self.process is None or self.process.stdout is None:
            return
        while chunk := _read(self.process.stdout.fileno()):
            *lines, self._rest = (self._rest + chunk).split(b"\n")
            if len(self._rest) > _LONGEST_LINE:
                lines, self._rest = [*lines, self._rest], b""
            for line in lines:
                say(f"{self.name:<7}| {line.decode('utf-8', 'replace').rstrip()}")


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except (BlockingIOError, OSError):
        return b""


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Turn SIGINT, SIGTERM and SIGHUP into the exception Stop, once; later ones are ignored.

    A second Ctrl-C must not interrupt the orderly stop. SIGHUP stays ignored under ``nohup``.
    """
    numbers = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        numbers.remove(signal.SIGHUP)

    def raise_stop(number: int, frame: object) -> None:
        for other in numbers:
            signal.signal(other, signal.SIG_IGN)
        raise Stop

    before = {number: signal.signal(number, raise_stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@dataclass
class Supervisor:
    """Services in the order of their start; they are stopped the other way round."""

    #: Called with the pids of all children whenever one is started.
    on_change: Callable[[list[int]], None] = lambda pids: None
    services: dict[str, Service] = field(default_factory=dict)
    #: False during the start: what dies then is broken, and starting it again would not help.
    settled: bool = False
    _deaths: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def launch(self, services: Mapping[str, Service]) -> None:
        """Start services side by side; `wait_ready` waits for them."""
        for name, service in services.items():
            self.services[name] = service
            service.launch()
            self._note_children()

    def wait_ready(self) -> None:
        """Wait until every service is ready. Raises SetupError."""
        for service in self.services.values():
            service.wait_ready()

    def run(self, *, until: Callable[[], bool] = lambda: False) -> None:
        """Relay output and restart what dies, until `until` holds (or Stop is raised).

        Raises SetupError when a service dies again and again.
        """
        while not until():
            self._wait_for_output()
            for name, service in self.services.items():
                if isinstance(service, Program):
                    service.relay()
                if not service.alive():
                    self._restart(name, service)

    def run_to_end(self, program: Program) -> int:
        """Run a program beside the services until it ends by itself; return its exit code."""
        program.launch()
        try:
            self.run(until=program.ended)
        finally:
            program.stop()
        return program.process.returncode if program.process else 1

    def stop(self) -> None:
        """Stop everything: first worker and web, which need the others to finish their work."""
        for service in self.services.values():
            if isinstance(service, Program):
                service.ask_to_stop()
        for service in reversed(self.services.values()):
            service.stop()

    def _restart(self, name: str, service: Service) -> None:
        code = service.process.returncode if service.process else None
        if not self.settled:
            raise SetupError(f"{name} ended during the start (exit code {code}); see above why.")
        deaths, now = self._deaths[name], time.monotonic()
        deaths.append(now)
        while now - deaths[0] > RESTART_WINDOW:
            deaths.popleft()
        if len(deaths) > RESTARTS:
            raise SetupError(
                f"{name} ended {len(deaths)} times within a minute (exit code {code}); "
                "its last words are above."
            )
        say(f"{name} ended unexpectedly (exit code {code}): starting it again.")
        service.stop()  # what is left of its process group
        service.launch()
        self._note_children()
        service.wait_ready()

    def _note_children(self) -> None:
        self.on_change([s.process.pid for s in self.services.values() if s.process])

    def _wait_for_output(self) -> None:
        with selectors.DefaultSelector() as selector:
            for service in self.services.values():
                process = service.process
                if isinstance(service, Program) and process and process.stdout and service.alive():
                    selector.register(process.stdout, selectors.EVENT_READ)
            if selector.get_map():
                selector.select(POLL_SECONDS)
            else:
                time.sleep(POLL_SECONDS)
