"""Real instances for tests: start `serve` on a folder, look at its processes, end it somehow.

The first start of a run is a real one, from an empty folder; the others begin with a copy of what
it left, which spares them initdb, migrations and the compression of static files.
"""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from config.embedded.paths import CHECKOUT

# Generous: the machine has other tests to do meanwhile.
START_SECONDS = 180.0
END_SECONDS = 60.0

#: Of our own environment only what a program needs: no DATABASE_URL of the test run above all.
KEPT = ("PATH", "HOME", "LANG", "TMPDIR")


def environment(data: Path, **extra: str) -> dict[str, str]:
    """Return a small environment for an instance on `data`, without the demo."""
    kept = {key: os.environ[key] for key in KEPT if key in os.environ}
    return {**kept, "CONCORD_DATA": str(data), "CONCORD_DEMO": "0", **extra}


def free_port() -> int:
    """Return a port of 127.0.0.1 that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition: Callable[[], object], seconds: float, what: str) -> None:
    """Wait until `condition` holds; fail the test, naming `what`, if it does not."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.05)


def processes_on(data: Path) -> list[psutil.Process]:
    """Return every process of the machine that was started for the folder `data`.

    PostgreSQL's sessions write their state over their environment: they are found as children.
    """
    processes = {}
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get("CONCORD_DATA") == str(data):
                processes[process.pid] = process
                processes |= {child.pid: child for child in process.children(recursive=True)}
    return [process for process in processes.values() if _lives(process)]


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def wait_until_gone(data: Path) -> None:
    """Wait for the end of every process of a folder; fails the test naming those that are left."""
    deadline = time.monotonic() + END_SECONDS
    while left := processes_on(data):
        assert time.monotonic() < deadline, [_described(process) for process in left]
        time.sleep(0.1)


def _described(process: psutil.Process) -> str:
    with contextlib.suppress(psutil.Error):
        return f"{process.pid} (child of {process.ppid()}): {' '.join(process.cmdline())}"
    return f"{process.pid}: gone meanwhile"


class Running:
    """One `serve` in a process of its own, its output in `log`."""

    def __init__(self, data: Path, **extra: str) -> None:
        self.data, self.port = data, free_port()
        self.seen: list[psutil.Process] = []
        self.log = data.parent / f"{data.name}-{self.port}.log"
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.embedded", "serve"],
                cwd=CHECKOUT,
                env=environment(data, PORT=str(self.port), **extra),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_ready(self) -> Running:
        """Wait until it has printed its address."""

        def ready() -> bool:
            assert self.process.poll() is None, self.output()
            return "Concord is running at" in self.output()

        wait_for(ready, START_SECONDS, "the address is printed")
        return self

    def output(self) -> str:
        """Return what it has printed so far."""
        return self.log.read_text(errors="replace")

    def status(self, path: str = "/healthz") -> int:
        """Return the HTTP status of a page; 0 while nothing answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the supervisor alone; remembers whom it had started."""
        self.seen = processes_on(self.data)
        self.process.send_signal(number)

    def wait_gone(self) -> int:
        """Wait for the supervisor's end and for the end of everything it had started."""
        code = self.process.wait(END_SECONDS)
        wait_for(lambda: not any(map(_lives, self.seen)), END_SECONDS, "its processes have ended")
        wait_until_gone(self.data)
        return code

    def children(self, word: str) -> list[psutil.Process]:
        """Return the processes of this instance with `word` in their command line."""
        processes = []
        for process in processes_on(self.data):
            with contextlib.suppress(psutil.Error):
                if word in " ".join(process.cmdline()) and process.pid != self.process.pid:
                    processes.append(process)
        return processes


@contextlib.contextmanager
def running(data: Path, **extra: str) -> Iterator[Running]:
    """Run an instance for the length of a block; whatever happens, nothing of it is left."""
    instance = Running(data, **extra)
    try:
        yield instance.wait_ready()
    finally:
        if instance.process.poll() is None:
            instance.signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                instance.process.wait(END_SECONDS)
        for process in processes_on(data):
            with contextlib.suppress(psutil.Error):
                process.kill()


@dataclass(frozen=True)
class FirstStart:
    """What a start from an empty folder left behind: the folder, what it printed, its answer."""

    data: Path
    output: str
    status: int
    exit_code: int


def first_start(shared: Path) -> FirstStart:
    """Start once on an empty folder and stop again; a second call, of any process, looks it up."""
    data, record = shared / "first" / "d", shared / "first" / "record.json"
    data.parent.mkdir(exist_ok=True)
    with (data.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not record.exists():
            with running(data) as instance:
                status = instance.status("/login/")
                instance.signal(signal.SIGINT)
                code = instance.wait_gone()
            record.write_text(json.dumps([instance.output(), status, code]))
    output, status, code = json.loads(record.read_text())
    return FirstStart(data, output, status, code)


def copy_folder(source: Path, target: Path) -> Path:
    """Copy a data folder that nobody uses, with its owners: the database's is not ours."""
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)
    return target


#: Root without the right to write where the mode says no, as an ordinary user.
HUMBLE = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--")


def command(
    *arguments: str, data: Path, humble: bool = False, **extra: str
) -> subprocess.CompletedProcess[str]:
    """Run `python -m config.embedded …` to its end."""
    return subprocess.run(
        [
            *(HUMBLE if humble and os.geteuid() == 0 else ()),
            sys.executable,
            "-m",
            "config.embedded",
            *arguments,
        ],
        cwd=CHECKOUT,
        env=environment(data, **extra),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def drain(descriptor: int, seconds: float, until: bytes) -> bytes:
    """Read from a terminal until `until` was seen."""
    seen, deadline = b"", time.monotonic() + seconds
    while until not in seen:
        assert time.monotonic() < deadline, f"{until!r} not seen in {seen[-2000:]!r}"
        if select.select([descriptor], [], [], 0.5)[0]:
            seen += os.read(descriptor, 65536)
    return seen
