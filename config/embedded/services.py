"""What the supervisor runs: servers, programs of their own, and forks of itself."""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol

from config.embedded.forks import Fork, fork
from config.embedded.logs import Log
from config.embedded.process import SetupError, say, signal_group, spawn, wait_until
from config.embedded.watching import Question, Watch

Child = subprocess.Popen[bytes] | Fork

#: A database or broker that answers nothing for so many seconds stands still.
SERVER_PATIENCE = 20.0

_LONGEST_LINE = 16 * 1024


class Service(Protocol):
    """A server or program that the supervisor can start, watch and stop."""

    process: Child | None
    watch: Watch | None

    def launch(self) -> None:
        """Start the process without waiting for it. Raises SetupError or OSError."""

    def ready(self) -> bool:
        """Return whether others may use it. Never waits long."""

    def alive(self) -> bool:
        """Return whether its process runs."""

    def look(self) -> None:
        """See whether it shows that it works, and note it in its `watch`. Never waits."""

    def forgive(self) -> None:
        """Let its silence so far not count: it could not help it, or we could not hear."""

    def mend(self) -> str | None:
        """Put right what kept it from starting, if that can be; return a sentence about it."""

    def failure(self) -> str:
        """Return why it did not start, in a sentence."""

    def kill(self) -> None:
        """End it at once, whatever it does."""

    def stop(self) -> None:
        """Stop it and wait for its end."""


def wait_ready(service: Service, seconds: float) -> None:
    """Wait until a service that was launched may be used. Raises SetupError if it never is."""
    if wait_until(lambda: not service.alive() or service.ready(), seconds) and service.alive():
        return
    if not service.alive() and service.mend():
        service.launch()
        wait_ready(service, seconds)
        return
    service.stop()
    raise SetupError(service.failure())


@dataclass(kw_only=True)
class Server:
    """What database and broker have in common: a process that answers a question."""

    process: Child | None = None
    watch: Watch | None = field(default_factory=lambda: Watch(SERVER_PATIENCE))

    def question(self) -> Question:
        """Return the question that it answers when it works."""
        raise NotImplementedError

    def alive(self) -> bool:
        """Return whether its process runs."""
        return self.process is not None and self.process.poll() is None

    def look(self) -> None:
        """Ask, and see whether it answered."""
        if self.watch is not None and self._question.answered():
            self.watch.shown()

    def forgive(self) -> None:
        """Let silence count from now on."""
        if self.watch is not None:
            self.watch.shown()

    def kill(self) -> None:
        """End it at once."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    @functools.cached_property
    def _question(self) -> Question:
        return self.question()


@dataclass
class Program:
    """A program whose output lines are shown with its name before them, and kept in a log."""

    name: str
    command: Sequence[str | Path]
    env: Mapping[str, str]
    stop_seconds: float = 10.0
    log: Log | None = None
    process: Child | None = None
    watch: Watch | None = None
    _rest: bytes = b""

    def launch(self) -> None:
        """Start it, its output piped to us."""
        self._rest = b""
        self.process = self._start()
        if self.process.stdout is not None:
            os.set_blocking(self.process.stdout.fileno(), False)

    def ready(self) -> bool:
        """Nothing waits for a program but the person at the screen."""
        return True

    def alive(self) -> bool:
        """Return whether its main process runs."""
        return self.process is not None and self.process.poll() is None

    def ended(self) -> bool:
        """Show what it has printed, and return whether it has ended."""
        self.relay()
        return not self.alive()

    def look(self) -> None:
        """A program of its own gives no signs."""

    def forgive(self) -> None:
        """Nor does its silence count."""

    def mend(self) -> str | None:
        """What keeps it from starting is said in its own words."""
        return None

    def failure(self) -> str:
        """Return that it ended; its words are on the screen."""
        code = self.process.returncode if self.process else None
        return f"{self.name} ended during the start (exit code {code}); see above why."

    def kill(self) -> None:
        """End it and its whole process group at once."""
        if self.process is not None:
            signal_group(self.process.pid, signal.SIGKILL)
            self.process.wait()

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
        self.kill()
        self.relay()

    def output(self) -> IO[bytes] | None:
        """Return the pipe that its words come by, as long as it may say any."""
        return self.process.stdout if self.process and self.alive() else None

    def relay(self) -> None:
        """Show the lines that it has printed since the last call. Never blocks."""
        if self.process is None or self.process.stdout is None or self.process.stdout.closed:
            return
        while chunk := _read(self.process.stdout.fileno()):
            *lines, self._rest = (self._rest + chunk).split(b"\n")
            if len(self._rest) > _LONGEST_LINE:
                lines, self._rest = [*lines, self._rest], b""
            for line in lines:
                text = line.decode("utf-8", "replace").rstrip()
                say(f"{self.name:<7}| {text}")
                if self.log is not None:
                    self.log.write(text)

    def _start(self) -> Child:
        return spawn(self.command, env=self.env, output=subprocess.PIPE)


@dataclass
class Forked(Program):
    """A program that is a function of ours, run in a fork of this process.

    `watch` says how long its main loop may give no sign; a `question` that stays without an
    answer for `unanswered` seconds is no sign of life either.
    """

    command: Sequence[str | Path] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    target: Callable[[], object] = lambda: None
    expendable: int = 0
    question: Question | None = None
    unanswered: Watch | None = None

    def launch(self) -> None:
        """Start it; its loop and its answers are watched from now on."""
        if isinstance(self.process, Fork):
            self.process.close()
        super().launch()
        if self.watch is not None:
            self.watch.begin()
        if self.question is not None and self.unanswered is not None:
            self.question.forget()
            self.unanswered.begin()

    def look(self) -> None:
        """Note the signs of its loop, and the answer that it gives."""
        if isinstance(self.process, Fork) and self.process.pulsed() and self.watch is not None:
            self.watch.shown()
        if self.question is not None and self.unanswered is not None:
            if self.question.answered():
                self.unanswered.shown()
            if self.watch is not None and self.unanswered.frozen():
                self.watch.shown_at = self.unanswered.shown_at

    def forgive(self) -> None:
        """Let silence count from now on."""
        for watch in (self.watch, self.unanswered):
            if watch is not None:
                watch.shown()

    def _start(self) -> Child:
        return fork(self.title or self.name, self.target, expendable=self.expendable)


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except (BlockingIOError, OSError):
        return b""
