"""Child processes that cannot outlive us, and what to say when one cannot be started.

Every child gets a process group of its own, so that Ctrl-C reaches the supervisor only, which then
stops the children in order. On Linux a child also gets a parent-death signal: however the
supervisor dies, the kernel tells its children. Elsewhere the recorded process ids
(:mod:`config.embedded.instance`) let the next start clear what was left.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1

LINUX = os.uname().sysname == "Linux"
LIBC = ctypes.CDLL(None) if LINUX else None


class SetupError(Exception):
    """Something outside Concord stands in the way; the message is one sentence for a person."""


def say(message: str) -> None:
    """Print a line; a terminal that has gone away is no reason to fail."""
    with contextlib.suppress(OSError, ValueError):
        print(message, flush=True)


def complain(message: str) -> None:
    """Print a line on standard error, in red on a terminal."""
    with contextlib.suppress(OSError, ValueError):
        text = f"\033[31m{message}\033[0m" if sys.stderr.isatty() else message
        print(text, file=sys.stderr, flush=True)


def spawn(
    command: Sequence[str | Path],
    *,
    death_signal: signal.Signals = signal.SIGTERM,
    env: Mapping[str, str] | None = None,
    output: int | IO[bytes] | None = None,
    cwd: Path | None = None,
    foreground: bool = False,
) -> subprocess.Popen[bytes]:
    """Start a child that gets `death_signal` when this process dies. Call from the main thread.

    The kernel ties the signal to the *thread* that forked, hence the main thread. `output` takes
    both output streams; a `foreground` child keeps the terminal and our process group instead.
    Raises SetupError where the program cannot be executed.
    """
    try:
        return subprocess.Popen(
            [str(word) for word in command],
            stdin=None if foreground else subprocess.DEVNULL,
            stdout=output,
            stderr=None if output is None else subprocess.STDOUT,
            env=None if env is None else dict(env),
            cwd=cwd,
            preexec_fn=_child_setup(death_signal, own_group=not foreground),
        )
    except OSError as error:
        raise SetupError(f"{command[0]} cannot be started: {error.strerror or error}.") from error


def _child_setup(death_signal: signal.Signals, *, own_group: bool) -> Callable[[], None]:
    return functools.partial(_become_child, death_signal, own_group, os.getpid())


def _become_child(death_signal: signal.Signals, own_group: bool, parent: int) -> None:
    """Run between fork and exec: leave the group, ask for the signal, notice a dead parent."""
    if own_group:
        os.setpgid(0, 0)
    end_with_parent(parent, death_signal)


def end_with_parent(parent: int, death_signal: signal.Signals = signal.SIGTERM) -> None:
    """Ask the kernel for a signal when `parent` dies; end at once if it is dead. Linux only."""
    if LIBC is not None:
        LIBC.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:  # it died before the kernel knew our wish
            os._exit(1)


def signal_group(pid: int, number: signal.Signals) -> None:
    """Send a signal to a child's whole process group, if any of it is left."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def wait_until(condition: Callable[[], bool], seconds: float, pause: float = 0.02) -> bool:
    """Poll `condition` for at most `seconds`; return whether it came true."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


def birth(pid: int) -> str | None:
    """Return a mark of when the process started, or None if there is none (or only a zombie).

    A process id alone may have gone to another program since it was written down, and since the
    machine was started even with the same moment.
    """
    if LINUX:
        try:
            # The name in parentheses may hold spaces; field 22 is the 20th after it.
            fields = (
                Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
            )
        except OSError:
            return None
        return None if fields[0] in "ZX" else f"{fields[19]} {_boot()}"
    shown = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.split(maxsplit=1)
    return None if len(shown) < 2 or shown[0].startswith("Z") else shown[1].strip()


@functools.cache
def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def program_name(pid: int) -> str | None:
    """Return the name of a running process's program, or None if there is none (or a zombie)."""
    if birth(pid) is None:
        return None
    if LINUX:
        try:
            return Path(f"/proc/{pid}/comm").read_text(errors="replace").strip()
        except OSError:
            return None
    return subprocess.run(
        ["ps", "-o", "comm=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()


def processes_in(folder: Path, program: str) -> list[int]:
    """Return the running processes of `program` that work in `folder`, and nobody else's.

    A server works in its data folder, and so do its sessions: unlike a number in a file, which may
    belong to anybody by now, that cannot be mistaken. Linux only: elsewhere there are none.
    """
    if not LINUX:
        return []
    pids = []
    for entry in os.listdir("/proc"):
        with contextlib.suppress(OSError):
            if entry.isdecimal() and program in Path(f"/proc/{entry}/comm").read_text():
                same = os.path.samefile(f"/proc/{entry}/cwd", folder)
                if same and birth(int(entry)) is not None:
                    pids.append(int(entry))
    return pids


def end_processes(pids: Callable[[], list[int]], number: signal.Signals, seconds: float) -> None:
    """Send a signal to processes that are not our children, and kill what it does not end."""
    for pid in pids():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
    if not wait_until(lambda: not pids(), seconds):
        for pid in pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not pids(), seconds)


def ensure_dir(path: Path) -> None:
    """Create a folder of the instance, closed to others. Raises SetupError in one sentence."""
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = path / f".write-test-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise SetupError(
            f"Concord cannot write to {path} ({error.strerror}): make it writable, or name "
            "another folder with CONCORD_DATA=/path/to/folder."
        ) from error


def private_dir(path: Path, owner: int | None = None) -> None:
    """Create a folder that only `owner` (default: ourselves) may enter.

    One that exists and belongs to somebody else is refused with SetupError: in ``/tmp`` it could
    be a trap laid for us.
    """
    wanted = os.geteuid() if owner is None else owner
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with contextlib.suppress(FileExistsError):
            path.mkdir(mode=0o700)
            if wanted != os.geteuid():
                os.chown(path, wanted, -1)
        status = path.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid not in {wanted, os.geteuid()}:
            raise SetupError(
                f"{path} belongs to another user: remove it, or name another folder "
                "with CONCORD_DATA=/path/to/folder."
            )
        if status.st_uid != wanted:
            os.chown(path, wanted, -1)
        path.chmod(0o700)
    except OSError as error:
        raise SetupError(f"Concord cannot prepare {path}: {error.strerror}.") from error
