"""A temporary instance for a benchmark, and what its processes have used."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from config.embedded.process import spawn

CHECKOUT = Path(__file__).resolve().parent.parent


class Instance:
    """`./run` with its defaults on a temporary folder and a free port, without the demo."""

    def __init__(self, folder: Path, **extra: str) -> None:
        self.folder, self.port = folder, free_port()
        kept = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG"}}
        data = {"CONCORD_DATA": str(folder / "data"), "PORT": str(self.port), "CONCORD_DEMO": "0"}
        self.environment = {**kept, **data, **extra}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start and wait for the first page; return the seconds that took."""
        began = time.perf_counter()
        with (self.folder / "serve.log").open("ab") as log:
            self.process = spawn(  # it ends with us, however we end
                [sys.executable, "-m", "config.embedded", "serve"],
                cwd=CHECKOUT,
                env=self.environment,
                output=log,
            )
        while not self._answers():
            if self.process.poll() is not None or time.perf_counter() - began > 180:
                raise SystemExit((self.folder / "serve.log").read_text()[-3000:])
            time.sleep(0.02)
        return time.perf_counter() - began

    def stop(self) -> None:
        """Stop it as Ctrl-C does."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(60)

    def python(self, code: str) -> str:
        """Run code inside of Django with this instance's servers; return what it prints."""
        return self.manage("shell", "-v", "0", "-c", code)

    def manage(self, *arguments: str) -> str:
        """Run a command of `./run manage` on this instance; return what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "config.embedded", "manage", *arguments],
            cwd=CHECKOUT,
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return done.stdout

    def cpu(self) -> dict[str, float]:
        """Return the CPU seconds used so far: by web, database and everything else of it.

        Sessions of PostgreSQL that have ended count too: their server has waited for them.
        """
        assert self.process is not None
        used = {"web": 0.0, "database": 0.0, "rest": 0.0}
        root = psutil.Process(self.process.pid)
        for process in [root, *root.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                words, times = " ".join(process.cmdline()), process.cpu_times()
                kind = "web" if "gunicorn" in words else "rest"
                kind = "database" if "postgres" in words else kind
                used[kind] += times.user + times.system + times.children_user
                used[kind] += times.children_system
        return used

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/login/")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


@contextlib.contextmanager
def instance(**extra: str) -> Iterator[Instance]:
    """An instance that is started, and gone afterwards with its folder."""
    folder = Path(tempfile.mkdtemp(prefix="concord-bench-"))
    made = Instance(folder, **extra)
    try:
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """Return a port of 127.0.0.1 that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def table(head: list[str], rows: list[list[str]]) -> None:
    """Print a Markdown table that can be pasted into docs/performance.md."""
    print("| " + " | ".join(head) + " |")
    print("|" + " --- |" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print(flush=True)


def percentile(values: list[float], share: float) -> float:
    """Return the value that `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
