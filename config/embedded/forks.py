"""Children made by fork alone: they share the memory of what was loaded before them.

Each gets what :func:`config.embedded.process.spawn` gives: a process group, a signal when we die,
an output that we read; and a pipe by which its main loop says that it goes round.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import IO, NoReturn

from config.embedded.process import LIBC, LINUX, end_with_parent, wait_until

_OURS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PR_SET_NAME = 15
_M_ARENA_MAX = -8

#: Where this process's main loop says that it goes round; None where nobody listens.
_pulse: int | None = None


class Fork:
    """A child that runs a function; used as a ``subprocess.Popen`` is."""

    def __init__(self, pid: int, output: int, pulses: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self.stdout: IO[bytes] = os.fdopen(output, "rb", buffering=0)
        self.pulses: IO[bytes] = os.fdopen(pulses, "rb", buffering=0)

    def poll(self) -> int | None:
        """Return the exit code, negative for a signal; None while it runs."""
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code as soon as there is one. Raises TimeoutExpired."""
        if not wait_until(lambda: self.poll() is not None, timeout or float("inf")):
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0)
        return self.returncode or 0

    def send_signal(self, number: int) -> None:
        """Send a signal, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def pulsed(self) -> bool:
        """Return whether its main loop came round since the last call."""
        with contextlib.suppress(OSError, ValueError):
            return bool(self.pulses.read(65536))
        return False

    def close(self) -> None:
        """Give back the pipes of a child that has ended and was heard to the end."""
        self.stdout.close()
        self.pulses.close()


def fork(name: str, target: Callable[[], object], *, expendable: int = 0) -> Fork:
    """Run `target` in a child that ``ps`` shows as `name`. Call from the main thread.

    Where memory runs out, the system ends the most `expendable` processes first (0 to 1000).
    """
    parent = os.getpid()
    output, shown = os.pipe()
    pulses, pulse_end = os.pipe()
    for descriptor in (output, pulses, pulse_end):
        os.set_blocking(descriptor, False)
    sys.stdout.flush()
    sys.stderr.flush()
    signal.pthread_sigmask(signal.SIG_BLOCK, _OURS)  # our handlers are not for the child
    try:
        pid = os.fork()
        if pid == 0:
            _become(name, target, parent, shown, pulse_end, expendable)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _OURS)
    with contextlib.suppress(OSError):
        os.setpgid(pid, pid)  # whoever of the two comes first
    os.close(shown)
    os.close(pulse_end)
    return Fork(pid, output, pulses)


def pulse() -> None:
    """Say that the main loop of this process goes round. Costs nothing, never blocks."""
    if _pulse is not None:
        with contextlib.suppress(OSError):
            os.write(_pulse, b".")


def spare_memory() -> None:
    """Let all threads of this process and its forks share two heaps, not one each. glibc only."""
    if LIBC is not None and hasattr(LIBC, "mallopt"):
        LIBC.mallopt(_M_ARENA_MAX, 2)


def _become(
    name: str,
    target: Callable[[], object],
    parent: int,
    output: int,
    pulse_end: int,
    expendable: int,
) -> NoReturn:
    """Be the child: leave everything of the parent, run `target`, end without its exit handlers."""
    global _pulse
    code = 1
    try:
        for number in _OURS:
            if signal.getsignal(number) is not signal.SIG_IGN or number != signal.SIGHUP:
                default = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
                signal.signal(number, default)
        os.setpgid(0, 0)
        end_with_parent(parent)
        _redirect(output, pulse_end)
        _pulse = pulse_end
        _set_title(name)
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text(str(expendable))
        atexit._clear()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _OURS)
        target()
        code = 0
    except SystemExit as ending:
        code = ending.code if isinstance(ending.code, int) else int(ending.code is not None)
    except KeyboardInterrupt:
        code = 130
    except BaseException:  # noqa: BLE001 - this is where the child ends, whatever happened
        traceback.print_exc()
    finally:
        with contextlib.suppress(BaseException):
            atexit._run_exitfuncs()
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _redirect(output: int, kept: int) -> None:
    """Read nothing, write where the parent reads, and let go of everything else of the parent.

    A lock on a file lasts as long as any process has it open. Its number is not freed: the
    parent's object that has it is ours too, and would close what came there instead.
    """
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    for descriptor in [int(number) for number in os.listdir("/dev/fd")]:
        if descriptor > 2 and descriptor != kept:
            with contextlib.suppress(OSError):  # the one that listed them is closed already
                os.fstat(descriptor)
                os.dup2(nothing, descriptor)
    # Standard error is written line by line anyway, and loggers have that object.
    sys.stdout = os.fdopen(1, "w", buffering=1, errors="backslashreplace", closefd=False)


def _set_title(name: str) -> None:
    """Show `name` in ``ps`` instead of the command line that we were started with. Linux only."""
    if LIBC is None or not LINUX:
        return
    LIBC.prctl(_PR_SET_NAME, name.encode()[:15], 0, 0, 0)
    with contextlib.suppress(OSError, ValueError, IndexError):
        # Fields 48 and 49: where the words of the command line begin and end.
        fields = Path("/proc/self/stat").read_text(errors="replace").rpartition(")")[2].split()
        begin, end = int(fields[45]), int(fields[46])
        if 0 < begin < end:
            size = end - begin
            ctypes.memmove(begin, name.encode()[: size - 1].ljust(size, b"\0"), size)
